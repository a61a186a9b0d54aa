"""What is planted in the demo day: the vessels that somebody should look at. All of them invented."""

from collections.abc import Iterator
from typing import Final

from pipelines.simulate.reshape import DAY_US, cut
from pipelines.simulate.sea import FISHING, Ship, Voyage, beacon, invented_imo
from pipelines.simulate.truth import Watch

REST_H: Final = 24.0  # "for the rest of the day": the day cuts it

# Rules of the shipped rule file that the plots are made for.
LOITERING: Final = "loitering-departure-coast"
LEFT: Final = "left-departure-coast"

WATCHED_IMO: Final = invented_imo(999)
WATCHED_MMSI: Final = 622999112
WATCHED_NAME: Final = "KESTRALIS"


def plots() -> tuple[Voyage, ...]:
    """Return the day's planted voyages, 00:00 to 24:00; beacons as long as they send."""
    told = (*_silent(), *_loiterers(), *_drifter(), *_crossers(), *_watched(), *_hostile_names())
    return (*(cut(voyage, 0, DAY_US) for voyage in told), *_beacons())


def watchlist() -> tuple[Watch, ...]:
    """Return the entries to add before the day is run."""
    return (
        Watch(imo=WATCHED_IMO, why="simulated: exercise entry by IMO number"),
        Watch(mmsi=WATCHED_MMSI, why="simulated: exercise entry by MMSI"),
        Watch(name=f"M/V {WATCHED_NAME.title()}", why="simulated: exercise entry by name only"),
    )


def _silent() -> Iterator[Voyage]:
    trawler = Ship(mmsi=672999101, name="AMAL ZARZIS", ship_type=30, length_m=23, beam_m=7, callsign="SIM101")
    yield (
        trawler.at(33.75, 11.60, "00:00").hold(hours=2, radius_nm=2.5, kn=3.2, nav_status=FISHING)
        .sail(to=[(33.20, 11.95)], kn=8)
        .silence(minutes=95)
        .expect("gap", zone="ly-west", rule="gap-departure-coast", note="goes dark 15 nm off Zuwarah")
        .sail(to=[(33.05, 12.05), (33.10, 12.35)], kn=7)
        .hold(hours=1, radius_nm=1.5, kn=3.0, nav_status=FISHING)
        .sail(to=[(33.75, 12.00)], kn=8).hold(hours=REST_H, radius_nm=3, kn=3.2, nav_status=FISHING)
    )  # fmt: skip


def _loiterers() -> Iterator[Voyage]:
    freighter = Ship(
        mmsi=671999102, name="DARVESH", imo=invented_imo(102), ship_type=70, length_m=84, beam_m=13, draught_m=3.1,
        callsign="SIM102",
    )  # fmt: skip
    yield (
        freighter.at(35.85, 33.60, "00:00").sail(to=[(36.60, 34.50)], kn=9)
        .hold(hours=11, radius_nm=0.4, kn=0.5)
        .expect("loitering", zone="tr-cilicia", rule=LOITERING, note="waits in ballast 8 nm off the roads of Mersin")
        .sail(to=[(35.95, 33.75), (35.85, 33.60)], kn=8)
    )  # fmt: skip
    unknown = Ship(mmsi=642999103, name="NURAYN", length_m=28, beam_m=7, callsign="SIM103")
    yield (
        unknown.at(33.55, 11.95, "00:00").sail(to=[(33.10, 12.22)], kn=7)
        .hold(hours=5, radius_nm=0.5, kn=0.7)
        .expect("loitering", zone="ly-west", rule=LOITERING, note="says no type, circles 10 nm off Zuwarah from dawn")
        .sail(to=[(33.60, 12.05)], kn=8).hold(hours=REST_H, radius_nm=2, kn=3.0)
    )  # fmt: skip


def _drifter() -> Iterator[Voyage]:
    boat = Ship(mmsi=622999104, name="FATH ELBAHR", ship_type=30, length_m=25, beam_m=7, callsign="SIM104")
    yield (
        boat.at(32.25, 24.25, "00:00").sail(to=[(32.28, 23.95)], kn=5)
        .drift(hours=9, kn=1.3, toward=48, yaw_deg=75)
        .expect("drifting", zone="ly-tobruk", rule="drifting", note="carried north-east with the bow 75 degrees off")
        .sail(to=[(32.60, 24.40), (32.72, 24.05)], kn=5).hold(hours=REST_H, radius_nm=2, kn=3, nav_status=FISHING)
    )  # fmt: skip


def _crossers() -> Iterator[Voyage]:
    runner = Ship(mmsi=642999105, transponder="B", compass=False)
    yield (
        runner.at(32.950, 12.115, "00:00").hold(hours=0.75, radius_nm=0.02, kn=0.1)
        .sail(to=[(33.60, 12.20)], kn=11)
        .expect("zone_exit", zone="ly-west", rule=LEFT, note="class B, no name, leaves Zuwarah after midnight")
        .sail(to=[(34.90, 12.50), (35.38, 12.60), (35.478, 12.622)], kn=10)
        .hold(hours=REST_H, radius_nm=0.02, kn=0.1)
    )  # fmt: skip
    sailor = Ship(mmsi=271999106, transponder="B", compass=False)
    yield (
        sailor.at(37.020, 27.418, "00:00").hold(hours=0.1, radius_nm=0.02, kn=0.1)
        .sail(to=[(36.96, 27.40), (36.87, 27.385), (36.62, 27.32)], kn=12)
        .sail(to=[(36.48, 27.12)], kn=12)
        .expect("zone_exit", zone="tr-aeg-s", rule=LEFT, note="class B, no name, leaves Bodrum in the dark")
        .sail(to=[(36.10, 26.95), (35.75, 25.20), (35.75, 22.50)], kn=6)
    )  # fmt: skip


def _watched() -> Iterator[Voyage]:
    by_imo = Ship(
        mmsi=613999111, name="ALTAVERN", imo=WATCHED_IMO, ship_type=70, length_m=98, beam_m=15, draught_m=5.2,
        callsign="SIM111", destination="AL KHUMS",
    )  # fmt: skip
    yield (
        by_imo.at(34.60, 16.20, "00:00").expect("sighting", rule="watchlist", note="by IMO")
        .sail(to=[(33.30, 14.60)], kn=9.5)
        .sail(to=[(32.73, 14.36)], kn=9.5).expect("zone_entry", zone="ly-misrata", rule="watchlist", note="by IMO")
        .anchor(hours=REST_H)
    )  # fmt: skip
    by_mmsi = Ship(mmsi=WATCHED_MMSI, name="RABEI 7", ship_type=30, length_m=27, beam_m=8, callsign="SIM112")
    yield (
        by_mmsi.at(33.40, 25.60, "00:00").sail(to=[(32.75, 24.80)], kn=7)
        .sail(to=[(32.30, 24.60)], kn=7).expect("zone_entry", zone="ly-tobruk", rule="watchlist", note="by MMSI")
        .hold(hours=REST_H, radius_nm=3, kn=3.2, nav_status=FISHING)
    )  # fmt: skip
    by_name = Ship(mmsi=620999113, name=WATCHED_NAME, ship_type=70, length_m=90, beam_m=14, callsign="SIM113")
    yield (
        by_name.at(35.30, 30.90, "00:00").sail(to=[(36.05, 31.20)], kn=8)
        .sail(to=[(36.45, 31.60)], kn=8)
        .expect("zone_entry", zone="tr-antalya", rule="watchlist-by-name", note="by name only")
        .sail(to=[(35.70, 32.30), (35.90, 32.10), (35.70, 31.30), (35.30, 30.90)], kn=10).hold(hours=REST_H, kn=3)
    )  # fmt: skip


def _hostile_names() -> Iterator[Voyage]:
    formula = Ship(mmsi=667999121, name="=CMD' /C CALC'!A0", ship_type=70, length_m=110, beam_m=17, callsign="=1+1")
    yield (
        formula.at(33.90, 27.20, "00:00")
        .sail(to=[(35.05, 22.00)], kn=11)
        .hold(hours=REST_H, kn=3)
        .quiet("a spreadsheet formula for a name is no behaviour")
    )
    markup = Ship(
        mmsi=677999122,
        name="<IMG SRC=X>",
        ship_type=70,
        length_m=120,
        beam_m=18,
        callsign="<B>",
        destination='"><SCRIPT>',
    )
    yield (
        markup.at(36.90, 18.40, "00:00")
        .sail(to=[(34.10, 23.10)], kn=12)
        .hold(hours=REST_H, kn=3)
        .quiet("markup for a name is no behaviour")
    )


def _beacons() -> Iterator[Voyage]:
    yield beacon(970999131, at=(33.92, 12.05), start="04:40", minutes=55).expect(
        "distress", rule="distress", note="AIS-SART, 60 nm north of Zuwarah"
    )
    yield beacon(970999132, at=(35.915, 14.545), start="10:00", minutes=6, test=True).expect(
        "distress", rule="distress-test", note="a test off Valletta: shown as a test"
    )

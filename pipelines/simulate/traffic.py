"""The ordinary sea of the demo day: vessels that have business there and must be left alone. All of them invented."""

from collections.abc import Iterator
from typing import Final

from pipelines.simulate.reshape import DAY_US, cut, later
from pipelines.simulate.sea import FISHING, HOUR_US, Place, Ship, Transponder, Voyage, invented_imo

DAY_H: Final = 24.0

# Lanes, corner by corner; chosen on a chart and kept off the land by a test.
SUEZ_GIBRALTAR: Final[tuple[Place, ...]] = (
    (31.75, 32.25), (33.3, 28.0), (34.35, 24.0), (35.3, 19.0), (36.38, 14.9), (36.95, 12.9), (37.12, 12.25),
    (37.35, 11.1), (37.75, 9.0), (37.5, 5.5),
)  # fmt: skip
MESSINA_SUEZ: Final[tuple[Place, ...]] = (
    (38.5, 15.6), (38.27, 15.68), (38.22, 15.6), (38.1, 15.58), (37.85, 15.5), (36.0, 19.5), (34.5, 23.9),
    (33.4, 28.0), (31.8, 32.3),
)  # fmt: skip
OTRANTO_SUEZ: Final[tuple[Place, ...]] = (
    (40.6, 18.9), (39.9, 19.0), (38.2, 19.9), (36.5, 21.2), (35.6, 22.6), (34.55, 23.6), (33.5, 28.0), (31.8, 32.2),
)  # fmt: skip
DARDANELLES_SUEZ: Final[tuple[Place, ...]] = (
    (39.85, 25.75), (38.9, 25.4), (38.2, 25.45), (37.65, 25.72), (37.1, 26.0), (36.6, 26.6), (36.0, 27.0),
    (35.9, 27.45), (35.2, 28.3), (31.8, 32.3),
)  # fmt: skip
ISKENDERUN_SUEZ: Final[tuple[Place, ...]] = ((36.55, 35.4), (36.0, 35.3), (35.3, 34.95), (34.0, 34.0), (31.8, 32.4))
CYPRUS_SOUTH: Final[tuple[Place, ...]] = (
    (35.9, 30.6), (35.1, 31.7), (34.4, 32.3), (34.3, 33.6), (34.6, 34.9), (35.5, 35.2), (36.4, 35.5),
)  # fmt: skip
TYRRHENIAN: Final[tuple[Place, ...]] = (
    (38.3, 7.0), (38.4, 8.9), (38.1, 11.5), (38.3, 12.9), (38.28, 14.5), (38.32, 15.2), (38.45, 15.5),
)  # fmt: skip

# name, mmsi, type, length, beam, draught, destination, lane, knots, hours already under way at midnight
Merchant = tuple[str, int, int, int, int, float, str, tuple[Place, ...], float, float]
MERCHANTS: Final[tuple[Merchant, ...]] = (
    ("ORLENTA", 636999011, 71, 366, 51, 14.5, "ROTTERDAM", SUEZ_GIBRALTAR, 17.5, 2.0),
    ("CASMERO TRADER", 538999012, 70, 229, 32, 12.1, "GIBRALTAR", SUEZ_GIBRALTAR, 12.5, 36.0),
    ("BRIVANO", 352999013, 80, 274, 48, 15.0, "AUGUSTA", SUEZ_GIBRALTAR, 13.0, 58.0),
    ("TELVARI STAR", 477999014, 71, 299, 40, 12.8, "PORT SAID", SUEZ_GIBRALTAR[::-1], 18.0, 3.0),
    ("NORDAVIK", 209999015, 70, 190, 30, 9.4, "SUEZ CANAL", SUEZ_GIBRALTAR[::-1], 13.0, 25.0),
    ("PELIADIS", 241999016, 80, 250, 44, 10.2, "SUEZ CANAL", SUEZ_GIBRALTAR[::-1], 12.5, 60.0),
    ("MARISOL QUEST", 249999017, 70, 200, 32, 11.0, "GIOIA TAURO", MESSINA_SUEZ[::-1], 15.0, 20.0),
    ("ZEFIRANT", 247999018, 70, 180, 28, 8.8, "PORT SAID", MESSINA_SUEZ, 14.0, 0.5),
    ("ADRIANOR", 636999019, 82, 183, 32, 11.4, "TRIESTE", OTRANTO_SUEZ[::-1], 12.8, 26.0),
    ("LIRAVANTE", 538999020, 79, 199, 32, 9.0, "SUEZ CANAL", OTRANTO_SUEZ, 15.5, 1.0),
    ("EUXINA", 352999021, 70, 225, 32, 13.5, "DAMIETTA", DARDANELLES_SUEZ, 11.5, 0.5),
    ("THALIVOR", 241999022, 83, 250, 44, 9.1, "NOVOROSSIYSK", DARDANELLES_SUEZ[::-1], 12.0, 18.0),
    ("CILICAN", 271999023, 70, 140, 22, 7.2, "PORT SAID", ISKENDERUN_SUEZ, 12.0, 2.0),
    ("SAMANDRA", 450999024, 70, 120, 19, 6.6, "ISKENDERUN", CYPRUS_SOUTH, 11.0, 2.0),
    ("GALTARIS", 212999025, 74, 170, 27, 8.0, "ANTALYA", CYPRUS_SOUTH[::-1], 12.5, 1.5),
    ("SARDAVAL", 247999026, 60, 211, 30, 7.0, "CAGLIARI", TYRRHENIAN[::-1], 14.0, 0.5),
)

# name, mmsi, type, length, beam, where
Anchored = tuple[str, int, int, int, int, Place]
ANCHORED: Final[tuple[Anchored, ...]] = (
    ("BERENIKA SPIRIT", 636999031, 80, 250, 44, (32.855, 12.660)),
    ("TANOVIR", 538999032, 80, 244, 42, (32.870, 12.690)),
    ("ELPHIRA", 241999033, 80, 183, 32, (32.845, 12.640)),
    ("QORINTA", 249999034, 84, 180, 29, (32.880, 12.655)),
    ("KARLOVENE", 352999035, 70, 190, 32, (36.755, 34.660)),
    ("ISTAVROS", 209999036, 70, 169, 27, (36.745, 34.680)),
    ("MAVIDENIZ", 271999037, 80, 144, 23, (36.765, 34.640)),
    ("OSTREVAN", 538999038, 70, 225, 32, (36.740, 34.655)),
    ("HURDANT", 248999039, 80, 183, 32, (35.93, 14.78)),
    ("BANKARO", 636999040, 70, 200, 32, (35.95, 14.82)),
)

MARMARIS_RHODES: Final[tuple[Place, ...]] = ((36.825, 28.2655), (36.793, 28.2655), (36.74, 28.33), (36.465, 28.235))

# name, mmsi, length, beam, one quay, the other, knots, first departure (h), departures, hours alongside
Ferry = tuple[str, int, int, int, tuple[Place, ...], float, float, int, float]
FERRIES: Final[tuple[Ferry, ...]] = (
    ("HALIKARNA", 271999041, 34, 9, ((37.022, 27.420), (36.96, 27.36), (36.905, 27.290)), 14, 6.5, 10, 0.75),
    ("ERYTHRAI", 271999042, 45, 11, ((38.330, 26.285), (38.36, 26.22), (38.372, 26.158)), 12, 7.0, 10, 0.9),
    ("RODANTHE", 240999043, 60, 14, MARMARIS_RHODES, 22, 6.0, 8, 0.8),
    ("MELITANA", 256999044, 106, 24, ((35.910, 14.535), (36.30, 14.70), (36.695, 14.850)), 30, 5.0, 6, 1.2),
    ("LIPADUSA", 247999045, 90, 16, ((35.485, 12.620), (35.50, 12.66), (36.0, 12.75), (37.25, 13.50)), 16, 8.0, 2, 2),
)

# name, mmsi, transponder, length, ground, hours to wander before the haul to the next, next ground, radius
Fisher = tuple[str, int, Transponder, int, Place, float, Place, float]
FISHERS: Final[tuple[Fisher, ...]] = (
    ("BAHRI SALEM", 672999051, "A", 24, (34.50, 11.55), 9, (34.62, 11.75), 4.0),
    ("EL KHADRA", 672999052, "A", 26, (34.40, 11.70), 7, (34.30, 11.85), 3.5),
    ("NESMA II", 672999053, "B", 18, (34.58, 11.85), 12, (34.50, 12.00), 3.0),
    ("ZITOUNA SFAX", 672999054, "A", 23, (34.28, 11.45), 10, (34.20, 11.60), 3.0),
    ("MAZARESE", 247999055, "A", 32, (37.30, 12.30), 8, (37.20, 12.10), 4.0),
    ("SANTA VERDIA", 247999056, "A", 30, (37.22, 12.55), 11, (37.10, 12.70), 4.0),
    ("NUOVA SIRACUSA", 247999057, "A", 28, (36.95, 12.60), 9, (36.85, 12.80), 4.0),
    ("STELLA PELAGIA", 247999058, "B", 16, (35.55, 12.85), 10, (35.62, 13.00), 2.5),
    ("GIOVANNA T", 247999059, "A", 27, (35.30, 12.95), 8, (35.22, 13.10), 3.0),
    ("IL-KAPTAN", 248999060, "B", 15, (35.75, 14.30), 9, (35.70, 14.15), 2.5),
    ("AGIOS MINAS K", 239999061, "A", 22, (34.72, 25.20), 10, (34.68, 25.40), 3.0),
    ("NASR DAMIETTA", 622999062, "A", 25, (31.95, 31.30), 9, (32.05, 31.10), 4.0),
)

# name, mmsi, type, stops (the boat sleeps in the first and the last harbour)
Yacht = tuple[str, int, int, tuple[Place, ...], float]
YACHTS: Final[tuple[Yacht, ...]] = (
    (
        "BLUE KERBERA",
        240999071,
        36,
        (
            (36.905, 27.295),
            (36.93, 27.27),
            (36.907, 27.175),
            (36.90, 27.05),
            (36.907, 27.175),
            (36.93, 27.27),
            (36.905, 27.295),
        ),
        5.5,
    ),
    ("MERIDIEN", 235999072, 36, ((36.462, 28.235), (36.55, 28.05), (36.50, 27.95), (36.463, 28.236)), 6.0),
    ("SEA THYME", 211999073, 37, ((36.905, 27.300), (36.97, 27.22), (36.905, 27.300)), 9.0),
    ("VENTOLINA", 247999074, 36, ((35.480, 12.625), (35.55, 12.80), (35.480, 12.625)), 5.0),
    ("ANEMOESSA", 237999075, 36, ((38.372, 26.160), (38.30, 26.20), (38.372, 26.160)), 4.5),
)


def traffic() -> tuple[Voyage, ...]:
    """Return the day's ordinary voyages, 00:00 to 24:00."""
    voyages = (*_merchants(), *_anchored(), *_ferries(), *_fishers(), *_yachts(), *_services())
    return tuple(cut(voyage, 0, DAY_US) for voyage in voyages)


def _merchants() -> Iterator[Voyage]:
    for name, mmsi, kind, length, beam, draught, bound, lane, kn, ahead in MERCHANTS:
        ship = Ship(
            mmsi=mmsi, name=name, imo=invented_imo(mmsi), ship_type=kind, length_m=length, beam_m=beam,
            draught_m=draught, destination=bound, callsign=f"SIM{mmsi % 100}", far=True,
        )  # fmt: skip
        voyage = ship.at(*lane[0], "00:00").sail(to=lane[1:], kn=kn)
        yield later(voyage, -round(ahead * HOUR_US)).quiet("on a merchant lane")


def _anchored() -> Iterator[Voyage]:
    for name, mmsi, kind, length, beam, place in ANCHORED:
        ship = Ship(
            mmsi=mmsi,
            name=name,
            imo=invented_imo(mmsi),
            ship_type=kind,
            length_m=length,
            beam_m=beam,
            callsign=f"SIM{mmsi % 100}",
        )
        yield ship.at(*place, "00:00").anchor(hours=DAY_H).quiet("at anchor in charted roads")


def _ferries() -> Iterator[Voyage]:
    for name, mmsi, length, beam, line, kn, first, departures, stay in FERRIES:
        ship = Ship(mmsi=mmsi, name=name, ship_type=60, length_m=length, beam_m=beam, callsign=f"SIM{mmsi % 100}")
        voyage = ship.at(*line[0], "00:00").moor(hours=first)
        for crossing in range(departures):
            way = line[1:] if crossing % 2 == 0 else line[-2::-1]
            voyage = voyage.sail(to=way, kn=kn).moor(hours=stay)
        yield voyage.moor(hours=DAY_H).quiet("a ferry on its line")


def _fishers() -> Iterator[Voyage]:
    for name, mmsi, transponder, length, ground, hours, other, radius in FISHERS:
        ship = Ship(
            mmsi=mmsi, name=name, ship_type=30, length_m=length, beam_m=7, transponder=transponder,
            callsign=f"SIM{mmsi % 100}",
        )  # fmt: skip
        voyage = ship.at(*ground, "00:00").hold(hours=hours, radius_nm=radius, kn=3.4, nav_status=FISHING)
        voyage = voyage.sail(to=[other], kn=8).hold(hours=DAY_H, radius_nm=radius, kn=3.2, nav_status=FISHING)
        yield voyage.quiet("fishing on a known ground")


def _yachts() -> Iterator[Voyage]:
    for name, mmsi, kind, stops, kn in YACHTS:
        ship = Ship(mmsi=mmsi, name=name, ship_type=kind, length_m=13, beam_m=4, transponder="B", compass=False)
        voyage = ship.at(*stops[0], "00:00").hold(hours=8.5, radius_nm=0.02, kn=0.1).sail(to=stops[1:], kn=kn)
        yield voyage.hold(hours=DAY_H, radius_nm=0.02, kn=0.1).quiet("a day trip between marinas")


def _services() -> Iterator[Voyage]:
    rescuer = Ship(mmsi=258999081, name="SOLVARD RESCUE", ship_type=51, length_m=69, beam_m=15, callsign="SIM81")
    yield (
        rescuer.at(33.32, 12.10, "00:00").hold(hours=10, radius_nm=2.0, kn=1.4)
        .sail(to=[(33.45, 12.45)], kn=8).hold(hours=DAY_H, radius_nm=2.0, kn=1.2)
        .quiet("a rescue ship on station")
    )  # fmt: skip
    guard = Ship(mmsi=247999082, name="GUARDAMARE SIM", ship_type=55, length_m=50, beam_m=9, callsign="SIM82")
    loop: list[Place] = [(35.30, 12.40), (35.30, 12.90), (35.70, 12.90), (35.70, 12.40)]
    yield guard.at(35.70, 12.40, "00:00").sail(to=loop * 6, kn=14).quiet("a coast guard patrol")
    patrol = Ship(mmsi=271999083, name="SAHIL SIM 83", ship_type=55, length_m=29, beam_m=6, callsign="SIM83")
    beat: list[Place] = [(38.20, 26.18), (38.42, 26.20)]
    yield patrol.at(38.42, 26.20, "00:00").sail(to=beat * 24, kn=11).quiet("a coast guard patrol")
    supply = Ship(mmsi=247999084, name="ASTERION SUPPLY", ship_type=90, length_m=75, beam_m=17, callsign="SIM84")
    yield supply.at(33.90, 12.63, "00:00").hold(hours=DAY_H, radius_nm=0.8, kn=0.7).quiet("stands by an oil platform")
    pilot = Ship(mmsi=271999085, name="KILAVUZ SIM", ship_type=50, length_m=15, beam_m=5, callsign="SIM85")
    rounds: list[Place] = [(36.775, 34.645), (36.755, 34.650)]
    yield pilot.at(36.775, 34.645, "00:00").sail(to=rounds * 150, kn=7).quiet("a pilot boat at work")
    tug = Ship(mmsi=271999086, name="ROMORKOR SIM", ship_type=52, length_m=30, beam_m=10, callsign="SIM86")
    yield tug.at(36.77, 34.66, "00:00").hold(hours=DAY_H, radius_nm=0.9, kn=1.5).quiet("a harbour tug")

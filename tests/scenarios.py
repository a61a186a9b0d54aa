"""One small story that tests share: a gap, a loiterer, a drifter, a crosser, a beacon, a ferry and a freighter.

Everything happens off Libya on one invented morning. `shared_scenario()` gives its report rows and the planted truth;
a test that needs another story tells its own in the sea language and asks `rows` for the reports.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import pyarrow as pa

from pipelines.simulate.sea import Ship, Voyage, beacon
from pipelines.simulate.speech import reports
from pipelines.simulate.truth import Planted, Quiet

START: Final = 1_780_272_000_000_000  # 2026-06-01T00:00:00Z, microseconds UTC
EVERY_S: Final = 120  # thinned so that property tests are fast

GAP, LOITERER, DRIFTER, CROSSER, FERRY, FREIGHTER = (
    672_000_101,
    511_100_102,
    622_100_103,
    642_100_104,
    256_100_105,
    636_100_106,
)
BEACON: Final = 970_100_107


@dataclass(frozen=True, slots=True)
class Scenario:
    """Report rows (sorted by time) and what was planted in them; planted times are microseconds UTC."""

    reports: pa.Table
    planted: tuple[Planted, ...]
    quiet: tuple[Quiet, ...]


def story() -> tuple[Voyage, ...]:
    """Return the voyages of the shared scenario, 00:00 to about 09:00."""
    trawler = Ship(mmsi=GAP, name="SIM NAJMA", ship_type=30, length_m=24, beam_m=7, callsign="3V1001")
    rustbucket = Ship(mmsi=LOITERER, name="SIM BORAK", imo=9_599_901, length_m=88, beam_m=13, callsign="T8SIM1")
    old_boat = Ship(mmsi=DRIFTER, name="SIM RASHID", ship_type=30, length_m=22, beam_m=6, callsign="SSIM2")
    skiff = Ship(mmsi=CROSSER, name="SIM CROSSER", transponder="B", compass=False, length_m=12, beam_m=4)
    ferry = Ship(mmsi=FERRY, name="SIM FERRY", ship_type=60, length_m=110, beam_m=18, callsign="9HSIM4")
    freighter = Ship(mmsi=FREIGHTER, name="SIM TRADER", ship_type=70, length_m=180, beam_m=28, callsign="D5SIM5")
    return (
        trawler.at(33.25, 11.75, "00:00").sail(to=[(33.12, 12.00)], kn=6)
        .silence(minutes=95).expect("gap", zone="ly-west")
        .sail(to=[(33.10, 12.40), (33.60, 12.60), (33.9, 12.7)], kn=7),
        rustbucket.at(33.55, 13.10, "00:00").sail(to=[(33.06, 13.00)], kn=9)
        .hold(hours=4, radius_nm=0.4).expect("loitering", zone="ly-west")
        .sail(to=[(33.40, 13.05)], kn=9),
        old_boat.at(32.45, 23.95, "00:30").sail(to=[(32.60, 23.90)], kn=6)
        .drift(hours=5, kn=1.4, toward=60).expect("drifting")
        .sail(to=[(32.75, 24.0)], kn=5),
        skiff.at(33.02, 12.10, "01:00").sail(to=[(33.60, 12.30)], kn=9).expect("zone_exit", zone="ly-west")
        .sail(to=[(33.05, 12.70)], kn=9).expect("zone_entry", zone="ly-west")
        .sail(to=[(33.55, 12.90)], kn=9),
        ferry.at(35.95, 14.70, "00:00")
        .sail(to=[(36.65, 14.87), (35.95, 14.70), (36.65, 14.87), (35.95, 14.70)], kn=20).quiet("a ferry on its line"),
        freighter.at(35.3, 15.0, "00:00").sail(to=[(34.9, 17.5)], kn=14).quiet("a straight lane"),
        beacon(BEACON, at=(33.80, 12.20), start="03:10", minutes=12).expect("distress"),
    )  # fmt: skip


def rows(*voyages: Voyage, seed: int = 1, every_s: int = EVERY_S) -> pa.Table:
    """Return the report rows of voyages told by a test, beginning at START."""
    return reports(voyages, start=START, seed=seed, every_s=every_s)


@cache
def shared_scenario() -> Scenario:
    """Return the shared story: a few thousand rows, seven vessels, six planted events."""
    voyages = story()
    planted = tuple(item.since(START) for voyage in voyages for item in voyage.expected)
    quiet = tuple(voyage.calm for voyage in voyages if voyage.calm)
    return Scenario(rows(*voyages), planted, quiet)

"""How far a station can have come: the one measure by which a position fits the one before it.

A row fits a track when no more speed was needed than its kind has, over the time between them and `TOLERANCE_US` more.
Times are no surer than that: the sequencer itself believes a row's time up to ten minutes ahead of its source.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.register import as_of
from zones.distance import destination

Array = np.ndarray[Any, np.dtype[Any]]

HOUR_US: Final = 3600 * 1_000_000
TOLERANCE_US: Final = 10 * 60 * 1_000_000  # CONTRACT, Watermark: a time up to 10 min ahead of its source is believed
SHIP_KN: Final = 25.0  # gpsdio-segment's max speed, behaviours.md 7, number 4
FAST_KN: Final = 60.0  # fast craft, and whatever may be one: ibid.
AIRCRAFT_KN: Final = 250.0  # SAR aircraft: ibid.
OWN_MARGIN: Final = 1.1  # chosen: a ship that reports 40 kn may have come at 44

AIRCRAFT_TYPE: Final = 9  # message of SAR aircraft, ITU-R M.1371-5
AIRCRAFT_MID: Final = 111  # first digits of their MMSI, ITU-R M.585-9
MMSI_MID: Final = 1_000_000
# Ship types (M.1371-5 table 53) that no fast craft has: fishing, towing, dredging, sailing, tug, passenger, cargo,
# tanker. All others, and those not known, may be fast; a fast passenger ship says so itself, by its speed.
_SLOW: Final = np.isin(np.arange(256), [30, 31, 32, 33, 36, 52, *range(60, 90)])


@dataclass(frozen=True)
class Reach:
    """What speed each kind of station may have, in knots."""

    ship_kn: float = SHIP_KN
    fast_kn: float = FAST_KN
    aircraft_kn: float = AIRCRAFT_KN

    def by_kind(self, register: pa.Table, mmsi: Array, time: Array, msg_type: Array) -> Array:
        """Return the most each row's station can do by what was known of it then."""
        known = as_of(register, mmsi, time)["ship_type"]
        types = pc.fill_null(known, 0).to_numpy().astype(np.int64)
        aircraft = (msg_type == AIRCRAFT_TYPE) | (mmsi // MMSI_MID == AIRCRAFT_MID)
        return np.where(aircraft, self.aircraft_kn, np.where(_SLOW[types], self.ship_kn, self.fast_kn))

    def by_own(self, sog_kn: Any) -> Any:
        """Return the speed that a station says it has itself, as far as a ship can; 0 where it says none."""
        return np.minimum(np.fmax(sog_kn, 0.0) * OWN_MARGIN, self.fast_kn)


def nm_within(limit_kn: Any, elapsed_us: Any, tolerance_us: int = TOLERANCE_US) -> Any:
    """Return how many nautical miles lie within reach."""
    return limit_kn * (elapsed_us + tolerance_us) / HOUR_US


def reckoned(lat: Array, lon: Array, cog_deg: Array, nm: Array) -> tuple[Array, Array]:
    """Return where dead reckoning leads; a station that tells no course or speed stays where it was."""
    known = np.isfinite(cog_deg) & np.isfinite(nm)
    return destination(lat, lon, np.where(known, cog_deg, 0.0), np.where(known, nm, 0.0))

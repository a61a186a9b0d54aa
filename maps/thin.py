"""Fewer positions without another story: time-aware thinning, all vessels at once.

A position goes when its neighbours, interpolated to its time, pass within a tolerance of it. So a turn, a stop or a
change of speed stays; the first and last position of a vessel and both sides of a silence always do.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from maps.view import Fixes

BUDGET: Final = 200_000  # positions a page opens fast with (measured: below 1 s, 3 MB)
METRES_PER_DEGREE: Final = 111_195.0  # of latitude, mean sphere of 6371 km
FIRST_TOLERANCE_M: Final = 5.0  # chosen: GPS noise
LAST_TOLERANCE_M: Final = 20_000.0  # chosen: a track thinned further no longer says where a vessel was
_SLOW: Final = 0.9  # a round that leaves more than this share asks for a larger tolerance; chosen


def silences(fixes: Fixes, gap_us: int) -> NDArray[np.bool_]:
    """Tell before which positions the vessel was silent for `gap_us` or longer."""
    silent = (np.diff(fixes.mmsi) == 0) & (np.diff(fixes.time_us) >= gap_us)
    return np.concatenate([np.zeros(min(1, len(fixes)), bool), silent])


def thin(fixes: Fixes, silent: NDArray[np.bool_], budget: int = BUDGET) -> NDArray[np.int64]:
    """Return ascending rows to keep, at most `budget` where possible, with no larger tolerance than that needs."""
    kept = np.arange(len(fixes))
    pinned = _pinned(fixes, silent)
    tolerance = FIRST_TOLERANCE_M
    while len(kept) > budget and tolerance <= LAST_TOLERANCE_M:
        before = len(kept)
        for parity in (0, 1):
            dropped = (
                ~pinned[kept] & (_deviation_m(fixes.take(kept)) < tolerance) & (np.arange(len(kept)) % 2 == parity)
            )
            kept = kept[~dropped]
        if len(kept) > _SLOW * before:
            tolerance *= 2
    return kept


def _pinned(fixes: Fixes, silent: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which positions stay whatever the tolerance: ends of vessels, sides of silences."""
    begins = silent | (np.diff(fixes.mmsi, prepend=-1) != 0)
    ends = np.roll(begins, -1)
    return np.asarray(begins | ends)


def _deviation_m(fixes: Fixes) -> NDArray[np.float64]:
    """Return how far each position lies from where the one before and the one after would put it."""
    step = np.diff(fixes.time_us)
    share = step[:-1] / np.maximum(step[:-1] + step[1:], 1)
    north = _off_line(fixes.lat, share)
    east = _off_line(fixes.lon, share) * np.cos(np.radians(fixes.lat[1:-1]))
    edge = np.full(1, np.inf)
    return np.concatenate([edge, np.hypot(north, east) * METRES_PER_DEGREE, edge])[: len(fixes)]


def _off_line(values: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[1:-1] - (values[:-2] + (values[2:] - values[:-2]) * share)

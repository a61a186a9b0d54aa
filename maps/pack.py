"""Columns of numbers as short text for a page: deltas, zigzag, varints, base64. `web/unpack.js` reads them back.

Neighbours differ little, so most deltas take one byte: some 7 bytes a position against 60 as JSON (measured).
"""

import base64
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maps.view import Fixes
from zones.packing import varints

US_PER_S: Final = 1_000_000
DEGREE_STEPS: Final = 100_000  # 1e-5 degree is 1.1 m: no stairs in a harbour (AIS itself: 1/600000 degree)
SPEED_STEPS: Final = 10  # AIS counts tenths of a knot


def zigzag(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return signed numbers as unsigned ones, small where the magnitude is small: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return (values << 1) ^ (values >> 63)


def pack_column(values: NDArray[np.int64]) -> str:
    """Return a column of integers, magnitudes below 2**31, as text."""
    deltas = np.diff(values, prepend=np.int64(0))
    return base64.b64encode(varints(zigzag(deltas))).decode("ascii")


def known_or_zero(values: NDArray[np.float64], steps: int) -> NDArray[np.int64]:
    """Return non-negative measures as whole steps plus one, so that 0 can say: not known (NaN)."""
    return np.where(np.isnan(values), 0, np.rint(np.nan_to_num(values) * steps) + 1).astype(np.int64)


def pack_fixes(fixes: Fixes, start_us: int) -> dict[str, str]:
    """Return each column of the positions as text; time is whole seconds since `start_us`."""
    return {
        "time": pack_column((fixes.time_us - start_us) // US_PER_S),
        "lat": pack_column(np.rint(fixes.lat * DEGREE_STEPS).astype(np.int64)),
        "lon": pack_column(np.rint(fixes.lon * DEGREE_STEPS).astype(np.int64)),
        "sog": pack_column(known_or_zero(fixes.sog_kn, SPEED_STEPS)),
        "cog": pack_column(known_or_zero(fixes.cog_deg, 1)),
    }

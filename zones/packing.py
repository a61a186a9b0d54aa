"""Outlines packed for pages: small enough to inline, decoded by eight lines of JavaScript.

The format is base64 over varints (seven bits a byte, lowest first, the high bit says that more follow). Each ring is
its number of points, then for each point zigzag(longitude step) and zigzag(latitude step) in units of 1e-4 degree
(11 m). The first step counts from 0, 0, and steps go on from ring to ring. Rings are closed and leave out the repeated
last point; drawn together with the even-odd rule they give polygons with their holes.
"""

import base64
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

UNITS_PER_DEGREE: Final = 10_000
_VARINT_BYTES: Final = 5  # 35 bits: a zigzagged step of 360 degrees takes 23


def pack(rings: Iterable[npt.NDArray[np.float64]]) -> str:
    """Return closed rings, arrays of (lon, lat) in degrees with shape (n, 2), as packed text; crumbs are left out."""
    grid = [_distinct(np.rint(ring * UNITS_PER_DEGREE).astype(np.int64)) for ring in rings]
    grid = [ring for ring in grid if len(ring) >= 3]
    if not grid:
        return ""
    points = np.concatenate(grid)
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
    zigzag = ((steps << 1) ^ (steps >> 63)).ravel()
    lengths = np.array([len(ring) for ring in grid])
    starts = 2 * (np.cumsum(lengths) - lengths)
    return base64.b64encode(varints(np.insert(zigzag, starts, lengths))).decode("ascii")


def varints(values: npt.NDArray[np.int64]) -> bytes:
    """Return non-negative integers below 2**35 as varint bytes."""
    groups = values[:, None] >> (7 * np.arange(_VARINT_BYTES))
    more = groups >= 128
    used = np.column_stack([np.ones(len(values), bool), more[:, :-1]])
    return bytes(((groups & 127) | (more << 7)).astype(np.uint8)[used])


def _distinct(points: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the points without those that repeat the one before; the closing point goes too."""
    return points[np.any(points != np.roll(points, 1, axis=0), axis=1)]

"""The Earth in square cells of degrees, and the cells that outlines pass through."""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

PER_DEGREE: Final = 64  # cells; 1.7 km. Chosen by measurement: smaller is no faster to ask and slower to build
ROWS: Final = 180 * PER_DEGREE + 1  # one more than there are, for the pole and the antimeridian themselves
COLUMNS: Final = 360 * PER_DEGREE + 1
_SLACK_DEG: Final = 1e-9  # 0.1 mm: far more than rounding can move a point over the edge of a cell
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Areas = npt.NDArray[np.object_]


def row_of(lat: Floats) -> Ints:
    """Return the row of cells of latitudes in [-90, 90] degrees, counted from the south."""
    return ((lat + 90) * PER_DEGREE).astype(np.int32)


def column_of(lon: Floats) -> Ints:
    """Return the column of cells of longitudes in [-180, 180] degrees, counted from the west."""
    return ((lon + 180) * PER_DEGREE).astype(np.int32)


def edges(areas: Areas) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """Return the straight edges of polygons: the index of each one's polygon, and its two ends (lon, lat)."""
    parts, owner = shapely.get_parts(areas, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    together = np.flatnonzero(ring[1:] == ring[:-1])
    return owner[part[ring[together]]], points[together], points[together + 1]


def pieces(start: Floats, end: Floats) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """Cut edges into pieces no longer than a cell: return each one's edge, and its two ends."""
    count = np.maximum(np.ceil(np.abs(end - start).max(axis=1, initial=0) * PER_DEGREE), 1).astype(np.intp)
    edge = np.repeat(np.arange(len(start)), count)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    here, along, share = start[edge], (end - start)[edge], 1 / count[edge]
    ends = [here + along * ((number + step) * share)[:, None] for step in (0, 1)]
    return edge, ends[0], ends[1]


def touched(start: Floats, end: Floats) -> tuple[npt.NDArray[np.intp], Ints, Ints]:
    """Return (piece, row, column) of every cell that pieces may pass through: those of the boxes round them."""
    west, south = (np.minimum(start, end) - _SLACK_DEG).T
    east, north = (np.maximum(start, end) + _SLACK_DEG).T
    low, high = row_of(np.maximum(south, -90)), row_of(np.minimum(north, 90))
    left, right = column_of(np.maximum(west, -180)), column_of(np.minimum(east, 180))
    found = []
    for up in range(int((high - low).max(initial=-1)) + 1):
        for over in range(int((right - left).max(initial=-1)) + 1):
            piece = np.flatnonzero((low + up <= high) & (left + over <= right))
            found.append((piece, low[piece] + up, left[piece] + over))
    piece, row, column = (np.concatenate(part) for part in zip(*found, strict=True)) if found else np.zeros((3, 0), int)
    return piece, row.astype(np.int32), column.astype(np.int32)

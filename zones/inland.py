"""How far inland a position lies, by the middle of a small cell: what tells a ship on land from one alongside."""

from typing import Final

import numpy as np
import numpy.typing as npt

from zones.coast import in_box, on_land
from zones.distance import shore_nm

CELL_DEG: Final = 0.01  # 1.1 km north to south: behaviours.md 7, number 4, a cell of 1 km
_COLUMNS: Final = 36_000  # cells round the Earth

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_KNOWN: dict[int, float] = {}  # answers, by cell: positions come back to few of them


def cell(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Ints:
    """Return the number of the cell that each point (degrees) lies in."""
    row, column = (np.floor(np.asarray(degrees, float) / CELL_DEG).astype(np.int64) for degrees in (lat, lon))
    return row * _COLUMNS + column + _COLUMNS // 2


def inland_nm(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return nautical miles from the shore to the middle of the cell of each point (degrees), if that is on land.

    0 at sea, outside the data box, and for a missing position.
    """
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    found = np.zeros(lat.shape)
    near = np.flatnonzero(in_box(lat, lon))
    cells, back = np.unique(cell(lat[near], lon[near]), return_inverse=True)
    found[near] = _answers(cells)[back]
    return found


def _answers(cells: Ints) -> Floats:
    """Return the answer for each cell, worked out once in the life of the program."""
    new = np.array([number for number in cells.tolist() if number not in _KNOWN], np.int64)
    if len(new):
        row, column = np.divmod(new, _COLUMNS)
        lat, lon = (row + 0.5) * CELL_DEG, (column - _COLUMNS // 2 + 0.5) * CELL_DEG
        ashore = on_land(lat, lon)
        depth = np.zeros(len(new))
        depth[ashore] = shore_nm(lat[ashore], lon[ashore])
        _KNOWN.update(zip(new.tolist(), depth.tolist(), strict=True))
    return np.array([_KNOWN[number] for number in cells.tolist()], float)

"""Which positions lie in which areas: a lookup grid, with exact tests only where an outline passes.

The answers are shapely's own everywhere: a cell without an outline lies wholly inside or outside, and about the others
shapely is asked.
"""

from typing import Final

import numpy as np
import shapely

from zones.cells import Areas, Floats, column_of, row_of
from zones.grid import Numbers, build

_QUARTER_TURN: Final = 90.0
_HALF_TURN: Final = 180.0
_CHUNK: Final = 65_536  # positions looked up at once, so that their columns stay in the second cache; chosen


class Lookup:
    """Areas (valid polygons in degrees, none over the antimeridian) made ready for many questions."""

    def __init__(self, areas: Areas) -> None:
        """Build the grid; the places in the array are the indices that are answered with."""
        shapely.prepare(areas)
        self._areas = areas
        self._grid = build(areas)

    def inside(self, lat: Floats, lon: Floats) -> tuple[Numbers, Numbers]:
        """Return (row, area) of every position (columns, degrees) in every area, edges included, sorted by both.

        A missing position, or one that is no place on Earth, is in none. The antimeridian is one line: 180 is -180.
        """
        row, area = self._in_chunks(lat, lon)
        line = np.flatnonzero(np.abs(lon) == _HALF_TURN)
        if len(line):
            again, other = self._in_chunks(lat[line], -lon[line])
            count = max(len(self._areas), 1)
            row, area = np.divmod(np.union1d(row * count + area, line[again] * count + other), count)
        return row, area

    def _in_chunks(self, lat: Floats, lon: Floats) -> tuple[Numbers, Numbers]:
        """Answer chunk by chunk."""
        found = [self._inside(lat[i : i + _CHUNK], lon[i : i + _CHUNK], i) for i in range(0, len(lat), _CHUNK)]
        rows, areas = ([np.zeros(0, np.int64), *part] for part in (zip(*found, strict=True) if found else ((), ())))
        return np.concatenate(rows), np.concatenate(areas)

    def _inside(self, lat: Floats, lon: Floats, offset: int) -> tuple[Numbers, Numbers]:
        """Answer for one chunk, whose rows are counted from `offset`."""
        there = np.flatnonzero((np.abs(lat) <= _QUARTER_TURN) & (np.abs(lon) <= _HALF_TURN))
        if len(there) < len(lat):
            lat, lon = lat[there], lon[there]
        row, entry = self._grid.entries(self._grid.list_at(row_of(lat), column_of(lon)))
        area, doubt = self._grid.area[entry], np.flatnonzero(self._grid.doubt[entry])
        kept, near = np.ones(len(row), bool), row[doubt]
        kept[doubt] = shapely.intersects_xy(self._areas[area[doubt]], lon[near], lat[near])
        return there[row[kept]] + offset, area[kept]

"""Which positions lie in which areas, and which areas legs touch: a grid, with exact tests only where outlines pass.

The answers are shapely's own everywhere: a cell without an outline lies wholly inside or outside, and about the others
shapely is asked.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from zones.cells import Areas, Floats, column_of, pieces, row_of, touched
from zones.grid import Numbers, build

_QUARTER_TURN: Final = 90.0
_HALF_TURN: Final = 180.0
_TURN: Final = 360.0
_CHUNK: Final = 65_536  # positions looked up at once, so that their columns stay in the second cache; chosen
_TOGETHER_DEG: Final = 4096.0  # length of the legs looked at together, chosen to bound the memory: 262,144 pieces
Bools = npt.NDArray[np.bool_]


class Lookup:
    """Areas (valid polygons in degrees, none over the antimeridian) made ready for many questions."""

    def __init__(self, areas: Areas) -> None:
        """Build the grid; the places in the array are the indices that are answered with."""
        shapely.prepare(areas)
        self._areas = areas
        self._count = max(len(areas), 1)
        self._grid = build(areas)

    def inside(self, lat: Floats, lon: Floats) -> tuple[Numbers, Numbers]:
        """Return (row, area) of every position (columns, degrees) in every area, edges included, sorted by both.

        A missing position, or one that is no place on Earth, is in none. The antimeridian is one line: 180 is -180.
        """
        row, area = self._in_chunks(lat, lon)
        line = np.flatnonzero(np.abs(lon) == _HALF_TURN)
        if len(line):
            again, other = self._in_chunks(lat[line], -lon[line])
            keys = np.union1d(row * self._count + area, line[again] * self._count + other)
            row, area = np.divmod(keys, self._count)
        return row, area

    def touched(self, start: Floats, end: Floats) -> tuple[Numbers, Numbers]:
        """Return (row, area) of every area that each leg touches, sorted; its ends are (lat, lon), shape (2, n).

        A leg goes straight on a plate of degrees, the short way round the Earth, so keep it short against the Earth's
        curve. A leg with an end missing, or that is no place on Earth, touches nothing.
        """
        row = np.flatnonzero(_on_earth(*start) & _on_earth(*end))
        own, here, there = _the_short_way(start[::-1, row].T, end[::-1, row].T)
        reach = np.cumsum(np.abs(there - here).max(axis=1, initial=0))
        parts = np.split(np.arange(len(own)), np.flatnonzero(np.diff(reach // _TOGETHER_DEG)) + 1)
        found = [self._touched(row[own[part]], here[part], there[part]) for part in parts]
        row, area = np.divmod(np.unique(np.concatenate(found)), self._count)
        return row, area

    def share(self, area: Numbers, start: Floats, end: Floats) -> Floats:
        """Return how much of each leg, from 0 to 1, lies in an area of its own; the ends as in `touched`, and apart."""
        leg, here, there = _the_short_way(start[::-1].T, end[::-1].T)
        lines = np.asarray(shapely.linestrings(np.stack((here, there), axis=1)))
        within = shapely.length(shapely.intersection(self._areas[area[leg]], lines))
        return np.bincount(leg, within, len(area)) / shapely.length(lines[: len(area)])

    def _touched(self, row: Numbers, start: Floats, end: Floats) -> Numbers:
        """Return row * areas + area for every area that legs touch; their ends are (lon, lat), shape (n, 2)."""
        edge, begin, stop = pieces(start, end)
        piece, up, over = touched(begin, stop)
        place, entry = self._grid.entries(self._grid.list_at(up, over))
        leg, area = np.divmod(np.unique(edge[piece[place]] * self._count + self._grid.area[entry]), self._count)
        lines = shapely.linestrings(np.stack((start[leg], end[leg]), axis=1))
        met = shapely.intersects(self._areas[area], lines)
        keys: Numbers = row[leg[met]] * self._count + area[met]
        return keys

    def _in_chunks(self, lat: Floats, lon: Floats) -> tuple[Numbers, Numbers]:
        """Answer chunk by chunk."""
        found = [self._inside(lat[i : i + _CHUNK], lon[i : i + _CHUNK], i) for i in range(0, len(lat), _CHUNK)]
        rows, areas = ([np.zeros(0, np.int64), *part] for part in (zip(*found, strict=True) if found else ((), ())))
        return np.concatenate(rows), np.concatenate(areas)

    def _inside(self, lat: Floats, lon: Floats, offset: int) -> tuple[Numbers, Numbers]:
        """Answer for one chunk, whose rows are counted from `offset`."""
        there = np.flatnonzero(_on_earth(lat, lon))
        if len(there) < len(lat):
            lat, lon = lat[there], lon[there]
        row, entry = self._grid.entries(self._grid.list_at(row_of(lat), column_of(lon)))
        area, doubt = self._grid.area[entry], np.flatnonzero(self._grid.doubt[entry])
        kept, near = np.ones(len(row), bool), row[doubt]
        kept[doubt] = shapely.intersects_xy(self._areas[area[doubt]], lon[near], lat[near])
        return there[row[kept]] + offset, area[kept]


def _on_earth(lat: Floats, lon: Floats) -> Bools:
    return (np.abs(lat) <= _QUARTER_TURN) & (np.abs(lon) <= _HALF_TURN)


def _the_short_way(start: Floats, end: Floats) -> tuple[Numbers, Floats, Floats]:
    """Return (leg, start, end) of legs; one over the antimeridian twice, each time from one end to beyond the line."""
    way = end[:, 0] - start[:, 0]
    over = np.flatnonzero(np.abs(way) > _HALF_TURN)
    turn = np.zeros((len(over), 2))
    turn[:, 0] = np.copysign(_TURN, way[over])
    leg = np.concatenate((np.arange(len(start)), over))
    start, end = np.concatenate((start, start[over] + turn)), np.concatenate((end, end[over]))
    end[over] -= turn
    return leg, start, end

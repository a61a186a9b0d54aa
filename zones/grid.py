"""The grid behind `Lookup`: which areas lie in, or have their outline in, each tile and cell of the Earth.

A tile through which an outline passes is divided into cells. An undivided tile, and each cell of a divided one, names
a list of areas: those it lies wholly in, and those whose outline may pass through it.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from zones.cells import COLUMNS, PER_DEGREE, ROWS, Areas, Ints, column_of, edges, pieces, row_of, touched

_BITS: Final = 5
_SIDE: Final = 1 << _BITS  # cells: half a degree. Chosen: the numbers of a tile's lists fit the first cache
_IN_TILE: Final = _SIDE - 1
_CELLS: Final = _SIDE * _SIDE
_WIDE: Final = (COLUMNS >> _BITS) + 1  # tiles round the Earth
_TILES: Final = ((ROWS >> _BITS) + 1) * _WIDE
_INSIDE: Final = 1
_BORDER: Final = 2
Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.floating[Any]] | float


class Grid(NamedTuple):
    """Lists of areas by place. List n are the entries from `first[n]` to `first[n + 1]`; list 0 is empty.

    An entry is an area, by its index, and whether there is doubt. `tiles` says for each tile where its part of `cells`
    begins, doubled, plus one if it is divided; `cells` are numbers of lists.
    """

    tiles: Ints
    cells: Ints
    first: Numbers
    area: Numbers
    doubt: npt.NDArray[np.bool_]

    def list_at(self, row: Ints, column: Ints) -> Ints:
        """Return the number of the list of each cell."""
        tile = self.tiles[(row >> _BITS) * np.int32(_WIDE) + (column >> _BITS)]
        number: Ints = self.cells[(tile >> 1) + _cell(row, column) * (tile & 1)]
        return number

    def entries(self, number: Ints) -> tuple[Numbers, Numbers]:
        """Return (row, entry) of every entry of each row's list, sorted."""
        some = np.flatnonzero(number)
        begin, end = self.first[number[some]], self.first[number[some] + 1]
        return some.repeat(end - begin), _counted(begin, end - begin)


class _Pairs(NamedTuple):
    """Areas in divided tiles: the numbers of both, and whether each cell is outside, inside or border; (n, cells)."""

    area: Numbers
    tile: Numbers
    state: npt.NDArray[np.int8]

    def ordered(self) -> "_Pairs":
        """Return the pairs sorted by tile and area."""
        order = np.lexsort((self.area, self.tile))
        return _Pairs(self.area[order], self.tile[order], self.state[order])


def build(areas: Areas) -> Grid:
    """Return the grid of areas, in a time that grows with the number of their corners."""
    pairs = _divided(areas)
    area, tile = _whole(areas, pairs)
    divided = np.isin(tile, pairs.tile)
    state = np.full((np.count_nonzero(divided), _CELLS), _INSIDE, np.int8)
    both = _Pairs(
        np.concatenate((pairs.area, area[divided])),
        np.concatenate((pairs.tile, tile[divided])),
        np.concatenate((pairs.state, state)),
    )
    return _listed(both.ordered(), area[~divided], tile[~divided])


def _divided(areas: Areas) -> _Pairs:
    """Return every area in every tile that its outline passes through."""
    area, start, end = edges(areas)
    edge, start, end = pieces(start, end)
    piece, row, column = touched(start, end)
    tile = (row >> _BITS) * _WIDE + (column >> _BITS)
    keys, pair = np.unique(area[edge[piece]] * _TILES + tile, return_inverse=True)
    pairs = _Pairs(*np.divmod(keys, _TILES), np.zeros((len(keys), _CELLS), np.int8))
    pairs.state[pair, _cell(row, column)] = _BORDER
    _fill(areas, pairs)
    return pairs


def _fill(areas: Areas, pairs: _Pairs) -> None:
    """Tell inside from outside in cells without outline: those side by side are alike, so that one is asked about."""
    clear = (pairs.state != _BORDER).reshape(-1, _SIDE)
    begins = clear.copy()
    begins[:, 1:] &= ~clear[:, :-1]
    pair, cell = np.divmod(np.flatnonzero(begins), _CELLS)
    inside = _holds(areas, pairs.area[pair], pairs.tile[pair], (cell >> _BITS) + 0.5, (cell & _IN_TILE) + 0.5)
    run = np.cumsum(begins) - 1
    pairs.state[clear.reshape(-1, _CELLS)] = np.where(inside, _INSIDE, 0)[run[clear.ravel()]]


def _whole(areas: Areas, pairs: _Pairs) -> tuple[Numbers, Numbers]:
    """Return (area, tile) of every tile that lies wholly in an area, sorted."""
    parts, owner = shapely.get_parts(areas, return_index=True)
    west, south, east, north = shapely.bounds(parts).T
    low, left = row_of(south) >> _BITS, column_of(west) >> _BITS
    wide = (column_of(east) >> _BITS) - left + 1
    count = ((row_of(north) >> _BITS) - low + 1) * wide
    part = np.arange(len(parts)).repeat(count)
    up, over = np.divmod(_counted(np.zeros(len(count), np.int64), count), wide[part])
    keys = np.setdiff1d(owner[part] * _TILES + (low[part] + up) * _WIDE + left[part] + over, _keys(pairs))
    area, tile = np.divmod(keys, _TILES)
    inside = _holds(areas, area, tile, _SIDE / 2, _SIDE / 2)
    return area[inside], tile[inside]


def _listed(pairs: _Pairs, area: Numbers, tile: Numbers) -> Grid:
    """Return the grid of areas in divided tiles (ordered), and of areas and undivided tiles wholly in them."""
    divided, first, index = np.unique(pairs.tile, return_index=True, return_inverse=True)
    undivided, place = np.unique(tile, return_inverse=True)
    starts = np.ones((len(divided), _CELLS), bool)  # a list serves a cell and those after it that are alike
    if len(divided):
        starts[:, 1:] = np.logical_or.reduceat(pairs.state[:, 1:] != pairs.state[:, :-1], first)
    number = len(undivided) + starts.cumsum().reshape(starts.shape)
    pair, cell = np.nonzero(starts[index] & (pairs.state > 0))
    lists = np.concatenate((1 + place, number[index[pair], cell]))
    order = np.argsort(lists, kind="stable")  # areas stay in order within a list
    count = np.bincount(lists, minlength=number.max(initial=len(undivided)) + 1)
    tiles = np.zeros(_TILES, np.int32)
    tiles[undivided] = 2 * (1 + np.arange(len(undivided)))
    tiles[divided] = 2 * (1 + len(undivided) + _CELLS * np.arange(len(divided))) + 1
    cells = np.concatenate((np.arange(1 + len(undivided)), np.where(count[number] > 0, number, 0).ravel()))
    return Grid(
        tiles,
        cells.astype(np.int32),
        np.concatenate(([0], np.cumsum(count))),
        np.concatenate((area, pairs.area[pair]))[order],
        np.concatenate((np.zeros(len(area), bool), pairs.state[pair, cell] == _BORDER))[order],
    )


def _holds(areas: Areas, area: Numbers, tile: Numbers, up: Places, over: Places) -> npt.NDArray[np.bool_]:
    """Tell which areas hold a place in a tile, told in cells from its south-west corner."""
    high, wide = np.divmod(tile, _WIDE)
    lat, lon = (high * _SIDE + up) / PER_DEGREE - 90, (wide * _SIDE + over) / PER_DEGREE - 180
    return np.asarray(shapely.intersects_xy(areas[area], lon, lat))


def _cell(row: Ints, column: Ints) -> Ints:
    """Return the number of a cell within its tile."""
    return ((row & _IN_TILE) << _BITS) | (column & _IN_TILE)


def _keys(pairs: _Pairs) -> Numbers:
    return pairs.area * _TILES + pairs.tile


def _counted(begin: Numbers, count: Numbers) -> Numbers:
    """Return, one after the other, so many numbers from each beginning."""
    counted: Numbers = np.arange(count.sum()) + (begin - np.cumsum(count) + count).repeat(count)
    return counted

"""Which of many straight pieces of a plane may be the nearest to a point: short lists for squares of a region.

A region is quartered until few pieces are left for a square, or it is small. A piece is left out where another is
proved to be as near all over the square, within a tolerance. For the distance to a piece is convex: within the square
it is at most the mean of what the four corners say, weighted by nearness; and it bends by at most 1 / distance, so that
it is at most side^2 / (8 distance) less.
"""

from collections.abc import Iterator
from functools import reduce
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

SIDE_M: Final = 2000.0  # of the smallest squares; chosen by measurement: smaller is slower to make, larger to ask
LEVELS: Final = 7  # how often a region is quartered at most: it is 256 km wide, chosen: 20 ms to make
_FEW: Final = 4  # pieces with which a square is not quartered; chosen by measurement
_NEAR_M: Final = 60_000.0  # up to here the tolerance is in metres, beyond it a share; 30 nautical miles are 55.6 km
_TOLERANCE_M: Final = 40.0  # chosen: well within 100 m
_TOLERANCE: Final = 0.005  # of the distance; chosen: well within 1 %
_CORNERS: Final = np.array([[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]])
_PLACES: Final = np.concatenate((_CORNERS, [[0.0, 0.0]]))  # where pieces are compared; the centre stands last
_LEAST_M: Final = 1e-3  # a piece that may pass through the square bends as much as it likes; chosen: not zero
Floats = npt.NDArray[np.float64]
Reals = npt.NDArray[np.floating[Any]]
Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Pieces(NamedTuple):
    """Straight pieces in metres: where each begins, how far it goes, and one by the square of its length."""

    x: Reals
    y: Reals
    over: Reals
    up: Reals
    inverse: Reals

    @classmethod
    def between(cls, start: Floats, end: Floats) -> "Pieces":
        """Return the pieces with these ends, shape (2, n); a point is a piece with both ends alike."""
        over, up = end - start
        length = over**2 + up**2
        return cls(start[0], start[1], over, up, 1 / np.where(length > 0, length, np.inf))

    def take(self, which: Numbers) -> "Pieces":
        """Return some of the pieces."""
        return Pieces(*(part[which] for part in self))

    def seen_from(self, points: Floats) -> "Pieces":
        """Return the pieces with a point of its own, shape (2, n), as the origin of each, to 0.3 m: half as wide."""
        own = self._replace(x=self.x - points[0], y=self.y - points[1])
        return Pieces(*(part.astype(np.float32) for part in own))

    def feet(self, points: Reals) -> Reals:
        """Return for each piece its point nearest to a point of its own; shape (2, n), like the points."""
        share = ((points[0] - self.x) * self.over + (points[1] - self.y) * self.up) * self.inverse
        share = np.minimum(np.maximum(share, 0), 1)
        return np.stack((self.x + share * self.over, self.y + share * self.up))

    def distance(self, points: Reals) -> Reals:
        """Return how far each piece is from a point of its own."""
        over, up = self.feet(points) - points
        return np.asarray(np.sqrt(over**2 + up**2))


class Lists(NamedTuple):
    """Squares of one size, `SIDE_M << level` wide, by their place in such squares (2, n), and the pieces they name.

    `lengths` says how many pieces each names, `piece` which.
    """

    level: int
    squares: Numbers
    lengths: Numbers
    piece: Numbers


def shortlists(pieces: Pieces, corner: Floats, region: Numbers) -> Iterator[Lists]:
    """Return the lists of a region, told by its place in regions (2,) from the corner (2,) of the plane, in metres."""
    squares, square, piece = region[:, None], np.zeros(len(pieces.x), np.int64), np.arange(len(pieces.x))
    for level in range(LEVELS, -1, -1):
        side = SIDE_M * (1 << level)
        centre = corner[:, None] + (squares + 0.5) * side
        kept, named = _contenders(pieces.take(piece).seen_from(centre[:, square]), square, side)
        count = np.bincount(square[named], minlength=squares.shape[1])
        done = (count <= _FEW) | (level == 0)
        yield Lists(level, squares[:, done], count[done], piece[named & done[square]])
        kept &= ~done[square]
        squares, square, piece = _quartered(squares[:, ~done], (np.cumsum(~done) - 1)[square[kept]], piece[kept])
        if not len(piece):
            return


def _contenders(pieces: Pieces, square: Numbers, side: float) -> tuple[Bools, Bools]:
    """Tell which pieces may be the nearest somewhere in their square, for sure and within the tolerance.

    Each piece, seen from the centre of its square, is held against the nearest ones at the corners and the centre,
    which always stay.
    """
    at = [pieces.distance((side * place[:, None]).astype(np.float32)) for place in _PLACES]
    begin = np.flatnonzero(np.diff(square, prepend=-1))
    stays, ahead = np.zeros(len(square), bool), np.full(len(square), np.inf, np.float32)
    for there in at:
        nearest = np.flatnonzero(there == np.minimum.reduceat(there, begin)[square])
        rival = nearest[np.diff(square[nearest], prepend=-1) > 0]
        stays[rival] = True
        ahead = np.minimum(ahead, reduce(np.maximum, [(far[rival][square] - far) for far in at[: len(_CORNERS)]]))
    least = np.maximum(at[-1] - side * np.sqrt(0.5), _LEAST_M)
    ahead += side**2 / (8 * least)
    return stays | (ahead > 0), stays | (ahead > np.where(least < _NEAR_M, _TOLERANCE_M, _TOLERANCE * least))


def _quartered(squares: Numbers, square: Numbers, piece: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the quarters of squares, and for each quarter the pieces of its square: as (quarter, piece), sorted."""
    quarters = (2 * squares[:, :, None] + (_CORNERS.T > 0)[:, None, :]).reshape(2, -1)
    count = np.bincount(square, minlength=squares.shape[1])
    begin, count = (np.cumsum(count) - count).repeat(4), count.repeat(4)
    entry = np.arange(count.sum()) + (begin - np.cumsum(count) + count).repeat(count)
    return quarters, np.arange(len(count)).repeat(count), piece[entry]

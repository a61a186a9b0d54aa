"""The nearest of many straight pieces of a plane, by short lists that are made for a region when it is asked about."""

from itertools import chain
from typing import Final

import numpy as np

from zones.shortlist import LEVELS, SIDE_M, Floats, Lists, Numbers, Pieces, shortlists

_REGION_M: Final = SIDE_M * (1 << LEVELS)
_CHUNK: Final = 32_768  # points asked about at once, so that their columns stay in the second cache; chosen


class Nearest:
    """Pieces made ready for many questions."""

    def __init__(self, pieces: Pieces, bounds: Floats) -> None:
        """Take the pieces and the rectangle that will be asked about: its south-west and north-east corner, metres."""
        self._pieces = pieces
        self._corner = bounds[0]
        regions = np.ceil((bounds[1] - bounds[0]) / _REGION_M).astype(int)
        self._made = np.zeros(regions, bool)
        self._number = np.zeros(regions << LEVELS, np.int32)  # of the list of each smallest square
        self._first, self._piece = np.zeros(1, np.int64), np.zeros(0, np.int64)  # list n: first[n] to first[n + 1]

    def feet(self, points: Floats) -> Floats:
        """Return the point of the pieces nearest to each point, shape (2, n): at most 40 m or 0.5 % farther."""
        starts = range(0, points.shape[1], _CHUNK)
        parts = [self._feet(points[:, start : start + _CHUNK]) for start in starts]
        return np.concatenate([np.zeros((2, 0)), *parts], axis=1)

    def _feet(self, points: Floats) -> Floats:
        """Answer for one chunk: compare the first piece of each list, then the second where there is one, and so on."""
        square = ((points - self._corner[:, None]) / SIDE_M).astype(np.int64)
        self._make(square >> LEVELS)
        number = self._number[tuple(square)]
        first, count = self._first[number], self._first[number + 1] - self._first[number]
        nearest = self._piece[first]
        least = self._pieces.take(nearest).distance(points)
        rows, rank = np.flatnonzero(count > 1), 1
        while len(rows):
            piece = self._piece[first[rows] + rank]
            distance = self._pieces.take(piece).distance(points[:, rows])
            nearer = distance < least[rows]
            least[rows[nearer]], nearest[rows[nearer]] = distance[nearer], piece[nearer]
            rank += 1
            rows = rows[count[rows] > rank]
        return np.asarray(self._pieces.take(nearest).feet(points), np.float64)

    def _make(self, region: Numbers) -> None:
        """Make the lists of the regions that are new."""
        new = np.unique(region[:, ~self._made[tuple(region)]], axis=1)
        made = list(chain(*(shortlists(self._pieces, self._corner, place) for place in new.T)))
        if made:
            lengths = np.concatenate([lists.lengths for lists in made])
            numbers = len(self._first) - 1 + np.arange(len(lengths))
            self._first = np.append(self._first, self._first[-1] + np.cumsum(lengths))
            self._piece = np.concatenate((self._piece, *(lists.piece for lists in made)))
            ends = np.cumsum([len(lists.lengths) for lists in made])
            for lists, own in zip(made, np.split(numbers, ends[:-1]), strict=True):
                self._paint(lists, own)
            self._made[tuple(new)] = True

    def _paint(self, lists: Lists, number: Numbers) -> None:
        """Write the numbers of lists into the smallest squares of their squares."""
        within = np.arange(1 << lists.level)
        x, y = (lists.squares << lists.level)[:, :, None] + within
        self._number[x[:, :, None], y[:, None, :]] = number[:, None, None]

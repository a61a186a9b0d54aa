"""Which track is in which zone, by rows: a stay begins with a row inside and goes on while its track keeps near.

A *spot* is a row of a line in a zone, one number: zone index * length of the line + place in the line. So the spots of
one track in one zone follow each other.
"""

from typing import NamedTuple

import numpy as np

from pipelines.detect.runs import Array, Line


class Stays(NamedTuple):
    """The first and the last spot of each stay, ascending."""

    since: Array
    until: Array

    def hold(self, spots: Array) -> Array:
        """Tell which spots belong to a stay."""
        stay = np.searchsorted(self.since, spots, side="right") - 1
        return (stay >= 0) & (spots <= np.append(self.until, -1)[stay])


def spots(line: Line, row: Array, zone: Array) -> Array:
    """Return the ascending spots of rows, told by their refs, in zones."""
    place = np.empty(len(line.ref), np.int64)
    place[line.ref] = np.arange(len(line.ref))
    return np.sort(zone * len(line.ref) + place[row])


def stays(line: Line, inside: Array, near: Array) -> Stays:
    """Return the stays of tracks in zones, from the spots inside and those near; what is inside is near."""
    near = np.union1d(inside, near)
    begins = line.first[near % len(line.ref)] | (np.diff(near, prepend=-2) > 1)
    run = np.cumsum(begins) - 1
    ends = np.append(np.flatnonzero(begins)[1:], len(near)) - 1
    within = np.flatnonzero(np.isin(near, inside))
    own, first = np.unique(run[within], return_index=True)
    return Stays(near[within[first]], near[ends[own]])

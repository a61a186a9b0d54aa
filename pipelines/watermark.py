"""The watermark: how far every source has come in event time, moving row by row.

A source's newest time is that of its newest row, but a row more than 10 minutes ahead moves nothing until a row of
another MMSI, itself that far ahead, confirms it: then newest moves to the smaller of the two. The first row of a source
sets newest. The watermark is the running maximum of the smallest (newest - allowed disorder) over the open sources.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]

DISORDER_US: Final = 60_000_000  # CONTRACT, "Watermark": 60 s for terrestrial sources
AHEAD_US: Final = 600_000_000  # CONTRACT, "Watermark": 10 min ahead of its source needs a second MMSI
BEGINNING: Final = -(2**62)  # before every time, with room to subtract from


@dataclass(slots=True)
class Source:
    """How far one source has come. Times are microseconds UTC."""

    disorder_us: int
    newest: int | None = None  # null before its first row
    since: int | None = None  # newest of the others when it was opened, or when the first of them spoke
    ahead_mmsi: int | None = None  # the last row too far ahead, not confirmed so far
    ahead_time: int | None = None

    def advance(self, times: Array, mmsis: Array) -> Array:
        """Return newest after each row (at least one), and remember the last."""
        start = int(times[0]) if self.newest is None else self.newest
        newest = np.maximum(np.maximum.accumulate(times), start)
        before = np.concatenate(([start], newest[:-1]))
        if (times > before + AHEAD_US).any():
            self.newest = start
            newest = np.array([self._after(*row) for row in zip(times.tolist(), mmsis.tolist(), strict=True)])
        self.newest = int(newest[-1])
        return newest

    def _after(self, time: int, mmsi: int) -> int:
        """Return newest after one row: the rare path, for batches with a row too far ahead."""
        assert self.newest is not None
        if time <= self.newest + AHEAD_US:
            self.newest = max(self.newest, time)
        elif self._confirmed_by(mmsi):
            assert self.ahead_time is not None
            self.newest, self.ahead_mmsi, self.ahead_time = min(time, self.ahead_time), None, None
        else:
            self.ahead_mmsi, self.ahead_time = mmsi, time
        return self.newest

    def _confirmed_by(self, mmsi: int) -> bool:
        """Tell whether a row of this MMSI, too far ahead itself, confirms the one that waits."""
        assert self.newest is not None
        return self.ahead_time is not None and self.ahead_time > self.newest + AHEAD_US and self.ahead_mmsi != mmsi


class Watermark:
    """The watermark over several sources; `value` only grows.

    `stall_us`: a source that far behind the newest no longer holds it back (live feeds); null when every source will be
    read to its end. A source remembered from a former run takes part once it is opened again.
    """

    def __init__(
        self, value: int = BEGINNING, sources: Mapping[str, Any] | None = None, *, stall_us: int | None = None
    ) -> None:
        self.value = value
        self._stall_us = stall_us
        self._former = {name: Source(**source) for name, source in (sources or {}).items()}
        self._open: dict[str, Source] = {}

    def open(self, name: str, disorder_us: int) -> None:
        """Let a source take part; until its first row it holds the watermark where it is."""
        source = self._former.pop(name, None) or Source(disorder_us)
        source.disorder_us = disorder_us
        if source.newest is None:
            source.since = max(
                (other.newest for other in self._open.values() if other.newest is not None), default=None
            )
        self._open[name] = source

    def close(self, name: str) -> None:
        """Take a source out: it will say no more, so nothing waits for it."""
        del self._open[name]
        if self._open:
            self._raise(self._smallest({}))

    def end(self, newest: int | None) -> None:
        """End the input: no source is left, and the watermark goes just past the newest time still held."""
        self._open, self._former = {}, {}
        if newest is not None:
            self.value = max(self.value, newest + 1)

    def behind(self) -> str:
        """Return the open source furthest behind in event time."""
        return min(self._open, key=lambda name: BEGINNING if (at := self._open[name].newest) is None else at)

    def advance(self, name: str, times: Array, mmsis: Array) -> tuple[Array, Array]:
        """Take the next rows of an open source; return the watermark just before and just after each."""
        start = self.value
        after = self._raise(self._smallest({name: self._open[name].advance(times, mmsis)}))
        return np.concatenate(([start], after[:-1])), after

    def sources(self) -> dict[str, Any]:
        """Return what a later run needs of the sources, as JSON values."""
        return {name: asdict(source) for name, source in {**self._former, **self._open}.items()}

    def _smallest(self, moving: Mapping[str, Array]) -> Array:
        """Return the smallest (newest - disorder) after each row of the moving source; one value when none moves."""
        newest = {name: np.array([at]) for name, source in self._open.items() if (at := source.newest) is not None}
        newest.update(moving)
        overall = np.max(np.broadcast_arrays(BEGINNING, *newest.values()), axis=0)
        smallest = np.full(overall.shape, -BEGINNING)
        for name, source in self._open.items():
            if source.newest is None and source.since is None and newest:
                source.since = int(overall[0])
            position = newest.get(name, BEGINNING if source.since is None else source.since)
            counts = self._stall_us is None or overall - position <= self._stall_us
            reached = newest[name] - source.disorder_us if name in newest else BEGINNING
            smallest = np.where(counts, np.minimum(smallest, reached), smallest)
        return smallest

    def _raise(self, smallest: Array) -> Array:
        after = np.maximum(np.maximum.accumulate(np.atleast_1d(smallest)), self.value)
        self.value = int(after[-1])
        return after

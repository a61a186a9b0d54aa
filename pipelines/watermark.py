"""The watermark: how far every source has come in event time, moving row by row.

A source's newest time is that of its newest row, but no row is believed alone. The first one is a candidate: newest is
null until the next row lies within 10 minutes of it, else that one becomes the candidate. A row more than 10 minutes
ahead of newest waits and moves nothing until a later row confirms it, itself that far ahead: one of another MMSI, or of
the same MMSI 1 to 10 minutes after it when nothing ordinary came between. Then newest moves to the smaller of the two.
An ordinary row that comes while a row waits *refutes* it, until the next row ahead.

The watermark is the running maximum of the smallest (newest - allowed disorder) over the open sources. When the input
ends it goes just past the newest row that counts: those up to 10 minutes after newest, or after the row that waits
unrefuted (a vessel may be the last one heard, hours after the others); all of a source without newest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]

DISORDER_US: Final = 60_000_000  # CONTRACT, "Watermark": 60 s for terrestrial sources
AHEAD_US: Final = 600_000_000  # CONTRACT, "Watermark": 10 min ahead of its source waits for confirmation
GOES_ON_US: Final = 60_000_000  # chosen: a wrong clock jumps, a real one goes on; far longer than a burst of rows
BEGINNING: Final = -(2**62)  # before every time, with room to subtract from
END: Final = 2**62  # after every time


@dataclass(slots=True)
class Source:
    """How far one source has come. Times are microseconds UTC."""

    disorder_us: int
    newest: int | None = None  # null until two rows agree
    since: int | None = None  # newest of the others when it was opened, or when the first of them spoke
    ahead_mmsi: int | None = None  # the row that came too far ahead; it waits as long as it is
    ahead_time: int | None = None
    refuted: bool = False  # an ordinary row came after it
    candidate: int | None = None  # the last row, while newest is null

    def advance(self, times: Array, mmsis: Array) -> Array:
        """Return newest after each row (at least one; BEGINNING while it is null), and remember the last."""
        alone = self._begin(times) if self.newest is None else 0
        newest = np.full(len(times), BEGINNING)
        if self.newest is not None:
            newest[alone:] = self._go_on(self.newest, times[alone:], mmsis[alone:])
        return newest

    def limit(self) -> int:
        """Return the newest time that counts when the input ends."""
        if self.newest is None:
            return END
        ahead = None if self.refuted else self._waiting()
        return AHEAD_US + (self.newest if ahead is None else ahead)

    def _begin(self, times: Array) -> int:
        """Set newest at the first row that agrees with the one before; return how many rows came before that."""
        for place, time in enumerate(map(int, times)):  # two of them, but for wrong clocks
            if self.candidate is not None and abs(time - self.candidate) <= AHEAD_US:
                self.newest, self.candidate = max(time, self.candidate), None
                return place
            self.candidate = time
        return len(times)

    def _go_on(self, start: int, times: Array, mmsis: Array) -> Array:
        """Return newest, so far `start`, after each row."""
        newest: Array = np.maximum(np.maximum.accumulate(times), start)
        before = np.concatenate(([start], newest[:-1]))
        if (times > before + AHEAD_US).any():
            return np.array([self._after(*row) for row in zip(times.tolist(), mmsis.tolist(), strict=True)])
        self._ordinary(int(newest[-1]))
        return newest

    def _after(self, time: int, mmsi: int) -> int:
        """Return newest after one row: the rare path, for batches with a row too far ahead."""
        assert self.newest is not None
        if time <= self.newest + AHEAD_US:
            self._ordinary(max(self.newest, time))
            return self.newest
        if (waiting := self._waiting()) is not None:
            alone = mmsi == self.ahead_mmsi and not self.refuted
            if alone and 0 <= time - waiting < GOES_ON_US:
                return self.newest  # too soon to say more; the first of them waits on
            if mmsi != self.ahead_mmsi or (alone and GOES_ON_US <= time - waiting <= AHEAD_US):
                self.newest = min(time, waiting)
        self.ahead_mmsi, self.ahead_time, self.refuted = mmsi, time, False
        return self.newest

    def _ordinary(self, newest: int) -> None:
        """Note newest after a row that is not too far ahead: it refutes what waits."""
        self.newest, self.refuted = newest, self.ahead_time is not None

    def _waiting(self) -> int | None:
        """Return the time of the row that waits; null when there is none, or when newest has come near it."""
        assert self.newest is not None
        return self.ahead_time if self.ahead_time is not None and self.ahead_time > self.newest + AHEAD_US else None


class Watermark:
    """The watermark over several sources; `value` only grows.

    `stall_us`: a source that far behind the newest no longer holds it back (live feeds); null when every source will be
    read to its end. A source closed, or remembered from a former run, goes on where it was once it is opened again.
    """

    def __init__(
        self, value: int = BEGINNING, sources: Mapping[str, Any] | None = None, *, stall_us: int | None = None
    ) -> None:
        self.value = value
        self._stall_us = stall_us
        self._former = {name: Source(**source) for name, source in (sources or {}).items()}
        self._open: dict[str, Source] = {}

    def open(self, name: str, disorder_us: int) -> None:
        """Let a source take part; while it has no newest time it holds the watermark where it is."""
        source = self._former.pop(name, None) or Source(disorder_us)
        source.disorder_us = disorder_us
        if source.newest is None and source.since is None:
            source.since = max(
                (other.newest for other in self._open.values() if other.newest is not None), default=None
            )
        self._open[name] = source

    def close(self, name: str) -> None:
        """Take a source out: it will say no more, so nothing waits for it."""
        self._former[name] = self._open.pop(name)
        if self._open:
            self._raise(self._smallest({}))

    def end(self, past: int) -> None:
        """End the input: no source stays open; the watermark goes to `past`, just past the newest row that counts."""
        self._former, self._open = {**self._former, **self._open}, {}
        self.value = max(self.value, past)

    def keep(self, names: Iterable[str]) -> None:
        """After the end, forget every source but those that judge the rows of these names."""
        self._former = {found: self._former[found] for name in names if (found := self._judge(name)) is not None}

    def limit(self, name: str) -> int:
        """Return the newest time of the rows of a name that counts when the input ends."""
        found = self._judge(name)
        return END if found is None else (self._open.get(found) or self._former[found]).limit()

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

    def _judge(self, name: str) -> str | None:
        """Return the source that judges rows of a name; for one never opened (`feed#sender`) the furthest with rows."""
        if name in self._open or name in self._former:
            return name
        known = {**self._former, **self._open}
        limits = {each: it.limit() for each, it in known.items() if (it.newest, it.candidate) != (None, None)}
        return max(limits, key=limits.__getitem__, default=None)

    def _smallest(self, moving: Mapping[str, Array]) -> Array:
        """Return the smallest (newest - disorder) after each row of the moving source; one value when none moves."""
        newest = {name: np.array([BEGINNING if (at := it.newest) is None else at]) for name, it in self._open.items()}
        newest.update(moving)
        overall = np.max(np.broadcast_arrays(*newest.values()), axis=0)
        heard = overall[overall > BEGINNING]
        smallest = np.full(overall.shape, -BEGINNING)
        for name, source in self._open.items():
            if source.newest is None and source.since is None and heard.size:
                source.since = int(heard[0])
            since = BEGINNING if source.since is None else source.since
            position = np.where(newest[name] > BEGINNING, newest[name], since)
            counts = self._stall_us is None or overall - position <= self._stall_us
            smallest = np.where(counts, np.minimum(smallest, newest[name] - source.disorder_us), smallest)
        return smallest

    def _raise(self, smallest: Array) -> Array:
        after = np.maximum(np.maximum.accumulate(np.atleast_1d(smallest)), self.value)
        self.value = int(after[-1])
        return after

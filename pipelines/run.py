"""`voi ingest`: sources read side by side to their end, one commit a flush: a kill loses and doubles nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipelines.config import Settings
from pipelines.engine import Engine, Totals
from pipelines.errors import FeedError
from pipelines.inputs import Cursor, Input, Part, is_there, opened, same, share
from pipelines.knowledge import Knowledge
from pipelines.manner import Manner
from pipelines.store import resume
from pipelines.store.state import open_store

SECOND_US: Final = 1_000_000

Progress = Callable[[float], None]
"""Told the finished share of the work, 0 to 1."""


@dataclass(slots=True)
class Reading:
    """What one source held."""

    source: str
    lines: int = 0
    sentences: int = 0
    messages: dict[int, int] = field(default_factory=dict)
    rejects: dict[str, int] = field(default_factory=dict)
    known: bool = False  # read before, to its end
    resumed: bool = False  # read before, in part
    told: str = ""  # how it is read, where that is not plain
    failure: str | None = None


@dataclass(slots=True)
class IngestSummary(Totals):
    """What an ingest read and found."""

    readings: list[Reading] = field(default_factory=list)
    waiting: int = 0  # rows whose date nothing has confirmed yet

    def total(self, what: str) -> dict[Any, int]:
        """Return the sum of `messages` or `rejects` over the sources, the largest first."""
        added: Counter[Any] = Counter()
        for reading in self.readings:
            added.update(getattr(reading, what))
        return dict(added.most_common())


def ingest(
    root: Path,
    sources: Sequence[str],
    *,
    settings: Settings,
    manner: Manner | None = None,
    progress: Progress = lambda _: None,
) -> IngestSummary:
    """Read sources to their end into the store at `root`, in the manner asked for.

    A source that cannot be read is told in the summary and stops no other. Raises FeedError when none is there.
    """
    knowledge = Knowledge.of(settings, root)
    if not any(is_there(source) for source in sources):
        raise FeedError(f"{', '.join(sources)}: no such file; give a readable file of NMEA sentences")
    summary = IngestSummary()
    with open_store(root, create=True) as store, store.writing():
        engine = Engine(store, knowledge, summary)
        ingest_ = _Ingest(engine, settings, summary, progress)
        ingest_.open(sources, manner or Manner(), resume.cursors(store))
        ingest_.read()
        engine.settle()
        summary.waiting = engine.sequencer.waiting
    return summary


class _Ingest:
    """The inputs of one ingest, each at its place."""

    def __init__(self, engine: Engine, settings: Settings, summary: IngestSummary, progress: Progress) -> None:
        self._engine = engine
        self._settings = settings
        self._summary = summary
        self._progress = progress
        self._inputs: dict[str, Input] = {}
        self._readings: dict[str, Reading] = {}
        self._finished: list[Cursor] = []  # of inputs read to their end since the last commit

    def open(self, sources: Sequence[str], manner: Manner, cursors: dict[str, dict[str, Any]]) -> None:
        """Open every source once, where it was left; of two that hold the same, only the first."""
        for source in dict.fromkeys(sources):
            reading = self._readings[source] = Reading(source)
            self._summary.readings.append(reading)
            try:
                found = opened(source, manner, cursors)
            except FeedError as error:
                reading.failure = str(error)
                continue
            reading.known = found is None or any(same(found, other) for other in self._inputs.values())
            reading.resumed = found is not None and found.read > 0
            if found is not None and not reading.known:
                reading.told = found.told
                self._engine.rejects.go_back(source, found.refused)
                self._inputs[source] = found
                self._engine.sequencer.open(source, self._settings.disorder_s * SECOND_US)

    def read(self) -> None:
        """Read block by block, always the source that is furthest behind in event time."""
        waiting = 0
        while self._inputs:
            source = self._engine.sequencer.behind()
            waiting += self._next(source)
            if waiting >= self._settings.flush_rows:
                self._engine.flush(self._engine.sequencer.release(), self._cursors())
                waiting = 0
        self._engine.flush(self._engine.sequencer.finish(), self._cursors())

    def _cursors(self) -> list[Cursor]:
        finished, self._finished = self._finished, []
        return [*finished, *(cursor for each in self._inputs.values() if (cursor := self._cursor(each)))]

    def _cursor(self, current: Input) -> Cursor | None:
        """Return how far an input was read, with what of it was refused."""
        cursor = current.cursor()
        return cursor and {**cursor, "rejects": self._engine.rejects.counts(current.name)}

    def _next(self, source: str) -> int:
        """Take the next block of a source, or its end; return how many rows came."""
        current = self._inputs[source]
        try:
            part = current.decode()
        except FeedError as error:
            self._readings[source].failure = str(error)
            part = None
        if part is not None:
            return self._take(current, part)
        cursor = self._cursor(current)
        rows = self._take(current, current.end())
        self._finished += [cursor] if cursor else []
        self._engine.sequencer.close(source)
        del self._inputs[source]
        return rows

    def _take(self, current: Input, part: Part) -> int:
        self._engine.take(current.name, part.reports)
        self._engine.note(current.name, current.file, part)
        counts, reading = current.counts, self._readings[current.name]
        reading.lines, reading.sentences = counts.lines, counts.sentences
        reading.messages, reading.rejects = dict(counts.messages), dict(counts.rejects)
        shares = [1.0 if (it := self._inputs.get(name)) is None else share(it) for name in self._readings]
        self._progress(sum(shares) / len(shares))
        return int(part.reports.num_rows + part.others.num_rows)

"""`voi ingest`: sources read side by side to their end, one commit a flush: a kill loses and doubles nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.analysis import Analysis, Findings
from pipelines.config import Settings
from pipelines.detect.gate import admit
from pipelines.errors import FeedError
from pipelines.inputs import Cursor, Input, cursor_name, is_there, opened
from pipelines.knowledge import Knowledge
from pipelines.listing import NOTE
from pipelines.sequencer import Released, Sequencer
from pipelines.store import alerts, resume
from pipelines.store.flush import Flush, commit
from pipelines.store.read import known
from pipelines.store.state import Store, open_store, set_meta
from vessels.decode import Decoded
from vessels.report import REPORT

SECOND_US: Final = 1_000_000
REFOLD_ROWS: Final = 500_000  # rows re-folded at once; chosen: some hundred megabytes of memory
_NO_ROWS: Final = admit(REPORT.append(pa.field("late", pa.bool_())).empty_table())

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
    failure: str | None = None


@dataclass(slots=True)
class IngestSummary:
    """What an ingest read and found. Times are microseconds UTC; `rows` counts what was added to the store."""

    readings: list[Reading] = field(default_factory=list)
    rows: int = 0
    copies: int = 0
    late: int = 0
    vessels: int = 0
    first_time: int | None = None
    last_time: int | None = None
    events: dict[str, str] = field(default_factory=dict)  # id -> kind, without the withdrawn
    alerts: dict[str, str] = field(default_factory=dict)  # id -> severity, without the withdrawn

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
    start: int | None = None,
    progress: Progress = lambda _: None,
) -> IngestSummary:
    """Read sources to their end into the store at `root`; `start` (µs UTC) times files that have no time.

    A source that cannot be read is told in the summary and stops no other. Raises FeedError when none is there.
    """
    knowledge = Knowledge.of(settings)
    if not any(is_there(source) for source in sources):
        raise FeedError(f"{', '.join(sources)}: no such file; give a readable file of NMEA sentences")
    with open_store(root, create=True) as store, store.writing():
        run = _Ingest(store, knowledge, settings, progress)
        run.open(sources, start)
        run.read()
        run.settle()
        return run.summary


class _Ingest:
    """One run over one store."""

    def __init__(self, store: Store, knowledge: Knowledge, settings: Settings, progress: Progress) -> None:
        self.summary = IngestSummary()
        self._store = store
        self._settings = settings
        self._progress = progress
        self._analysis = Analysis(store, knowledge)
        self._sequencer = Sequencer(resume.sequencer_state(store), resume.held(store))
        self._inputs: dict[str, Input] = {}
        self._readings: dict[str, Reading] = {}
        self._finished: list[Cursor] = []  # of inputs read to their end since the last commit
        self._mmsis: set[int] = set()
        self._renew(knowledge)

    def open(self, sources: Sequence[str], start: int | None) -> None:
        """Open every source once, where it was left."""
        cursors = resume.cursors(self._store)
        for source in dict.fromkeys(sources):
            reading = self._readings[source] = Reading(source)
            self.summary.readings.append(reading)
            try:
                found = opened(source, start, cursors)
            except FeedError as error:
                reading.failure = str(error)
                continue
            reading.known = found is None
            if found is not None:
                self._inputs[source] = found
                self._sequencer.open(source, self._settings.disorder_s * SECOND_US)

    def read(self) -> None:
        """Read block by block, always the source that is furthest behind in event time."""
        waiting = 0
        while self._inputs:
            source = self._sequencer.behind()
            waiting += self._next(source)
            if waiting >= self._settings.flush_rows:
                self._flush(self._sequencer.release())
                waiting = 0
        self._flush(self._sequencer.finish())

    def settle(self) -> None:
        """Fold anew the tracks that late rows touched; hold recent events against new entries of the watchlist."""
        waiting, watermark = resume.pending(self._store), self._sequencer.state()["watermark"]
        step = self._vessels_at_once()
        for at in range(0, len(waiting), step):
            mmsis = waiting[at : at + step]
            findings = self._analysis.refold(mmsis, watermark)
            self._commit(_NO_ROWS, findings, reconciled=mmsis)
        if watermark is not None and (screened := self._analysis.screen(watermark)):
            findings, asked = screened
            self._commit(_NO_ROWS, findings, notes={NOTE: asked})
        if (findings := self._analysis.orphans()).withdrawn:
            self._commit(_NO_ROWS, findings)
        self.summary.vessels = len(self._mmsis)

    def _vessels_at_once(self) -> int:
        """Return how many vessels to fold anew at once, by the rows that one has on average."""
        (found,) = self._store.rows(
            "SELECT (SELECT coalesce(sum(rows), 0) FROM segments) AS stored, (SELECT count(*) FROM latest) AS vessels"
        )
        return max(1, REFOLD_ROWS * int(found["vessels"]) // max(1, int(found["stored"])))

    def _renew(self, knowledge: Knowledge) -> None:
        """When rules, zones or detectors are not those of the last run, let every track be folded anew."""
        if self._store.meta("knowledge") == knowledge.version:
            return
        with self._store.transaction() as conn:
            conn.execute("INSERT OR IGNORE INTO pending SELECT mmsi FROM latest")
            set_meta(conn, "knowledge", knowledge.version)

    def _next(self, source: str) -> int:
        """Take the next block of a source, or its end; return how many rows came."""
        current = self._inputs[source]
        try:
            decoded = current.decode()
        except FeedError as error:
            self._readings[source].failure = str(error)
            decoded = None
        if decoded is not None:
            return self._take(current, decoded)
        cursor = current.cursor()
        rows = self._take(current, current.end())
        self._finished += [cursor] if cursor else []
        self._sequencer.close(source)
        del self._inputs[source]
        return rows

    def _take(self, current: Input, decoded: Decoded) -> int:
        """Raise distress at once, then put the rows in order."""
        alerts.save(self._store, self._analysis.at_once(decoded.reports))
        self._sequencer.push(current.name, decoded.reports)
        self._note(current)
        return int(decoded.reports.num_rows)

    def _note(self, current: Input) -> None:
        counts, reading = current.decoder.counts, self._readings[current.name]
        reading.lines, reading.sentences = counts.lines, counts.sentences
        reading.messages, reading.rejects = dict(counts.messages), dict(counts.rejects)
        shares = [1.0 if (it := self._inputs.get(name)) is None else it.share for name in self._readings]
        self._progress(sum(shares) / len(shares))

    def _flush(self, released: Released) -> None:
        """Fold and store what the sequencer released."""
        copies = known(self._store, released.rows)
        rows = admit(released.rows.filter(pa.array(~copies)))
        self._count(rows, int(copies.sum()))
        findings = self._analysis.fold(rows, released.watermark)
        late = rows.filter(rows["late"])["mmsi"].unique().to_pylist()
        self._commit(rows, findings, pending=late)

    def _commit(self, rows: pa.Table, findings: Findings, **more: Any) -> None:
        cursors = [*self._finished, *(at for each in self._inputs.values() if (at := each.cursor()))]
        self._finished = []
        commit(
            self._store,
            Flush(
                rows=rows,
                held=self._sequencer.held,
                sequencer=self._sequencer.state(),
                cursors={cursor_name(cursor): cursor for cursor in cursors},
                states=self._analysis.states,
                identities=findings.identities,
                events=findings.events,
                alerts=findings.alerts,
                withdrawn=findings.withdrawn,
                **more,
            ),
        )
        for event in findings.events:
            _keep(self.summary.events, event.id, event.behaviour or event.kind, gone=event.status == "withdrawn")
        for alert in findings.alerts:
            _keep(self.summary.alerts, alert.id, alert.severity, gone=alert.withdrawn)
        for gone in findings.withdrawn:
            self.summary.alerts.pop(gone, None)

    def _count(self, rows: pa.Table, copies: int) -> None:
        summary = self.summary
        summary.rows += rows.num_rows
        summary.copies += copies
        if rows.num_rows:
            summary.late += pc.sum(rows["late"]).as_py()
            span = pc.min_max(rows["time"]).as_py()
            summary.first_time = min(span["min"], span["min"] if summary.first_time is None else summary.first_time)
            summary.last_time = max(span["max"], span["max"] if summary.last_time is None else summary.last_time)
            self._mmsis.update(rows["mmsi"].unique().to_pylist())


def _keep(found: dict[str, str], id_: str, what: str, *, gone: bool) -> None:
    if gone:
        found.pop(id_, None)
    else:
        found[id_] = what

"""The engine between sources and store: rows put in order, folded, alerted on and committed, flush by flush.

`run` (files to their end) and `watch` (live feeds) drive it; what they do with a row is the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.analysis import Analysis, Findings
from pipelines.inputs import Cursor, Part, cursor_name
from pipelines.knowledge import Knowledge
from pipelines.listing import NOTE
from pipelines.rejects import Rejects
from pipelines.rows import where
from pipelines.sequencer import Released, Sequencer
from pipelines.store import alerts, others, resume
from pipelines.store.flush import Flush, commit
from pipelines.store.read import known
from pipelines.store.segments import OTHER_MESSAGES
from pipelines.store.state import Store, set_meta
from vessels.alert import Alert

REFOLD_ROWS: Final = 500_000  # rows re-folded at once; chosen: some hundred megabytes of memory


@dataclass(slots=True)
class Totals:
    """What was stored and found. Times are microseconds UTC; `rows` counts what was added to the store."""

    rows: int = 0
    copies: int = 0
    late: int = 0
    mmsis: set[int] = field(default_factory=set)
    first_time: int | None = None
    last_time: int | None = None
    alerts: Counter[str] = field(default_factory=Counter)  # by severity, how many more stand than before

    @property
    def vessels(self) -> int:
        """Return how many MMSIs were heard."""
        return len(self.mmsis)

    def count(self, rows: pa.Table) -> None:
        """Add rows that are stored."""
        self.rows += rows.num_rows
        if rows.num_rows:
            self.late += pc.sum(rows["late"]).as_py()
            span = pc.min_max(rows["time"]).as_py()
            self.first_time = min(span["min"], span["min"] if self.first_time is None else self.first_time)
            self.last_time = max(span["max"], span["max"] if self.last_time is None else self.last_time)
            self.mmsis.update(rows["mmsi"].unique().to_pylist())


class Engine:
    """One run over one store, which the caller holds for writing. `stall_us` as in `Watermark`."""

    def __init__(self, store: Store, knowledge: Knowledge, totals: Totals, *, stall_us: int | None = None) -> None:
        """Go on where the last flush of the store stopped."""
        self.totals = totals
        self.sequencer = Sequencer(resume.sequencer_state(store), resume.held(store), stall_us=stall_us)
        self.rejects = Rejects(store)
        self._store = store
        self._others: list[pa.Table] = []  # read since the last flush
        self._analysis = Analysis(store, knowledge)
        self._renew(knowledge)

    def take(self, source: str, reports: pa.Table) -> list[Alert]:
        """Raise distress at once, and put the rows of an open source in order; return the alerts raised."""
        raised = self._analysis.at_once(reports)
        if raised:
            with self._counting(raised):
                alerts.save(self._store, raised)
        self.sequencer.push(source, reports)
        return raised

    def note(self, source: str, file: str, part: Part) -> None:
        """Keep what was read beside reports, until the next flush."""
        self.rejects.add(source, file, part.rejects, part.refused)
        if part.others.num_rows:
            self._others.append(part.others)

    def flush(self, released: Released, cursors: Iterable[Cursor] = (), **more: Any) -> Findings:
        """Fold and store what the sequencer released, and how far each input was read for it."""
        copies = known(self._store, released.rows, self._analysis.waiting)
        rows = where(released.rows, ~copies)
        self.totals.copies += int(copies.sum())
        findings = self._analysis.fold(rows, released.watermark)
        late = rows.filter(rows["late"])["mmsi"].unique().to_pylist()
        told = pa.concat_tables([OTHER_MESSAGES.empty_table(), *self._others])
        self._others = []
        beside = {"refused": self.rejects.taken(), "others": others.fresh(self._store, told)}
        self._commit(findings, cursors=cursors, pending=late, **beside, **more)
        return findings

    def settle(self) -> None:
        """Fold anew the tracks that late rows touched; hold recent events against new entries of the watchlist."""
        waiting, watermark = resume.pending(self._store), self.sequencer.watermark
        step = self._vessels_at_once() if waiting else 1
        for at in range(0, len(waiting), step):
            mmsis = waiting[at : at + step]
            self._commit(self._analysis.refold(mmsis, watermark), reconciled=mmsis)
        if screened := self._analysis.screen(watermark):
            findings, asked = screened
            self._commit(findings, notes={NOTE: asked})
        if (findings := self._analysis.orphans()).withdrawn:
            self._commit(findings)

    def _vessels_at_once(self) -> int:
        """Return how many vessels to fold anew at once, by the rows that one has on average."""
        (found,) = self._store.rows(
            "SELECT (SELECT coalesce(sum(rows), 0) FROM segments) AS stored, (SELECT count(*) FROM latest) AS vessels"
        )
        return max(1, REFOLD_ROWS * int(found["vessels"]) // max(1, int(found["stored"])))

    def _renew(self, knowledge: Knowledge) -> None:
        """When behaviours, zones or detectors are not those of the last run, let every track be folded anew."""
        if self._store.meta("knowledge") == knowledge.version:
            return
        with self._store.transaction() as conn:
            conn.execute("INSERT OR IGNORE INTO pending SELECT mmsi FROM latest")
            set_meta(conn, "knowledge", knowledge.version)

    def _commit(
        self,
        findings: Findings,
        *,
        cursors: Iterable[Cursor] = (),
        **more: Any,
    ) -> None:
        flush = Flush(
            rows=findings.rows,
            corrected=findings.corrected,
            held=self.sequencer.held,
            waiting=self._analysis.waiting,
            sequencer=self.sequencer.state(),
            cursors={cursor_name(cursor): cursor for cursor in cursors},
            states=self._analysis.states,
            identities=findings.identities,
            events=findings.events,
            alerts=findings.alerts,
            withdrawn=findings.withdrawn,
            **more,
        )
        with self._counting(findings.alerts, findings.withdrawn):
            commit(self._store, flush)
        self.totals.count(findings.rows)

    @contextmanager
    def _counting(self, touched: Iterable[Alert], withdrawn: Iterable[str] = ()) -> Iterator[None]:
        """Count how many more alerts stand after the block than before, of those that it touches."""
        ids = {*withdrawn, *(alert.id for alert in touched)}
        self.totals.alerts.subtract(alerts.severities(self._store, ids).values())
        yield
        self.totals.alerts.update(alerts.severities(self._store, ids).values())

"""Episodes of marked rows: what somebody else has found out about single rows, told as one event while it lasts.

An episode begins with a marked row, is told at the row that makes it enough of them, and ends when no marked row came
for `max_silence_us`.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from pipelines.detect.evidence import Record, evidence, last_position, seconds
from pipelines.detect.fold import Fold, Table
from pipelines.detect.runs import NEW, PLACE, Array, carried, first_where, gather, prefixed, tally, weave
from vessels.event import Event, digest

_ROWS: Final = ("first", "last")


@dataclass(frozen=True)
class Marked(Fold):
    """Episodes of at least `least_rows` marked rows with no more than `max_silence_us` between them.

    `weights` says what is added up over the rows, and how; `least_rows` counts the rows themselves.
    """

    zone_ids: Sequence[str]
    least_rows: int
    max_silence_us: int
    name: ClassVar[str]
    weights: ClassVar[dict[str, np.ufunc]]

    @property
    def version(self) -> str:
        """Digest of the parameters."""
        return digest(self.name, 1, self.least_rows, self.max_silence_us)

    @property
    def state_schema(self) -> pa.Schema:
        """The running episode of each key: its first and newest marked row, and what was added up."""
        places = [field for name in _ROWS for field in prefixed(f"{name}_")]
        sums = [pa.field(name, pa.int64()) for name in self.sums]
        return pa.schema([pa.field("key", pa.int64()), *places, *sums])

    @property
    def sums(self) -> dict[str, np.ufunc]:
        """What is added up over the rows, and how."""
        return {"rows": np.add, "simulated": np.maximum, **self.weights}

    @abstractmethod
    def weigh(self, rows: Table) -> dict[str, Array]:
        """Return what each marked row adds, by the names of `weights`; integers."""

    @abstractmethod
    def told(self, sums: Record) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Return what was measured, what it is held against, and further fields of the event."""

    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Cut each track's marked rows where there were none for long; tell what becomes an episode, and what ends."""
        runs = _Runs(self, state, rows)
        told = runs.enough < runs.stop
        opening = runs.enough[told]
        over = runs.line.time[runs.stop - 1] + self.max_silence_us < watermark
        events = [self._event(run) for run in runs.records(opening[runs.line.slot[opening] == NEW])]
        events += [self._closed(run) for run in runs.records(runs.stop[told & over] - 1)]
        return runs.table(runs.stop[~over] - 1), events

    def _event(self, run: Record) -> Event:
        first, last = run["first"], run["last"]
        measured, thresholds, fields = self.told(run)
        measured = {"duration_s": seconds(last["time"] - first["time"]), **measured, **last_position(last)}
        limits = {"rows": self.least_rows, "max_silence_s": seconds(self.max_silence_us), **thresholds}
        return Event(
            kind=self.name,
            key=run["key"],
            start=first["time"],
            decided=last["time"],
            lat=first["lat"],
            lon=first["lon"],
            zones=tuple(first["zones"]),
            simulated=bool(run["simulated"]),
            evidence=evidence(measured, limits, rows=run["rows"], first=first, last=last),
            **fields,
        )

    def _closed(self, run: Record) -> Event:
        event = self._event(run)
        return event.closed(end=event.decided, decided=event.decided + self.max_silence_us, evidence=event.evidence)


class _Runs:
    """Marked rows of the same key without a long silence between them, one run after another.

    `head`, `enough` and `stop` are places in the line, one a run: its first row, the row that makes it an episode
    (`stop` where there is none), one behind its last.
    """

    def __init__(self, detector: Marked, state: Table, rows: Table) -> None:
        self.detector, self.state, self.rows = detector, state, rows
        self.line = line = weave(state, ["last_time"], rows)
        fresh = {
            "rows": np.ones(rows.num_rows, np.int64),
            "simulated": rows["simulated"].to_numpy().astype(np.int64),
            **detector.weigh(rows),
        }
        self.weights = {
            name: np.concatenate((state[name].to_numpy(), values))[line.ref] for name, values in fresh.items()
        }
        self.head = np.flatnonzero(line.first | (line.silence > detector.max_silence_us))
        self.stop = np.append(self.head[1:], len(line.ref))[: len(self.head)]
        before = np.cumsum(self.weights["rows"]) - self.weights["rows"]
        so_far = before + self.weights["rows"] - np.repeat(before[self.head], self.stop - self.head)
        self.enough = first_where(so_far >= detector.least_rows, self.head, self.stop)

    def table(self, last: Array) -> Table:
        """Return what is known of a run at each of the rows `last` (places in the line), in the state's columns."""
        run = np.searchsorted(self.head, last, side="right") - 1
        at = dict(zip(_ROWS, (self.head[run], last), strict=True))
        places = {name: self._places(f"{name}_", rows) for name, rows in at.items()}
        columns = {f"{row}_{name}": table[name] for row, table in places.items() for name in PLACE.names}
        columns |= tally(self.detector.sums, self.weights, self.head[run], last + 1)
        return pa.table({"key": self.line.key[last], **columns}, schema=self.detector.state_schema)

    def records(self, last: Array) -> list[dict[str, Any]]:
        """Return the same as dictionaries, with the rows of `_ROWS` as dictionaries of their own."""
        table = self.table(last)
        rows = {name: carried(table, f"{name}_").to_pylist() for name in _ROWS}
        sums = table.select(["key", *self.detector.sums]).to_pylist()
        return [record | {name: rows[name][i] for name in rows} for i, record in enumerate(sums)]

    def _places(self, prefix: str, at: Array) -> Table:
        return gather(carried(self.state, prefix), self.rows, self.line.ref[at], self.detector.zone_ids)

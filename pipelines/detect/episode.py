"""Episode: the one detector behind every `[[behaviour]]`. A flag that stays true for long enough is an event.

It opens on the first true row with time - first true row >= `for`. It ends at the earlier of (first false row +
`keep_for`) and (last row + `max_silence`); its end is its last true row. A row exactly at a deadline cancels it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa

from pipelines.detect import measures
from pipelines.detect.evidence import Record, evidence, last_position, seconds
from pipelines.detect.fold import BASE, Fold, Table
from pipelines.detect.runs import NEW, PLACE, Array, Line, carried, first_where, gather, prefixed, tally, weave
from vessels.event import Event, digest
from zones.distance import haversine_nm

_LARGEST: Final = np.iinfo(np.int64).max

# What is added up over the true rows of any episode, and how; what its condition reads comes on top (`measures`).
# `interruptions` counts the times it was false or null in between, shorter than keep_for.
_TALLY: Final = {"rows": np.add, "interruptions": np.add, "simulated": np.maximum}
_CARRIED_TIMES: Final = ("last_time", "false_time", "row_time")


@dataclass(frozen=True)
class _Runs:
    """Runs of true rows that belong together. `true` are places in the line; the others have one entry a run.

    `head`, `opening` and `stop` count into `true`: first row, opening row (`stop` when it has not opened), one behind
    the last row. `ends` is the deadline that ends the run, `silent` whether silence is what ends it.
    """

    true: Array
    head: Array
    opening: Array
    stop: Array
    ends: Array
    silent: Array
    first_false: Array
    last_row: Array


@dataclass(frozen=True)
class Episode(Fold):
    """Episodes of the behaviour `name`, read from the column `is_<name>`; durations in microseconds.

    `reads` are the quantities that the evidence tells (`measures.QUANTITIES` and number columns), `limits` what the
    condition holds them against, by the name of the threshold.
    """

    name: str
    zone_ids: Sequence[str]
    for_us: int
    keep_for_us: int
    max_silence_us: int
    reads: tuple[str, ...] = ("sog_kn",)
    limits: Mapping[str, float] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The behaviour's flag, and what it measures beyond the columns that every detector gets."""
        enriched = (name for name in self.reads if name not in BASE.names and name not in measures.DERIVED)
        return (f"is_{self.name}", *enriched)

    @property
    def tally(self) -> dict[str, np.ufunc]:
        """What is added up over the true rows, and how."""
        return _TALLY | measures.ufuncs(self.reads)

    @property
    def version(self) -> str:
        """Digest of the parameters."""
        return digest("episode", 2, self.name, self.for_us, self.keep_for_us, self.max_silence_us, list(self.reads))

    @property
    def state_schema(self) -> pa.Schema:
        """One episode that has not ended for each key that is in one.

        `first_`, `open_` and `last_` are its first, opening and newest true row (`open_` means nothing before it has
        opened); `false_time` is the first false row after the newest true one, `row_time` the newest false row after
        that.
        """
        rows = [*prefixed("first_"), *prefixed("open_"), *prefixed("last_")]
        times = [pa.field("false_time", pa.int64()), pa.field("row_time", pa.int64())]
        return pa.schema([pa.field("key", pa.int64()), *rows, *times, *(pa.field(n, pa.int64()) for n in self.tally)])

    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Join true rows into runs, tell those that opened and those that ended, carry the others."""
        line = weave(state, _CARRIED_TIMES, rows)
        flag = np.concatenate((np.zeros(state.num_rows, bool), rows[f"is_{self.name}"].to_numpy()))[line.ref]
        true = np.flatnonzero((line.slot == 0) | ((line.slot == NEW) & flag))
        if len(true) == 0:
            return self.empty(), []
        runs = self._runs(state, rows, line, true)
        told = _Telling(self, state, rows, line, runs)
        opens = (runs.opening < runs.stop) & (line.slot[true[np.minimum(runs.opening, runs.stop - 1)]] == NEW)
        closes = (runs.opening < runs.stop) & (runs.ends < watermark)
        events = told.opened(np.flatnonzero(opens)) + told.closed(np.flatnonzero(closes))
        return told.kept(np.flatnonzero(runs.ends >= watermark)), events

    def _runs(self, state: Table, rows: Table, line: Line, true: Array) -> _Runs:
        broken = line.first | ((line.silence > self.max_silence_us) & (line.slot == NEW))
        segment = np.cumsum(broken) - 1
        segment_end = np.append(np.flatnonzero(broken)[1:], len(broken)) - 1
        here, after = true[:-1], true[1:]
        kept = (after == here + 1) | (line.time[after] <= line.time[here + 1] + self.keep_for_us)
        joined = (segment[after] == segment[here]) & kept
        head = np.flatnonzero(np.concatenate(([True], ~joined)))
        stop = np.append(head[1:], len(true))

        last = true[stop - 1]
        last_row = segment_end[segment[last]]
        first_false = np.minimum(last + 1, last_row)
        silence_ends = line.time[last_row] + self.max_silence_us
        false_ends = np.where(last < last_row, line.time[first_false] + self.keep_for_us, _LARGEST)
        begun = np.concatenate((state["first_time"].to_numpy(), rows["time"].to_numpy()))[line.ref[true[head]]]
        lasted = line.time[true] - np.repeat(begun, stop - head) >= self.for_us
        return _Runs(
            true=true,
            head=head,
            opening=first_where(lasted, head, stop),
            stop=stop,
            ends=np.minimum(silence_ends, false_ends),
            silent=silence_ends < false_ends,
            first_false=first_false,
            last_row=last_row,
        )

    def thresholds(self) -> dict[str, float]:
        """Return what the durations are held against."""
        return {
            "for_s": seconds(self.for_us),
            "keep_for_s": seconds(self.keep_for_us),
            "max_silence_s": seconds(self.max_silence_us),
            **self.limits,
        }


@dataclass(frozen=True)
class _Telling:
    """Turns runs, named by their number, into events and into carried state."""

    episode: Episode
    state: Table
    rows: Table
    line: Line
    runs: _Runs

    def opened(self, which: Array) -> list[Event]:
        """Return the opening revisions: evidence up to the opening row."""
        return [self._event(run) for run in self._records(which, self.runs.opening[which])]

    def closed(self, which: Array) -> list[Event]:
        """Return the closing revisions: evidence of the whole episode."""
        runs = self._records(which, self.runs.stop[which] - 1)
        ends, silent = self.runs.ends[which], self.runs.silent[which]
        return [
            self._event(run).closed(
                end=run["last"]["time"],
                decided=int(deadline),
                evidence=self._evidence(run, "silence" if quiet else "condition no longer met"),
            )
            for run, deadline, quiet in zip(runs, ends, silent, strict=True)
        ]

    def kept(self, which: Array) -> Table:
        """Return the state: what has not ended."""
        runs, line = self.runs, self.line
        last = runs.stop[which] - 1
        places = self._places(which, last)
        false = runs.true[last] < runs.last_row[which]
        more = runs.first_false[which] < runs.last_row[which]
        columns = {
            "key": pa.array(line.key[runs.true[last]]),
            **{f"{prefix}_{name}": table[name] for prefix, table in places.items() for name in PLACE.names},
            "false_time": pa.array(line.time[runs.first_false[which]], mask=~false),
            "row_time": pa.array(line.time[runs.last_row[which]], mask=~more),
            **self._tally(which, last),
        }
        schema = self.episode.state_schema
        return pa.table([columns[name] for name in schema.names], schema=schema)

    def _places(self, which: Array, last: Array) -> dict[str, Table]:
        """Return first, opening and last rows of runs, as far as `last` (counted into `true`)."""
        runs = self.runs
        at = {"first": runs.head[which], "open": np.minimum(runs.opening[which], last), "last": last}
        return {prefix: self._gather(prefix, runs.true[rows]) for prefix, rows in at.items()}

    def _gather(self, prefix: str, at: Array) -> Table:
        return gather(carried(self.state, f"{prefix}_"), self.rows, self.line.ref[at], self.episode.zone_ids)

    def _tally(self, which: Array, last: Array) -> dict[str, Array]:
        return tally(self.episode.tally, self._weights, self.runs.head[which], last + 1)

    @cached_property
    def _weights(self) -> dict[str, Array]:
        """What each true row adds: its own values, or all that was carried."""
        runs, ref = self.runs, self.line.ref[self.runs.true]
        one = np.ones(self.rows.num_rows, np.int64)
        mine = {
            "rows": one,
            "interruptions": 0 * one,
            "simulated": self.rows["simulated"].to_numpy().astype(np.int64),
            **measures.weights(self.rows, self.episode.reads),
        }
        weights = {name: np.concatenate((self.state[name].to_numpy(), own))[ref] for name, own in mine.items()}
        within = np.ones(len(ref), bool)
        within[runs.head] = False
        weights["interruptions"] += within & (np.diff(runs.true, prepend=-1) > 1)
        return weights

    def _records(self, which: Array, last: Array) -> list[dict[str, Any]]:
        keys = self.line.key[self.runs.true[last]].tolist()
        places = {prefix: table.to_pylist() for prefix, table in self._places(which, last).items()}
        sums = {name: values.tolist() for name, values in self._tally(which, last).items()}
        columns = {"key": keys, **places, **sums}
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def _event(self, run: Record) -> Event:
        return Event(
            kind=self.episode.name,
            behaviour=self.episode.name,
            key=run["key"],
            start=run["first"]["time"],
            decided=run["open"]["time"],
            lat=run["open"]["lat"],
            lon=run["open"]["lon"],
            zones=tuple(run["open"]["zones"]),
            simulated=bool(run["simulated"]),
            evidence=self._evidence(run, None),
        )

    def _evidence(self, run: Record, ended_by: str | None) -> dict[str, Any]:
        first, last = run["first"], run["last"]
        measured = {
            "duration_s": seconds(last["time"] - first["time"]),
            **measures.told(run, self.episode.reads),
            "net_nm": float(haversine_nm(first["lat"], first["lon"], last["lat"], last["lon"])),
            "interruptions": run["interruptions"],
            **last_position(last),
        }
        if ended_by is not None:
            measured["ended_by"] = ended_by
        return evidence(measured, self.episode.thresholds(), rows=run["rows"], first=first, last=last)

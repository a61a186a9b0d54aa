"""Distress: a beacon (AIS-SART, man overboard, EPIRB-AIS) or a ship that says so is heard.

Nothing stands before it: it reads every row heard, also without a position and also what the gate refused. It opens on
the first row; while it runs it is told again when the beacon's first position arrives and when a beacon that was being
tested turns active, for an alarm must wait for neither, and on the first row of every ten minutes, for people drift.
Its lat, lon and zones are those of its first row that has a position; where it was last stands in its evidence. It ends
when nothing was heard for `max_silence_us`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.evidence import Record, evidence, last_position, seconds
from pipelines.detect.fold import Fold, Table
from pipelines.detect.runs import NEW, PLACE, Array, Line, carried, first_where, gather, prefixed, tally, weave
from pipelines.rows import where
from vessels.event import HULLS_PER_MMSI, Event, digest

ACTIVE_STATUS: Final = 14  # ITU-R M.1371-5 table 48: AIS-SART, MOB-AIS, EPIRB-AIS active; in a test they send 15 (null)
BEACONS: Final = {970: "sart", 972: "mob", 974: "epirb"}  # first three digits of the MMSI, ITU-R M.585-9 annex 2
SHIP: Final = "ship"  # a ship that sends ACTIVE_STATUS itself
MAX_SILENCE_US: Final = 30 * 60 * 1_000_000  # chosen: a floating beacon is hidden by waves for minutes, heard for days
RETOLD_US: Final = 10 * 60 * 1_000_000  # chosen: at a drift of 3 kn a position told is half a mile old at most

PREFIX: Final = 1_000_000  # what is left of an MMSI divided by it are its first three digits
_ROWS: Final = ("first", "fix", "seen", "last")
_TALLY: Final = {"rows": np.add, "active_rows": np.add, "simulated": np.maximum}


@dataclass(frozen=True)
class Distress(Fold):
    """Running distress of a track, whatever it is sent by."""

    zone_ids: Sequence[str]
    max_silence_us: int = MAX_SILENCE_US
    name: ClassVar[str] = "distress"
    everything_heard: ClassVar[bool] = True

    @property
    def version(self) -> str:
        """Digest of the parameters."""
        return digest(self.name, 2, self.max_silence_us)

    @property
    def state_schema(self) -> pa.Schema:
        """The running episode of each key that is in distress.

        `first_` and `last_` are its first and its newest row, `fix_` and `seen_` its first and its newest row with a
        position (null until there is one).
        """
        rows = [field for name in _ROWS for field in prefixed(f"{name}_")]
        return pa.schema([pa.field("key", pa.int64()), *rows, *(pa.field(name, pa.int64()) for name in _TALLY)])

    def own(self, rows: Table) -> Table:
        """Return the rows of beacons and of ships in distress."""
        prefixes = pc.divide(rows["mmsi"], PREFIX)
        beacon = pc.is_in(prefixes, value_set=pa.array(list(BEACONS), prefixes.type))
        active = pc.fill_null(pc.equal(rows["nav_status"], ACTIVE_STATUS), fill_value=False)
        return where(rows, pc.or_(beacon, active).to_numpy())

    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Cut each track's rows where it was silent; tell what begins, changes, goes on for long, and ends."""
        runs = _Runs(state, rows, weave(state, ["last_time"], rows), self)
        fixes, activations = (first[first < runs.stop] for first in (runs.fix, runs.active))
        told = np.concatenate((runs.head, fixes, activations, runs.again))
        told = np.unique(told[runs.line.slot[told] == NEW])
        events = [self._event(record) for record in runs.records(told)]
        ended = runs.line.time[runs.stop - 1] + self.max_silence_us < watermark
        events += [self._closed(record) for record in runs.records(runs.stop[ended] - 1)]
        return runs.table(runs.stop[~ended] - 1), events

    def _event(self, run: Record) -> Event:
        fix, first, last = run["fix"], run["first"], run["last"]
        beacon = BEACONS.get(run["key"] // HULLS_PER_MMSI // PREFIX, SHIP)
        measured = {
            "beacon": beacon,
            "test": beacon != SHIP and run["active_rows"] == 0,
            "duration_s": seconds(last["time"] - first["time"]),
            "active_rows": run["active_rows"],
            **last_position(run["seen"]),
        }
        return Event(
            kind=self.name,
            key=run["key"],
            start=first["time"],
            decided=last["time"],
            lat=fix["lat"],
            lon=fix["lon"],
            zones=tuple(fix["zones"] or ()),
            simulated=bool(run["simulated"]),
            evidence=evidence(
                measured,
                {"max_silence_s": seconds(self.max_silence_us)},
                rows=run["rows"],
                first=first,
                last=last,
                not_known=["position"] if fix["lat"] is None else [],
            ),
        )

    def _closed(self, run: Record) -> Event:
        event = self._event(run)
        return event.closed(end=event.decided, decided=event.decided + self.max_silence_us, evidence=event.evidence)


class _Runs:
    """Rows of the same key without a silence between them, one run after another.

    `head`, `fix`, `active` and `stop` are places in the line, one a run: its first row, its first row with a position,
    its first active row (`stop` where there is none), one behind its last. `again` are the first rows of later spans of
    `RETOLD_US`; `seen` is for every place the newest one with a position, whatever its run, -1 before the first.
    """

    def __init__(self, state: Table, rows: Table, line: Line, detector: Distress) -> None:
        self.state, self.rows, self.line, self.detector = state, rows, line, detector
        active = pc.fill_null(pc.equal(rows["nav_status"], ACTIVE_STATUS), fill_value=False).to_numpy()
        positioned = np.concatenate((state["fix_lat"].is_valid().to_numpy(), rows["lat"].is_valid().to_numpy()))
        fresh = {"rows": np.ones(len(active)), "active_rows": active, "simulated": rows["simulated"].to_numpy()}
        self.weights = {
            name: np.concatenate((state[name].to_numpy(), values.astype(np.int64)))[line.ref]
            for name, values in fresh.items()
        }
        self.head = np.flatnonzero(line.first | (line.silence > detector.max_silence_us))
        self.stop = np.append(self.head[1:], len(line.ref))[: len(self.head)]
        self.fix = first_where(positioned[line.ref], self.head, self.stop)
        span = line.time // RETOLD_US
        self.again = np.setdiff1d(np.flatnonzero(span != np.roll(span, 1)), self.head)
        self.seen = np.maximum.accumulate(np.where(positioned[line.ref], np.arange(len(line.ref)), -1))
        self.active = first_where(self.weights["active_rows"] > 0, self.head, self.stop)

    def table(self, last: Array) -> Table:
        """Return what is known of a run at each of the rows `last` (places in the line), in the state's columns."""
        run = np.searchsorted(self.head, last, side="right") - 1
        fix = np.where(self.fix[run] <= last, self.fix[run], -1)
        seen = np.where(self.seen[last] >= self.head[run], self.seen[last], -1)
        at = dict(zip(_ROWS, (self.head[run], fix, seen, last), strict=True))
        places = {name: self._places(f"{name}_", rows) for name, rows in at.items()}
        columns = {f"{row}_{name}": table[name] for row, table in places.items() for name in PLACE.names}
        columns |= tally(_TALLY, self.weights, self.head[run], last + 1)
        return pa.table({"key": self.line.key[last], **columns}, schema=self.detector.state_schema)

    def records(self, last: Array) -> list[dict[str, Any]]:
        """Return the same as dictionaries, with the rows of `_ROWS` as dictionaries of their own."""
        table = self.table(last)
        rows = {name: carried(table, f"{name}_").to_pylist() for name in _ROWS}
        sums = table.select(["key", *_TALLY]).to_pylist()
        return [record | {name: rows[name][i] for name in rows} for i, record in enumerate(sums)]

    def _places(self, prefix: str, at: Array) -> Table:
        """Return rows of the line as places; a negative one is null throughout."""
        found = gather(carried(self.state, prefix), self.rows, self.line.ref[np.maximum(at, 0)], self.detector.zone_ids)
        return found.take(pa.array(np.arange(len(at)), mask=at < 0))

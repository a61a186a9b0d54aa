"""Order out of arrival: one copy of each transmission, and rows released behind the watermark.

Everything here is a function of the rows in order of arrival, never of the batches they came in (CONTRACT, "Time,
order, identity"). When a row arrives, W being the watermark just before it:

- if a copy of it was seen, and W has not left its second (or minute), it is no new row: while the first copy is held it
  adds its receivers and, unless late itself, may lower the time; later it only vanishes;
- else, when its time < W, it is *late*: released at once and flagged (the store may know it: `store.read.known`);
- else it is held until W passes it.

When the input ends, rows that W cannot be believed to reach (`Watermark`) stay held: they wait for a later run whose
sources get there, so that one wrong time neither ends every silence nor makes all that follows late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.copies import Arrivals, Firsts, total_order
from pipelines.rows import taken, where
from pipelines.watermark import BEGINNING, DISORDER_US, Array, Watermark
from vessels.report import REPORT


@dataclass(frozen=True, slots=True)
class Released:
    """Rows older than the watermark: REPORT and `late`, sorted by (mmsi, time, msg_type, content)."""

    rows: pa.Table
    watermark: int


class Sequencer:
    """Puts the rows of several sources in order. `state` and `held` go on where a former run stopped.

    `stall_us` as in `Watermark`. Reading is in turns: push, then release; `held`, `waiting` and `state()` belong
    together and are read after `release`. A row's `source` is the name its source was opened by.
    """

    def __init__(
        self, state: Mapping[str, Any] | None = None, held: pa.Table | None = None, *, stall_us: int | None = None
    ) -> None:
        known = state or {"watermark": BEGINNING, "sources": {}, "recent": []}
        self._watermark = Watermark(known["watermark"], known["sources"], stall_us=stall_us)
        recent = np.array(known["recent"], np.object_).reshape(-1, 2)
        self._recent_keys, self._recent_ends = recent[:, 0].astype(np.uint64), recent[:, 1].astype(np.int64)
        self._firsts = Firsts.apart(Arrivals.of(REPORT.empty_table() if held is None else held))
        self._came: list[tuple[pa.Table, Array]] = []  # since the last release, with the watermark before each row
        self._spent: list[pa.Table] = []  # late, and too old to be remembered: only to be released

    def open(self, source: str, disorder_us: int = DISORDER_US) -> None:
        """Let a source take part; until two of its rows agree it holds the watermark where it is."""
        self._watermark.open(source, disorder_us)

    def close(self, source: str) -> None:
        """Take a source out: it will say no more, so nothing waits for it."""
        self._watermark.close(source)

    def behind(self) -> str:
        """Return the open source furthest behind in event time: the one to read next."""
        return self._watermark.behind()

    def push(self, source: str, reports: pa.Table) -> None:
        """Take the next rows (REPORT) of an open source, in order of arrival."""
        if reports.num_rows == 0:
            return
        before, _ = self._watermark.advance(source, reports["time"].to_numpy(), reports["mmsi"].to_numpy())
        self._came.append((reports, before))

    def release(self) -> Released:
        """Return the rows older than the watermark, and those that were late."""
        self._gather()
        watermark, firsts = self._watermark.value, self._firsts
        due = firsts.rows.late[firsts.kept] | (firsts.times < watermark)
        released = firsts.where(due)
        self._remember(released, watermark)
        self._firsts = Firsts.apart(firsts.where(~due).held())
        rows = released.released()
        if self._spent:
            rows = total_order(pa.concat_tables([rows, *self._spent]))
            self._spent = []
        return Released(rows, watermark)

    def finish(self) -> Released:
        """End the input: the watermark goes just past the newest row that counts; only wrong times stay held."""
        self._gather()
        counting = self._firsts.times[self._counts()]
        self._watermark.end(int((counting + 1).max(initial=BEGINNING)))
        released = self.release()
        self._watermark.keep(self.held["source"].unique().to_pylist())
        return released

    @property
    def watermark(self) -> int:
        """Return the watermark, microseconds UTC."""
        return self._watermark.value

    @property
    def waiting(self) -> int:
        """Return how many held rows do not count: far ahead of what their source was proved to have reached."""
        return int(np.count_nonzero(~self._counts()))

    @property
    def unconfirmed(self) -> pa.Table:
        """Return the rows that wait (REPORT): nothing confirms their time yet."""
        return where(self.held, ~self._counts())

    @property
    def held(self) -> pa.Table:
        """Return the rows not yet released (REPORT)."""
        return self._firsts.rows.table

    @property
    def unreleased(self) -> int:
        """Return how many rows came and were not released, copies included."""
        return int(self.held.num_rows + sum(table.num_rows for table, _ in self._came))

    def state(self) -> dict[str, Any]:
        """Return what a later run needs besides the held rows, as JSON values."""
        recent = list(zip(self._recent_keys.tolist(), self._recent_ends.tolist(), strict=True))
        sources = self._watermark.sources()
        return {"watermark": self.watermark, "sources": sources, "recent": recent, "waiting": self.waiting}

    def _gather(self) -> None:
        """Take in what came since the last release: copies join their first row, or vanish behind a released one."""
        if not self._came:
            return
        tables, befores = zip(*self._came, strict=True)
        self._came = []
        rows = Arrivals.of(pa.concat_tables(tables), np.concatenate(befores))
        spent = rows.spent
        if spent.any():
            self._spent.append(rows.where(spent).released())
        seen = pc.is_in(pa.array(rows.keys), pa.array(self._recent_keys)).to_numpy(zero_copy_only=False)
        self._firsts = self._firsts.merged(rows.where(~spent & ~seen))

    def _counts(self) -> Array:
        """Tell of each first row whether the watermark goes past it when the input ends."""
        names = pc.dictionary_encode(taken(self._firsts.rows.table.select(["source"]), self._firsts.kept)["source"])
        names = names.combine_chunks()
        limits = np.array([self._watermark.limit(name) for name in names.dictionary.to_pylist()], np.int64)
        counts: Array = self._firsts.times <= limits[names.indices.to_numpy()]
        return counts

    def _remember(self, released: Firsts, watermark: int) -> None:
        """Keep the keys of released rows until the watermark leaves their second or minute."""
        keys = np.concatenate((self._recent_keys, released.rows.keys[released.kept]))
        ends = np.concatenate((self._recent_ends, released.rows.ends[released.kept]))
        lasting = ends > watermark
        self._recent_keys, self._recent_ends = keys[lasting], ends[lasting]

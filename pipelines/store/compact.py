"""Compaction: the many small segments of a day that is over become one, sorted by (mmsi, time).

The new file is complete and synced before one transaction swaps it for the old ones in the manifest; readers see all of
the old or all of the new. The old files stay for a grace time, for queries that hold their names. A killed compaction
leaves a file that nobody lists, which the next one overwrites.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa

from pipelines.errors import StoreError
from pipelines.store.maintain import unlisted
from pipelines.store.scan import show, sorting
from pipelines.store.segments import DATASETS, ROW_GROUP_ROWS, Segment, folder_of, utc_day, write_file
from pipelines.store.state import Store, on_disk, set_meta

GRACE_US: Final = 600_000_000  # 10 min, engine.md section 1: no query takes so long
CLASS_B: Final = (18, 19, 24)  # message types that only class B sends
_NUMBER: Final = "compactions"
_SPILL: Final = "sort-"
_ORDER: Final = {"events": "seq, place"}
_REPORT_ORDER: Final = 'mmsi, time, msg_type, source, "offset"'


@dataclass(frozen=True, slots=True)
class Merged:
    """What was made of some segments of one dataset and day (null for events)."""

    dataset: str
    day: str | None
    files: int
    rows_before: int
    rows: int
    bytes_before: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Due:
    """The segments of a dataset and day (null for events) that are to become one, and the number of that."""

    dataset: str
    day: str | None
    old: tuple[Segment, ...]
    number: int

    @property
    def path(self) -> Path:
        """Return where the one will lie, relative to the store."""
        return folder_of(self.dataset, self.day) / f"c{self.number:09d}.parquet"


def compact(store: Store, *, now: int, before_day: str | None = None) -> list[Merged]:
    """Merge the segments of days before `before_day` (default: the watermark's), and the events'.

    Call it while holding `store.writing()`. `now` (µs UTC) decides which files nobody reads any more.
    """
    merged = [swap(store, each, write(store, each), now=now) for each in due(store, before_day)]
    sweep(store, now=now)
    return merged


def due(store: Store, before_day: str | None = None) -> list[Due]:
    """Return what `compact` would merge."""
    watermark = store.watermark()
    before = before_day or ("" if watermark is None else utc_day(watermark))
    found = store.rows(
        "SELECT dataset, day FROM segments WHERE day IS NULL OR day < ?"
        " GROUP BY dataset, day HAVING count(*) > 1 ORDER BY dataset, day",
        (before,),
    )
    return [_due(store, row["dataset"], row["day"], after) for after, row in enumerate(found)]


def rewrite(store: Store, dataset: str, day: str | None, *, now: int, keep: pa.Array | None = None) -> Merged:
    """Write the segments of a dataset and day as one, and swap it in.

    With `keep` (MMSIs), class B rows of all others are left out.
    """
    alone = _due(store, dataset, day)
    return swap(store, alone, write(store, alone, keep), now=now)


def write(store: Store, due: Due, keep: pa.Array | None = None) -> Segment | None:
    """Write the one segment, null where no row is kept; the state is not asked, so that any thread may do it."""
    with on_disk(store.root):
        schema = DATASETS[due.dataset].schema
        rows = write_file(store.root / due.path, schema, _sorted(store, due.dataset, due.old, keep))
        size = (store.root / due.path).stat().st_size
    ends = min(each.time_min for each in due.old), max(each.time_max for each in due.old)
    newest = max(each.seq for each in due.old)
    return Segment(str(due.path), due.dataset, due.day, newest, rows, size, *ends) if rows else None


def swap(store: Store, due: Due, new: Segment | None, *, now: int) -> Merged:
    """Let the one segment stand for the old ones. Hold `store.writing()`."""
    replace(store, due.old, [new] if new else [], now=now, notes={_NUMBER: due.number})
    before = sum(each.rows for each in due.old), sum(each.bytes for each in due.old)
    rows, size = (new.rows, new.bytes) if new else (0, 0)
    return Merged(due.dataset, due.day, len(due.old), before[0], rows, before[1], size)


def _due(store: Store, dataset: str, day: str | None, after: int = 0) -> Due:
    rows = store.rows("SELECT * FROM segments WHERE dataset = ? AND day IS ? ORDER BY path", (dataset, day))
    return Due(dataset, day, tuple(Segment(**row) for row in rows), (store.meta(_NUMBER) or 0) + 1 + after)


def replace(store: Store, old: Sequence[Segment], new: Sequence[Segment], *, now: int, notes: dict[str, Any]) -> None:
    """Swap segments in the manifest in one transaction; the old files go after the grace time."""
    with on_disk(store.root):
        for each in old:
            os.utime(store.root / each.path, ns=(now * 1000, now * 1000))
    with store.transaction() as conn:
        gone = conn.executemany("DELETE FROM segments WHERE path = ?", [(each.path,) for each in old]).rowcount
        if gone != len(old):
            raise StoreError(f"{store.root}: another process compacted this store meanwhile; nothing was changed")
        conn.executemany("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, new))
        for key, note in notes.items():
            set_meta(conn, key, note)


def sweep(store: Store, *, now: int) -> int:
    """Delete the files that no manifest has listed for the grace time; return how many. Hold `store.writing()`."""
    for left in store.root.glob(f"{_SPILL}*"):  # of a killed compaction
        shutil.rmtree(left, ignore_errors=True)
    count = 0
    for path in list(unlisted(store)):
        if path.stat().st_mtime_ns // 1000 + GRACE_US <= now:
            with on_disk(store.root):
                path.unlink()
            with suppress(OSError):  # other segments are still there
                path.parent.rmdir()
            count += 1
    return count


def _sorted(store: Store, dataset: str, old: Sequence[Segment], keep: pa.Array | None) -> Iterator[pa.Table]:
    """Yield the rows of segments in order, a row group at a time; what does not fit into memory goes to the disk."""
    with TemporaryDirectory(dir=store.root, prefix=_SPILL) as spill, sorting(store, Path(spill)) as con:
        show(con, store, dataset, [each.path for each in old])
        where = "true"
        if keep is not None:
            con.register("_keep", pa.table({"mmsi": keep.cast(pa.int32())}))
            where = f"msg_type NOT IN {CLASS_B} OR mmsi IN (FROM _keep)"
        order = _ORDER.get(dataset, _REPORT_ORDER)
        for batch in con.sql(f"FROM _{dataset} WHERE {where} ORDER BY {order}").to_arrow_reader(ROW_GROUP_ROWS):
            yield pa.Table.from_batches([batch]).select(DATASETS[dataset].schema.names)

"""Reading back what was stored, in the shapes the pipeline works with."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.copies import MINUTE_US, copy_keys, total_order
from pipelines.store.events import events_from
from pipelines.store.scan import REPORTS, asked, reading, show
from pipelines.store.segments import EVENTS, REPORT_DATASETS, STORED, utc_day
from pipelines.store.state import Store
from vessels.event import HULLS_PER_MMSI, Event
from vessels.report import CONTENT

_COPY: Final = pa.schema([("time", pa.int64()), *CONTENT])

_ASKED_REPORTS: Final = f"FROM ({REPORTS}) SEMI JOIN _asked USING (mmsi)"
_MINUTES_REPORTS: Final = f"""
FROM ({REPORTS}) AS stored SEMI JOIN _late ON stored.mmsi = _late.mmsi AND stored.time // {MINUTE_US} = _late.minute
"""
_SUCCESSIONS: Final = "FROM _events SELECT id, supersedes WHERE supersedes IS NOT NULL ORDER BY seq, place"
_STANDING: Final = """
SELECT id
FROM (FROM _events SEMI JOIN _asked USING (id)
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq DESC, place DESC) = 1)
WHERE status <> 'withdrawn'
"""
_TOLD: Final = """
SELECT what, count(*) FROM (
    SELECT arg_max(coalesce(nullif(behaviour, ''), kind), (seq, place)) AS what,
        arg_max(status, (seq, place)) AS status
    FROM _events WHERE seq > ? GROUP BY id)
WHERE status <> 'withdrawn' GROUP BY what ORDER BY what
"""
_ASKED_EVENTS: Final = """
FROM _events SEMI JOIN _asked USING (mmsi)
QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq DESC, place DESC) = 1
ORDER BY start, id
"""


def reports_of(store: Store, mmsis: Iterable[int]) -> pa.Table:
    """Return every stored row of these MMSIs once (STORED), sorted by (mmsi, time, msg_type, content)."""
    with reading(store) as con:
        for dataset in REPORT_DATASETS:
            show(con, store, dataset)
        con.register("_asked", pa.table({"mmsi": pa.array(mmsis, pa.int32())}))
        return total_order(asked(con, _ASKED_REPORTS, STORED))


def known(store: Store, rows: pa.Table, waiting: pa.Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which rows (REPORT and `late`) are late copies of a stored row, or of another row of this table.

    Rows that wait at the gate (WAITING) count as stored. Of several late copies in the table the first is not counted
    as known. Give all rows that one flush will store: a
    copy of a row that no flush has stored yet is only found among them.
    """
    late = rows["late"].to_numpy()
    if not late.any():
        return np.zeros(len(late), np.bool_)
    keys = copy_keys(rows)
    repeated = np.ones(len(keys), np.bool_)
    repeated[np.flatnonzero(late)[np.unique(keys[late], return_index=True)[1]]] = False
    elsewhere = np.isin(keys, np.concatenate((keys[~late], copy_keys(waiting))))
    elsewhere |= np.isin(keys, _stored_keys(store, rows.filter(rows["late"])))
    mask: np.ndarray[Any, np.dtype[np.bool_]] = late & (repeated | elsewhere)
    return mask


def events_of(store: Store, keys: Iterable[int]) -> list[Event]:
    """Return the last revision of every event of the MMSIs that these tracks are of, in order of start.

    Withdrawn ones are among them.
    """
    with reading(store) as con:
        show(con, store, "events")
        mmsis = {key // HULLS_PER_MMSI for key in keys}
        con.register("_asked", pa.table({"mmsi": pa.array(mmsis, pa.int32())}))
        return events_from(asked(con, _ASKED_EVENTS, EVENTS))


def successions(store: Store) -> dict[str, str]:
    """Return which event every superseding event took the place of, oldest first."""
    with reading(store) as con:
        show(con, store, "events")
        return dict(con.sql(_SUCCESSIONS).fetchall())


def standing(store: Store, ids: Iterable[str]) -> frozenset[str]:
    """Return which of these events are stored and not withdrawn."""
    with reading(store) as con:
        show(con, store, "events")
        con.register("_asked", pa.table({"id": pa.array(ids, pa.string())}))
        return frozenset(row[0] for row in con.execute(_STANDING).fetchall())


def told(store: Store, after: int) -> dict[str, int]:
    """Return how many events of each kind or behaviour the flushes after this number told and did not withdraw."""
    paths = store.rows("SELECT path FROM segments WHERE dataset = 'events' AND seq > ? ORDER BY path", (after,))
    with reading(store) as con:
        show(con, store, "events", [row["path"] for row in paths])
        return dict(con.execute(_TOLD, [after]).fetchall())


def _stored_keys(store: Store, late: pa.Table) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Return the copy keys of the stored rows of the same MMSIs and minutes: no copy lies elsewhere."""
    minutes = pa.table({"mmsi": late["mmsi"], "minute": pa.array(late["time"].to_numpy() // MINUTE_US)})
    with reading(store) as con:
        for dataset in REPORT_DATASETS:
            show(con, store, dataset, _overlapping(store, dataset, late))
        con.register("_late", minutes.group_by(["mmsi", "minute"]).aggregate([]))
        return copy_keys(asked(con, _MINUTES_REPORTS, _COPY))


def _overlapping(store: Store, dataset: str, late: pa.Table) -> list[str]:
    """Return the segments that may hold rows of the minutes of the late rows."""
    span = pc.min_max(late["time"]).as_py()
    days = {utc_day(int(time)) for time in np.unique(late["time"].to_numpy() // MINUTE_US * MINUTE_US)}
    found = store.rows(
        "SELECT path, day FROM segments WHERE dataset = ? AND time_min < ? AND time_max >= ? ORDER BY path",
        (dataset, span["max"] + MINUTE_US, span["min"] - MINUTE_US),
    )
    return [row["path"] for row in found if row["day"] in days]

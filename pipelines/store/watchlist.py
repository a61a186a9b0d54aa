"""Watchlist entries in the state file. Rows are dictionaries of the table's columns; times are microseconds UTC."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pipelines.errors import PipelineError
from pipelines.store.state import Store

# An entry given again is brought up to date and stands again, but was recorded when it first was.
_UPSERT: Final = """
INSERT INTO watchlist VALUES (:id, :name, :imo, :mmsi, :callsign, :flag, :why, :source_list, :valid_from, :valid_to,
    :review_by, :recorded_at, :added_by, NULL)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, imo = excluded.imo, mmsi = excluded.mmsi,
    callsign = excluded.callsign, flag = excluded.flag, why = excluded.why, source_list = excluded.source_list,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, review_by = excluded.review_by,
    added_by = excluded.added_by, removed_at = NULL
"""


def add(store: Store, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write entries, all of them or none."""
    with store.transaction() as conn:
        conn.executemany(_UPSERT, entries)


def every(store: Store, *, removed: bool = False) -> list[dict[str, Any]]:
    """Return the entries in the order they were recorded; with `removed`, those taken off the list too."""
    return store.rows("SELECT * FROM watchlist WHERE removed_at IS NULL OR ? ORDER BY recorded_at, id", (removed,))


def find(store: Store, prefix: str) -> dict[str, Any]:
    """Return the entry whose id begins with `prefix`, removed or not; `PipelineError` for none, or more than one."""
    sql = "SELECT * FROM watchlist WHERE substr(id, 1, ?) = ? ORDER BY id"
    found = [row for row in store.rows(sql, (len(prefix), prefix)) if prefix]
    exact = [row for row in found if row["id"] == prefix]
    if not found:
        raise PipelineError(f"there is no watchlist entry {prefix!r}; `voi watchlist list` shows the ids")
    if len(found) > 1 and not exact:
        raise PipelineError(f"entry {prefix!r} may be any of {', '.join(row['id'] for row in found)}; give more of it")
    return (exact or found)[0]


def remove(store: Store, entry_id: str, *, at: int) -> None:
    """Take an entry off the list from the time `at` on; it stays in the file, for alerts that name it."""
    with store.transaction() as conn:
        conn.execute("UPDATE watchlist SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (at, entry_id))

"""Alerts in the state file: what the pipeline says of them, beside the analyst's part, which it never touches."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from pipelines.errors import PipelineError
from pipelines.store.state import Store
from vessels.alert import Alert, rank

SHORTEST_PREFIX: Final = 4  # hex digits of an id that may stand for it; chosen: fewer are typed by mistake

_UPSERT: Final = """
INSERT INTO alerts (id, body, withdrawn) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET body = excluded.body, withdrawn = excluded.withdrawn
"""

_OF_VESSELS: Final = "json_extract(body, '$.mmsi') IN (SELECT value FROM json_each(?)) AND withdrawn = 0"
_IDS: Final = f"SELECT id FROM alerts WHERE {_OF_VESSELS}"  # noqa: S608 - nothing in it comes from outside
_OF: Final = f"SELECT * FROM alerts WHERE {_OF_VESSELS} AND json_extract(body, '$.event_kind') = ?"  # noqa: S608
_SINCE: Final = """
SELECT * FROM alerts
WHERE json_extract(body, '$.event_kind') = ? AND json_extract(body, '$.last_seen') >= ? AND NOT withdrawn
"""
_SEVERITIES: Final = """
SELECT id, json_extract(body, '$.severity') AS severity FROM alerts
WHERE id IN (SELECT value FROM json_each(?)) AND NOT withdrawn
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The ids of all alerts that are not withdrawn: the store is asked for each, since no run could hold them all."""

    store: Store

    def __contains__(self, id_: object) -> bool:
        """Tell whether this alert stands."""
        return bool(self.store.rows("SELECT 1 FROM alerts WHERE id = ? AND NOT withdrawn", (id_,)))


def upsert(conn: sqlite3.Connection, alerts: Iterable[Alert]) -> None:
    """Write alerts within the caller's transaction; of several revisions of one, the last stands."""
    conn.executemany(_UPSERT, ((alert.id, _body(alert), alert.withdrawn) for alert in alerts))


def withdraw(conn: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Withdraw alerts within the caller's transaction: what they stood for did not happen after all."""
    conn.executemany("UPDATE alerts SET withdrawn = 1 WHERE id = ?", ((id_,) for id_ in ids))


def save(store: Store, alerts: Iterable[Alert]) -> None:
    """Write alerts in a transaction of their own: provisional distress does not wait for a flush."""
    with store.transaction() as conn:
        upsert(conn, alerts)


def every(store: Store) -> list[dict[str, Any]]:
    """Return all alerts as CONTRACT's JSON has them (times in microseconds UTC): distress first, then the worst."""
    rows = [_row(row) for row in store.rows("SELECT * FROM alerts")]
    return sorted(rows, key=lambda row: (*rank(row["class"], row["severity"], row["first_seen"]), row["id"]))


def ids_of(store: Store, mmsis: Iterable[int]) -> set[str]:
    """Return the ids of the alerts about these MMSIs that are not withdrawn."""
    return {row["id"] for row in store.rows(_IDS, (json.dumps(list(mmsis)),))}


def standing_of(store: Store, event_kind: str, mmsis: Iterable[int]) -> list[dict[str, Any]]:
    """Return the alerts of a kind of event about these MMSIs that are not withdrawn, in no order."""
    return [_row(row) for row in store.rows(_OF, (json.dumps(list(mmsis)), event_kind))]


def standing_since(store: Store, event_kind: str, since: int) -> list[dict[str, Any]]:
    """Return the alerts of a kind of event last seen at or after a time (µs UTC) and not withdrawn, in no order."""
    return [_row(row) for row in store.rows(_SINCE, (event_kind, since))]


def severities(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """Return the severity of those of these alerts that stand."""
    return {row["id"]: row["severity"] for row in store.rows(_SEVERITIES, (json.dumps(list(ids)),))}


def find(store: Store, prefix: str) -> dict[str, Any]:
    """Return the alert whose id begins with `prefix`; `PipelineError` when there is none, or more than one."""
    if len(prefix) < SHORTEST_PREFIX:
        raise PipelineError(f"alert {prefix!r}: give at least {SHORTEST_PREFIX} characters of the id")
    found = store.rows("SELECT * FROM alerts WHERE substr(id, 1, ?) = ? ORDER BY id", (len(prefix), prefix.lower()))
    if not found:
        raise PipelineError(f"there is no alert {prefix!r}; `voi alerts list` shows the ids")
    if len(found) > 1:
        raise PipelineError(f"alert {prefix!r} may be any of {', '.join(row['id'] for row in found)}; give more of it")
    return _row(found[0])


def _body(alert: Alert) -> str:
    said = asdict(alert)
    del said["withdrawn"]
    said["class"] = said.pop("alert_class")
    return json.dumps(said, ensure_ascii=False)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    state = "withdrawn" if row["withdrawn"] else row["state"]
    work = {key: row[key] for key in ("outcome", "assignee", "snoozed_until")}
    return {**json.loads(row["body"]), "state": state, **work}

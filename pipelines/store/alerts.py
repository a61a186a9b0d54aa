"""Alerts in the state file: what the pipeline says of them, beside the analyst's part, which it never touches."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from pipelines.errors import PipelineError
from pipelines.store.state import Store
from vessels.alert import Alert, rank

SHORTEST_PREFIX: Final = 4  # hex digits of an id that may stand for it; chosen: fewer are typed by mistake

_UPSERT: Final = """
INSERT INTO alerts (id, body, withdrawn) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET body = excluded.body, withdrawn = excluded.withdrawn
"""


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

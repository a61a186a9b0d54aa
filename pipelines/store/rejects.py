"""Rejects in the state file, to be looked at: of each source and reason the newest hundred, with the numbers they had.

The numbers count on, so the last one tells how many there were. A row's slot is its number modulo 100: a feed that
sends nothing but garbage writes over its own. What lies behind the place that a run goes on from is dropped first, in
the same transaction, and comes again.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pipelines.store.state import Store

KEPT: Final = 100  # of each source and reason; chosen: enough to see what is wrong with it
MOST: Final = 100_000  # of all; chosen: some 20 MB. The sources first refused go first

_UPSERT: Final = """
INSERT INTO rejects VALUES (:source, :reason, :slot, :number, :file, :offset, :line)
ON CONFLICT (source, reason, slot) DO UPDATE SET number = excluded.number, file = excluded.file,
    offset = excluded.offset, line = excluded.line
"""


class Kept(NamedTuple):
    """A reject as it is stored; `line` is plain ASCII."""

    source: str
    reason: str
    number: int
    file: str
    offset: int
    line: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What a flush commits: by source how many of each reason remain of what was kept before, and what is new."""

    remaining: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    kept: Sequence[Kept] = ()


def write(conn: sqlite3.Connection, refused: Refused) -> None:
    """Write rejects within the caller's transaction."""
    for source, numbers in refused.remaining.items():
        old = conn.execute("SELECT DISTINCT reason FROM rejects WHERE source = ?", (source,)).fetchall()
        gone = [(source, reason, numbers.get(reason, 0)) for (reason,) in old]
        conn.executemany("DELETE FROM rejects WHERE source = ? AND reason = ? AND number > ?", gone)
    if refused.kept:
        conn.executemany(_UPSERT, ({**each._asdict(), "slot": each.number % KEPT} for each in refused.kept))
        conn.execute("DELETE FROM rejects WHERE rowid <= (SELECT max(rowid) FROM rejects) - ?", (MOST,))


def every(store: Store) -> list[dict[str, Any]]:
    """Return what is kept, source by source and reason by reason, the oldest first."""
    return store.rows("SELECT * FROM rejects ORDER BY source, reason, number")


def numbers(store: Store) -> dict[str, dict[str, int]]:
    """Return by source how many of each reason there were."""
    found: dict[str, dict[str, int]] = {}
    for row in store.rows("SELECT source, reason, max(number) AS number FROM rejects GROUP BY source, reason"):
        found.setdefault(row["source"], {})[row["reason"]] = row["number"]
    return found

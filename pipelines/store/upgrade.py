"""Bringing a store of an older version to this one: a table of steps, each in a transaction of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pipelines.errors import StoreError
from pipelines.store import state
from pipelines.store.state import open_store, translated

# schema version -> the SQL that makes the next one of it. Steps are never changed once released.
STEPS: Final[Mapping[int, str]] = {
    # Cursors tell in which manner an input was read, and how many rejects it had. How an archive was read is not known:
    # it is read once more, which adds nothing.
    1: """
DELETE FROM cursors WHERE json_extract(body, '$.decoder') IS NULL;
UPDATE cursors SET
    name = json_extract(body, '$.file') || coalesce('@start=' || json_extract(body, '$.start'), ''),
    body = json_remove(json_set(body, '$.manner',
        coalesce('start=' || json_extract(body, '$.start'), ''), '$.rejects', json('{}')), '$.start');
CREATE TABLE rejects (
    source TEXT, reason TEXT, slot INTEGER, number INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL,
    line TEXT NOT NULL, PRIMARY KEY (source, reason, slot)
)""",
    # The alerts of a vessel are found without reading all; zones that the user adds.
    2: """
CREATE INDEX alerts_of_vessel ON alerts (
    json_extract(body, '$.mmsi'), json_extract(body, '$.event_kind'), withdrawn
);
CREATE TABLE layers (
    name TEXT PRIMARY KEY, body TEXT NOT NULL, recorded_at INTEGER NOT NULL, added_by TEXT NOT NULL
) WITHOUT ROWID""",
    # The gate judges rows: what of stored ones it says otherwise now.
    3: """
CREATE TABLE corrections (
    mmsi INTEGER, time INTEGER, msg_type INTEGER, file TEXT, offset INTEGER, track_id TEXT NOT NULL, verdict TEXT,
    PRIMARY KEY (mmsi, time, msg_type, file, offset)
) WITHOUT ROWID""",
}


def upgrade(root: Path) -> tuple[int, int]:
    """Bring a store to the schema of this version; return the schemas before and after.

    A step that fails leaves the store at the schema before it. Raises `StoreError` where a step is missing.
    """
    with open_store(root, create=False, older=True) as store, store.writing():
        (row,) = store.rows("PRAGMA user_version")
        before = row["user_version"]
        for version in range(before, state.SCHEMA_VERSION):
            if version not in STEPS:
                raise StoreError(
                    f"{root}: schema {version} is too old for this voi; ingest its sources into a new store"
                )
            with translated(store.root):
                try:
                    store.conn.executescript(
                        f"BEGIN IMMEDIATE; {STEPS[version]}; PRAGMA user_version = {version + 1}; COMMIT;"
                    )
                except BaseException:
                    store.conn.rollback()
                    raise
        return before, max(before, state.SCHEMA_VERSION)

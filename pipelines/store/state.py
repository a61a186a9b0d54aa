"""The one SQLite file of a store: everything small and mutable, changed in one transaction a flush.

Any process may read or write it while an ingest runs (WAL, busy timeout). Only the standard library is imported here,
so that commands on alerts and the watchlist start at once.
"""

import errno
import fcntl
import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from pipelines.errors import NoStoreError, StoreError

STATE_FILE: Final = "state.sqlite"
LOCK_FILE: Final = "writer.lock"
SCHEMA_VERSION: Final = 4
APPLICATION_ID: Final = 0x564F4931  # "VOI1" in the header of the SQLite file
_DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_UNWRITABLE: Final = ("disk is full", "readonly", "unable to open", "disk I/O")  # SQLite's words
BUSY_TIMEOUT_S: Final = 5.0  # engine.md section 1: a flush holds the file for 153 ms at most; chosen: thirty times that

DDL: Final = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segments (
    path TEXT PRIMARY KEY, dataset TEXT NOT NULL, day TEXT, seq INTEGER NOT NULL, rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL, time_min INTEGER, time_max INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (part INTEGER PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cursors (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS detector_states (name TEXT PRIMARY KEY, version TEXT NOT NULL, state BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS identities (
    mmsi INTEGER, time INTEGER, imo INTEGER, name TEXT, callsign TEXT, ship_type INTEGER, length_m INTEGER,
    beam_m INTEGER, draught_m REAL, destination TEXT, eta TEXT, PRIMARY KEY (mmsi, time)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (
    mmsi INTEGER PRIMARY KEY, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, time INTEGER, track_id TEXT,
    lat_e INTEGER, lon_e INTEGER, sog_e INTEGER, cog_e INTEGER, heading_deg INTEGER, nav_status INTEGER, source TEXT,
    simulated INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS pending (mmsi INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS alerts (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, withdrawn INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'open', outcome TEXT, assignee TEXT, snoozed_until INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alerts_of_vessel ON alerts (
    json_extract(body, '$.mmsi'), json_extract(body, '$.event_kind'), withdrawn
);
CREATE TABLE IF NOT EXISTS watchlist (
    id TEXT PRIMARY KEY, name TEXT, imo INTEGER, mmsi INTEGER, callsign TEXT, flag TEXT, why TEXT NOT NULL,
    source_list TEXT NOT NULL, valid_from INTEGER, valid_to INTEGER, review_by INTEGER, recorded_at INTEGER NOT NULL,
    added_by TEXT NOT NULL, removed_at INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS layers (
    name TEXT PRIMARY KEY, body TEXT NOT NULL, recorded_at INTEGER NOT NULL, added_by TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS corrections (
    mmsi INTEGER, time INTEGER, msg_type INTEGER, file TEXT, offset INTEGER, track_id TEXT NOT NULL, verdict TEXT,
    PRIMARY KEY (mmsi, time, msg_type, file, offset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejects (
    source TEXT, reason TEXT, slot INTEGER, number INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL,
    line TEXT NOT NULL, PRIMARY KEY (source, reason, slot)
);
"""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: its folder and its connection to the state file. Use it as a context manager, or close it."""

    root: Path
    conn: sqlite3.Connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the folder stays."""
        self.conn.close()

    def rows(self, sql: str, values: Any = ()) -> list[dict[str, Any]]:
        """Return the rows of one SELECT as dictionaries."""
        with translated(self.root):
            return [dict(row) for row in self.conn.execute(sql, values)]

    def meta(self, key: str) -> Any:
        """Return one remembered value, null when it was never set."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return json.loads(found[0]["value"]) if found else None

    def watermark(self) -> int | None:
        """Return the committed watermark in microseconds UTC, null before the first flush."""
        value = self.meta("watermark")
        return None if value is None else int(value)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one write transaction: all of it is committed, or nothing."""
        with translated(self.root):
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.conn
                self.conn.execute("COMMIT")
            except BaseException:
                self.conn.rollback()
                raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock that every ingest and watch takes: one writer of segments at a time."""
        with ExitStack() as stack:
            with on_disk(self.root):
                lock = stack.enter_context((self.root / LOCK_FILE).open("ab"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreError(
                    f"{self.root}: another ingest or watch is writing this store; wait for it or stop it"
                ) from error
            yield


def set_meta(conn: sqlite3.Connection, key: str, value: Any) -> None:
    """Remember one JSON value, within the caller's transaction."""
    conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))


def open_store(root: Path, *, create: bool, older: bool = False) -> Store:
    """Open the store in the folder `root`, made when `create` is set and it is missing or empty.

    Raises `NoStoreError` for a folder that is not a store, `StoreError` for one that is busy, damaged, cannot be
    written, or is of another version; with `older`, one of an older version is opened as it is.
    """
    root = Path(root).resolve()
    with on_disk(root):
        if not (root / STATE_FILE).exists():
            _prepare(root, create=create)
    with translated(root):
        conn = sqlite3.connect(root / STATE_FILE, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            conn.row_factory = sqlite3.Row
            _ready(root, conn, older=older)
        except BaseException:
            conn.close()
            raise
    return Store(root, conn)


@contextmanager
def translated(root: Path) -> Iterator[None]:
    """Turn SQLite's errors into a `StoreError` that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreError(f"{root}: the store is busy ({error}); try again in a moment") from error
        if any(word in str(error) for word in _UNWRITABLE):
            raise unwritable(root, str(error), full="full" in str(error)) from error
        raise StoreError(f"{root / STATE_FILE}: {error}; see `voi store check`") from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its other children tell of faults in our statements
            raise
        raise StoreError(
            f"{root / STATE_FILE} is damaged ({error}); restore it from a backup, or ingest into a new store"
        ) from error


@contextmanager
def on_disk(root: Path) -> Iterator[None]:
    """Turn the system's errors at reading and writing a store's files into a `StoreError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise unwritable(root, error.strerror or str(error), full=error.errno in _DISK_FULL) from error


def unwritable(root: Path, reason: str, *, full: bool) -> StoreError:
    """Return the error of a disk that is full, or of a folder that cannot be written."""
    if full:
        return StoreError(f"{root}: the disk is full ({reason}); free some space and run it again: nothing is torn")
    return StoreError(f"{root}: {reason}; let its owner write there, or name another folder with --store")


def _prepare(root: Path, *, create: bool) -> None:
    """Make the folder of a new store, private to its owner."""
    if not create:
        raise NoStoreError(f"{root} is not a store; name one with --store or VOI_STORE, or make it with `voi ingest`")
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise NoStoreError(f"{root} holds other things; give --store a new or empty folder")
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.chmod(0o700)


def _ready(root: Path, conn: sqlite3.Connection, *, older: bool) -> None:
    """Check that the file is ours and readable by this version; give a new one its tables."""
    application, version = (conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if version > SCHEMA_VERSION:
        raise StoreError(f"{root} was written by a newer voi (schema {version}, known {SCHEMA_VERSION}); update voi")
    if version and application != APPLICATION_ID:
        raise NoStoreError(f"{root / STATE_FILE} belongs to another program; give --store another folder")
    if 0 < version < SCHEMA_VERSION and not older:
        raise StoreError(f"{root} was written by an older voi (schema {version}); run `voi store upgrade`, once")
    conn.execute("PRAGMA synchronous = FULL")
    if version == 0:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.executescript(
            f"BEGIN IMMEDIATE; {DDL} PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )

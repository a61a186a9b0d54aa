"""One flush: segments first, then one transaction that makes them, and all that goes with them, true at once.

Killed before the commit, a run leaves orphan segments and the state of the flush before; killed after it, everything.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import StoreError
from pipelines.rows import WAITING, has_value
from pipelines.store import alerts, rejects
from pipelines.store.blobs import packed
from pipelines.store.events import events_table
from pipelines.store.rejects import Refused
from pipelines.store.resume import GATE, IDENTITIES, SEQUENCER
from pipelines.store.segments import OTHER_MESSAGES, STORED, Segment, write_events, write_others, write_reports
from pipelines.store.state import Store, set_meta
from vessels.alert import Alert
from vessels.event import Event, track_id
from vessels.report import POSITION_TYPES

_SEEN: Final = """
INSERT INTO latest (mmsi, first_seen, last_seen, simulated) VALUES (?, ?, ?, ?)
ON CONFLICT (mmsi) DO UPDATE SET first_seen = min(first_seen, excluded.first_seen),
    last_seen = max(last_seen, excluded.last_seen), simulated = max(simulated, excluded.simulated)
"""
_MOVED: Final = """
UPDATE latest SET time = :time, track_id = :track_id, lat_e = :lat_e, lon_e = :lon_e, sog_e = :sog_e, cog_e = :cog_e,
    heading_deg = :heading_deg, nav_status = :nav_status, source = :source
WHERE mmsi = :mmsi AND (time IS NULL OR time <= :time)
"""
_CORRECTION: Final = """
INSERT OR REPLACE INTO corrections VALUES (:mmsi, :time, :msg_type, :file, :offset, :track_id, :verdict)
"""
_IDENTITY: Final = """
INSERT OR REPLACE INTO identities VALUES (:mmsi, :time, :imo, :name, :callsign, :ship_type, :length_m, :beam_m,
    :draught_m, :destination, :eta)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flush:
    """What one flush commits. `rows` are released rows as the gate leaves them: REPORT, late, key, verdict.

    `waiting` are rows not yet judged (WAITING), `corrected` those stored before that are judged otherwise now.
    `held` and `sequencer` are the sequencer's, after the release that gave `rows`; `cursors` (name to JSON values) say
    how far each input was read for both. `states` are the dirty detector states, name to (version, table).
    `identities` are new dated snapshots (IDENTITIES). `pending` are the MMSIs that late rows touched;
    `reconciled` those that this flush re-folded: their former snapshots go, and they are pending no longer.
    `withdrawn` are alerts that no event stands for any more. `notes` are remembered with it (`Store.meta`).
    `others` are messages that are no reports (OTHER_MESSAGES); `refused` is what of the input could not be taken.
    """

    rows: pa.Table
    held: pa.Table
    waiting: pa.Table = field(default_factory=WAITING.empty_table)
    corrected: pa.Table | None = None
    sequencer: Mapping[str, Any]
    cursors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    states: Mapping[str, tuple[str, pa.Table]] = field(default_factory=dict)
    identities: pa.Table | None = None
    events: Sequence[Event] = ()
    alerts: Sequence[Alert] = ()
    withdrawn: Collection[str] = ()
    pending: Collection[int] = ()
    reconciled: Collection[int] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    others: pa.Table = field(default_factory=OTHER_MESSAGES.empty_table)
    refused: Refused = field(default_factory=Refused)


def commit(store: Store, flush: Flush) -> int:
    """Write a flush and return its number. Call it while holding `store.writing()`."""
    seq = (store.meta("seq") or 0) + 1
    rows = stored(flush.rows)
    segments = write_reports(store.root, rows, seq) + write_events(store.root, events_table(flush.events, seq), seq)
    segments += write_others(store.root, flush.others, seq)
    with store.transaction() as conn:
        _count(store, conn, seq)
        _list(conn, segments)
        _go_on(conn, flush)
        _vessels(conn, rows)
        _identities(conn, flush)
        _pending(conn, flush)
        _correct(conn, flush)
        alerts.upsert(conn, flush.alerts)
        alerts.withdraw(conn, flush.withdrawn)
        rejects.write(conn, flush.refused)
    return seq


def stored(rows: pa.Table) -> pa.Table:
    """Return gated rows as they are stored: the track's key spelt out."""
    keys = pc.dictionary_encode(rows["key"].combine_chunks())
    names = pa.array([track_id(key) for key in keys.dictionary.to_pylist()], pa.string())
    return rows.append_column("track_id", names.take(keys.indices)).select(STORED.names).cast(STORED)


def _count(store: Store, conn: sqlite3.Connection, seq: int) -> None:
    if (store.meta("seq") or 0) != seq - 1:
        raise StoreError(f"{store.root}: another run wrote this store meanwhile; stop it, then ingest again")
    set_meta(conn, "seq", seq)


def _list(conn: sqlite3.Connection, segments: Sequence[Segment]) -> None:
    conn.executemany("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, segments))


def _go_on(conn: sqlite3.Connection, flush: Flush) -> None:
    """Write what the next run goes on with."""
    set_meta(conn, "watermark", flush.sequencer["watermark"])
    for key, note in {**flush.notes, "sequencer": flush.sequencer}.items():
        set_meta(conn, key, note)
    held = ((SEQUENCER, packed(flush.held)), (GATE, packed(flush.waiting)))
    conn.executemany("INSERT OR REPLACE INTO held VALUES (?, ?)", held)
    cursors = ((name, json.dumps(body)) for name, body in flush.cursors.items())
    conn.executemany("INSERT OR REPLACE INTO cursors VALUES (?, ?)", cursors)
    states = ((name, version, packed(state)) for name, (version, state) in flush.states.items())
    conn.executemany("INSERT OR REPLACE INTO detector_states VALUES (?, ?, ?)", states)


def _vessels(conn: sqlite3.Connection, rows: pa.Table) -> None:
    """Bring up to date when each vessel was first and last heard, and its last accepted position."""
    seen = rows.group_by("mmsi").aggregate([("time", "min"), ("time", "max"), ("simulated", "max")])
    conn.executemany(_SEEN, _tuples(seen.select(["mmsi", "time_min", "time_max", "simulated_max"])))
    conn.executemany(_MOVED, _last_positions(rows).to_pylist())


def _last_positions(rows: pa.Table) -> pa.Table:
    """Return the last accepted position of each MMSI."""
    placed = pc.and_(pc.is_valid(rows["lat_e"]), pc.is_valid(rows["lon_e"]))
    accepted = pc.and_(placed, pc.is_null(rows["verdict"])).to_numpy()
    at = np.flatnonzero(accepted & has_value(rows["msg_type"], POSITION_TYPES))
    mmsis, times = rows["mmsi"].to_numpy()[at], rows["time"].to_numpy()[at]
    order = np.lexsort((times, mmsis))
    ends = np.flatnonzero(np.append(np.diff(mmsis[order]) != 0, [True] * bool(len(order))))
    return rows.take(at[order[ends]])


def _identities(conn: sqlite3.Connection, flush: Flush) -> None:
    conn.executemany("DELETE FROM identities WHERE mmsi = ?", ((int(mmsi),) for mmsi in flush.reconciled))
    if flush.identities is not None:
        conn.executemany(_IDENTITY, flush.identities.select(IDENTITIES.names).to_pylist())


def _pending(conn: sqlite3.Connection, flush: Flush) -> None:
    conn.executemany("DELETE FROM pending WHERE mmsi = ?", ((int(mmsi),) for mmsi in flush.reconciled))
    conn.executemany("INSERT OR IGNORE INTO pending VALUES (?)", ((int(mmsi),) for mmsi in flush.pending))


def _correct(conn: sqlite3.Connection, flush: Flush) -> None:
    """Note what stored rows are judged now; of re-folded vessels all that was noted before goes."""
    conn.executemany("DELETE FROM corrections WHERE mmsi = ?", ((int(mmsi),) for mmsi in flush.reconciled))
    if flush.corrected is not None:
        rows = flush.corrected.select(["mmsi", "time", "msg_type", "file", "offset", "key", "verdict"]).to_pylist()
        records = ({**row, "track_id": track_id(row["key"])} for row in rows)
        conn.executemany(_CORRECTION, records)


def _tuples(table: pa.Table) -> list[tuple[Any, ...]]:
    """Return the rows of a small table as tuples of Python values."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

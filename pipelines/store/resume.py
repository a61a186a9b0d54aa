"""What a new run goes on with: where the last flush left inputs, sequencer, detectors and identities."""

import json
from typing import Any, Final

import pyarrow as pa

from pipelines.rows import WAITING
from pipelines.store.blobs import unpacked
from pipelines.store.state import Store
from vessels.report import REPORT

SEQUENCER: Final = 0  # parts of what is held: not yet in order
GATE: Final = 1  # in order, but not yet judged

IDENTITIES = pa.schema(
    [
        ("mmsi", pa.int32()),
        ("time", pa.int64()),
        ("imo", pa.int32()),
        ("name", pa.string()),
        ("callsign", pa.string()),
        ("ship_type", pa.int16()),
        ("length_m", pa.int16()),
        ("beam_m", pa.int16()),
        ("draught_m", pa.float64()),
        ("destination", pa.string()),
        ("eta", pa.string()),
    ]
)


def sequencer_state(store: Store) -> dict[str, Any] | None:
    """Return the sequencer's state, null before the first flush."""
    state = store.meta("sequencer")
    assert state is None or isinstance(state, dict)
    return state


def held(store: Store) -> pa.Table:
    """Return the rows read but not yet released (REPORT)."""
    return _kept(store, SEQUENCER, REPORT)


def waiting(store: Store) -> pa.Table:
    """Return the rows that the gate has not judged (WAITING)."""
    return _kept(store, GATE, WAITING)


def _kept(store: Store, part: int, schema: pa.Schema) -> pa.Table:
    found = store.rows("SELECT rows FROM held WHERE part = ?", (part,))
    return unpacked(found[0]["rows"]) if found else schema.empty_table()


def cursors(store: Store) -> dict[str, dict[str, Any]]:
    """Return how far each input was read."""
    return {row["name"]: json.loads(row["body"]) for row in store.rows("SELECT name, body FROM cursors")}


def detector_state(store: Store, name: str, version: str) -> pa.Table | None:
    """Return a detector's saved state, null when none was saved by this version of it."""
    found = store.rows("SELECT state FROM detector_states WHERE name = ? AND version = ?", (name, version))
    return unpacked(found[0]["state"]) if found else None


def identities(store: Store) -> pa.Table:
    """Return all dated identity snapshots (IDENTITIES), sorted by (mmsi, time)."""
    return pa.Table.from_pylist(store.rows("SELECT * FROM identities ORDER BY mmsi, time"), IDENTITIES)


def pending(store: Store) -> list[int]:
    """Return the MMSIs that late rows touched and no flush has re-folded."""
    return [row["mmsi"] for row in store.rows("SELECT mmsi FROM pending ORDER BY mmsi")]

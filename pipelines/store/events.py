"""Events as columns and back: each revision one row, never changed."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from pipelines.store.segments import EVENTS
from vessels.event import Event

_AS_THEY_ARE = (
    *("id", "kind", "behaviour", "key", "zone", "track_id", "mmsi", "other_mmsi", "other_key", "vessel_id", "start"),
    *("end", "decided", "lat", "lon", "status", "supersedes", "confidence", "simulated"),
)
_MADE = (
    *("kind", "behaviour", "key", "zone", "other_key", "vessel_id", "start", "end", "decided", "lat", "lon", "status"),
    *("supersedes", "confidence", "simulated"),
)


def events_table(events: Sequence[Event], seq: int) -> pa.Table:
    """Return event revisions, in the order they were made, as the rows (EVENTS) of flush number `seq`."""
    rows = [_row(event, seq, place) for place, event in enumerate(events)]
    return pa.Table.from_pylist(rows, EVENTS)


def events_from(table: pa.Table) -> list[Event]:
    """Return the events that rows of EVENTS hold."""
    return [_event(row) for row in table.to_pylist()]


def _row(event: Event, seq: int, place: int) -> dict[str, Any]:
    row = {name: getattr(event, name) for name in _AS_THEY_ARE}
    evidence = json.dumps(event.evidence, ensure_ascii=False)
    return {**row, "seq": seq, "place": place, "zones": list(event.zones), "evidence": evidence}


def _event(row: dict[str, Any]) -> Event:
    made = {name: row[name] for name in _MADE}
    return Event(**made, zones=tuple(row["zones"]), evidence=json.loads(row["evidence"]))

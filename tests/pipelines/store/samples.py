"""Rows, events and alerts to store, made of the few columns that a test cares about."""

import pyarrow as pa

from pipelines.store.flush import Flush
from vessels.alert import Alert, alert_id
from vessels.event import Event, track_key
from vessels.report import REPORT

S = 1_000_000
DAY = 86_400 * S
START = 1_780_272_000 * S  # 2026-06-01T00:00:00Z

MMSI = 211_000_001
KEY = track_key(MMSI)

SEQUENCER = {"watermark": START, "sources": {}, "recent": []}


def report(time, mmsi=MMSI, **columns):
    row = {"time": time, "mmsi": mmsi, "msg_type": 1, "source": "a.nmea", "file": "0" * 16, "offset": 0, "clock": "tag"}
    return {**dict.fromkeys(REPORT.names), **row, "receivers": 1, "simulated": False, **columns}


def released(*reports):
    """Return rows as the sequencer releases them."""
    schema = pa.schema([*REPORT, ("late", pa.bool_())])
    return pa.Table.from_pylist([{"late": False, **row} for row in reports], schema)


def gated(*reports):
    """Return rows as the gate leaves them."""
    rows = [{"late": False, "verdict": None, "key": track_key(row["mmsi"]), **row} for row in reports]
    gate = [("late", pa.bool_()), ("key", pa.int64()), ("verdict", pa.string())]
    return pa.Table.from_pylist(rows, pa.schema([*REPORT, *gate]))


def flush(*reports, **parts):
    return Flush(**{"rows": gated(*reports), "held": REPORT.empty_table(), "sequencer": SEQUENCER, **parts})


def event(start=START, key=KEY, **fields):
    return Event(
        **{"kind": "gap", "key": key, "start": start, "decided": start + S, "lat": 33.0, "lon": 12.0, **fields}
    )


def alert(rule="gap-departure", event_id="e1", **fields):
    said = {
        "id": alert_id(rule, event_id),
        "alert_class": "interest",
        "rule": rule,
        "rule_version": "v1",
        "event_id": event_id,
        "event_kind": "gap",
        "mmsi": MMSI,
        "first_seen": START,
        "last_seen": START + S,
        "lat": 33.0,
        "lon": 12.0,
        "severity": "moderate",
        "urgency": "expected",
        "certainty": "likely",
        "headline": "a gap",
    }
    return Alert(**{**said, **fields})

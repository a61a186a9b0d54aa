"""Reports told in one line, and a sequencer to push them into: what the tests of the sequencer share."""

import json

import pyarrow as pa

from pipelines.sequencer import Released, Sequencer
from pipelines.store.blobs import packed, unpacked
from vessels.report import REPORT

S = 1_000_000
MINUTE = 60 * S
START = 1_780_272_000 * S  # 2026-06-01T00:00:00Z
DISORDER = 5 * S  # short, so that few rows meet every case


def report(time, mmsi=1, *, source="a", second=None, receivers=1, offset=0, **content):
    row = {"time": time, "mmsi": mmsi, "msg_type": 1, "source": source, "receivers": receivers, "offset": offset}
    return {**dict.fromkeys(REPORT.names), **row, "simulated": False, "utc_second": second, **content}


def pair(time, **more):
    """Return two rows of two vessels: what it takes for a source to begin."""
    return report(time, 8, **more), report(time, 9, **more)


def table(*rows):
    return pa.Table.from_pylist(list(rows), REPORT)


def sequencer(*sources, disorder_us=DISORDER, **options):
    made = Sequencer(**options)
    for source in sources or ("a",):
        made.open(source, disorder_us)
    return made


def times(released: Released):
    return [time - START for time in released.rows["time"].to_pylist()]


def restarted(made, stall_us=None):
    state, held = json.loads(json.dumps(made.state())), unpacked(packed(made.held))
    return sequencer("a", "b", state=state, held=held, stall_us=stall_us)

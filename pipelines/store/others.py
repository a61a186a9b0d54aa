"""Messages that become no report, kept when asked for: one row each, what they say as JSON. No detector reads them."""

import json
from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.store.scan import asked, reading, show
from pipelines.store.segments import OTHER_MESSAGES
from pipelines.store.state import Store
from vessels.others import Other

_DATASET: Final = "other_messages"
# A message read again says the same at the same time.
_FRESH: Final = """
FROM _new ANTI JOIN _other_messages USING (time, msg_type, said)
QUALIFY row_number() OVER (PARTITION BY time, msg_type, said ORDER BY source, "offset") = 1
ORDER BY time, source, "offset"
"""


def rows(others: Sequence[Other], heard: pa.Table) -> pa.Table:
    """Return n messages (OTHER_MESSAGES), of which `heard` (ORIGIN) tells when and by whom."""
    said = [json.dumps(other.said, sort_keys=True) for other in others]
    own = {
        "mmsi": pa.array([other.said.get("mmsi") for other in others], pa.int32()),
        "msg_type": pa.array([other.msg_type for other in others], pa.int8()),
        "said": pa.array(said, pa.string()),
    }
    columns = [own[name] if name in own else heard[name] for name in OTHER_MESSAGES.names]
    return pa.table(columns, schema=OTHER_MESSAGES)


def fresh(store: Store, found: pa.Table) -> pa.Table:
    """Return the messages that are not stored yet, each once, sorted by time."""
    if found.num_rows == 0:
        return found
    span = pc.min_max(found["time"]).as_py()
    segments = store.rows(
        "SELECT path FROM segments WHERE dataset = ? AND time_min <= ? AND time_max >= ? ORDER BY path",
        (_DATASET, span["max"], span["min"]),
    )
    with reading(store) as con:
        show(con, store, _DATASET, [row["path"] for row in segments])
        con.register("_new", found)
        return asked(con, _FRESH, OTHER_MESSAGES)

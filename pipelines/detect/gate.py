"""The gate: which track a row belongs to, and whether it may be believed.

It is thin so far: one hull a MMSI, every row accepted. What it will refuse (a second hull, an impossible jump) it
refuses with a reason in `verdict`; nothing behind it has to change.
"""

import numpy as np
import pyarrow as pa

from vessels.event import HULLS_PER_MMSI


def admit(rows: pa.Table) -> pa.Table:
    """Return released rows, sorted as they were, with `key` (int64) and `verdict` (text; null: accepted)."""
    key = rows["mmsi"].to_numpy().astype(np.int64) * HULLS_PER_MMSI + 1  # `track_key` of a column
    return rows.append_column("key", pa.array(key)).append_column("verdict", pa.nulls(rows.num_rows, pa.string()))

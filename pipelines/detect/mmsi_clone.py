"""MMSI clone: two hulls are heard at once under one number.

Each of them goes on where it was, by turns: neither can have come from the other. That somebody hides behind a number
of another ship is one reason; a transmitter with a wrong number typed in is the usual one.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from pipelines.detect.evidence import SECOND_US, Record, seconds
from pipelines.detect.fold import Table
from pipelines.detect.marked import Marked
from pipelines.detect.runs import Array
from pipelines.rows import taken, where
from vessels.event import HULLS_PER_MMSI, track_id

LEAST_ROWS: Final = 3  # chosen: by turns and back again
MAX_SILENCE_US: Final = 60 * 60 * SECOND_US  # chosen: one of two hulls may be out of reach for a while
_THOUSANDTHS: Final = 1000


@dataclass(frozen=True)
class MmsiClone(Marked):
    """Rows of a hull between which another hull of the same MMSI was heard."""

    least_rows: int = LEAST_ROWS
    max_silence_us: int = MAX_SILENCE_US
    name: ClassVar[str] = "mmsi_clone"
    refused_too: ClassVar[bool] = True
    weights: ClassVar[dict[str, np.ufunc]] = {"other": np.maximum, "apart": np.maximum, "between": np.minimum}

    def own(self, rows: Table) -> Table:
        """Return the rows beside which another hull was heard, under the lower number of the two."""
        beside = rows["beside"].fill_null(0).to_numpy().astype(np.int64)
        rows = where(rows, beside > 0)
        key = rows["key"].to_numpy()
        pair = np.sort([key, key - key % HULLS_PER_MMSI + beside[beside > 0]], axis=0)
        rows = rows.set_column(rows.column_names.index("key"), "key", pa.array(pair[0]))
        rows = rows.append_column("other", pa.array(pair[1]))
        return taken(rows, np.lexsort((rows["time"].to_numpy(), pair[0])))

    def weigh(self, rows: Table) -> dict[str, Array]:
        """Return which hull was heard beside, how far from it each row lies, and how long after it came."""
        return {
            "other": rows["other"].to_numpy(),
            "apart": np.rint(rows["away_nm"].to_numpy() * _THOUSANDTHS).astype(np.int64),
            "between": rows["away_us"].to_numpy(),
        }

    def told(self, sums: Record) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Return how far the hulls were apart, and how soon after each other they were heard."""
        measured = {
            "hulls": [track_id(sums["key"]), track_id(sums["other"])],
            "distance_nm": sums["apart"] / _THOUSANDTHS,
            "between_s": seconds(sums["between"]),
        }
        return measured, {}, {"other_key": sums["other"]}

"""Position spoofing: a track's own rows claim places where it cannot be, and the gate refused them.

Interference with satellite navigation, a spoofed position, and a second transmitter that is not yet proved to be one
all look like this; which it was the event cannot say.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.evidence import SECOND_US, Record
from pipelines.detect.fold import Table
from pipelines.detect.hulls import REASONS
from pipelines.detect.marked import Marked
from pipelines.detect.reach import HOUR_US
from pipelines.detect.runs import Array
from pipelines.rows import where

LEAST_ROWS: Final = 3  # chosen: one or two are a glitch
MAX_SILENCE_US: Final = 30 * 60 * SECOND_US  # chosen: as long as a gap
_THOUSANDTHS: Final = 1000  # sums of integers are the same for any split
_FASTEST: Final = 999_999  # kn; chosen: rows of one second have no speed that means anything


@dataclass(frozen=True)
class PositionSpoofing(Marked):
    """Rows refused for where they lie: a jump, on land, in a crowd on land, on a circle."""

    least_rows: int = LEAST_ROWS
    max_silence_us: int = MAX_SILENCE_US
    name: ClassVar[str] = "position_spoofing"
    refused_too: ClassVar[bool] = True
    weights: ClassVar[dict[str, np.ufunc]] = {
        **dict.fromkeys(REASONS, np.add),
        "away": np.maximum,
        "fastest": np.maximum,
        "limit": np.maximum,
    }

    def own(self, rows: Table) -> Table:
        """Return the rows refused for where they lie."""
        if rows["verdict"].null_count == rows.num_rows:
            return rows.slice(0, 0)
        return where(rows, pc.is_in(rows["verdict"], value_set=pa.array(REASONS)).to_numpy())

    def weigh(self, rows: Table) -> dict[str, Array]:
        """Return the reasons of each row, how far off it lies and how fast it would have had to go there."""
        verdict, away = rows["verdict"].to_numpy(), rows["away_nm"].fill_null(0.0).to_numpy()
        elapsed = np.maximum(rows["away_us"].fill_null(0).to_numpy(), SECOND_US)
        scaled = {
            "away": away,
            "fastest": np.minimum(away * HOUR_US / elapsed, _FASTEST),
            "limit": rows["limit_kn"].fill_null(0.0).to_numpy(),
        }
        counted = {reason: (verdict == reason).astype(np.int64) for reason in REASONS}
        return counted | {name: np.rint(values * _THOUSANDTHS).astype(np.int64) for name, values in scaled.items()}

    def told(self, sums: Record) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Return how many rows were refused for what, how far off they lay, and what speed was allowed."""
        counted = {f"{reason}_rows": sums[reason] for reason in REASONS if sums[reason]}
        measured = {
            "reason": next(reason for reason in reversed(REASONS) if sums[reason]),
            **counted,
            "distance_nm": sums["away"] / _THOUSANDTHS or None,
            "implied_kn": sums["fastest"] / _THOUSANDTHS or None,
        }
        limits = {"implied_kn": sums["limit"] / _THOUSANDTHS} if sums["limit"] else {}
        return measured, limits, {}

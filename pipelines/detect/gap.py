"""Gap: a track that falls silent. It stays open while the silence lasts.

Whether the vessel switched off or reception was lost is for the reception model to say; until it exists every gap
says that reception is not known, and its confidence is low.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from pipelines.detect.evidence import Record, evidence, seconds
from pipelines.detect.fold import Fold, Table
from pipelines.detect.runs import PLACE, gather, weave
from vessels.event import Event, digest
from zones.distance import haversine_nm

THRESHOLD_US: Final = 30 * 60 * 1_000_000  # 30 min: 1800 s of datAcron's gap; CONTRACT "Events"
_ROW: Final = pa.schema([("key", pa.int64()), *PLACE, ("sog_kn", pa.float64()), ("simulated", pa.bool_())])


@dataclass(frozen=True)
class Gap(Fold):
    """Silences longer than `threshold_us`."""

    zone_ids: Sequence[str]
    threshold_us: int = THRESHOLD_US
    name: ClassVar[str] = "gap"

    @property
    def version(self) -> str:
        """Digest of the parameters."""
        return digest(self.name, 1, self.threshold_us)

    @property
    def state_schema(self) -> pa.Schema:
        """The newest row of each key, and whether the silence after it has been told."""
        return _ROW.append(pa.field("told", pa.bool_()))

    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Open a gap at last row + threshold, close it on the next row."""
        line = weave(state, ["time"], rows)
        told = np.concatenate((state["told"].to_numpy(), np.zeros(rows.num_rows, bool)))[line.ref]
        overdue = line.time + self.threshold_us < watermark
        before = np.flatnonzero(line.silence > self.threshold_us) - 1
        ends = np.flatnonzero(line.last)
        opening = np.concatenate((before, ends[overdue[ends]]))

        def take(at: Any) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = self._rows(state, rows, line.ref[at]).to_pylist()
            return found

        opened = [self._opened(row) for row in take(opening[~told[opening]])]
        closed = [self._closed(row, after) for row, after in zip(take(before), take(before + 1), strict=True)]
        kept = self._rows(state, rows, line.ref[ends]).append_column("told", pa.array(overdue[ends]))
        return kept, opened + closed

    def _rows(self, state: Table, rows: Table, ref: Any) -> Table:
        return gather(state.select(_ROW.names), rows, ref, self.zone_ids)

    def _thresholds(self) -> dict[str, float]:
        return {"silence_s": seconds(self.threshold_us)}

    def _opened(self, row: Record) -> Event:
        measured = {"silence_s": seconds(self.threshold_us), "sog_before_kn": row["sog_kn"]}
        return Event(
            kind=self.name,
            key=row["key"],
            start=row["time"],
            decided=row["time"] + self.threshold_us,
            lat=row["lat"],
            lon=row["lon"],
            zones=tuple(row["zones"]),
            confidence="low",
            simulated=row["simulated"],
            evidence=evidence(measured, self._thresholds(), rows=1, first=row, last=row, not_known=["reception"]),
        )

    def _closed(self, row: Record, after: Record) -> Event:
        silence_s = seconds(after["time"] - row["time"])
        distance_nm = float(haversine_nm(row["lat"], row["lon"], after["lat"], after["lon"]))
        measured = {
            "silence_s": silence_s,
            "sog_before_kn": row["sog_kn"],
            "sog_after_kn": after["sog_kn"],
            "distance_nm": distance_nm,
            "implied_kn": distance_nm / (silence_s / 3600),
        }
        facts = evidence(measured, self._thresholds(), rows=2, first=row, last=after, not_known=["reception"])
        return self._opened(row).closed(end=after["time"], decided=after["time"], evidence=facts)

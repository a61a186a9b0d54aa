"""Zone crossing: a track enters or leaves a zone between two rows. Both are instants of the later row.

First heard inside a zone is no entry (it is a sighting), and a last row inside is no exit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.evidence import Record, evidence, seconds
from pipelines.detect.fold import Fold, Table
from pipelines.detect.runs import Array, Line, gather, weave
from vessels.event import Event, digest

ENTRY: Final = "zone_entry"
EXIT: Final = "zone_exit"
_ROW: Final = pa.schema(
    [
        ("key", pa.int64()),
        ("time", pa.int64()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("sog_kn", pa.float64()),
        ("cog_deg", pa.float64()),
        ("zones", pa.list_(pa.string())),
        ("file", pa.string()),
        ("offset", pa.int64()),
        ("simulated", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class ZoneCrossing(Fold):
    """Entries into and exits from every zone of the list."""

    zone_ids: Sequence[str]
    name: ClassVar[str] = "zone_crossing"

    @property
    def version(self) -> str:
        """Digest of the zones: in another list a vessel lies in zones that it never entered."""
        return digest(self.name, 1, list(self.zone_ids))

    @property
    def state_schema(self) -> pa.Schema:
        """The newest row of each key."""
        return _ROW

    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:  # noqa: ARG002  no deadline
        """Compare the zones of each row with those of the row before."""
        line = weave(state, ["time"], rows)
        row, zone = self._memberships(state, rows, line)
        inside = row * len(self.zone_ids) + zone  # ascending: rows are, and zones within a row

        def shared(other: Array) -> Array:
            asked = other * len(self.zone_ids) + zone
            found: Array = inside[np.minimum(np.searchsorted(inside, asked), len(inside) - 1)] == asked
            return found

        entered = ~line.first[row] & ~shared(row - 1)
        left = ~line.last[row] & ~shared(row + 1)

        def crossings(kind: str, after: Array, zone: Array) -> list[Event]:
            before, now = (gather(state, rows, line.ref[at], self.zone_ids).to_pylist() for at in (after - 1, after))
            return [self._event(kind, self.zone_ids[i], *pair) for i, *pair in zip(zone, before, now, strict=True)]

        events = crossings(ENTRY, row[entered], zone[entered]) + crossings(EXIT, row[left] + 1, zone[left])
        return gather(state, rows, line.ref[line.last], self.zone_ids), events

    def _memberships(self, state: Table, rows: Table, line: Line) -> tuple[Array, Array]:
        """Return (place in the line, zone index) for every row inside a zone, sorted by both."""
        place = np.empty(len(line.ref), np.int64)
        place[line.ref] = np.arange(len(line.ref))
        held = pc.index_in(pc.list_flatten(state["zones"]), pa.array(self.zone_ids, pa.string()))
        row = np.concatenate((_parents(state["zones"]), state.num_rows + _parents(rows["zones"])))
        zone = np.concatenate((held.to_numpy(), pc.list_flatten(rows["zones"]).to_numpy())).astype(np.int64)
        order = np.lexsort((zone, place[row]))
        return place[row][order], zone[order]

    def _event(self, kind: str, zone: str, before: Record, row: Record) -> Event:
        measured = {
            "since_prev_s": seconds(row["time"] - before["time"]),
            "sog_kn": row["sog_kn"],
            "cog_deg": row["cog_deg"],
        }
        return Event(
            kind=kind,
            key=row["key"],
            zone=zone,
            start=row["time"],
            end=row["time"],
            decided=row["time"],
            status="closed",
            lat=row["lat"],
            lon=row["lon"],
            zones=tuple(row["zones"]),
            simulated=row["simulated"],
            evidence=evidence(measured, {}, rows=2, first=before, last=row),
        )


def _parents(zones: pa.ChunkedArray) -> Array:
    return np.asarray(pc.list_parent_indices(zones.combine_chunks()).to_numpy(), np.int64)

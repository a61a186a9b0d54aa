"""Zone crossing: a track enters or leaves a zone, or passes through it, between two rows: instants of the later row.

First heard inside a zone is no entry (it is a sighting), and a last row inside is no exit. A track that is in a zone
leaves it with the first row that is farther from its edge than a margin, so that a ship at anchor on the edge does not
come and go. It passed through a zone when both rows lie outside and the straight line between them cuts it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.enrich import CROSSING_S
from pipelines.detect.evidence import Record, evidence, seconds
from pipelines.detect.fold import Fold, Table
from pipelines.detect.heard import lists
from pipelines.detect.runs import Array, Line, gather, weave
from pipelines.detect.stays import spots, stays
from vessels.event import Event, digest
from zones.geofence import MARGIN_NM

ENTRY: Final = "zone_entry"
EXIT: Final = "zone_exit"
CROSS: Final = "zone_cross"
_THRESHOLDS: Final[Mapping[str, Mapping[str, float]]] = {
    ENTRY: {},
    EXIT: {"margin_nm": MARGIN_NM},
    CROSS: {"through_nm": MARGIN_NM, "since_prev_at_most_s": CROSSING_S},
}
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
    """Entries into, exits from and ways through every zone of the list."""

    zone_ids: Sequence[str]
    name: ClassVar[str] = "zone_crossing"

    @property
    def version(self) -> str:
        """Digest of the limits, and of the zones: in another list a vessel lies in zones that it never entered."""
        return digest(self.name, 2, list(self.zone_ids), _THRESHOLDS)

    @property
    def columns(self) -> tuple[str, ...]:
        """Zone indices of each row: of those that are near, and of those that the way to it cut."""
        return "zones_near", "zones_crossed"

    @property
    def state_schema(self) -> pa.Schema:
        """The newest row of each key, and the zones that it is in, the margin included."""
        return _ROW

    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:  # noqa: ARG002  no deadline
        """Follow each track through each zone."""
        if not rows.num_rows:
            return state, []
        line = weave(state, ["time"], rows)
        inside, near, crossed = (self._spots(state, rows, line, name) for name in ("zones", *self.columns))
        found, length = stays(line, inside, near), len(line.ref)
        by_kind = {
            ENTRY: found.since[~line.first[found.since % length]],
            EXIT: found.until[~line.last[found.until % length]] + 1,
            CROSS: crossed[~line.first[crossed % length] & ~found.hold(crossed - 1)],
        }
        kinds = np.repeat(list(by_kind), [len(at) for at in by_kind.values()]).tolist()
        events = self._events(kinds, np.concatenate(list(by_kind.values())), state, rows, line)
        newest = gather(state, rows, line.ref[line.last], self.zone_ids)
        held = found.until[line.last[found.until % length]]
        return newest.set_column(_ROW.names.index("zones"), _ROW.field("zones"), self._lists(held, line)), events

    def _spots(self, state: Table, rows: Table, line: Line, column: str) -> Array:
        """Return the spots of a column of zone indices; the zones that the state holds are `zones`."""
        row, zone = state.num_rows + _parents(rows[column]), pc.list_flatten(rows[column]).to_numpy()
        if column == "zones":
            held = pc.index_in(pc.list_flatten(state["zones"]), pa.array(self.zone_ids, pa.string()))
            row, zone = np.concatenate((_parents(state["zones"]), row)), np.concatenate((held.to_numpy(), zone))
        return spots(line, row, zone.astype(np.int64))

    def _lists(self, held: Array, line: Line) -> pa.Array:
        """Return the ids of the zones that each track, in the order of the line, is in at its last row."""
        zone, place = np.divmod(held, len(line.ref))
        order = np.lexsort((zone, place))
        names = pa.array(self.zone_ids, pa.string()).take(pa.array(zone[order]))
        return lists(np.searchsorted(np.flatnonzero(line.last), place[order]), names, int(line.last.sum()))

    def _events(self, kinds: Sequence[str], at: Array, state: Table, rows: Table, line: Line) -> list[Event]:
        """Return an event of a kind for each spot, from its row and the one before."""
        zone, place = np.divmod(at, len(line.ref))
        before, now = (gather(state, rows, line.ref[row], self.zone_ids).to_pylist() for row in (place - 1, place))
        return [
            self._event(kind, self.zone_ids[i], *pair) for kind, i, *pair in zip(kinds, zone, before, now, strict=True)
        ]

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
            confidence="medium" if kind == CROSS else "high",  # nobody saw it inside
            simulated=row["simulated"],
            evidence=evidence(measured, _THRESHOLDS[kind], rows=2, first=before, last=row),
        )


def _parents(zones: pa.ChunkedArray) -> Array:
    return np.asarray(pc.list_parent_indices(zones.combine_chunks()).to_numpy(), np.int64)

"""The one shape of a detector: a fold over rows that may be cut anywhere.

Rows are columns of many tracks, sorted by (key, time), all of them older than `watermark` and newer than every row of
the same key seen before; of two rows of a key at one time the first counts. State is a small flat Arrow table with one
`key` column and one row a key, so that it can be saved, shipped and cut by key. The laws (DESIGN section 3, kept by a
property test for every registered detector):

- any split of the same rows gives the same final events, whatever the watermarks in between;
- an event opens on a row or at a deadline (last row + threshold), never at the moment of a tick; a row exactly at a
  deadline cancels it; deadlines before `watermark` fire;
- every revision is emitted in order, open before closed, even when both fall into one step; its evidence uses only
  rows up to `decided`;
- no clock, no random number; sums are of integers.

Revisions leave `step` ordered by the time that decided them, so that even their sequence is the same for any split.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Final, Protocol, TypeAlias

import numpy as np
import pyarrow as pa

from pipelines.rows import where
from vessels.event import HULLS_PER_MMSI, Event

Table: TypeAlias = pa.Table

# What every detector can read. `zones` are indices into the geofence's zone list, ascending. Only the detectors that
# read everything heard (distress) meet a null lat and lon.
BASE: Final = pa.schema(
    [
        ("key", pa.int64()),
        ("time", pa.int64()),
        ("mmsi", pa.int32()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("sog_kn", pa.float64()),
        ("cog_deg", pa.float64()),
        ("heading_deg", pa.float64()),
        ("rot_deg_min", pa.float64()),
        ("nav_status", pa.int8()),
        ("msg_type", pa.int8()),
        ("zones", pa.list_(pa.int16())),
        ("file", pa.string()),
        ("offset", pa.int64()),
        ("simulated", pa.bool_()),
    ]
)

# What the gate says of a row, for the detectors that read what it refused too. `verdict` is why it was refused, null
# when it is accepted. Of a doubtful row, how far it lies from the hull heard last, and which speed is allowed; of one
# that came in turn with another hull of its MMSI, the number of that hull (0: none) and how far it lies from it.
JUDGED: Final = pa.schema(
    [
        ("verdict", pa.string()),
        ("beside", pa.int16()),
        ("away_nm", pa.float64()),
        ("away_us", pa.int64()),
        ("limit_kn", pa.float64()),
    ]
)

_STATUS_ORDER: Final = ("open", "closed", "withdrawn")


class Detector(Protocol):
    """What a detector offers. Construction takes its parameters; nothing else is remembered between calls."""

    @property
    def name(self) -> str:
        """Unique name; the kind it emits, or the behaviour's name."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns it reads beyond BASE (enriched columns and behaviour flags)."""
        ...

    @property
    def everything_heard(self) -> bool:
        """Whether it reads all that is heard, at once and as if the gate did not exist, with the columns of BASE alone.

        Rows may then have no position, and all of an MMSI stand on its first track.
        """
        ...

    @property
    def refused_too(self) -> bool:
        """Whether it reads all that the gate has judged, with the columns of BASE and JUDGED."""
        ...

    @property
    def version(self) -> str:
        """Digest of its parameters: a saved state of another version is not used."""
        ...

    def empty(self) -> Table:
        """Return a state without keys."""
        ...

    def step(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Fold rows into the state, firing every deadline before `watermark`; return new state and event revisions."""
        ...

    def tick(self, state: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Fire the deadlines before `watermark` when nothing was heard."""
        ...


class Fold(ABC):
    """The part of a detector that is the same for all: it holds rows to the protocol and revisions to their order."""

    everything_heard: ClassVar[bool] = False
    refused_too: ClassVar[bool] = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns it reads beyond BASE (enriched columns and behaviour flags)."""
        return ()

    @property
    @abstractmethod
    def state_schema(self) -> pa.Schema:
        """Columns of the state, `key` first."""

    @abstractmethod
    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Do the work of `step` on distinct rows; revisions may come in any order."""

    def own(self, rows: Table) -> Table:
        """Return the rows it looks at."""
        return rows

    def empty(self) -> Table:
        """Return a state without keys."""
        return self.state_schema.empty_table()

    def step(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Fold rows into the state, firing every deadline before `watermark`; return new state and event revisions."""
        state, events = self.fold(state, distinct(self.own(rows)), watermark)
        return state, in_order(events)

    def tick(self, state: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Fire the deadlines before `watermark` when nothing was heard."""
        flags = [pa.field(name, pa.bool_()) for name in self.columns]
        return self.step(state, pa.schema([*BASE, *JUDGED, *flags]).empty_table(), watermark)


def distinct(rows: Table) -> Table:
    """Return the first row of each (key, time) of sorted rows."""
    key, time = rows["key"].to_numpy(), rows["time"].to_numpy()
    again = (key[1:] == key[:-1]) & (time[1:] == time[:-1])
    return where(rows, np.concatenate(([True], ~again))) if again.any() else rows


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return revisions in the order in which they were decided; ties by key and start, open before closed."""
    return sorted(
        events,
        key=lambda e: (e.decided, e.key, e.start, e.kind, e.behaviour, e.zone, _STATUS_ORDER.index(e.status)),
    )


def of_mmsis(state: Table, mmsis: Any) -> Any:
    """Tell which rows of a state belong to a track of one of these MMSIs."""
    return np.isin(state["key"].to_numpy() // HULLS_PER_MMSI, np.fromiter(mmsis, np.int64))


def pack(state: Table) -> bytes:
    """Return a state as bytes to keep (an Arrow IPC stream)."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, state.schema) as writer:
        writer.write_table(state)
    return bytes(sink.getvalue())


def unpack(blob: bytes) -> Table:
    """Return the state that `pack` wrote."""
    with pa.ipc.open_stream(blob) as reader:
        return reader.read_all()

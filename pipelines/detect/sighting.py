"""Sighting: a track is heard for the first time, or for the first time after a day.

It is told at once, and a second time when the vessel has had time to say who it is: only then can its name, IMO number
and call sign be held against the watchlist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa

from pipelines.detect.evidence import Record, evidence, seconds
from pipelines.detect.fold import Fold, Table
from pipelines.detect.runs import NEW, PLACE, gather, weave
from vessels.event import Event, digest

UNHEARD_US: Final = 24 * 3600 * 1_000_000  # CONTRACT "Events": first heard after 24 h
SETTLE_US: Final = 7 * 60 * 1_000_000  # static data is sent every 6 min (ITU-R M.1371-5, 4.2.1), and a minute more
_ROW: Final = pa.schema([("key", pa.int64()), *PLACE, ("simulated", pa.bool_())])
_SIGHTING: Final = pa.schema([*_ROW, ("unheard_us", pa.int64())])


@dataclass(frozen=True)
class Sighting(Fold):
    """First rows of tracks not heard for `unheard_us`, told again after `settle_us`."""

    zone_ids: Sequence[str]
    unheard_us: int = UNHEARD_US
    settle_us: int = SETTLE_US
    name: ClassVar[str] = "sighting"

    @property
    def version(self) -> str:
        """Digest of the parameters."""
        return digest(self.name, 1, self.unheard_us, self.settle_us)

    @property
    def state_schema(self) -> pa.Schema:
        """Each key's newest sighting, whether it has been told again, and the time of the key's newest row.

        `unheard_us` is the silence before the sighting, null when the track was never heard.
        """
        return pa.schema([*_SIGHTING, ("settled", pa.bool_()), ("heard", pa.int64())])

    def fold(self, state: Table, rows: Table, watermark: int) -> tuple[Table, list[Event]]:
        """Open a sighting on a row after a long silence, close it at that row + `settle_us`."""
        line = weave(state, ["heard"], rows)
        begins = (line.slot == NEW) & (line.first | (line.silence > self.unheard_us))
        new = gather(state.select(_ROW.names), rows, line.ref[begins], self.zone_ids).append_column(
            "unheard_us", pa.array(line.silence[begins], mask=line.first[begins])
        )
        told = np.concatenate((state["settled"].to_numpy(), np.zeros(new.num_rows, bool)))
        sightings = pa.concat_tables([state.select(_SIGHTING.names), new])
        settled = sightings["time"].to_numpy() + self.settle_us < watermark

        events = [self._opened(row) for row in new.to_pylist()]
        events += [self._closed(row) for row in sightings.filter(pa.array(settled & ~told)).to_pylist()]
        order = np.argsort(sightings["key"].to_numpy(), kind="stable")
        keys = sightings["key"].to_numpy()[order]
        newest = order[np.append(keys[1:] != keys[:-1], np.ones(min(len(keys), 1), bool))]
        kept = sightings.take(pa.array(newest)).append_column("settled", pa.array(settled[newest]))
        return kept.append_column("heard", pa.array(line.time[line.last])), events

    def _opened(self, row: Record) -> Event:
        unheard_us = row["unheard_us"]
        measured = {"unheard_s": None if unheard_us is None else seconds(unheard_us)}
        thresholds = {"unheard_s": seconds(self.unheard_us)}
        return Event(
            kind=self.name,
            key=row["key"],
            start=row["time"],
            decided=row["time"],
            lat=row["lat"],
            lon=row["lon"],
            zones=tuple(row["zones"]),
            simulated=row["simulated"],
            evidence=evidence(measured, thresholds, rows=1, first=row, last=row),
        )

    def _closed(self, row: Record) -> Event:
        opened = self._opened(row)
        return opened.closed(end=opened.start, decided=opened.start + self.settle_us, evidence=opened.evidence)

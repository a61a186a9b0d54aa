"""Crowds on land: many stations leap into one small cell ashore at once, as they do where navigation is spoofed.

A fold of its own, over all stations together. One that is ashore, farther from where it was last at sea than it can
have sailed since, calls out its cell; while `LEAST` stations have called out a cell within `SPAN_US`, whoever is there
is in a crowd. Ships in basins that the coast does not know came there at a ship's speed: they call nothing out.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from pipelines.detect.fold import Table
from pipelines.detect.reach import FAST_KN, Array, nm_within
from vessels.event import HULLS_PER_MMSI
from zones.distance import haversine_nm

LEAST: Final = 5  # stations
SPAN_US: Final = 10 * 60 * 1_000_000  # 10 min; both behaviours.md 7, number 4
SLACK_NM: Final = 0.5  # chosen: noise of two positions

# Where each station was last at sea.
AT_SEA: Final = pa.schema([("key", pa.int64()), ("time", pa.int64()), ("lat", pa.float64()), ("lon", pa.float64())])
# A station that calls out a cell (`end` null), or a span of time in which a cell is a crowd (`mmsi` null).
CROWDS: Final = pa.schema([("cell", pa.int64()), ("mmsi", pa.int64()), ("start", pa.int64()), ("end", pa.int64())])


def leapt(at_sea: Table, mmsi: Array, places: Mapping[str, Array], ashore: Array) -> tuple[Table, Array]:
    """Return where each station is last at sea, and which positions lie ashore where it cannot have sailed since.

    Positions are sorted by MMSI and time, `places` holds their time, lat and lon; `ashore` marks those on land.
    """
    held = at_sea["key"].to_numpy() // HULLS_PER_MMSI
    owner = np.concatenate((held, mmsi))
    order = np.argsort(owner, kind="stable")  # what is held comes before what is new
    owner = owner[order]
    line = {name: np.concatenate((at_sea[name].to_numpy(), values))[order] for name, values in places.items()}
    sea = np.concatenate((np.ones(len(held), np.bool_), ~ashore))[order]
    last = np.maximum.accumulate(np.where(sea, np.arange(len(sea)), -1))
    known = (last >= 0) & (owner[last] == owner)
    far = np.flatnonzero(known & ~sea)
    nm = haversine_nm(*(line[name][at] for at in (last[far], far) for name in ("lat", "lon")))
    leaps = np.zeros(len(owner), np.bool_)
    leaps[far] = nm > nm_within(FAST_KN, line["time"][far] - line["time"][last[far]], 0) + SLACK_NM
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    ends = np.append(owner[1:] != owner[:-1], [True] * bool(len(owner))) & known
    kept = {"key": owner[ends] * HULLS_PER_MMSI + 1, **{name: values[last[ends]] for name, values in line.items()}}
    return pa.table(kept, schema=AT_SEA), leaps[back[len(held) :]]


def gathered(crowds: Table, mmsi: Array, time: Array, cell: Array, watermark: int) -> Table:
    """Return the crowds after stations called out cells; a call is dropped once no later row can add to it."""
    calls = crowds.filter(crowds["end"].is_null())
    if len(mmsi) == 0 and calls.num_rows == 0:
        return crowds
    places = _Places(spans(crowds).to_pylist())
    for call in calls.to_pylist():
        places.last[call["cell"]][call["mmsi"]] = call["start"]
    for start, station, where in sorted(zip(time.tolist(), mmsi.tolist(), cell.tolist(), strict=True)):
        places.call(where, station, start)
    return pa.Table.from_pylist(places.records(watermark), schema=CROWDS)


class _Places:
    """Cells, who called each out and when last, and the spans in which they were crowds."""

    def __init__(self, spans: list[dict[str, int]]) -> None:
        self.spans = spans
        self.last: dict[int, dict[int, int]] = defaultdict(dict)
        self._open = {span["cell"]: span for span in spans}  # the latest of each cell

    def call(self, cell: int, station: int, start: int) -> None:
        """Take in a call, not older than those before."""
        self.last[cell][station] = start
        recent = sorted(self.last[cell].values())[-LEAST:]
        if len(recent) < LEAST or recent[0] < start - SPAN_US:
            return
        end, running = recent[0] + SPAN_US, self._open.get(cell)
        if running and start <= running["end"]:
            running["end"] = max(running["end"], end)
        else:
            self._open[cell] = {"cell": cell, "start": start, "end": end}
            self.spans.append(self._open[cell])

    def records(self, watermark: int) -> list[dict[str, int]]:
        """Return spans, and the calls that still count."""
        calls = [
            {"cell": cell, "mmsi": station, "start": start}
            for cell, stations in self.last.items()
            for station, start in stations.items()
            if start + SPAN_US >= watermark
        ]
        return [*self.spans, *calls]


def spans(crowds: Table) -> Table:
    """Return the crowds without the calls that could still add to them."""
    return crowds.filter(crowds["end"].is_valid())


def crowded(crowds: Table, time: Array, cell: Array) -> Array:
    """Tell which positions lie in a crowd."""
    found = np.zeros(len(time), np.bool_)
    for span in spans(crowds).to_pylist():
        found |= (cell == span["cell"]) & (time >= span["start"]) & (time <= span["end"])
    return found

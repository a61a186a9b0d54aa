"""A file as a live feed in its own time: `--speed N` lets N seconds of event time pass in one second."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from pipelines.feeds.file import FileFeed
from pipelines.feeds.live import TURN_S, Outlet, Reports, Stop, now_us
from pipelines.feeds.supervise import IDLE_S, World
from vessels.decode import Decoder

SECOND_US: Final = 1_000_000


class ReplayFeed:
    """The decoded rows of a file, handed over as their times come."""

    can_wait = True
    reopens = False
    idle_s = IDLE_S

    def __init__(self, path: str, speed: float, world: World | None = None) -> None:
        self.name = path
        self._speed = speed
        self._world = world or World()

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Hand over every row when its time has come, in order of arrival."""
        began = first = None
        for reports in self._reports():
            times = np.maximum.accumulate(reports["time"].to_numpy())  # a row that is late goes with its neighbours
            if began is None or first is None:
                began, first = self._world.clock(), int(times[0])
            at = 0
            while at < len(times) and not stop.is_set():
                now = first + (self._world.clock() - began) * self._speed * SECOND_US
                due = int(np.searchsorted(times, now, side="right"))
                if due > at:
                    outlet.put(Reports(reports.slice(at, due - at), now_us(), self.name))
                    at = due
                else:
                    self._world.wait(stop, min(TURN_S, (times[at] - now) / SECOND_US / self._speed))
            if stop.is_set():
                return

    def _reports(self) -> Iterator[pa.Table]:
        decoder = Decoder(self.name, self.name)
        for block in FileFeed(self.name).blocks():
            if (reports := decoder.feed(block).reports).num_rows:
                yield reports
        if (reports := decoder.feed(b"", last=True).reports).num_rows:
            yield reports

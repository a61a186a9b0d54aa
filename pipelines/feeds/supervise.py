"""Keeps a live feed alive: opens it again after failures and silences, waiting longer each time, and tells its health.

Waiting is exponential with full jitter: any time up to 1, 2, 4 … 60 s, but never less than half a second, so that a
peer that refuses is not asked in a tight loop; after a refusal (a wrong key) it is at once up to 60 s. A connection
that still brought something a minute after it was opened was healthy: the next wait is short again.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipelines.feeds.live import BrokenError, Clock, Health, LiveFeed, Outlet, RefusedError, State, Stop, now_us
from vessels.text import clean

LEAST_S: Final = 0.5  # chosen
LONGEST_S: Final = 60.0  # chosen: a source that is back is heard within a minute
HEALTHY_S: Final = 60.0  # chosen
IDLE_S: Final = 120.0  # chosen: a feed of a single ship at anchor says something every 3 min, any other far more often
RECENT_S: Final = 60.0  # chosen: drops older than this are past
ERROR_CHARACTERS: Final = 500  # chosen


@dataclass(frozen=True, slots=True)
class World:
    """What a supervisor takes from outside: seconds of a steady clock, µs UTC, chance (0 to 1), waiting."""

    clock: Clock = time.monotonic
    now: Callable[[], int] = now_us
    chance: Callable[[], float] = random.random
    wait: Callable[[Stop, float], bool] = lambda stop, seconds: stop.wait(seconds)


class Supervisor:
    """Runs one feed in one thread until it ends or `stop` is set."""

    def __init__(self, feed: LiveFeed, outlet: Outlet, stop: Stop, world: World | None = None) -> None:
        self.feed = feed
        self.outlet = outlet
        self._stop = stop
        self._world = world or World()
        self._base: State = "waiting"
        self._opened = self._world.clock()
        self._began = self._opened
        self._failures = 0
        self._reconnects = 0
        self._error: str | None = None
        self._shown: tuple[State, int] = ("waiting", self._world.now())
        self._thread = threading.Thread(target=self.run, name=feed.name, daemon=True)

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait so many seconds for the thread to end; return whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def run(self) -> None:
        """Listen, and listen again, until the end."""
        while not self._stop.is_set():
            self._base, self._opened = "waiting", self._world.clock()
            error = self._attempt()
            if error is None:
                break
            self._base, self._error = "down", _told(error)
            if isinstance(error, BrokenError):
                break
            if self._world.wait(self._stop, self._pause(error)):
                break
            self._reconnects += 1
        self._base = "ended"

    def health(self) -> Health:
        """Return how the feed is doing now; may be asked from any thread."""
        state, since = self._state(), self._shown[1]
        if state != self._shown[0]:
            since = self._world.now()
            self._shown = (state, since)
        outlet = self.outlet
        return Health(state, since, outlet.last_message, self._reconnects, outlet.dropped, outlet.rejects, self._error)

    def _attempt(self) -> Exception | None:
        """Run the feed once; return why it must be run again, or null when it is at its end."""
        attempt = _Attempt(self._stop, self._idle)
        try:
            self.feed.run(self.outlet, attempt)
        except Exception as error:  # noqa: BLE001 - whatever it was, a feed for ever is tried again, and the error told
            return error
        if self._stop.is_set() or not attempt.expired:
            return None
        return TimeoutError(f"{self.feed.name}: silent for {self.feed.idle_s:g} s; opened anew")

    def _pause(self, error: Exception) -> float:
        """Return how long to wait before the next attempt, in seconds."""
        heard = self.outlet.heard_at
        if heard is not None and heard - self._opened >= HEALTHY_S:
            self._failures = 0
        limit = LONGEST_S if isinstance(error, RefusedError) else min(LONGEST_S, 2.0 ** min(self._failures, 10))
        self._failures += 1
        return max(LEAST_S, limit * self._world.chance())

    def _idle(self) -> bool:
        """Return whether the feed is to be opened anew because nothing comes."""
        return self.feed.reopens and self._quiet_s(self._opened) > self.feed.idle_s

    def _quiet_s(self, since: float) -> float:
        """Return for how long nothing came, counted from `since` at the earliest, in seconds."""
        heard = self.outlet.heard_at
        return self._world.clock() - (since if heard is None else max(heard, since))

    def _state(self) -> State:
        outlet, heard = self.outlet, self.outlet.heard_at
        if self._base != "waiting":
            return self._base
        if outlet.garbage:
            return "garbage"
        if self._quiet_s(self._began) > self.feed.idle_s:
            return "silent"
        if outlet.dropped_at is not None and self._world.clock() - outlet.dropped_at < RECENT_S:
            return "dropping"
        return "waiting" if heard is None or heard < self._opened else "live"


def _told(error: Exception) -> str:
    """Return what an error says; some of it may be a stranger's words."""
    return clean(str(error))[:ERROR_CHARACTERS] or type(error).__name__


class _Attempt:
    """Tells a feed to return when the program stops, or when it has been silent for too long."""

    def __init__(self, stop: Stop, idle: Callable[[], bool]) -> None:
        self.expired = False
        self._stop = stop
        self._idle = idle

    def is_set(self) -> bool:
        self.expired = self.expired or self._idle()
        return self.expired or self._stop.is_set()

    def wait(self, timeout: float) -> bool:
        return self._stop.wait(timeout) or self.is_set()


def supervise(feed: LiveFeed, outlet: Outlet, stop: Stop) -> Supervisor:
    """Run a feed in a thread of its own; return what tells its health and can be waited for."""
    supervisor = Supervisor(feed, outlet, stop)
    supervisor.start()
    return supervisor

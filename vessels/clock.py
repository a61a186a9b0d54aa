"""The event clock: when a message was sent, and which clock says so (times are microseconds UTC).

In order: the tag block's time, the feed's own time (`$PGHP`, a number before or after the sentence), the message's UTC
second joined to a known minute, the time of receipt. The minute is known from the time the reader was given for the
start, or else from base stations, and is carried from message to message: it goes on when the second falls by more than
30 and goes back when it rises by more than 30, since messages of several stations overtake each other round the full
minute (in a network of 62 stations the minute would otherwise run away). A message without a second of its own has the
last time known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
SNAP_US: Final = 10 * SECOND  # a tag time this near to the message's own second is set to it (CONTRACT, event clock)
TURN_US: Final = MINUTE // 2  # a second that falls by more than this belongs to the next minute
UNKNOWN: Final = np.iinfo(np.int64).min  # stands for "no time" in arrays

NONE, TAG, TAG_UNCHECKED, TAG_SKEWED, FEED, JOINED, START, RECEIVE = range(8)
NAMES: Final = ("", "tag", "tag-unchecked", "tag-skewed", "feed", "second", "start", "receive")


@dataclass(frozen=True, slots=True)
class Said:
    """What n messages say about their time: arrays of n.

    `own`: tag or feed time or UNKNOWN; `clock`: TAG, TAG_UNCHECKED, FEED or NONE; `second`: UTC second or -1;
    `base`: a base station's date and time or UNKNOWN.
    """

    own: Ints
    clock: npt.NDArray[np.int8]
    second: Ints
    base: Ints


class Clock:
    """Gives every message its time. What it remembers fits into a small JSON object."""

    def __init__(self, *, start: int | None = None, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self._started = start is not None
        self._now: int | None = state.get("now", start)
        self._fresh: bool = state.get("fresh", self._started)
        self._doubt: int | None = state.get("doubt")

    def state(self) -> dict[str, Any]:
        """Return what the next message's time depends on."""
        return {"now": self._now, "fresh": self._fresh, "doubt": self._doubt}

    def tell(self, said: Said, received: int | None = None) -> tuple[Ints, npt.NDArray[np.int8]]:
        """Return the time of each message (UNKNOWN if there is none) and the clock that gave it."""
        time, clock = _snapped(said)
        unknown = time == UNKNOWN
        second = said.second >= 0
        if received is None:
            running = self._run(time, said)
            names = np.where(running == UNKNOWN, NONE, START if self._started else JOINED)
        else:
            running = received + np.where(second, _nearest(said.second * SECOND - received % MINUTE), 0)
            names = np.where(second, JOINED, RECEIVE)
        return np.where(unknown, running, time), np.where(unknown, names, clock).astype(np.int8)

    def _run(self, time: Ints, said: Said) -> Ints:
        """Return the last time known at each message, its own second joined to it.

        This goes from message to message, since each step rests on what was believed before.
        """
        bases = said.base if not self._started else np.full(len(time), UNKNOWN)
        running = []
        for own, base, second in zip(time.tolist(), bases.tolist(), said.second.tolist(), strict=True):
            if own != UNKNOWN:
                self._hear(own, ahead_is_sure=True)
            elif base != UNKNOWN:
                self._hear(base, ahead_is_sure=False)
            elif second >= 0 and self._now is not None:
                self._now += self._step(second * SECOND - self._now % MINUTE)
                self._fresh = False
            running.append(UNKNOWN if self._now is None else self._now)
        return np.array(running, np.int64)

    def _step(self, step: int) -> int:
        """Return how far the running time moves to a second that lies `step` away within the minute."""
        if step < -TURN_US:
            return step + MINUTE
        if step > TURN_US and not self._fresh:  # the first second after a given start is never before it
            return step - MINUTE
        return step

    def _hear(self, date: int, *, ahead_is_sure: bool) -> None:
        """Take a full date and time: a message's own, or a base station's.

        The first is believed at once, and so is one that agrees within half a minute, and an own time that is ahead
        (the feed paused). Any other is believed when the next agrees with it: some base stations are minutes or years
        off, and old messages turn up between new ones.
        """
        ahead = 0 if self._now is None else date - self._now
        confirmed = self._doubt is not None and abs(ahead - self._doubt) <= TURN_US
        if abs(ahead) <= TURN_US or (ahead > 0 and ahead_is_sure) or confirmed:
            self._now, self._fresh, self._doubt = date, False, None
        else:
            self._doubt = ahead


def _nearest(step: Ints) -> Ints:
    """Return the step of a clock hand on the shorter way round, at most half a minute either way."""
    return step - MINUTE * (step > TURN_US).astype(np.int64) + MINUTE * (step < -TURN_US).astype(np.int64)


def _snapped(said: Said) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Return own times, those of tags set to the message's second where it is near, and the clock of each."""
    own = said.own
    step = _nearest(said.second * SECOND - own % MINUTE)
    timed = ((said.clock == TAG) | (said.clock == TAG_UNCHECKED)) & (said.second >= 0)
    near = timed & (np.abs(step) <= SNAP_US)
    time = np.where(near, own + step, own)
    return time, np.where(timed & ~near, TAG_SKEWED, said.clock).astype(np.int8)

"""The event clock: when a message was sent, and which clock says so (times are microseconds UTC).

In order: the tag block's time, the feed's own time (`$PGHP`, a number before or after the sentence), the message's UTC
second joined to a known minute, the time of receipt. The minute is known from the time the reader was given for the
start, or else from base stations, and is carried from message to message: it goes on when the second falls by more than
30 and goes back when it rises by more than 30, since messages of several stations overtake each other round the full
minute (in a network of 62 stations the minute would otherwise run away). A message without a second of its own has the
last time known.
"""

from collections.abc import Mapping, Sequence
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
        """Return the last time known at each message, its own second joined to it."""
        own = time != UNKNOWN
        date = time if self._started else np.where(own, time, said.base)
        heard = np.flatnonzero((date != UNKNOWN) | (said.second >= 0))
        running = np.concatenate(([UNKNOWN if self._now is None else self._now], np.zeros(len(heard), np.int64)))
        running[1:] = self._follow(date[heard], own[heard], said.second[heard])
        latest = np.zeros(len(time), np.int64)
        latest[heard] = 1
        return running[np.cumsum(latest)]

    def _follow(self, date: Ints, own: Flags, second: Ints) -> Ints:
        """Return the time after each message that says a date (its `own` or a base station's) or else a second.

        Each step rests on what was believed before. So it is supposed that every date is believed, which gives all
        steps at once; the first date that is not is gone through alone, and what follows it is supposed anew.
        """
        running = np.full(len(date), UNKNOWN)
        at, window, alone = 0, _WINDOW, 1
        while at < len(date):
            part = slice(at, at + window)
            if self._now is not None and not self._fresh:
                supposed, sure = _suppose(self._now, date[part], own[part], second[part])
                believed = len(sure) if sure.all() else int(sure.argmin())
                if believed:
                    running[at : at + believed] = supposed[:believed]
                    self._now = int(supposed[believed - 1])
                    self._doubt = None if (date[at : at + believed] != UNKNOWN).any() else self._doubt
                at += believed
                if believed == len(sure):
                    window, alone = window * _WIDER, 1
                    continue
                window, alone = _WINDOW, min(2 * alone, _ALONE) if believed < _WINDOW else 1
            part = slice(at, at + alone)
            running[part] = self._one_by_one(date[part].tolist(), own[part].tolist(), second[part].tolist())
            at += alone
        return running

    def _one_by_one(self, dates: list[int], owns: list[bool], seconds: list[int]) -> list[int]:
        """Return the time after each message, going from one to the next.

        The first date is believed at once, and so is one that agrees within half a minute, and an own time that is
        ahead (the feed paused). Any other is believed when the next agrees with it: some base stations are minutes or
        years off, and old messages turn up between new ones. The first second after a given start is never before it.
        """
        now, fresh, doubt, running = self._now, self._fresh, self._doubt, []
        for date, own, second in zip(dates, owns, seconds, strict=True):
            if date != UNKNOWN:
                ahead = 0 if now is None else date - now
                confirmed = doubt is not None and -TURN_US <= ahead - doubt <= TURN_US
                if -TURN_US <= ahead <= TURN_US or (own and ahead > 0) or confirmed:
                    now, fresh, doubt = date, False, None
                else:
                    doubt = ahead
            elif now is not None:
                step = second * SECOND - now % MINUTE
                if step < -TURN_US:
                    step += MINUTE
                elif step > TURN_US and not fresh:
                    step -= MINUTE
                now, fresh = now + step, False
            running.append(UNKNOWN if now is None else now)
        self._now, self._fresh, self._doubt = now, fresh, doubt
        return running


_WINDOW: Final = 64  # messages supposed at once after one that was not believed; chosen
_WIDER: Final = 8  # by how much more after a window that held; chosen
_ALONE: Final = 256  # the most messages gone through one by one before supposing again; chosen


def _suppose(now: int, date: Ints, own: Flags, second: Ints) -> tuple[Ints, Flags]:
    """Return the time after each message if all dates are believed, and which of them then really are."""
    dated = date != UNKNOWN
    running = date
    if not dated.all():
        hand = second * SECOND
        hand[dated] = date[dated] % MINUTE
        before = np.concatenate(([now % MINUTE], hand[:-1]))
        moved = np.cumsum(np.where(dated, 0, _nearest(second * SECOND - before)))
        last = np.maximum.accumulate(np.where(dated, np.arange(len(date)), -1))
        running = moved + np.where(last < 0, now, (date - moved)[last])
    ahead = date - np.concatenate(([now], running[:-1]))
    return running, ~dated | (np.abs(ahead) <= TURN_US) | ((ahead > 0) & own)


def instant(parts: Sequence[Ints]) -> tuple[Ints, Flags]:
    """Return the microseconds of years, months, days, hours, minutes and seconds, and which of them there are."""
    year, month, day, hour, minute, second = parts
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    seconds = (days.astype(np.int64) * 24 + hour) * 3600 + minute * 60 + second
    real = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    return seconds * SECOND, real & (hour < 24) & (minute < 60) & (second < 60)


def _nearest(step: Ints) -> Ints:
    """Return the step of a clock hand on the shorter way round, at most half a minute either way."""
    return np.where(step > TURN_US, step - MINUTE, np.where(step < -TURN_US, step + MINUTE, step))


def _snapped(said: Said) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Return own times, those of tags set to the message's second where it is near, and the clock of each."""
    time, clock = said.own.copy(), said.clock.copy()
    timed = np.flatnonzero(((clock == TAG) | (clock == TAG_UNCHECKED)) & (said.second >= 0))
    own = time[timed]
    step = _nearest(said.second[timed] * SECOND - own % MINUTE)
    near = np.abs(step) <= SNAP_US
    time[timed] = np.where(near, own + step, own)
    clock[timed[~near]] = TAG_SKEWED
    return time, clock

"""How a watch is doing, in words: some lines that stay in place on a terminal, one plain line now and then in a log."""

import time
from typing import Final

from rich.text import Text

from pipelines.feeds.live import Clock, Health, State
from pipelines.output import iso, moment
from pipelines.rules.durations import spoken
from pipelines.watch import Status

SCREEN_S: Final = 0.5  # between looks on a terminal; chosen: numbers that change faster cannot be read
LOG_S: Final = 30.0  # s between lines in a log; chosen: a day of log is then 3,000 lines
LEAST_S: Final = 1.0  # chosen: a feed that flickers writes at most a line a second
SECONDS_S: Final = 120.0  # shorter spans are told in seconds; chosen: the usual lag is a little over a minute
LIVE_S: Final = 86_400.0  # chosen: what is a day behind is a recording, and has a date rather than a lag
SECOND_US: Final = 1_000_000
_STYLES: Final = {"live": "green", "waiting": "dim", "ended": "dim", "dropping": "yellow"}
_BAD: Final = "bold red"


class Pace:
    """Says when it is time for another look: every so many seconds, and soon after a feed changed its state."""

    def __init__(self, every_s: float, clock: Clock = time.monotonic) -> None:
        self._every_s = every_s
        self._clock = clock
        self._at = clock()
        self._messages = 0
        self._states: list[State] | None = None  # null before the first look

    def rate(self, status: Status) -> float | None:
        """Return the messages a second since the last look if it is time for another, else null."""
        now = self._clock()
        passed, states = now - self._at, [health.state for health in status.feeds.values()]
        due = passed >= self._every_s or (passed >= LEAST_S and states != self._states)
        if not due and self._states is not None:
            return None
        came = status.messages - self._messages
        self._at, self._messages, self._states = now, status.messages, states
        return came / passed if passed else 0.0


def line(status: Status, rate: float) -> str:
    """Return everything in one line."""
    feeds = [f"{url} {_feed(url, health, status.now)}" for url, health in status.feeds.items()]
    return " · ".join([_alerts(status), _course(status, rate), *feeds, *_unarchived(status)])


def lines(status: Status, rate: float) -> Text:
    """Return a line for all and one a feed, alerts and what is wrong in colour."""
    alerts = _alerts(status)
    told = [Text.assemble((alerts, _BAD if "extreme" in alerts else "bold"), " · ", _course(status, rate))]
    for url, health in status.feeds.items():
        style = _STYLES.get(health.state, _BAD)
        told.append(Text.assemble(url, " ", (_feed(url, health, status.now), style)))
    return Text("\n").join([*told, *(Text(words, _BAD) for words in _unarchived(status))])


def _alerts(status: Status) -> str:
    """Return how many alerts there are, and how many of them are of the highest severity."""
    count, extreme = status.totals.alerts.total(), status.totals.alerts["extreme"]
    told = "1 alert" if count == 1 else f"{count:,} alerts"
    return f"{told}, {extreme:,} extreme" if extreme else told


def _course(status: Status, rate: float) -> str:
    """Return how fast messages come, of how many vessels, and how far behind the clock they are in order."""
    parts = (f"{rate:,.0f} messages/s", f"{status.totals.vessels:,} vessels", _reached(status))
    return " · ".join((*parts, f"{status.waiting:,} waiting"))


def _reached(status: Status) -> str:
    time_ = moment(status.watermark) if status.totals.rows else None
    if time_ is None or status.watermark is None:
        return "nothing in order yet"
    lag_s = (status.now - status.watermark) / SECOND_US
    return f"lag {_age(lag_s)}" if lag_s < LIVE_S else f"up to {iso(time_.replace(microsecond=0))}"


def _unarchived(status: Status) -> list[str]:
    """Return what the archive lost, if anything."""
    lost, error = status.unarchived
    if error is None:
        return [f"archive: {lost:,} sentences are missing"] if lost else []
    return [f"archive: cannot be written ({error}), {lost:,} sentences are missing; the watch goes on"]


def _feed(url: str, health: Health, now: int) -> str:
    """Return what a feed is doing, when it was last heard, and what it cost."""
    heard = health.last_message
    parts = [health.state, "nothing heard" if heard is None else f"heard {_age((now - heard) / SECOND_US)} ago"]
    if health.error and health.state == "down":
        parts[0] += f" ({health.error.removeprefix(f'{url}: ')})"
    counts = {"dropped": health.dropped, "refused": sum(health.rejects.values()), "reconnects": health.reconnects}
    return ", ".join(parts + [f"{count:,} {what}" for what, count in counts.items() if count])


def _age(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < SECONDS_S else spoken(seconds)

"""`voi watch`: live feeds for ever, with a status line."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import click
from rich.live import Live
from rich.text import Text

from pipelines.cli.common import limits, settings_command
from pipelines.config import Settings
from pipelines.feeds.live import Health
from pipelines.output import iso, moment, say, talk
from pipelines.watch import Report, Status
from pipelines.watch import watch as listen

LINE_S: Final = 30.0  # s between status lines where there is no terminal; chosen: a day of log is then 3,000 lines
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="Replay files at so many times their speed.")
@click.option("--disorder-s", type=click.IntRange(0), metavar="SECONDS", help="How late a row may come; default 60.")
@limits
@settings_command
def watch(settings: Settings, sources: tuple[str, ...], speed: float | None) -> int:
    """Listen to live feeds: decode, store, detect, alert, for ever.

    A SOURCE is tcp://host:port, tcp-listen://host:port, udp://host:port, serial:/dev/tty…, mqtt://host/topic,
    follow:PATH, a path, or - for stdin; README lists them all. Distress is an alert within a second of receipt;
    everything else follows when its rows are in order, a minute behind. Stop it with Ctrl-C: what was heard is kept,
    and the same command goes on.
    """
    with _stopping() as stop, _status() as report:
        totals = listen(settings.store, sources, settings=settings, stop=stop, speed=speed, report=report)
    say(f"{totals.rows:,} rows of {totals.vessels:,} vessels stored, {len(totals.alerts):,} alerts")
    return 0


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C and SIGTERM set; a second one interrupts at once."""
    stop = threading.Event()

    def ask(number: int, _frame: Any) -> None:
        signal.signal(number, before[number])
        stop.set()

    before: dict[int, Any] = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _status() -> Iterator[Report]:
    """Show the status as one live line on a terminal, as a line now and then elsewhere."""
    rate = _Rate()
    if talk().is_terminal:
        with Live(console=talk(), refresh_per_second=2, transient=True) as live:
            yield lambda status: live.update(Text(rate.line(status)))
    else:
        yield lambda status: say(rate.line(status)) if rate.due() else None


class _Rate:
    """Counts messages a second between two looks."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._said = self._at - LINE_S
        self._messages = 0
        self._rate = 0.0

    def due(self) -> bool:
        """Return whether it is time for another line."""
        now = time.monotonic()
        if now - self._said < LINE_S:
            return False
        self._said = now
        return True

    def line(self, status: Status) -> str:
        """Return the status in one line."""
        now = time.monotonic()
        if now - self._at >= 1:
            self._rate = (status.messages - self._messages) / (now - self._at)
            self._at, self._messages = now, status.messages
        parts = [
            f"{self._rate:,.0f} messages/s",
            f"{status.totals.vessels:,} vessels",
            _reached(status),
            f"{status.waiting:,} rows waiting",
            f"{len(status.totals.alerts):,} alerts",
        ]
        return " · ".join(parts + [_feed(url, health) for url, health in status.feeds.items()])


def _reached(status: Status) -> str:
    time_ = moment(status.watermark) if status.totals.rows else None
    return f"up to {iso(time_)}" if time_ else "nothing in order yet"


def _feed(url: str, health: Health) -> str:
    dropped = f", {health.dropped:,} dropped" if health.dropped else ""
    error = f" ({health.error})" if health.error and health.state == "down" else ""
    return f"{url}: {health.state}{error}{dropped}"

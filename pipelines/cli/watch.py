"""`voi watch`: live feeds for ever, with a status line."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from rich.live import Live

from pipelines.cli.common import limits, settings_command
from pipelines.cli.status_line import LOG_S, SCREEN_S, Pace, line, lines
from pipelines.config import Settings
from pipelines.output import say, talk
from pipelines.watch import Report, Status
from pipelines.watch import watch as listen

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="Replay files at so many times their speed.")
@click.option("--disorder-s", type=click.IntRange(0), metavar="SECONDS", help="How late a row may come; default 60.")
@click.option("--archive", type=click.Path(path_type=Path), metavar="FOLDER", help="Keep what feeds sent there.")
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
    say(f"{totals.rows:,} rows of {totals.vessels:,} vessels stored, {totals.alerts.total():,} alerts")
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
    """Show how it goes: in place on a terminal, as a line now and then elsewhere."""
    screen = talk()
    if not screen.is_terminal:
        yield _paced(Pace(LOG_S), lambda status, rate: say(line(status, rate)))
        return
    with Live(console=screen, auto_refresh=False) as live:
        yield _paced(Pace(SCREEN_S), lambda status, rate: live.update(lines(status, rate), refresh=True))


def _paced(pace: Pace, tell: Callable[[Status, float], None]) -> Report:
    def report(status: Status) -> None:
        if (rate := pace.rate(status)) is not None:
            tell(status, rate)

    return report

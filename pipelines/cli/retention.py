"""`voi retention`: what is kept for how long."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click

from pipelines.cli.common import settings_command
from pipelines.cli.store import now_us
from pipelines.config import Settings
from pipelines.output import Column, iso, moment, say, show
from pipelines.store import retention as keeping
from pipelines.store.state import open_store

DROP_COLUMNS = (
    Column("what"),
    Column("dataset"),
    Column("day", wrap=False),
    Column("rows", right=True),
    Column("bytes", right=True),
)


@click.group()
def retention() -> None:
    """Plan or carry out what is kept for how long."""


def _limits(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the limits; days count back from the newest event time, not from the wall clock."""
    keep = click.option("--keep-days", type=click.IntRange(0), metavar="N", help="Days kept whole; default: all.")
    class_b = click.option(
        "--class-b-days",
        type=click.IntRange(0),
        default=keeping.CLASS_B_DAYS,
        show_default=True,
        metavar="N",
        help="Days that class B vessels are kept that were never on the watchlist nor in an alert.",
    )
    return keep(class_b(function))


@retention.command("plan")
@_limits
@settings_command
def plan(settings: Settings, keep_days: int | None, class_b_days: int) -> None:
    """Tell what `voi retention run` would delete; delete nothing."""
    with open_store(settings.store, create=False) as store:
        planned = keeping.plan(store, keep_days=keep_days, class_b_days=class_b_days)
    show(map(asdict, planned.drops), settings.format, DROP_COLUMNS)
    _say(planned, "would go")


@retention.command("run")
@_limits
@settings_command
def run(settings: Settings, keep_days: int | None, class_b_days: int) -> None:
    """Delete what is older than the limits. Events, alerts and the watchlist stay.

    The files go ten minutes later, by the next run or `voi store compact`, so that no running query breaks.
    """
    with open_store(settings.store, create=False) as store, store.writing():
        planned = keeping.plan(store, keep_days=keep_days, class_b_days=class_b_days)
        keeping.run(store, planned, now=now_us())
    show(map(asdict, planned.drops), settings.format, DROP_COLUMNS)
    _say(planned, "went")


def _say(planned: keeping.Plan, verb: str) -> None:
    rows = sum(drop.rows for drop in planned.drops)
    kept = moment(planned.kept_from)
    say(f"{rows:,} rows {verb}; " + (f"everything from {iso(kept)} on is kept" if kept else "no day goes whole"))

"""`voi retention`: what is kept for how long."""

from dataclasses import asdict

import click

from pipelines.cli.common import limits, settings_command
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


@retention.command("plan")
@limits
@settings_command
def plan(settings: Settings) -> None:
    """Tell what `voi retention run` would delete; delete nothing."""
    with open_store(settings.store, create=False) as store:
        planned = keeping.plan(store, keep_days=settings.keep_days, class_b_days=settings.class_b_days)
    show(map(asdict, planned.drops), settings.format, DROP_COLUMNS)
    _say(planned, "would go")


@retention.command("run")
@limits
@settings_command
def run(settings: Settings) -> None:
    """Delete what is older than the limits. Events, alerts and the watchlist stay.

    The files go ten minutes later, by the next run or `voi store compact`, so that no running query breaks.
    """
    with open_store(settings.store, create=False) as store, store.writing():
        planned = keeping.plan(store, keep_days=settings.keep_days, class_b_days=settings.class_b_days)
        keeping.run(store, planned, now=now_us())
    show(map(asdict, planned.drops), settings.format, DROP_COLUMNS)
    _say(planned, "went")


def _say(planned: keeping.Plan, verb: str) -> None:
    rows = sum(drop.rows for drop in planned.drops)
    kept = moment(planned.kept_from)
    say(f"{rows:,} rows {verb}; " + (f"everything from {iso(kept)} on is kept" if kept else "no day goes whole"))

"""`voi alerts`: what somebody should look at, distress first, and why."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click

from pipelines.cli.common import Ago, Moment, before, settings_command
from pipelines.cli.reading import read, severity_style
from pipelines.config import Settings
from pipelines.output import Column, Format, Row, chosen, console, moment, show, show_one
from pipelines.store import alerts as kept
from pipelines.store.state import open_store
from vessels.alert import CLASSES, SEVERITIES

SHORT_ID: Final = 8  # hex digits of an id in a table; chosen: among 10 thousand alerts two share them with 1 %
_OVER: Final = ("resolved", "withdrawn")
_TIMES: Final = ("first_seen", "last_seen", "snoozed_until")


def _class_style(alert: Row) -> str:
    return "bold red" if alert["class"] == "distress" else ""


LIST_COLUMNS = (
    Column("state", wrap=False, under="severity"),
    Column("severity", style=severity_style, wrap=False),
    Column("class", style=_class_style, wrap=False, under="severity"),
    Column("first_seen", "time", wrap=False),
    Column("vessel"),
    Column("mmsi", wrap=False, under="vessel"),
    Column("zone", under="vessel"),
    Column("headline"),
    Column("short_id", "id", wrap=False, under="first_seen"),
)


@click.group()
def alerts() -> None:
    """List alerts, and read why they were raised."""


@alerts.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only what nobody has resolved and nothing has withdrawn.")
@click.option("--class", "classes", type=click.Choice(CLASSES), multiple=True, help="Only this class; repeatable.")
@click.option("--min-severity", type=click.Choice(SEVERITIES), default="unknown", help="Only this severity and worse.")
@click.option("--since", type=Moment(spans=True), help="Last seen since a time, or a span before the newest: 24h.")
@settings_command
def list_alerts(
    settings: Settings, classes: tuple[str, ...], min_severity: str, since: int | Ago | None, *, only_open: bool
) -> None:
    """List alerts: distress first, then the most severe, then the newest.

    Open distress is always listed, whatever else is asked for.
    """
    with open_store(settings.store, create=False) as store:
        found = kept.every(store)
        start = before(since, store.watermark())

    def wanted(alert: Row) -> bool:
        going_on = alert["state"] not in _OVER
        asked = (
            (going_on or not only_open)
            and (not classes or alert["class"] in classes)
            and SEVERITIES.index(alert["severity"]) <= SEVERITIES.index(min_severity)
            and (start is None or alert["last_seen"] >= start)
        )
        return asked or (going_on and alert["class"] == "distress")

    _print(filter(wanted, found), settings.format)


@alerts.command("show")
@click.argument("alert_id")
@settings_command
def show_alert(settings: Settings, alert_id: str) -> None:
    """Show why an alert was raised, and what speaks against it. The beginning of the id suffices."""
    with open_store(settings.store, create=False) as store:
        alert = _dated(kept.find(store, alert_id))
        cursors = [json.loads(row["body"]) for row in store.rows("SELECT body FROM cursors")]
    if chosen(settings.format) == "table":
        read(alert, {cursor["file"]: cursor["source"] for cursor in cursors}, console())
    else:
        show_one(alert, settings.format)


def show_alerts(root: Path, form: Format) -> str:
    """Print every alert of a store and return the short id of the first, by which it can be shown."""
    with open_store(root, create=False) as store:
        found = kept.every(store)
    _print(found, form)
    return str(found[0]["id"][:SHORT_ID]) if found else "ID"


def _print(found: Iterable[Row], form: Format) -> None:
    listed = [_dated(alert) for alert in found]
    if chosen(form) == "table":
        listed = [
            {**alert, "vessel": alert["name"] or "(no name)", "short_id": alert["id"][:SHORT_ID]} for alert in listed
        ]
    show(listed, form, LIST_COLUMNS)


def _dated(alert: Row) -> dict[str, Any]:
    return {**alert, **{key: moment(alert[key]) for key in _TIMES}}

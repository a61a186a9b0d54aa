"""`voi events`: what happened, whether or not it made an alert."""

import json
from collections.abc import Iterator
from typing import Any, Final

import click

from pipelines.cli.common import Ago, Moment, before, settings_command
from pipelines.config import Settings
from pipelines.output import Column, show
from pipelines.rules.errors import nearest
from pipelines.rules.reading import KINDS, load
from pipelines.store import views
from pipelines.store.state import Store, open_store

# The last revision of every event that began (or went on) in the span; an open one goes on still.
_SQL: Final = """
SELECT events.*, vessels.name AS vessel
FROM events LEFT JOIN vessels USING (mmsi)
WHERE ($kind IS NULL OR kind = $kind) AND ($mmsi IS NULL OR events.mmsi = $mmsi OR other_mmsi = $mmsi)
    AND ($since IS NULL OR coalesce("end", 'infinity') >= make_timestamptz($since))
    AND ($until IS NULL OR start <= make_timestamptz($until))
ORDER BY start, id
"""
LIST_COLUMNS = (
    Column("start", wrap=False),
    Column("end", wrap=False, under="start"),
    Column("kind", wrap=False),
    Column("status", wrap=False, under="kind"),
    Column("mmsi", wrap=False),
    Column("vessel", under="mmsi"),
    Column("zone"),
    Column("zones", "in zones", under="zone"),
    Column("id", wrap=False, under="start"),
)


@click.group()
def events() -> None:
    """List what happened, whether or not it made an alert."""


@events.command("list")
@click.option("--kind", metavar="KIND", help="Only this kind or behaviour, such as gap or loitering.")
@click.option("--mmsi", type=click.IntRange(0, 999_999_999), help="Only events of this MMSI.")
@click.option("--since", type=Moment(spans=True), help="Not over by this time, or by a span before the newest: 24h.")
@click.option("--until", type=Moment(spans=True), help="Begun by this time, or by a span before the newest.")
@settings_command
def list_events(settings: Settings, kind: str | None, mmsi: int | None, **span: int | Ago | None) -> None:
    """List events by their start, each as its last revision says.

    `zone` is the zone that was entered or left; `in zones` are those round the position.
    """
    with open_store(settings.store, create=False) as store:
        _known(kind, settings, store)
        times = {key: before(asked, store.watermark()) for key, asked in span.items()}
        show(_rows(store, {"kind": kind, "mmsi": mmsi, **times}), settings.format, LIST_COLUMNS)


def _known(kind: str | None, settings: Settings, store: Store) -> None:
    """Refuse a kind that nothing makes and that never happened."""
    if kind is None:
        return
    with views.reading(store) as connection:
        happened = {found for (found,) in connection.execute("SELECT DISTINCT kind FROM events").fetchall()}
    known = sorted({*KINDS, *happened, *(behaviour.name for behaviour in load(settings.rules).behaviours)})
    if kind not in known:
        raise click.BadParameter(
            f"nothing makes {kind!r}{nearest(kind, known)}; known: {', '.join(known)}", param_hint="--kind"
        )


def _rows(store: Store, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    with views.reading(store) as connection:
        for row in connection.sql(_SQL, params=asked).to_arrow_table().to_pylist():
            yield {**row, "evidence": json.loads(row["evidence"])}

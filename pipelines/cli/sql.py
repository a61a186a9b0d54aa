"""`voi sql`: one SELECT over the views of the store."""

from collections.abc import Iterator
from typing import Any

import click
import pyarrow as pa

from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.output import Column, show
from pipelines.store import views


@click.command()
@click.argument("query")
@settings_command
def sql(settings: Settings, query: str) -> None:
    """Ask the store one SELECT.

    The views are positions, static_reports, texts, other_messages, events, alerts, watchlist, vessels and rejects:

    voi sql "SELECT mmsi, count(*) AS n FROM positions GROUP BY mmsi ORDER BY n DESC"
    """
    table = views.query(settings.store, query)
    show(_rows(table), settings.format, [Column(name) for name in table.column_names])


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()

"""`voi zones shuttles`: between which places ferries and supply ships go to and fro."""

from typing import Final

import click

from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.output import Column, Row, show
from zones.distance import haversine_nm
from zones.shuttles import Shuttle
from zones.shuttles import shuttles as pairs

SHUTTLE_COLUMNS: Final = (
    Column("one", wrap=False),
    Column("other", wrap=False),
    Column("kind", wrap=False),
    Column("nm", right=True),
    Column("source"),
)


@click.command("shuttles")
@settings_command
def shuttles(settings: Settings) -> None:
    """List the pairs of places between which ferries and supply ships go to and fro, and who named them."""
    show(map(_row, pairs()), settings.format, SHUTTLE_COLUMNS)


def _row(shuttle: Shuttle) -> Row:
    one, other = shuttle.one, shuttle.other
    nm = round(float(haversine_nm(one.lat, one.lon, other.lat, other.lon)), 1)
    return {"one": one.id, "other": other.id, "kind": shuttle.kind, "nm": nm, "source": shuttle.source}

"""`voi zones learn` and `shuttles`: where ships lie still in this store, and between which places they go."""

from typing import Final

import click

from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.learned import learned_zones
from pipelines.output import Column, Row, say, show
from pipelines.store.learning import LEAST_STAY_H, LEAST_VESSELS
from pipelines.store.learning import learn as learn_from
from pipelines.store.state import open_store
from zones.distance import haversine_nm
from zones.shuttles import Shuttle
from zones.shuttles import shuttles as pairs
from zones.zone import Zone

SHUTTLE_COLUMNS: Final = (
    Column("one", wrap=False),
    Column("other", wrap=False),
    Column("kind", wrap=False),
    Column("nm", right=True),
    Column("source"),
)
LEARNED_COLUMNS: Final = (Column("id", wrap=False), Column("name"), Column("source"))


@click.command("learn")
@settings_command
def learn(settings: Settings) -> None:
    """Learn anchorages from the stored positions: where at least 10 vessels lay still for 6 hours or more.

    Only closed UTC days count. What was learned before is replaced. Learned anchorages are shown, listed and drawn as
    such; no detector asks them.
    """
    with open_store(settings.store, create=False) as store:
        found = learn_from(store)
    if found is None:
        say("nothing to learn from: no UTC day of this store is over yet; what was learned before stands")
        return
    zones = learned_zones(settings.store)
    say(
        f"{found.span}: cells where {LEAST_VESSELS} vessels or more lay still for {LEAST_STAY_H} h: {len(found.cells)};"
        f" anchorages of them outside the listed harbours: {len(zones)}"
    )
    show(map(_facts, zones), settings.format, LEARNED_COLUMNS)


@click.command("shuttles")
@settings_command
def shuttles(settings: Settings) -> None:
    """List the pairs of places between which ferries and supply ships go to and fro, and who named them."""
    show(map(_row, pairs()), settings.format, SHUTTLE_COLUMNS)


def _facts(zone: Zone) -> Row:
    return {"id": zone.id, "name": zone.name, "source": zone.source}


def _row(shuttle: Shuttle) -> Row:
    one, other = shuttle.one, shuttle.other
    nm = round(float(haversine_nm(one.lat, one.lon, other.lat, other.lon)), 1)
    return {"one": one.id, "other": other.id, "kind": shuttle.kind, "nm": nm, "source": shuttle.source}

"""`voi zones`: the areas where behaviour matters."""

from typing import Final

import click
import numpy as np

from pipelines.cli.common import settings_command
from pipelines.cli.loading import Loading, Table
from pipelines.config import Settings
from pipelines.learned import zones_shown
from pipelines.output import Column, Row, chosen, say, show, show_one
from pipelines.zoning import remove_layer
from zones.coast import BOX, in_box, on_land
from zones.distance import shore_nm
from zones.errors import ZoneError
from zones.geofence import Geofence
from zones.zone import Zone

LIST_COLUMNS = (
    Column("id", wrap=False),
    Column("name"),
    Column("kind", wrap=False),
    Column("country", wrap=False, under="kind"),
    Column("ring_nm", right=True),
    Column("priority", right=True),
    Column("layer", wrap=False, under="kind"),
)
_WEST, _SOUTH, _EAST, _NORTH = (f"{abs(degrees):g}" for degrees in BOX)
_AREA: Final = f"{_SOUTH} to {_NORTH} N, {_WEST} W to {_EAST} E"


# These need geopandas, folium or duckdb, which take longer to load than the others to run.
HEAVY: Final[Table] = {
    "add": ("pipelines.cli.zones_add:add", "Add the polygons of a GeoJSON file or shapefile, once checked."),
    "draw": ("pipelines.cli.zones_draw:draw", "Draw all zones into one HTML file."),
    "build": ("pipelines.cli.zones_build:build", "Make coast and shipped zones anew from their sources."),
    "learn": ("pipelines.cli.places:learn", "Learn anchorages from the stored positions."),
    "shuttles": ("pipelines.cli.places:shuttles", "List between which places ferries and supply ships go to and fro."),
}


@click.group(cls=Loading, table=HEAVY)
def zones() -> None:
    """List the areas where behaviour matters."""


@zones.command("list")
@click.option("--kind", help="Only this kind: departure, arrival, port, anchorage, platform or user.")
@settings_command
def list_zones(settings: Settings, kind: str | None) -> None:
    """List the zones in force: the shipped ones, those added to the store, and what was learned."""
    show(
        (told(zone) for zone in zones_shown(settings.store) if kind in (None, zone.kind)),
        settings.format,
        LIST_COLUMNS,
    )


@zones.command("show")
@click.argument("zone_id")
@settings_command
def show_zone(settings: Settings, zone_id: str) -> None:
    """Show one zone with its source, its licence and, in JSON, its outline."""
    zone = _named(zones_shown(settings.store), zone_id)
    outline = {} if chosen(settings.format) == "table" else {"geometry": zone.geometry.__geo_interface__}
    show_one({**told(zone), **_extent(zone), **outline}, settings.format)


@zones.command("check", context_settings={"ignore_unknown_options": True})  # a longitude may begin with a minus
@click.argument("lat", type=click.FloatRange(-90, 90))
@click.argument("lon", type=click.FloatRange(-180, 180))
@settings_command
def check(settings: Settings, lat: float, lon: float) -> None:
    """Tell which zones a position (decimal degrees, north and east positive) lies in, most specific first."""
    zones = zones_shown(settings.store)
    _, found = Geofence(zones).inside(np.array([lat]), np.array([lon]))
    inside = sorted((zones[index] for index in found), key=lambda zone: -zone.priority)
    known = bool(in_box(lat, lon))
    if not known:
        say(f"{lat:g} {lon:g}: outside the area where the coast is known ({_AREA})")
    show_one(
        {
            "lat": lat,
            "lon": lon,
            "on_land": bool(on_land(lat, lon)) if known else None,
            "shore_nm": _rounded(shore_nm(np.array([lat]), np.array([lon]))[0]),
            "zones": [f"{zone.id} ({zone.name})" for zone in inside],
        },
        settings.format,
    )


@zones.command()
@click.argument("layer")
@settings_command
def remove(settings: Settings, layer: str) -> None:
    """Take out a layer that was added, by its name as `voi zones list` shows it.

    What its zones found is withdrawn at the next ingest or start of a watch.
    """
    remove_layer(settings.store, layer)
    say(f"layer {layer}: removed; it counts until the next ingest or start of a watch")


def _named(zones: tuple[Zone, ...], zone_id: str) -> Zone:
    for zone in zones:
        if zone.id == zone_id:
            return zone
    raise ZoneError(f"zone {zone_id!r}: there is none of that id; `voi zones list` shows them")


def told(zone: Zone) -> Row:
    """Return a zone as a list shows it."""
    return {
        "id": zone.id,
        "name": zone.name,
        "kind": zone.kind,
        "country": zone.country,
        "ring_nm": zone.ring,
        "priority": zone.priority,
        "source": zone.source,
        "source_version": zone.source_version,
        "licence": zone.licence,
        "input_hash": zone.input_hash,
        "layer": zone.layer,
    }


def _extent(zone: Zone) -> Row:
    west, south, east, north = (round(float(degrees), 4) for degrees in zone.geometry.bounds)
    return {
        "inner_nm": zone.inner_nm,
        "outer_nm": zone.outer_nm,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def _rounded(nm: float) -> float | None:
    """Return nautical miles to two decimals, null where the distance to shore is not known."""
    return None if np.isnan(nm) else round(float(nm), 2)

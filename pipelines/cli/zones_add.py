"""`voi zones add`: a layer of the user, checked before it counts."""

from pathlib import Path

import click

from pipelines.cli.common import ledger, settings_command
from pipelines.cli.zones import LIST_COLUMNS, told
from pipelines.config import Settings
from pipelines.output import say, show
from pipelines.zoning import add_layer
from zones.adding import Origin, layer_name, read_layer
from zones.zone import KINDS


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, metavar="TEXT", help="Who made the layer, and when. Required.")
@click.option("--licence", required=True, metavar="TEXT", help="On what terms it may be used. Required.")
@click.option("--layer", metavar="NAME", help="What to call it; default: the name of the file.")
@click.option("--kind", type=click.Choice(KINDS), help="Of all its zones; default: their own, else user.")
@click.option("--id-field", default="id", show_default=True, help="Property with the id; without it, a number serves.")
@click.option("--name-field", default="name", show_default=True, help="Property with the name; without it, the id.")
@settings_command
def add(settings: Settings, file: Path, layer: str | None, **given: str) -> None:
    """Add the polygons of a GeoJSON file (.geojson, .json) or shapefile (.shp) to the zones of a store.

    In degrees of WGS84, longitude first. The layer is checked before; one that is broken changes nothing. The store
    keeps a copy. The zones count from the next ingest or start of a watch on, for all that the store holds.
    """
    origin = Origin(layer=layer or layer_name(file), **given)
    zones = read_layer(file, origin)
    add_layer(settings.store, origin.layer, zones, **ledger())
    say(f"layer {origin.layer}: {len(zones)} added; they count from the next ingest or start of a watch on")
    show(map(told, zones), settings.format, LIST_COLUMNS)

"""`voi zones draw`: all zones in one HTML file that opens without a network."""

from pathlib import Path

import click

from pipelines.cli.common import page_file, settings_command
from pipelines.config import Settings
from pipelines.learned import zones_shown
from pipelines.mapping import write_map, zone_chart
from pipelines.output import say, show_one


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=page_file,
    default="zones.html",
    show_default=True,
    help="File to write.",
)
@settings_command
def draw(settings: Settings, output: Path) -> None:
    """Draw the zones in force, the shipped ones and your own, into one HTML file with a list beside the map.

    The file holds everything it shows: it opens with the network off, and prints on one page.
    """
    zones = zones_shown(settings.store)
    size = write_map(output, zone_chart(zones))
    say(f"wrote {output}, {size / 1e6:.1f} MB; open it in a browser")
    show_one({"file": str(output), "bytes": size, "zones": len(zones)}, settings.format)

"""`voi map`: tracks, zones and alerts in one HTML file that opens without a network."""

from pathlib import Path

import click

from pipelines.cli.common import Ago, Moment, before, page_file, settings_command
from pipelines.config import Settings
from pipelines.learned import zones_shown
from pipelines.mapping import map_view, write_map
from pipelines.output import say, show_one
from pipelines.store.state import open_store


@click.command("map")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=page_file,
    default="map.html",
    show_default=True,
    help="File to write.",
)
@click.option("--watchlist", is_flag=True, help="Only vessels of the watchlist, and those in distress.")
@click.option("--since", type=Moment(spans=True), help="From this time on, or a span before the newest, such as 24h.")
@settings_command
def draw(settings: Settings, output: Path, *, watchlist: bool, since: int | Ago | None) -> None:
    """Draw tracks, zones and alerts into one HTML file.

    The file holds everything it shows: it opens with the network off.
    """
    with open_store(settings.store, create=False) as store:
        start = before(since, store.watermark())
    view = map_view(settings.store, zones_shown(settings.store), watchlist_only=watchlist, since=start)
    size = write_map(output, view)
    say(f"wrote {output}, {size / 1e6:.1f} MB; open it in a browser")
    show_one(
        {"file": str(output), "bytes": size, "positions": len(view.fixes), "alerts": len(view.alerts)}, settings.format
    )

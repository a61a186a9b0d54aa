"""`voi zones build`: the shipped geodata, made anew."""

from pathlib import Path

import click

from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.output import show
from zones import build as builder
from zones.coast import DATA


@click.command()
@click.option(
    "--dest",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=DATA,
    show_default="where the shipped ones are",
    help="Folder with zones.toml, written into.",
)
@settings_command
def build(settings: Settings, dest: Path) -> None:
    """Make coast and shipped zones anew from their sources, as zones.toml defines them.

    Fetches two pinned packages with npm and checks their SHA-256; nothing is written unless all could be made.
    """
    made = builder.build(dest)
    show(({"file": str(path), "bytes": path.stat().st_size} for path in made), settings.format)

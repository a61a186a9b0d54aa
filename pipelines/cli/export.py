"""`voi export`: the store in files that other programs open."""

from pathlib import Path

import click

from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.output import say, show_one
from pipelines.store.export import STORAGE_VERSION, export_duckdb
from pipelines.store.state import open_store


@click.group()
def export() -> None:
    """Write the store into files that other programs open."""


@export.command("duckdb")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default="voi.duckdb", show_default=True, help="File to write."
)
@settings_command
def duckdb(settings: Settings, output: Path) -> None:
    """Write every view that `voi sql` knows as a table of one DuckDB file.

    DuckDB 1.5 and later open it, in Python, R, DBeaver and others.
    """
    with open_store(settings.store, create=False) as store:
        rows = export_duckdb(store, output)
    size = output.stat().st_size
    say(f"wrote {output}, {size / 1e6:.1f} MB, for DuckDB {STORAGE_VERSION} and later")
    show_one({"file": str(output), "bytes": size, **rows}, settings.format)

"""`voi store`: care for the store."""

from dataclasses import asdict

import click

from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.errors import StoreError
from pipelines.output import Column, chosen, say, show
from pipelines.store import maintain
from pipelines.store.state import SCHEMA_VERSION, open_store

FINDING_COLUMNS = (
    Column("kind", style=lambda row: "bold red" if row["kind"] == "fault" else "dim", wrap=False),
    Column("path"),
    Column("message"),
)


@click.group()
def store() -> None:
    """Check the store."""


@store.command("check")
@settings_command
def check(settings: Settings) -> int:
    """Tell whether the folder holds what its manifest says, and what a killed run left over.

    Exit code 5 when something is damaged; leftovers are harmless.
    """
    with open_store(settings.store, create=False) as opened:
        found = maintain.check(opened)
        segments = opened.rows("SELECT count(*) AS files, coalesce(sum(rows), 0) AS rows FROM segments")[0]
    if found or chosen(settings.format) != "table":
        show(map(asdict, found), settings.format, FINDING_COLUMNS)
    faults = sum(finding.kind == "fault" for finding in found)
    say(
        f"{settings.store}: schema {SCHEMA_VERSION}, {segments['files']} segments, {segments['rows']:,} rows: "
        f"{faults} faults, {len(found) - faults} leftovers"
    )
    return StoreError.exit_code if faults else 0

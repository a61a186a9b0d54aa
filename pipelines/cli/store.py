"""`voi store`: care for the store."""

import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.errors import StoreError
from pipelines.output import Column, chosen, moment, say, show, show_one
from pipelines.raw import manifest
from pipelines.store import maintain
from pipelines.store.backup import Backup
from pipelines.store.backup import backup as back_up
from pipelines.store.backup import restore as put_back
from pipelines.store.compact import compact as merge
from pipelines.store.state import SCHEMA_VERSION, open_store
from pipelines.store.upgrade import upgrade as bring_up

FINDING_COLUMNS = (
    Column("kind", style=lambda row: "bold red" if row["kind"] == "fault" else "dim", wrap=False),
    Column("path"),
    Column("message"),
)


@click.group()
def store() -> None:
    """Check, compact, back up, restore and upgrade the store."""


@store.command("check")
@click.option("--archive", type=click.Path(path_type=Path), metavar="FOLDER", help="Check this raw archive too.")
@settings_command
def check(settings: Settings) -> int:
    """Tell whether the folder holds what its manifest says, and what a killed run left over.

    Exit code 5 when something is damaged; leftovers are harmless.
    """
    with open_store(settings.store, create=False) as opened:
        found = maintain.check(opened) + (list(manifest.check(settings.archive)) if settings.archive else [])
        segments = opened.rows("SELECT count(*) AS files, coalesce(sum(rows), 0) AS rows FROM segments")[0]
    if found or chosen(settings.format) != "table":
        show(map(asdict, found), settings.format, FINDING_COLUMNS)
    faults = sum(finding.kind == "fault" for finding in found)
    say(
        f"{settings.store}: schema {SCHEMA_VERSION}, {segments['files']} segments, {segments['rows']:,} rows: "
        f"{faults} faults, {len(found) - faults} leftovers"
    )
    return StoreError.exit_code if faults else 0


@store.command("compact")
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Days before this one; default: all that are over.",
)
@settings_command
def compact(settings: Settings, before: datetime | None) -> None:
    """Merge the small files of days that are over into one a day.

    `voi watch` does this by itself. Queries go on meanwhile; files no longer used are deleted ten minutes later, by the
    next run.
    """
    with open_store(settings.store, create=False) as opened, opened.writing():
        merged = merge(opened, now=now_us(), before_day=before.date().isoformat() if before else None)
    show(map(asdict, merged), settings.format)
    saved = sum(each.bytes_before - each.bytes for each in merged)
    say(f"{settings.store}: {sum(each.files for each in merged)} files became {len(merged)}, {saved:,} bytes less")


@store.command("backup")
@click.argument("dest", type=click.Path(path_type=Path))
@settings_command
def backup(settings: Settings, dest: Path) -> None:
    """Copy the store into the new folder DEST and verify the copy.

    An ingest may go on meanwhile. On the same disk the segments are hard links and take no room, but a backup that
    outlives the disk lies on another.
    """
    with open_store(settings.store, create=False) as opened:
        _tell(back_up(opened, dest), settings)


@store.command("restore")
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path))
@settings_command
def restore(settings: Settings, source: Path) -> None:
    """Make a new store, named by --store, of the backup SRC, which is verified first."""
    _tell(put_back(source, settings.store), settings)


@store.command("upgrade")
@settings_command
def upgrade(settings: Settings) -> None:
    """Bring a store that an older voi wrote to this version; back it up first."""
    before, after = bring_up(settings.store)
    say(f"{settings.store}: schema {before}, " + ("nothing to do" if before == after else f"now {after}"))
    show_one({"store": str(settings.store), "before": before, "after": after}, settings.format)


def now_us() -> int:
    """Return the wall clock in microseconds UTC."""
    return time.time_ns() // 1000


def _tell(made: Backup, settings: Settings) -> None:
    say(f"{made.path}: {made.segments} segments, {made.rows:,} rows, verified")
    show_one({**asdict(made), "path": str(made.path), "watermark": moment(made.watermark)}, settings.format)

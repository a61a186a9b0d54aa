"""`voi watchlist`: vessels already of interest, and why."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, Any, Final, get_args

import click

from pipelines.cli.common import ledger, now, settings_command
from pipelines.config import Settings
from pipelines.output import Column, moment, say, show, show_one, write_csv
from pipelines.store import watchlist as kept
from pipelines.store.state import Store, open_store
from pipelines.watching import (
    COLUMNS,
    OWN,
    Change,
    EntryError,
    Naming,
    checked,
    compare,
    plain,
    read_csv,
    record,
    screen,
)
from vessels.matching import Identity, Match, folds
from vessels.watchlist import Entry

NOTHING_ACCEPTED: Final = 3  # exit code

LIST_COLUMNS = (
    Column("id", wrap=False),
    Column("name"),
    Column("imo", wrap=False),
    Column("mmsi", wrap=False, under="imo"),
    Column("callsign", "call sign", wrap=False, under="imo"),
    Column("flag", wrap=False, under="imo"),
    Column("source_list", "list", under="name"),
    Column("review_by", wrap=False, under="id"),
    Column("why"),
)
_ACTION_STYLES: Final = {"rejected": "red", "changed": "yellow", "added": "green"}
CHANGE_COLUMNS = (
    Column("line", right=True),
    Column("action", style=lambda row: _ACTION_STYLES.get(row["action"], "dim"), wrap=False),
    Column("name"),
    Column("imo", wrap=False),
    Column("mmsi", wrap=False, under="imo"),
    Column("reason"),
)


@click.group()
def watchlist() -> None:
    """Keep the list of vessels already of interest."""


@watchlist.command("add")
@click.option("--imo", metavar="NUMBER", help="IMO number, seven digits.")
@click.option("--mmsi", metavar="NUMBER", help="MMSI, nine digits.")
@click.option("--callsign", metavar="TEXT", help="Call sign.")
@click.option("--name", metavar="TEXT", help="Name, in any script.")
@click.option("--flag", metavar="CC", help="Flag, two letters of ISO 3166.")
@click.option("--why", metavar="TEXT", required=True, help="Why this vessel is of interest. Required.")
@click.option(
    "--review-by", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="When to look again, as 2026-03-01."
)
@click.option("--list", "source_list", metavar="NAME", help="The list it stands on; default: own.")
@settings_command
def add(settings: Settings, review_by: datetime | None, **given: Any) -> None:
    """Add a vessel by at least one of IMO number, MMSI, call sign and name.

    Vessels heard in the last 30 days are screened at once.
    """
    review = review_by.date().isoformat() if review_by else None
    if review and review < datetime.now(UTC).date().isoformat():
        raise click.BadParameter(f"{review} is past; give a day to come", param_hint="--review-by")
    entry = checked({**given, "review_by": review, **ledger()})
    with open_store(settings.store, create=True) as store:
        before = {row["id"]: row["why"] for row in kept.every(store)}.get(entry.id)
        kept.add(store, [asdict(entry)])
        matches = screen(store, [entry])
    changed = f"; the reason changed (was: {before})" if before not in (None, entry.why) else ""
    found = f"{_counted(len(matches), 'vessel')} of the last 30 days match"
    say(f"{entry.id} is on the list {entry.source_list}{changed}; {found}")
    show_one({**record(entry), "matches": [_sentence(*match) for match in matches]}, settings.format)


@watchlist.command("list")
@click.option("--list", "source_list", metavar="NAME", help="Only this list.")
@settings_command
def list_entries(settings: Settings, source_list: str | None) -> None:
    """List the entries in the order they were recorded."""
    entries = (entry for entry in _entries(settings) if source_list in (None, entry.source_list))
    show(map(record, entries), settings.format, LIST_COLUMNS)


@watchlist.command("show")
@click.argument("entry")
@settings_command
def show_entry(settings: Settings, entry: str) -> None:
    """Show one entry, and which vessels of the last 30 days match it.

    ENTRY is its id (a beginning suffices), an IMO number, MMSI, call sign or name.
    """
    with open_store(settings.store, create=False) as store:
        row = _found(store, entry)
        shown = Entry.of(row)
        matches = screen(store, [shown])
    removed = {"removed_at": moment(row["removed_at"])} if row["removed_at"] else {}
    show_one({**record(shown), **removed, "matches": [_sentence(*match) for match in matches]}, settings.format)


@watchlist.command("remove")
@click.argument("entry")
@settings_command
def remove(settings: Settings, entry: str) -> None:
    """Take an entry off the list. Alerts that name it can still show it.

    ENTRY is its id (a beginning suffices), an IMO number, MMSI, call sign or name.
    """
    with open_store(settings.store, create=False) as store:
        row = _found(store, entry)
        kept.remove(store, row["id"], at=now())
    say(f"{row['id']} is off the list")
    show_one({"id": row["id"], "action": "removed"}, settings.format)


@watchlist.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option(
    "--from",
    "naming",
    type=click.Choice(get_args(Naming)),
    default="auto",
    show_default=True,
    help="csv: columns headed as voi exports them; auto: other usual headings too.",
)
@click.option("--map", "mapping", multiple=True, metavar="OURS=THEIRS", help="Our column and its heading; repeatable.")
@click.option("--list", "source_list", metavar="NAME", help="The list of rows that name none; default: own.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@settings_command
def import_entries(
    settings: Settings,
    file: IO[str],
    naming: Naming,
    mapping: tuple[str, ...],
    source_list: str | None,
    *,
    dry_run: bool,
) -> int:
    """Add and change entries from a CSV file (`-` for stdin), telling what happens to each row.

    Nothing is removed by an import. Exit code 3 when the file has rows and none could be taken.
    """
    defaults = {"source_list": source_list or OWN, **ledger()}
    with open_store(settings.store, create=True) as store:
        old = {row["id"]: Entry.of(row) for row in kept.every(store)}
        changes = list(compare(_rows(file, _mapping(mapping), naming), old, defaults))
        written = [asdict(change.entry) for change in changes if change.entry and change.action in ("added", "changed")]
        if not dry_run:
            kept.add(store, written)
    show(map(_told, changes), settings.format, CHANGE_COLUMNS)
    counts = Counter(change.action for change in changes)
    summary = ", ".join(f"{counts[action]} {action}" for action in ("added", "changed", "unchanged", "rejected"))
    say(f"{summary}{'; nothing was written (--dry-run)' if dry_run else ''}")
    if unexplained := sum(change.why_given is False for change in changes):
        say(f"{_counted(unexplained, 'row')} said no reason; it is 'on the list NAME' (--map why=COLUMN takes another)")
    return NOTHING_ACCEPTED if changes and counts["rejected"] == len(changes) else 0


@watchlist.command("export")
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-", help="File; default: stdout.")
@settings_command
def export(settings: Settings, output: IO[str]) -> None:
    """Write the entries as CSV that `import` reads back to the same entries."""
    write_csv(output, COLUMNS, map(record, _entries(settings)))


def _found(store: Store, asked: str) -> dict[str, Any]:
    """Return the entry of an identity that stands on the list, else by its id; several matches are all named."""
    number = asked.removeprefix("IMO").strip()
    standing = kept.every(store)
    matching = [
        row
        for row in standing
        if (number.isascii() and number.isdigit() and int(number) in (row["imo"], row["mmsi"]))
        or asked.upper() == row["callsign"]
        or set(folds(asked)) & set(folds(row["name"] or ""))
    ]
    if not matching:
        return kept.find(store, asked)
    if len(matching) > 1:
        named = ", ".join(f"{row['id']} ({row['name'] or row['imo'] or row['mmsi']})" for row in matching)
        raise EntryError(f"{plain(asked)!r} may be any of {named}; give its id")
    return matching[0]


def _entries(settings: Settings) -> list[Entry]:
    with open_store(settings.store, create=False) as store:
        return [Entry.of(row) for row in kept.every(store)]


def _rows(file: IO[str], mapping: Mapping[str, str], naming: Naming) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a file; a file that is not UTF-8 is refused with the remedy."""
    try:
        yield from read_csv(file, mapping, naming)
    except UnicodeDecodeError:
        raise EntryError(f"{file.name}: not UTF-8; save it as UTF-8 and import it again") from None


def _mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the columns of `--map imo=IMO_NO`."""
    mapping = {}
    for pair in pairs:
        key, found, heading = pair.partition("=")
        if not found or key not in COLUMNS:
            raise click.BadParameter(
                f"{pair!r}: write OURS=THEIRS with one of {', '.join(COLUMNS)}", param_hint="--map"
            )
        mapping[key] = heading
    return mapping


def _told(change: Change) -> dict[str, Any]:
    entry = change.entry
    told = {key: getattr(entry, key) if entry else None for key in ("id", "name", "imo", "mmsi", "callsign")}
    return {"line": change.line, "action": change.action, **told, "reason": change.reason}


def _sentence(identity: Identity, match: Match) -> str:
    return f"{identity.name or 'name not known'} (MMSI {identity.mmsi:09d}): {match.sentence}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""`voi ingest`: files to the end, decoded, stored, looked at."""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import click

from pipelines.cli.common import Moment, settings_command
from pipelines.cli.progress import bar
from pipelines.config import Settings
from pipelines.feeds.presets import AUTO, NAMES
from pipelines.manner import UTC, Manner
from pipelines.output import Column, Row, chosen, moment, say, show, show_one
from pipelines.run import IngestSummary, Reading
from pipelines.run import ingest as read
from vessels.alert import SEVERITIES
from vessels.decode import NO_TIME

FAILED: Final = 3  # exit code: a source unreadable, nothing accepted, or more rejects than allowed

# What the decoder calls a line or message that it does not take, in words for people.
_REJECTS: Final = {
    "no checksum": "sentence without a checksum",
    "checksum": "wrong checksum: damaged on the way",
    "malformed": "no sentence of the known form",
    "incomplete": "part of a multi-part message missing",
    "fill bits": "impossible number of fill bits",
    "type": "unknown message type",
    "too short": "message too short for its type",
    "too long": "message or line too long",
    NO_TIME: "message without a time",
}

SOURCE_COLUMNS = (
    Column("source"),
    Column("lines", right=True, wrap=False),
    Column("sentences", right=True, wrap=False),
    Column("messages", right=True, wrap=False),
    Column("rejects", right=True, wrap=False),
    Column("state"),
)


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--start", type=Moment(), help="When the first line was heard, for files that carry no time.")
@click.option("--all-types", is_flag=True, help="Keep every other message too, for `voi sql`; slower.")
@click.option("--preset", type=click.Choice(NAMES), default=AUTO, help="Layout of decoded archives; auto: by header.")
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="What a column means; repeatable.")
@click.option("--zone", default=UTC, metavar="TZ", help="Time zone of an archive's times that say none; default UTC.")
@click.option("--max-reject", type=click.FloatRange(0, 100), metavar="PCT", help="Fail above so many % of bad lines.")
@click.option("--disorder-s", type=click.IntRange(0), metavar="SECONDS", help="How late a row may come; default 60.")
@click.option("--flush-rows", type=click.IntRange(1), metavar="ROWS", help="Rows gathered before they are written.")
@click.option("--rules", type=click.Path(path_type=Path), metavar="FILE", help="Rules instead of the shipped ones.")
@settings_command
def ingest(settings: Settings, sources: tuple[str, ...], mapping: tuple[str, ...], **asked: Any) -> int:
    """Read files to the end: decode, store, detect, alert.

    A SOURCE is a file of NMEA sentences, plain or packed, or - for stdin; or a table of decoded AIS, known by its
    header or told by --preset or --map. A file read before adds nothing; one that has grown adds its tail. Rejected
    lines are counted, not failures. Exit code 3 when a source could not be read, nothing was accepted, or more than
    --max-reject was rejected.
    """
    manner = Manner(mapping=_mapping(mapping), **asked)
    with bar("reading") as progress:
        summary = read(settings.store, sources, settings=settings, manner=manner, progress=progress)
    show_summary(summary, settings)
    for reading in summary.readings:
        if reading.told:
            say(f"{reading.source}: {reading.told}")
    for hint in filter(None, (_timeless(summary), _waiting(summary))):
        say(hint)
    problems = _problems(summary, settings.max_reject)
    for problem in problems:
        say(f"voi: {problem}")
    return FAILED if problems else 0


def _mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return column to field of `--map COLUMN=FIELD`; a column's name may hold an equals sign."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        column, found, field = pair.rpartition("=")
        if not found or not column or column in mapping:
            raise click.BadParameter(f"{pair!r}: write COLUMN=FIELD, each column once", param_hint="--map")
        mapping[column] = field
    return mapping


def show_summary(summary: IngestSummary, settings: Settings) -> None:
    """Print what an ingest read and found: sources and totals for people, one object for programs."""
    totals = _totals(summary)
    if chosen(settings.format) == "table":
        show([_line(reading) for reading in summary.readings], "table", SOURCE_COLUMNS)
        say("")
        totals["rejects"] = {_REJECTS.get(reason, reason): count for reason, count in totals["rejects"].items()}
        show_one({key: _counts(value) for key, value in totals.items()}, "table")
    else:
        show_one({**totals, "sources": [_source(reading) for reading in summary.readings]}, settings.format)


def _totals(summary: IngestSummary) -> dict[str, Any]:
    alerts = Counter(summary.alerts.values())
    return {
        "lines": sum(reading.lines for reading in summary.readings),
        "sentences": sum(reading.sentences for reading in summary.readings),
        "messages": dict(sorted(summary.total("messages").items())),
        "rejects": summary.total("rejects"),
        "vessels": summary.vessels,
        "first_time": moment(summary.first_time),
        "last_time": moment(summary.last_time),
        "rows_added": summary.rows,
        "copies": summary.copies,
        "late": summary.late,
        "waiting": summary.waiting,
        "events": dict(sorted(Counter(summary.events.values()).items())),
        "alerts": {severity: alerts[severity] for severity in SEVERITIES if alerts[severity]},
    }


def _source(reading: Reading) -> Row:
    return {
        "source": reading.source,
        "lines": reading.lines,
        "sentences": reading.sentences,
        "messages": reading.messages,
        "rejects": reading.rejects,
        "state": _state(reading),
        "read_as": reading.told or None,
    }


def _line(reading: Reading) -> Row:
    line = {**_source(reading), "messages": sum(reading.messages.values()), "rejects": sum(reading.rejects.values())}
    return {key: _grouped(value) for key, value in line.items()}


def _state(reading: Reading) -> str:
    if reading.failure is not None:
        return f"failed: {reading.failure}"
    return "read before" if reading.known else "read"


def _grouped(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int) else value


def _counts(value: Any) -> Any:
    """Return counts as a person reads them: `type 1: 5,200`."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {count:,}" for key, count in value.items()) or "none"
    return _grouped(value)


def _problems(summary: IngestSummary, max_reject: float) -> list[str]:
    """Return why an ingest did not do what was asked."""
    problems = [reading.failure for reading in summary.readings if reading.failure is not None]
    lines, rejects = (
        sum(counts) for counts in ((r.lines for r in summary.readings), summary.total("rejects").values())
    )
    if rejects > lines * max_reject / 100:
        problems.append(f"{rejects:,} of {lines:,} lines rejected, more than {max_reject:g} %")
    if summary.rows + summary.copies == 0 and not any(r.known or r.resumed for r in summary.readings):
        problems.append("nothing was accepted; the counts above say why")
    return problems


def _timeless(summary: IngestSummary) -> str:
    """Return what to do about messages that had no time; nothing when all had one."""
    if not (timeless := summary.total("rejects").get(NO_TIME, 0)):
        return ""
    had = "message had" if timeless == 1 else "messages had"
    return f"{timeless:,} {had} no time; run again and say when the first was heard: --start 2026-03-01T06:00Z"


def _waiting(summary: IngestSummary) -> str:
    """Return what becomes of rows that wait; nothing when none does."""
    if not summary.waiting:
        return ""
    one = summary.waiting == 1
    rows = "row is" if one else "rows are"
    wait = "waits until something confirms its" if one else "wait until something confirms their"
    return f"{summary.waiting:,} {rows} dated far after all others and {wait} date; `voi status` names the stations"

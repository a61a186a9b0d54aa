"""`voi rules`: what makes an alert, what conditions can read, and what is wrong with a rule file."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from pipelines.cli.common import settings_command
from pipelines.cli.reading import severity_style
from pipelines.config import Settings
from pipelines.errors import PipelineError
from pipelines.output import Column, Row, chosen, say, show, show_one
from pipelines.rules import columns, durations, reading
from pipelines.rules.errors import Finding, RuleError
from pipelines.rules.model import BUILT_IN, Behaviour, Rule, Ruleset

FOUND: Final = 1  # exit code: done, and what was asked for is there

LIST_COLUMNS = (
    Column("name"),
    Column("type", wrap=False, under="name"),
    Column("severity", style=severity_style, wrap=False),
    Column("class", wrap=False, under="severity"),
    Column("on", under="severity"),
    Column("says"),
)
READ_COLUMNS = (
    Column("name", wrap=False),
    Column("in", "read in", wrap=False, under="name"),
    Column("type", wrap=False),
    Column("unit", under="type"),
    Column("nullable", wrap=False),
    Column("meaning"),
    Column("words", under="meaning"),
)
FINDING_COLUMNS = (
    Column("level", style=lambda row: "red" if row["level"] == "error" else "yellow", wrap=False),
    Column("line", right=True),
    Column("where"),
    Column("problem"),
)


@click.group()
def rules() -> None:
    """List and check what makes an alert."""


@rules.command("list")
@settings_command
def list_rules(settings: Settings) -> None:
    """List the behaviours that are looked for and the rules that make alerts of events.

    The rules built in are about distress: they hold with every rule file, and none can change them.
    """
    ruleset = reading.load(settings.rules)
    show(map(_line, _parts(ruleset)), settings.format, LIST_COLUMNS)


@rules.command("show")
@click.argument("name")
@settings_command
def show_rule(settings: Settings, name: str) -> None:
    """Show one rule or behaviour whole, as it is in force."""
    part = _named(reading.load(settings.rules), name)
    record = {key.rstrip("_"): value for key, value in part.model_dump(mode="json").items()}
    if chosen(settings.format) == "table":
        record = dict(map(_spoken, record.items()))
    show_one({**record, "version": part.version}, settings.format)


@rules.command("columns")
@settings_command
def show_columns(settings: Settings) -> None:
    """List what conditions can read: `while` sees one position, `where` and `unless` one event in one zone."""
    show(_columns(), settings.format, READ_COLUMNS)


@rules.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@settings_command
def check(settings: Settings, file: Path | None) -> int:
    """Check a rule file (without FILE the one in force) and list its faults and doubtful places.

    Exit code 1 when there is a fault; warnings alone give 0.
    """
    findings = _findings(file or settings.rules)
    if findings or chosen(settings.format) != "table":
        show(map(asdict, findings), settings.format, FINDING_COLUMNS)
    faults = sum(finding.level == "error" for finding in findings)
    say(f"{file or settings.rules or 'the shipped rules'}: {faults} faults, {len(findings) - faults} warnings")
    return FOUND if faults else 0


def _findings(file: Path | None) -> Sequence[Finding]:
    try:
        return reading.warnings(file)
    except RuleError as error:
        return error.findings


def _parts(ruleset: Ruleset) -> list[Behaviour | Rule]:
    return [*ruleset.behaviours, *ruleset.rules]


def _name(part: Behaviour | Rule) -> str:
    return part.id if isinstance(part, Rule) else part.name


def _line(part: Behaviour | Rule) -> Row:
    line: dict[str, Any] = {"name": _name(part), "type": "behaviour", "class": None, "severity": None, "on": []}
    if isinstance(part, Rule):
        line |= {
            "type": "rule, built in" if part.id in BUILT_IN else "rule",
            "class": part.alert_class,
            "severity": part.severity,
            "on": list(part.on),
        }
        says = part.summary
    else:
        says = f"{' '.join(part.while_.text.split())}, for {durations.spoken(part.for_us / durations.SECOND_US)}"
    return {**line, "says": says, "version": part.version}


def _named(ruleset: Ruleset, name: str) -> Behaviour | Rule:
    for part in _parts(ruleset):
        if _name(part) == name:
            return part
    raise PipelineError(f"{name!r}: no rule or behaviour has this name; `voi rules list` shows them")


def _spoken(item: tuple[str, Any]) -> tuple[str, Any]:
    """Return a key and value for people: durations in hours and minutes, conditions on one line."""
    key, value = item
    if key.endswith("_us"):
        return key.removesuffix("_us"), durations.spoken(value / durations.SECOND_US)
    return key, " ".join(value.split()) if isinstance(value, str) else value


def _columns() -> Iterator[dict[str, Any]]:
    for readers, known in (("while", columns.ROW_COLUMNS), ("where, unless", columns.EVENT_COLUMNS)):
        for column in known:
            yield {"in": readers, **asdict(column)}

"""Rows on stdout: a table for people; JSON, JSON lines and CSV for programs. Talk goes to stderr.

A row is a mapping of plain values; times are aware `datetime`s. Programs get every key of the first row, people get the
columns asked for. Nothing that a radio or a list said reaches a terminal or a spreadsheet raw.
"""

import csv
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vessels.text import clean, csv_safe

Format = Literal["auto", "table", "json", "jsonl", "csv"]
Row = Mapping[str, Any]

NARROW: Final = 110  # characters; a narrower terminal shows some columns beneath others; chosen
TABLE_ROWS: Final = 1000  # rows that a table shows; chosen: more is for programs, and a table is held in memory
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)  # begins like a formula and is none
_MMSI: Final = frozenset({"mmsi", "other_mmsi"})
# Escaped in JSON beside what json escapes: C1 controls drive terminals, bidi and zero-width marks deceive readers.
_DANGEROUS: Final = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key, its title when that differs, how a cell is coloured, and its place when narrow."""

    key: str
    title: str | None = None
    style: Callable[[Row], str] | None = None
    under: str | None = None  # on a narrow terminal the cell stands beneath the cell of this column
    right: bool = False
    wrap: bool = True

    @property
    def heading(self) -> str:
        """Return the words above the column."""
        return (self.title or self.key).replace("_", " ")


def show(rows: Iterable[Row], form: Format = "auto", columns: Sequence[Column] = ()) -> None:
    """Print rows to stdout in a format; `columns` choose what a table shows (all keys without them)."""
    writers = {"table": _table, "json": _json, "jsonl": _json_lines, "csv": _csv}
    writers[chosen(form)](iter(rows), columns)


def show_one(record: Row, form: Format = "auto") -> None:
    """Print one record: as key and value in a table, as one object in JSON, as one row in CSV."""
    match chosen(form):
        case "table":
            _table(({"key": key, "value": text_of(key, value)} for key, value in record.items()), ())
        case "json":
            _write(_dumps(record, indent=2) + "\n")
        case other:
            show([record], other)


def chosen(form: Format) -> Literal["table", "json", "jsonl", "csv"]:
    """Return the format that `auto` stands for: a table on a terminal, JSON lines otherwise."""
    if form == "auto":
        return "table" if sys.stdout.isatty() else "jsonl"
    return form


def moment(us: int | None) -> datetime | None:
    """Return microseconds UTC as an aware datetime."""
    return None if us is None else _EPOCH + timedelta(microseconds=us)


def iso(time: datetime) -> str:
    """Return a time as ISO 8601 UTC with `Z`, without a fraction that is zero."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def console() -> Console:
    """Return stdout as a console that takes no markup, guesses no highlights and honours NO_COLOR."""
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False)


def talk() -> Console:
    """Return stderr as a console, for everything that is not data."""
    return Console(file=sys.stderr, markup=False, highlight=False, emoji=False)


def say(message: str) -> None:
    """Tell the person at the terminal something, on stderr, line by line."""
    talk().print(Text("\n".join(map(clean, message.splitlines()))), soft_wrap=True)


def text_of(key: str, value: Any) -> str:
    """Return a value as a person reads it: nine-digit MMSI, ISO times, empty for null, lists with commas."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case int() if key in _MMSI:
            text = f"{value:09d}"
        case float():
            text = f"{value:.10g}"
        case datetime():
            text = iso(value)
        case list() | tuple():
            text = "; ".join(text_of("", part) for part in value)
        case Mapping():
            text = _dumps(value)
        case _:
            text = str(value)
    return text


def _table(rows: Iterator[Row], columns: Sequence[Column]) -> None:
    shown = list(islice(rows, TABLE_ROWS))
    if not shown:
        say("nothing to show")
        return
    screen = console()
    columns = columns or [Column(key) for key in shown[0]]
    screen.print(_drawn(shown, columns, narrow=screen.width < NARROW))
    if (rest := sum(1 for _ in rows)) > 0:
        say(f"… and {rest:,} more rows; -f csv or -f jsonl prints all")


def _drawn(rows: Sequence[Row], columns: Sequence[Column], *, narrow: bool) -> Table:
    stacks = [[head, *(part for part in columns if narrow and part.under == head.key)] for head in columns]
    stacks = [_filled(stack, rows) for stack in stacks if not (narrow and stack[0].under)]
    height = max(map(len, stacks))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), leading=int(height > 1))
    for stack in stacks:
        head = stack[0]
        title = Text("\n".join(part.heading for part in stack) + "\n" * (height - len(stack)))
        table.add_column(
            title, justify="right" if head.right else "left", overflow="fold", no_wrap=not head.wrap, vertical="top"
        )
    for row in rows:
        table.add_row(*(_stacked(stack, row) for stack in stacks))
    return table


def _filled(stack: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """Return the columns of a stack without those, beneath the first, that no row fills."""
    head, *others = stack
    return [head, *(part for part in others if any(text_of(part.key, row.get(part.key)) for row in rows))]


def _stacked(stack: Sequence[Column], row: Row) -> Text:
    """Return the cells of a stack beneath each other, without empty lines at the end."""
    cells = [_cell(part, row, stack[0]) for part in stack]
    while len(cells) > 1 and not cells[-1].plain:
        cells.pop()
    return Text("\n").join(cells)


def _cell(column: Column, row: Row, head: Column) -> Text:
    usual = "" if column is head else "dim"
    style = column.style(row) if column.style else usual
    return Text(clean(text_of(column.key, row.get(column.key))), style=style)


def _json(rows: Iterator[Row], _columns: Sequence[Column]) -> None:
    lines = ("  " + _dumps(row) for row in rows)
    _write("[\n" + ",\n".join(lines) + "\n]\n")


def _json_lines(rows: Iterator[Row], _columns: Sequence[Column]) -> None:
    for row in rows:
        _write(_dumps(row) + "\n")


def _csv(rows: Iterator[Row], columns: Sequence[Column]) -> None:
    first = next(rows, None)
    if first is None:
        write_csv(sys.stdout, [column.key for column in columns], [])
    else:
        write_csv(sys.stdout, list(first), chain([first], rows))


def write_csv(stream: IO[str], keys: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows as CSV that no spreadsheet runs: control characters stripped, formula openings guarded."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(keys)
    for row in rows:
        writer.writerow([_csv_cell(key, row.get(key)) for key in keys])


def _csv_cell(key: str, value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and key not in _MMSI:
        return value
    text = text_of(key, value)
    return text if _NUMBER.fullmatch(text) else csv_safe(text)


def _dumps(value: Any, indent: int | None = None) -> str:
    try:
        written = json.dumps(value, ensure_ascii=False, indent=indent, default=_jsonable, allow_nan=False)
    except ValueError:
        written = json.dumps(_finite(value), ensure_ascii=False, indent=indent, default=_jsonable, allow_nan=False)
    return _DANGEROUS.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _finite(value: Any) -> Any:
    """Return a value with null for the floats that JSON has no word for."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {key: _finite(part) for key, part in value.items()}
        case list() | tuple():
            return [_finite(part) for part in value]
    return value


def _jsonable(value: Any) -> Any:
    match value:
        case datetime():
            return iso(value)
        case Path():
            return str(value)
        case bytes():
            return value.hex()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _write(text: str) -> None:
    sys.stdout.write(text)

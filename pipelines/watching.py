"""The watchlist's door: entries checked as they come in, CSV read and written, known vessels screened at once."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import IO, Any, Final, Literal

from pipelines.errors import PipelineError
from pipelines.output import iso, moment
from pipelines.store.state import Store
from vessels.identity import flag, imo_is_valid, mmsi_is_junk
from vessels.matching import Identity, Match, Watchlist, folds
from vessels.text import clean
from vessels.watchlist import Entry, entry_id

OWN: Final = "own"  # the list that entries typed in by hand stand on
IDENTITY: Final = ("imo", "mmsi", "callsign", "name")
COLUMNS: Final = tuple(field.name for field in fields(Entry))
_TIMES: Final = frozenset({"valid_from", "valid_to", "review_by", "recorded_at"})
_LEDGER: Final = frozenset({"recorded_at", "added_by"})  # who wrote it and when: no change of the entry
_KEPT_WHEN_EMPTY: Final = _LEDGER | {"id", "why", "source_list"}  # an empty cell says nothing; elsewhere it empties
_GUARDED: Final = re.compile(r"' *[=+\-@]")  # text behind the apostrophe that `csv_safe` puts before a formula
_DATE: Final = len("2026-03-01")
_IMO_DIGITS: Final = 7
_MMSI_DIGITS: Final = 9
_IMO_WEIGHTS: Final = (7, 6, 5, 4, 3, 2)  # IMO Resolution A.1117(30): the last digit of the weighted sum is the seventh
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# How others head these columns, in small letters and digits only; understood by `--from auto`.
_OTHER_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("imonumber", "imono", "imonr", "imonum"), "imo"),
    **dict.fromkeys(("mmsinumber", "mmsino", "mmsinr"), "mmsi"),
    **dict.fromkeys(("radiocallsign", "cs"), "callsign"),
    **dict.fromkeys(("vesselname", "shipname", "nameofship", "caption", "vessel", "ship"), "name"),
    **dict.fromkeys(("flagstate", "flagcode"), "flag"),
    **dict.fromkeys(("reason", "remarks", "remark", "comment", "note"), "why"),
    **dict.fromkeys(("list", "listname"), "source_list"),
}

DAY_US: Final = 86_400_000_000
SCREENED_US: Final = 30 * DAY_US  # 30 days: CONTRACT, Alerts
# Every vessel heard since a time, as it last said who it is.
_KNOWN: Final = """
SELECT latest.mmsi, latest.last_seen AS time, identities.imo, identities.name, identities.callsign
FROM latest LEFT JOIN identities ON identities.mmsi = latest.mmsi
    AND identities.time = (SELECT max(time) FROM identities AS newest WHERE newest.mmsi = latest.mmsi)
WHERE latest.last_seen >= ? ORDER BY latest.mmsi
"""

Naming = Literal["auto", "csv"]


class EntryError(PipelineError):
    """An entry, or a file of entries, that cannot be taken; says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does with one row. `entry` is null for a rejected row, `reason` says why or what changes."""

    line: int
    action: Literal["added", "changed", "unchanged", "rejected"]
    entry: Entry | None
    reason: str = ""
    why_given: bool = True  # else the reason is that it stands on its list


def checked(given: Mapping[str, Any], base: Entry | None = None) -> Entry:
    """Return an entry of what was given (texts as typed, numbers or texts for numbers), or `base` changed by it.

    Raises EntryError for an identity that could never match or is not what it seems.
    """
    values = {key: _READERS[key](value) for key, value in given.items() if value is not None}
    entry = replace(base, **values) if base else Entry(**{"id": "", "why": "", **values})
    if not any(getattr(entry, key) for key in IDENTITY):
        raise EntryError("no IMO number, MMSI, call sign or name: give at least one")
    if not entry.why:
        raise EntryError("no reason: say why this vessel is of interest")
    if entry.valid_from is not None and entry.valid_to is not None and entry.valid_to < entry.valid_from:
        raise EntryError("valid_to lies before valid_from: exchange them")
    identity = {key: getattr(entry, key) for key in (*IDENTITY, "source_list")}
    return entry if entry.id else replace(entry, id=entry_id(**identity))


def plain(text: object) -> str:
    """Return a text on one line, without what hides or drives a terminal, and without a spreadsheet's apostrophe."""
    line = " ".join(clean(" ".join(str(text).split())).split())
    return line[1:] if _GUARDED.match(line) else line


def _imo(value: object) -> int | None:
    text = re.sub(r"^IMO\s*", "", plain(value), flags=re.IGNORECASE)
    if not text:
        return None
    if not re.fullmatch(rf"\d{{{_IMO_DIGITS}}}", text):
        raise EntryError(f"IMO number {text!r}: it has {_IMO_DIGITS} digits; look at it again")
    if not imo_is_valid(int(text)):
        right = sum(weight * int(digit) for weight, digit in zip(_IMO_WEIGHTS, text, strict=False)) % 10
        raise EntryError(f"IMO number {text}: wrong check digit ({text[:-1]}{right} would be right); look at it again")
    return int(text)


def _mmsi(value: object) -> int | None:
    text = plain(value)
    if not text:
        return None
    if not re.fullmatch(rf"\d{{{_MMSI_DIGITS}}}", text):
        raise EntryError(f"MMSI {text!r}: it has {_MMSI_DIGITS} digits; look at it again")
    if mmsi_is_junk(int(text)):
        raise EntryError(f"MMSI {text}: many ships send this number by mistake; name another identity")
    return int(text)


def _name(value: object) -> str | None:
    text = plain(value)
    if text and not folds(text):
        raise EntryError(f"name {text!r}: no letter or digit in it, so nothing could ever match; give letters")
    return text or None


def _callsign(value: object) -> str | None:
    return re.sub(r"[\s-]", "", plain(value)).upper() or None


def _source_list(value: object) -> str:
    return plain(value) or OWN


def _flag(value: object) -> str | None:
    text = plain(value).upper()
    if text and not re.fullmatch(r"[A-Z]{2}", text):
        raise EntryError(f"flag {text!r}: give the two letters of ISO 3166, such as MT")
    return text or None


def _day(value: object) -> int | None:
    time = _time(value)
    return None if time is None else time // DAY_US * DAY_US


def _time(value: object) -> int | None:
    if isinstance(value, int):
        return value
    if not value:
        return None
    try:
        time = datetime.fromisoformat(plain(value))
    except ValueError:
        raise EntryError(f"time {value!r}: write 2026-03-01 or 2026-03-01T06:00Z") from None
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    **dict.fromkeys(COLUMNS, plain),
    **dict.fromkeys(_TIMES, _time),
    "review_by": _day,
    "imo": _imo,
    "mmsi": _mmsi,
    "name": _name,
    "callsign": _callsign,
    "flag": _flag,
    "source_list": _source_list,
}


def screen(store: Store, entries: Sequence[Entry]) -> list[tuple[Identity, Match]]:
    """Return which vessels heard in the last 30 days of event time match now, each with its best match."""
    if (watermark := store.watermark()) is None:
        return []
    listed = Watchlist(entries)
    known = store.rows(_KNOWN, (watermark - SCREENED_US,))
    identities = (Identity(**row, flag=flag(row["mmsi"])) for row in known)
    return [(identity, match) for identity in identities if (match := listed.best(identity))]


def record(entry: Entry) -> dict[str, Any]:
    """Return an entry as a row to print or export."""
    printed = {key: moment(value) if key in _TIMES else value for key, value in asdict(entry).items()}
    review = moment(entry.review_by)
    return {**printed, "review_by": review and iso(review)[:_DATE]}


def read_csv(file: IO[str], mapping: Mapping[str, str], naming: Naming) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of a CSV file, delimited by comma, semicolon or tab, with its line number.

    `mapping` says for our columns under which heading of the file they stand. Raises EntryError when no column tells
    an identity.
    """
    first = file.readline()
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(chain([first], file), delimiter=delimiter)
    columns = _columns(next(reader, []), mapping, naming)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = {key: cells[at] if at < len(cells) else "" for key, at in columns.items()}
            yield reader.line_num, row


def _columns(header: Sequence[str], mapping: Mapping[str, str], naming: Naming) -> dict[str, int]:
    """Return where each of our columns stands in a file."""
    found: dict[str, int] = {}
    for at, heading in enumerate(header):
        if (key := _meant(heading, naming)) and key not in found:
            found[key] = at
    for key, heading in mapping.items():
        if heading not in header:
            raise EntryError(
                f"--map {key}={heading}: the file has no such column; it has {', '.join(map(plain, header))}"
            )
        found[key] = header.index(heading)
    if not any(key in found for key in IDENTITY):
        columns = ", ".join(map(plain, header)) or "none"
        raise EntryError(
            f"no column tells an identity (columns: {columns}); say which with --map imo=COLUMN or the like"
        )
    return found


def _meant(heading: str, naming: Naming) -> str | None:
    name = heading.strip()
    if naming == "auto":
        squeezed = re.sub(r"[^a-z0-9]", "", name.lower())
        own = {re.sub("_", "", column): column for column in COLUMNS}
        return own.get(squeezed) or _OTHER_NAMES.get(squeezed)
    return name if name in COLUMNS else None


def compare(
    rows: Iterator[tuple[int, dict[str, str]]], kept: Mapping[str, Entry], defaults: Mapping[str, Any]
) -> Iterator[Change]:
    """Yield what each row of a file does to the entries that are kept (by id); absent columns change nothing.

    `defaults` are the values of columns that the file does not have: `list_name`, `recorded_at`, `added_by`.
    """
    seen: dict[str, int] = {}
    for line, row in rows:
        try:
            change = _change(line, row, kept, defaults)
        except EntryError as error:
            change = Change(line, "rejected", None, str(error))
        if change.entry and (before := seen.setdefault(change.entry.id, line)) != line:
            change = Change(line, "rejected", None, f"the same vessel as on line {before}; keep one of them")
        yield change


def _change(line: int, row: Mapping[str, str], kept: Mapping[str, Entry], defaults: Mapping[str, Any]) -> Change:
    said = {key: value for key, value in row.items() if value or key not in _KEPT_WHEN_EMPTY}
    fresh = checked({"why": f"on the list {said.get('source_list', defaults['source_list'])}", **defaults, **said})
    old = kept.get(fresh.id)
    if old is None:
        return Change(line, "added", fresh, why_given="why" in said)
    ledger = {key: value for key, value in defaults.items() if key in _LEDGER}
    new = checked({**ledger, **said}, old)
    differing = [key for key in COLUMNS if key not in _LEDGER and getattr(new, key) != getattr(old, key)]
    return Change(line, "changed", new, ", ".join(differing)) if differing else Change(line, "unchanged", old)

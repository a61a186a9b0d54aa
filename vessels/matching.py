"""Is this vessel on the list? Graded by rule, never by a sum, and said in a sentence.

A  a valid IMO number agrees
B  the MMSI agrees, or call sign and name do
C  the name agrees, and the flag
D  only the name agrees, or only the call sign
X  both have a valid IMO number and they differ: another hull, whatever its name

Junk numbers (123456789 and its like) never count.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from anyascii import anyascii

from vessels.identity import imo_is_valid, mmsi_is_junk
from vessels.text import clean
from vessels.watchlist import Entry

Grade = Literal["A", "B", "C", "D", "X"]

AIS_NAME: Final = 20  # characters of a name on the air, ITU-R M.1371-5 table 51
_ARTICLE: Final = re.compile(r"(?:(?<=^)|(?<=\s))ال(?=\w)")  # Arabic "the", which transliteration would keep as `al`
_APOSTROPHES: Final = re.compile(
    "['`\u2018\u2019\u02bf\u02be]"
)  # straight, back, curly, and those of transliterated Arabic
_SIGNS: Final = re.compile(r"[^A-Z0-9]+")
# M/V, MV, M.V. and their like stand for the kind of ship; "M V" with nothing behind it is a name
_PREFIXES: Final = re.compile(
    r"^(?:M ?[/.]? ?[VTYSF]|F ?[/.]? ?V|S ?[/.]? ?[YV]|R ?[/.]? ?V|TUG|YACHT)[ .:/-]+(?=[A-Z0-9])"
)
_ROMANS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
_ARABIC: Final = {roman: str(number) for number, roman in enumerate(_ROMANS, 1)}


def fold(name: str) -> str:
    """Return a name as it is compared: A-Z and 0-9, no ship prefix, a last roman number as digits."""
    return _folded(_plain(name))


def _plain(name: str) -> str:
    """Return a name in upper-case ASCII without article, apostrophes and ship prefix."""
    ascii_ = anyascii(_ARTICLE.sub("", _APOSTROPHES.sub("", clean(name)))).upper()
    return _PREFIXES.sub("", " ".join(_APOSTROPHES.sub("", ascii_).split()))


def _folded(plain: str) -> str:
    words = _SIGNS.sub(" ", plain).split()
    if len(words) > 1:
        words[-1] = _ARABIC.get(words[-1], words[-1].lstrip("0") or "0" if words[-1].isdigit() else words[-1])
    return " ".join(words)


def folds(name: str) -> frozenset[str]:
    """Return how a listed name may come over the air: whole, and cut to the characters that AIS has room for."""
    plain = _plain(name)
    cut = {_folded(plain[:AIS_NAME].strip())} if len(plain) > AIS_NAME else set()
    return frozenset(cut | {_folded(plain)}) - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a vessel said it was at some time; what it had not said is null. `flag` is that of its MMSI."""

    mmsi: int
    time: int
    imo: int | None = None
    name: str | None = None
    callsign: str | None = None
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a vessel matches, how well, and the sentence that says on what it rests."""

    grade: Grade
    entry: Entry
    sentence: str


class Watchlist:
    """Entries, looked up by any identifier. Build it once for a list; a look-up costs no pass over it."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by: dict[tuple[str, object], list[Entry]] = defaultdict(list)
        for entry in entries:
            for key in _entry_keys(entry):
                self._by[key].append(entry)

    def __bool__(self) -> bool:
        return bool(self._by)

    def best(self, identity: Identity) -> Match | None:
        """Return the best match, or null."""
        return next(iter(self.all(identity)), None)

    def all(self, identity: Identity) -> list[Match]:
        """Return every match of entries valid at that time, the best first; conflicts (X) are none."""
        if not self:
            return []
        found = {entry.id: entry for key in _identity_keys(identity) for entry in self._by.get(key, ())}
        matches = (compare(entry, identity) for entry in found.values() if entry.valid_at(identity.time))
        return sorted((m for m in matches if m and m.grade != "X"), key=lambda m: (m.grade, m.entry.id))


def compare(entry: Entry, identity: Identity) -> Match | None:
    """Return how one entry and one identity agree, or null when nothing does; X says that they are two hulls."""
    verdicts = _verdicts(entry, identity)
    agree = {field for field, agrees in verdicts.items() if agrees}
    grade = "X" if verdicts["IMO"] is False else _grade(agree)
    return Match(grade, entry, _sentence(grade, entry, identity, verdicts)) if grade else None


def _grade(agree: set[str]) -> Grade | None:
    if "IMO" in agree:
        return "A"
    if "MMSI" in agree or {"call sign", "name"} <= agree:
        return "B"
    if {"name", "flag"} <= agree:
        return "C"
    return "D" if agree & {"name", "call sign"} else None


def _verdicts(entry: Entry, identity: Identity) -> dict[str, bool | None]:
    """Return for each field whether it agrees; null where one side does not say or says junk."""
    return {
        "IMO": _agree(_imo(entry.imo), _imo(identity.imo)),
        "MMSI": _agree(_mmsi(entry.mmsi), _mmsi(identity.mmsi)),
        "call sign": _agree(_callsign(entry.callsign), _callsign(identity.callsign)),
        "name": _names_agree(entry.name, identity.name),
        "flag": _agree(entry.flag, identity.flag),
    }


def _agree(listed: object, observed: object) -> bool | None:
    return None if listed is None or observed is None else listed == observed


def _names_agree(listed: str | None, observed: str | None) -> bool | None:
    return fold(observed) in folds(listed) if listed and observed and folds(listed) else None


def _imo(imo: int | None) -> int | None:
    return imo if imo is not None and imo_is_valid(imo) else None


def _mmsi(mmsi: int | None) -> int | None:
    return None if mmsi is None or mmsi_is_junk(mmsi) else mmsi


def _callsign(callsign: str | None) -> str | None:
    return _SIGNS.sub("", (callsign or "").upper()) or None


def _entry_keys(entry: Entry) -> Iterator[tuple[str, object]]:
    yield from _keys(entry.imo, entry.mmsi, entry.callsign)
    yield from (("name", folded) for folded in folds(entry.name or ""))


def _identity_keys(identity: Identity) -> Iterator[tuple[str, object]]:
    yield from _keys(identity.imo, identity.mmsi, identity.callsign)
    if identity.name:
        yield "name", fold(identity.name)


def _keys(imo: int | None, mmsi: int | None, callsign: str | None) -> Iterator[tuple[str, object]]:
    found = {"imo": _imo(imo), "mmsi": _mmsi(mmsi), "callsign": _callsign(callsign)}
    return ((field, value) for field, value in found.items() if value is not None)


def _sentence(grade: Grade, entry: Entry, identity: Identity, verdicts: dict[str, bool | None]) -> str:
    """Return what agrees, where it is listed, and what differs: `Grade A: IMO 9187629 on list own, entry w-…; …`."""
    listed: dict[str, object] = {
        "IMO": entry.imo,
        "MMSI": f"{entry.mmsi or 0:09d}",
        "call sign": entry.callsign,
        "name": entry.name,
        "flag": entry.flag,
    }
    observed: dict[str, object] = {
        "IMO": identity.imo,
        "MMSI": f"{identity.mmsi:09d}",
        "call sign": identity.callsign,
        "name": identity.name,
        "flag": identity.flag,
    }
    agree = [f"{field} {listed[field]}" for field, agrees in verdicts.items() if agrees]
    differ = [
        f"{field} differs ({listed[field]} → {observed[field]})"
        for field, agrees in verdicts.items()
        if agrees is False
    ]
    alone = "nothing else agrees" if len(agree) == 1 and grade not in ("A", "X") else ""
    start = f"Grade {grade}: {', '.join(agree) or 'nothing'} on list {entry.source_list}, entry {entry.id}"
    return clean("; ".join(part for part in (start, *differ, alone) if part))

"""Reading a rule file: every fault of it at once, each with file, line, key and remedy."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipelines.rules.errors import Finding, RuleError, nearest
from pipelines.rules.locate import line_of
from pipelines.rules.model import BUILT_IN, Ruleset, keys_of
from pipelines.store.sandbox import sandbox

Place = tuple[str | int, ...]

# Kinds of event that the detectors written in Python make; a behaviour adds its name.
KINDS: Final = (
    *("distress", "sighting", "gap", "zone_entry", "zone_exit", "zone_cross"),
    *("position_spoofing", "mmsi_clone"),
)
SHIPPED: Final = "rules.toml"


def load(path: Path | None = None) -> Ruleset:
    """Return the rules in force: those of a file, or the shipped ones, and always those about distress (`BUILT_IN`).

    Raises RuleError with every fault of the file.
    """
    if path is None:
        return _checked(_Source.read(None))
    built_in = [rule for rule in load().rules if rule.id in BUILT_IN]
    source = _Source.read(path)
    ruleset = _checked(source)
    changed = [rule.id for rule in ruleset.rules if rule.id in BUILT_IN and rule not in built_in]
    if changed:
        places = {rule.id: ("rule", at, "id") for at, rule in enumerate(ruleset.rules)}
        raise RuleError([source.finding(places[name], _UNTOUCHED.format(name)) for name in changed])
    own = (rule for rule in ruleset.rules if rule.id not in BUILT_IN)
    return ruleset.model_copy(update={"rules": (*built_in, *own)})


def _checked(source: "_Source") -> Ruleset:
    """Return the rules of a file as they stand there."""
    faults = [source.finding(place, problem) for place, problem in _across(source.data)]
    with closing(sandbox()) as connection:
        try:
            ruleset = Ruleset.model_validate(source.data, context={"sandbox": connection})
        except ValidationError as error:
            faults += [source.finding(*_said(fault)) for fault in error.errors(include_url=False)]
    if faults:
        raise RuleError(sorted(faults, key=lambda fault: fault.line or 0))
    return ruleset


def warnings(path: Path | None = None) -> list[Finding]:
    """Return what is doubtful in a file that `load` accepts: negated tests that a null makes false."""
    load(path)
    source = _Source.read(path)
    ruleset = _checked(source)
    conditions = [(("behaviour", at, "while"), each.while_) for at, each in enumerate(ruleset.behaviours)]
    for at, rule in enumerate(ruleset.rules):
        conditions += [(("rule", at, key), each) for key in ("where", "unless") if (each := getattr(rule, key))]
    return [
        source.finding(place, _BLIND.format(", ".join(each.blind), each.blind[0]), "warning")
        for place, each in conditions
        if each.blind
    ]


_UNTOUCHED: Final = (
    "the rule {!r} is built in, always in force, and cannot be changed: remove it here; "
    "to be told of more, add a rule with another id"
)
_BLIND: Final = (
    "a negated test reads {0}, which can be null; a null makes the whole test false. "
    "Say what you mean: coalesce({1}, …) or `{1} is null or …`"
)


@dataclass(frozen=True, slots=True)
class _Source:
    """The text of a rule file and what TOML makes of it."""

    file: str
    text: str
    data: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path | None) -> "_Source":
        """Read a file, or the shipped rules; raises RuleError when it is unreadable or not TOML."""
        file = str(path or SHIPPED)
        try:
            text = (path or files("zones").joinpath("data", SHIPPED)).read_text("utf-8")
            return cls(file, text, tomllib.loads(text))
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError([Finding(file, None, "", f"cannot be read: {error}; name a readable UTF-8 file")]) from None
        except tomllib.TOMLDecodeError as error:
            raise RuleError([Finding(file, None, "", f"is not valid TOML: {error}; mend that place")]) from None

    def finding(self, place: Place, problem: str, level: Literal["error", "warning"] = "error") -> Finding:
        """Return the finding about a place, with its line and a name that people know it by."""
        return Finding(self.file, line_of(self.text, place), self._spoken(place), problem, level)

    def _spoken(self, place: Place) -> str:
        keys = ".".join(str(step) for step in place if isinstance(step, str))
        if len(place) < len(("rule", 0)) or not isinstance(place[1], int):
            return f"key {keys}" if keys else ""
        entry = self.data[str(place[0])][place[1]]
        name = (entry.get("id") or entry.get("name")) if isinstance(entry, Mapping) else None
        title = f"{place[0]} {str(name)!r}" if name else f"{place[0]} number {place[1] + 1}"
        return f"{title}, key {keys.partition('.')[2]}" if "." in keys else title


def _across(data: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong between the parts of a file: names given twice, kinds that nothing makes."""
    behaviours, rules = (_tables(data, key) for key in ("behaviour", "rule"))
    yield from _repeated("behaviour", "name", behaviours)
    yield from _repeated("rule", "id", rules)
    names = [str(part.get("name")) for _, part in behaviours]
    for (at, _), name in zip(behaviours, names, strict=True):
        if name in KINDS:
            yield ("behaviour", at, "name"), f"{name!r} is a kind that voi makes itself: choose another name"
    known = (*KINDS, *names)
    for at, part in rules:
        on = part.get("on")
        kinds = on if isinstance(on, list) else [on]
        for kind in (kind for kind in kinds if isinstance(kind, str) and kind not in known):
            yield ("rule", at, "on"), f"nothing makes {kind!r}{nearest(kind, known)}; known: {', '.join(known)}"


def _repeated(table: str, key: str, parts: list[tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[Place, str]]:
    seen: Counter[str] = Counter()
    for at, part in parts:
        name = str(part.get(key))
        seen[name] += 1
        if key in part and seen[name] > 1:
            yield (table, at, key), f"the {key} {name!r} is given twice: rename one"


def _tables(data: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    found = data.get(key, [])
    return [(at, part) for at, part in enumerate(found) if isinstance(part, Mapping)] if isinstance(found, list) else []


def _said(fault: ErrorDetails) -> tuple[Place, str]:
    """Return where pydantic found a fault, and the problem with its remedy in words."""
    place, kind, given = tuple(fault["loc"]), fault["type"], str(fault["input"])
    if kind == "missing":
        return place[:-1], f"the key {place[-1]!r} is missing: add it"
    if kind == "extra_forbidden":
        known = keys_of(place[:-1])
        return place, f"there is no such key{nearest(str(place[-1]), known)}; known: {', '.join(known)}"
    if kind == "literal_error":
        allowed = fault["ctx"]["expected"]
        return (
            place,
            f"{given!r} is not allowed{nearest(given, allowed.replace(chr(39), '').split(', '))}; use {allowed}",
        )
    if kind == "string_pattern_mismatch":
        return place, f"{given!r} does not fit {fault['ctx']['pattern']}: small letters, digits and a joining sign"
    return place, str(fault.get("ctx", {}).get("error", fault["msg"]))

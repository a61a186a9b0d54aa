"""Why there is an alert, in sentences that a stranger can read and check. All text of others is cleaned here.

They follow the order in which somebody asks: why it matters, what was measured, where, who.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipelines.alerting.quantities import UNKNOWN, amount, label, moment
from pipelines.alerting.questions import Subject
from pipelines.alerting.telling import BEACONS, OUTSIDE, calls, last_heard, named, now_in, told
from pipelines.position import position
from pipelines.rules import summary
from pipelines.rules.language import Condition
from pipelines.rules.model import Rule
from vessels.codes import family
from vessels.text import clean
from zones.zone import Zone

_KINDS: Final = {"sighting": "newly heard", "gap": "silence", "zone_cross": "passage through"}
_MEASURED_AS: Final = {"for_s": "duration_s"}  # a threshold whose measured value has another name
_STATIC: Final = {"imo": "IMO number", "name": "name", "callsign": "call sign", "flag": "flag"}
_BY_TEST: Final = {  # what would undo the rules built in
    "distress": "if the device said that it is under test",
    "distress-test": "if the device did not say that it is under test",
}
_TOLD_ELSEWHERE: Final = {"unheard_s"}  # a null that the sentence on what was measured explains
# What a null means, where it is not merely unknown.
_NULLS: Final = {
    "zone_id": "in no zone",
    "zone_kind": "in no zone",
    "zone_ring": "in no ring of a coast",
    "role": "no working role by its ship type",
    "grade": "no match on the watchlist",
    "end": "not over",
}
_TURNS: Final = (
    (re.compile(r"list_contains\((\w+), '([^']*)'\)"), r"\2 is among the \1"),
    (re.compile(r"coalesce\((\w+), [^()]*\)"), r"\1"),
    (re.compile(r"\bnot in \("), "is none of ("),
    (re.compile(r"\bin \("), "is one of ("),
    (re.compile(r" <> "), " is not "),
    (re.compile(r" = "), " is "),
)


def headline(rule: Rule, subject: Subject, zone: Zone | None, *, met: bool) -> str:
    """Return the rule's summary with its words filled in; it says when it is made from simulated reports, or over."""
    filled = summary.fill(rule.summary, _words(subject, zone))
    return clean(("SIMULATED: " if subject.event.simulated else "") + filled + ("" if met else " (no longer so)"))


def _words(subject: Subject, zone: Zone | None) -> dict[str, str]:
    event = subject.event
    lasted = amount("_s", subject.duration_s)
    return {
        "name": subject.vessel.name or f"MMSI {event.mmsi:09d}",
        "mmsi": f"{event.mmsi:09d}",
        "zone": zone.name if zone else _position(subject),
        "duration": f"more than {lasted}" if event.end is None else lasted,
        "sog_kn": UNKNOWN if subject.sog_kn is None else f"{subject.sog_kn:.1f}",
        "start": moment(event.start),
        "kind": _KINDS.get(subject.kind) or subject.kind.replace("_", " "),
        "flag": subject.vessel.flag or UNKNOWN,
        "ship_type": UNKNOWN if subject.ship_type is None else family(subject.ship_type),
        "beacon": BEACONS.get(str(subject.measured.get("beacon")), "beacon"),
        "is": "is" if event.end is None else "was",
        "calls": calls(subject),
    }


def _position(subject: Subject) -> str:
    """Return where it was last, else where it was first: that is where somebody would look."""
    event, measured = subject.event, subject.measured
    return position(measured.get("last_lat", event.lat), measured.get("last_lon", event.lon))


def reasons(
    rule: Rule, subject: Subject, zone: Zone | None, zones: Mapping[str, Zone], *, met: bool
) -> tuple[str, ...]:
    """Return the sentences in order; `met` tells whether the newest revision still meets the rule."""
    spoken = [
        f"{rule.why[:1].upper()}{rule.why[1:]}.",
        told(subject, zones),
        "" if met else _over(subject),
        _place(subject, zone),
        _who(subject),
        *_listed(subject),
        _otherwise(rule, subject),
    ]
    return tuple(clean(sentence) for sentence in spoken if sentence)


def suppressions(rule: Rule, subject: Subject, zone: Zone | None) -> tuple[str, ...]:
    """Return what was tested that would have kept the alert back, with the values that it was tested on."""
    if rule.unless is None:
        return ("This rule knows no exception.",)
    here = _values(rule.unless, subject, zone)
    return (clean(f"It would be kept back if {_plainly(rule.unless)}. Here: {here}."),)


def not_known(subject: Subject) -> tuple[str, ...]:
    """Return what nobody had said or measured when the event was decided."""
    missing = [words for name, words in _STATIC.items() if getattr(subject.vessel, name) is None]
    missing += ["ship type"] if subject.ship_type is None else []
    missing += ["length"] if subject.length_m is None else []
    unmeasured = (name for name in subject.event.evidence.get("not_known", []) if name not in _TOLD_ELSEWHERE)
    return tuple(dict.fromkeys([*map(label, unmeasured), *missing]))


def by_rule(rule: Rule, subject: Subject, zone: Zone | None) -> dict[str, Any]:
    """Return the conditions of the rule as written, each with the values that it was tested on, for the evidence."""
    conditions = {"where": rule.where, "unless": rule.unless}
    return {
        key: {"condition": _text(condition), "values": {name: subject.values(zone)[name] for name in condition.columns}}
        for key, condition in conditions.items()
        if condition is not None
    }


def _over(subject: Subject) -> str:
    if subject.event.status == "withdrawn":
        return "The event was withdrawn: what was heard later contradicts it."
    return "The newest revision of the event no longer meets the rule; an alert once raised stays."


def _place(subject: Subject, zone: Zone | None) -> str:
    event, last = subject.event, last_heard(subject)
    first = position(event.lat, event.lon)
    at = f"Last position {last} (first {first})" if last else f"At {first}"
    if event.kind in OUTSIDE:
        return f"{at}, {now_in(subject)}."
    if zone is None:
        return f"{at}, in no zone."
    source = f"{zone.source} {zone.source_version}".strip()
    others = [named(other) for other in subject.zones if other.id != zone.id]
    also = f"; also in {'; '.join(others)}" if others else ""
    began = "; it began in" if last else ", in"
    return f"{at}{began} {named(zone)} (zone {zone.id}, {zone.kind}; drawn from {source}){also}."


def _who(subject: Subject) -> str:
    vessel = subject.vessel
    said = {words: getattr(vessel, name) for name, words in _STATIC.items() if getattr(vessel, name) is not None}
    parts = [f"MMSI {vessel.mmsi:09d}", *(f"{words} {value}" for words, value in said.items())]
    parts += [] if subject.ship_type is None else [f"{family(subject.ship_type)} (type {subject.ship_type})"]
    parts += [] if subject.length_m is None else [f"{subject.length_m:g} m long"]
    return f"Known of it at {moment(vessel.time)}: {', '.join(parts)}."


def _listed(subject: Subject) -> Iterator[str]:
    for match in subject.matches:
        yield f"Watchlist: {match.sentence}. Listed because: {match.entry.why}."


def _otherwise(rule: Rule, subject: Subject) -> str:
    thresholds: Mapping[str, Any] = subject.event.evidence.get("thresholds", {})
    ifs = [
        f"if the {label(measure)} had stayed below {amount(name, value)}"
        for name, value in thresholds.items()
        if (measure := _MEASURED_AS.get(name, name)) in subject.measured
    ]
    if rule.where is not None:
        ifs.append(_BY_TEST.get(rule.id) or f"if this were not so: {_plainly(rule.where)}")
    return f"There would be no alert {', or '.join(ifs)}." if ifs else ""


def _text(condition: Condition) -> str:
    return " ".join(condition.text.split())


def _plainly(condition: Condition) -> str:
    """Return a condition with its most usual turns in words; as it was written it stands in the evidence."""
    text = _text(condition)
    for turn, words in _TURNS:
        text = turn.sub(words, text)
    for name in condition.columns:
        text = re.sub(rf"\b{name}\b", label(name), text)
    return text.replace("_", " ").replace("'", "")


def _values(condition: Condition, subject: Subject, zone: Zone | None) -> str:
    values = subject.values(zone)
    said = (
        _NULLS[name] if values[name] is None and name in _NULLS else f"{label(name)} {amount(name, values[name])}"
        for name in condition.columns
    )
    return ", ".join(dict.fromkeys(said))

"""Why there is an alert, in sentences that a stranger can read and check. All text of others is cleaned here."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipelines.alerting.quantities import UNKNOWN, amount, each, label, moment, position
from pipelines.alerting.questions import Subject
from pipelines.rules import summary
from pipelines.rules.language import Condition
from pipelines.rules.model import Rule
from vessels.codes import family
from vessels.text import clean
from zones.zone import Zone

_BEACONS: Final = {"sart": "AIS-SART", "mob": "man-overboard beacon", "epirb": "EPIRB-AIS", "ship": "ship"}
_KINDS: Final = {"sighting": "newly heard", "gap": "silence"}
_MEASURED_AS: Final = {"for_s": "duration_s"}  # a threshold whose measured value has another name
_STATIC: Final = {"imo": "IMO number", "name": "name", "callsign": "call sign", "flag": "flag"}


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
        "zone": zone.name if zone else position(event.lat, event.lon),
        "duration": f"more than {lasted}" if event.end is None else lasted,
        "sog_kn": UNKNOWN if subject.sog_kn is None else f"{subject.sog_kn:.1f}",
        "start": moment(event.start),
        "kind": _kind(subject),
        "flag": subject.vessel.flag or UNKNOWN,
        "ship_type": UNKNOWN if subject.ship_type is None else family(subject.ship_type),
        "beacon": _BEACONS.get(str(subject.measured.get("beacon")), "beacon"),
    }


def reasons(rule: Rule, subject: Subject, zone: Zone | None, *, met: bool) -> tuple[str, ...]:
    """Return the sentences in order; `met` tells whether the newest revision still meets the rule."""
    spoken = [
        _what(subject),
        _measured(subject),
        _by_rule(rule, subject, zone),
        "" if met else _over(subject),
        _place(subject, zone),
        _who(subject),
        *_listed(subject),
        f"Why it matters: {rule.why}.",
        _otherwise(rule, subject),
        _raw(subject.event.evidence),
    ]
    return tuple(clean(sentence) for sentence in spoken if sentence)


def suppressions(rule: Rule, subject: Subject, zone: Zone | None) -> tuple[str, ...]:
    """Return what was tested that would have kept the alert back, with the values that it was tested on."""
    if rule.unless is None:
        return ("The rule knows no exception.",)
    return (clean(f"Tested and not so: {_text(rule.unless)} ({_values(rule.unless, subject, zone)})."),)


def not_known(subject: Subject) -> tuple[str, ...]:
    """Return what nobody had said or measured when the event was decided."""
    missing = [words for name, words in _STATIC.items() if getattr(subject.vessel, name) is None]
    missing += ["ship type"] if subject.ship_type is None else []
    missing += ["length"] if subject.length_m is None else []
    return tuple(dict.fromkeys([*map(label, subject.event.evidence.get("not_known", [])), *missing]))


def _what(subject: Subject) -> str:
    event = subject.event
    if event.end == event.start:
        return f"{_kind(subject).capitalize()} at {moment(event.start)}."
    until = f"going on at {moment(event.decided)}" if event.end is None else f"until {moment(event.end)}"
    return f"{_kind(subject).capitalize()} from {moment(event.start)}, {until} ({amount('_s', subject.duration_s)})."


def _measured(subject: Subject) -> str:
    thresholds = _thresholds(subject)
    by_measure = {_MEASURED_AS.get(name, name): value for name, value in thresholds.items()}
    told = [
        f"{label(name)} {amount(name, value)}"
        + (f" (threshold {amount(name, by_measure[name])})" if name in by_measure else "")
        for name, value in subject.measured.items()
    ]
    others = {name: value for name, value in thresholds.items() if _MEASURED_AS.get(name, name) not in subject.measured}
    return f"Measured: {', '.join(told) or 'nothing'}." + (f" Limits: {each(others)}." if others else "")


def _by_rule(rule: Rule, subject: Subject, zone: Zone | None) -> str:
    condition = f", where {_text(rule.where)} ({_values(rule.where, subject, zone)})" if rule.where else ""
    return f"Rule {rule.id}, version {rule.version}, on {subject.kind}{condition}."


def _over(subject: Subject) -> str:
    if subject.event.status == "withdrawn":
        return "The event was withdrawn: what was heard later contradicts it."
    return "The newest revision of the event no longer meets the rule; an alert once raised stays."


def _place(subject: Subject, zone: Zone | None) -> str:
    at = position(subject.event.lat, subject.event.lon)
    if zone is None:
        return f"Place: {at}, in no known zone."
    others = [_named(other) for other in subject.zones if other.id != zone.id]
    also = f" Also in {'; '.join(others)}." if others else ""
    source = f"{zone.source} {zone.source_version}".strip()
    return f"Place: {at}, in {_named(zone)} ({zone.id}, {zone.kind}; source: {source}).{also}"


def _named(zone: Zone) -> str:
    return f"{zone.name}, ring {zone.ring} nm" if zone.ring else zone.name


def _who(subject: Subject) -> str:
    vessel = subject.vessel
    said = {words: getattr(vessel, name) for name, words in _STATIC.items() if getattr(vessel, name) is not None}
    told = [f"MMSI {vessel.mmsi:09d}", *(f"{words} {value}" for words, value in said.items())]
    told += [] if subject.ship_type is None else [f"{family(subject.ship_type)} (type {subject.ship_type})"]
    told += [] if subject.length_m is None else [f"{subject.length_m:g} m long"]
    return f"Known of the vessel at {moment(vessel.time)}: {', '.join(told)}."


def _listed(subject: Subject) -> Iterator[str]:
    for match in subject.matches:
        yield f"Watchlist: {match.sentence}. Listed because: {match.entry.why}."


def _otherwise(rule: Rule, subject: Subject) -> str:
    ifs = [
        f"if the {label(measure)} had stayed below {amount(name, value)}"
        for name, value in _thresholds(subject).items()
        if (measure := _MEASURED_AS.get(name, name)) in subject.measured
    ]
    ifs += [f"without this: {_text(rule.where)}"] if rule.where else []
    ifs += [f"with this: {_text(rule.unless)}"] if rule.unless else []
    return f"It would not have fired {'; or '.join(ifs)}." if ifs else ""


def _raw(evidence: Mapping[str, Any]) -> str:
    first, last = evidence.get("first_row"), evidence.get("last_row")
    if not first or not last:
        return ""
    places = dict.fromkeys(f"file {row['file']}, offset {row['offset']}" for row in (first, last))
    return f"Raw sentences ({evidence.get('rows', len(places))} rows): {' to '.join(places)}."


def _thresholds(subject: Subject) -> Mapping[str, Any]:
    found: Mapping[str, Any] = subject.event.evidence.get("thresholds", {})
    return found


def _kind(subject: Subject) -> str:
    return _KINDS.get(subject.kind) or subject.kind.replace("_", " ")


def _text(condition: Condition) -> str:
    return " ".join(condition.text.split())


def _values(condition: Condition, subject: Subject, zone: Zone | None) -> str:
    values = subject.values(zone)
    return "; ".join(f"{name} is {amount(name, values[name])}" for name in condition.columns)

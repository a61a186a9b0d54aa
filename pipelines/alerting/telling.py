"""What was measured, in a sentence for each kind of event, as an officer of the watch would report it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pipelines.alerting.quantities import amount, clock, label, limit, moment, span
from pipelines.alerting.questions import Subject
from pipelines.detect.distress import ACTIVE_STATUS
from pipelines.detect.evidence import unit_of
from pipelines.position import position
from vessels.codes import nav_status_word
from zones.zone import Zone

BEACONS: Final = {"sart": "AIS-SART", "mob": "man-overboard beacon", "epirb": "EPIRB-AIS", "ship": "ship"}
_REFUSED: Final = {
    "jump": "too far away",
    "land": "on land",
    "cluster": "in a crowd of ships on land",
    "circle": "on a circle",
}
_STATISTICS: Final = ("_min", "_mean", "_max")


def told(subject: Subject, zones: Mapping[str, Zone]) -> str:
    """Return what happened and what was measured of it."""
    return _TELLERS.get(subject.event.kind, _episode)(subject, zones)


def heard(subject: Subject) -> str:
    """Return how many messages the event rests on: `1 message`."""
    rows = int(subject.event.evidence.get("rows", 0))
    return f"{rows:,} message{'' if rows == 1 else 's'}"


def lasting(subject: Subject) -> str:
    """Return from when to when the event lasts, and how long."""
    event, lasted = subject.event, amount("_s", subject.duration_s)
    if event.end is None:
        return f"from {moment(event.start)} on, for {lasted} so far"
    return f"from {moment(event.start)} to {moment(event.end)}, {lasted}"


def named(zone: Zone) -> str:
    """Return a zone's name, with its ring."""
    return f"{zone.name}, {zone.ring} nm ring" if zone.ring else zone.name


def now_in(subject: Subject) -> str:
    """Return the zones that a vessel is in after leaving one."""
    inside = [zone for zone in subject.zones if zone.id in subject.event.zones and zone.id != subject.event.zone]
    return f"in {'; '.join(f'{named(zone)} ({zone.id})' for zone in inside)}" if inside else "in no zone"


def _distress(subject: Subject, _zones: Mapping[str, Zone]) -> str:
    beacon = str(subject.measured.get("beacon"))
    if beacon == "ship":
        active = int(subject.measured.get("active_rows", 1))
        said = f"The ship reports navigational status {ACTIVE_STATUS} ({nav_status_word(ACTIVE_STATUS)})"
        often = f"{active:,} message{'' if active == 1 else 's'}"
        return f"{said}: {often}, {lasting(subject)}. This status is often set by mistake: call the ship."
    test = "which says it is under test" if subject.measured.get("test") else "active, not a test"
    return f"{BEACONS.get(beacon, 'Beacon')}, {test}: {heard(subject)}, {lasting(subject)}."


def _sighting(subject: Subject, _zones: Mapping[str, Zone]) -> str:
    absence = amount("_s", subject.event.evidence.get("thresholds", {}).get("unheard_s", 0))
    if (unheard := subject.measured.get("unheard_s")) is not None:
        return f"Heard again at {moment(subject.event.start)}, after {amount('_s', unheard)} unheard."
    since = "24 h" if absence == "1 d" else absence
    begins = f"not heard in the last {since} before, or this is the start of your data"
    return f"Heard at {moment(subject.event.start)}; {begins}."


def _gap(subject: Subject, _zones: Mapping[str, Zone]) -> str:
    event, measured = subject.event, subject.measured
    limit_s = event.evidence.get("thresholds", {}).get("silence_s")
    told_of = f" ({amount('_s', limit_s)} and more is told)" if limit_s else ""
    speeds = [
        f"{amount(name, measured[name])} {when}"
        for name, when in (("sog_before_kn", "before"), ("sog_after_kn", "after"))
        if name in measured
    ]
    speed = f"; speed {', '.join(speeds)}" if speeds else ""
    if event.end is None:
        return f"Silent since {moment(event.start)}, not heard again so far{told_of}{speed}."
    away = [
        f"{amount(name, measured[name])}{words}"
        for name, words in (("distance_nm", " away"), ("implied_kn", " if it sailed straight"))
        if name in measured
    ]
    where = f", {', '.join(away)}" if away else ""
    return f"Silent {lasting(subject)}{told_of}; heard again{where}{speed}."


OUTSIDE: Final = ("zone_exit", "zone_cross")  # kinds that tell of a zone in which their row does not lie
# What is known of a crossing; a vessel that passed through a zone was heard before and after, never inside.
_CROSSED: Final = {
    "zone_entry": ("Entered", "at"),
    "zone_exit": ("Left", "at"),
    "zone_cross": ("Passed, if it sailed straight, through", "before"),
}


def _crossing(subject: Subject, zones: Mapping[str, Zone]) -> str:
    event = subject.event
    zone = zones.get(event.zone)
    name = f"{named(zone)} ({zone.id})" if zone else event.zone
    what, when = _CROSSED[event.kind]
    figures = [f"{label(key)} {amount(key, value)}" for key, value in subject.measured.items()]
    after = "" if event.kind == "zone_entry" else f"; then {now_in(subject)}"
    return f"{what} {name} {when} {moment(event.start)}{after}" + (f"; {', '.join(figures)}." if figures else ".")


def _spoofing(subject: Subject, _zones: Mapping[str, Zone]) -> str:
    measured, evidence = subject.measured, subject.event.evidence
    counts = {words: measured.get(f"{reason}_rows") for reason, words in _REFUSED.items()}
    reasons = ", ".join(f"{count:,} {words}" for words, count in counts.items() if count)
    limit_kn = evidence.get("thresholds", {}).get("implied_kn")
    figures = _told_of(measured, "distance_nm", "; up to {} from where it was believed to be")
    figures += _told_of(measured, "implied_kn", ", {} if it had sailed there")
    figures += f" ({amount('implied_kn', limit_kn)} is believed)" if limit_kn else ""
    return f"{evidence.get('rows', 0):,} positions {lasting(subject)} were not believed: {reasons}{figures}."


def _clone(subject: Subject, _zones: Mapping[str, Zone]) -> str:
    measured = subject.measured
    figures = _told_of(measured, "distance_nm", ", up to {} apart")
    figures += _told_of(measured, "between_s", ", heard within {} of each other")
    hulls = " and ".join(measured.get("hulls", ()))
    return f"Two hulls by turns {lasting(subject)}: tracks {hulls}{figures}; {heard(subject)} say so."


def _told_of(measured: Mapping[str, Any], name: str, words: str) -> str:
    """Return words with a measured value in them; nothing when it was not measured."""
    return words.format(amount(name, measured[name])) if name in measured else ""


def _episode(subject: Subject, _zones: Mapping[str, Zone]) -> str:
    thresholds, measured = subject.event.evidence.get("thresholds", {}), subject.measured
    needed = f" (looked for: {amount('_s', thresholds['for_s'])} and more)" if "for_s" in thresholds else ""
    parts = [f"{subject.kind.replace('_', ' ').capitalize()} {lasting(subject)}{needed}", *_figures(subject)]
    if (status := measured.get("nav_status")) is not None:
        parts.append(f"navigational status {status} ({nav_status_word(status)}) throughout")
    if "net_nm" in measured:
        parts.append(f"{amount('net_nm', measured['net_nm'])} between the first and the last place")
    if breaks := measured.get("interruptions"):
        parts.append(f"{breaks:,} short interruption{'' if breaks == 1 else 's'}")
    if "ended_by" in measured:
        parts.append("then it was heard no more" if measured["ended_by"] == "silence" else "then it was so no longer")
    return "; ".join(parts) + f". {heard(subject)} say so."


def _figures(subject: Subject) -> Iterator[str]:
    """Yield the values that each measured quantity took, with what it was looked for."""
    thresholds = subject.event.evidence.get("thresholds", {})
    quantities = dict.fromkeys(filter(None, map(_quantity, subject.measured)))
    for name in quantities:
        wanted = limit(name, thresholds)
        yield span(name, subject.measured) + (f" (looked for: {wanted})" if wanted else "")


def _quantity(name: str) -> str | None:
    """Return the quantity that a minimum, mean or maximum is of: `sog_mean_kn` → `sog_kn`."""
    unit = unit_of(name)
    stem = name.removesuffix(unit)
    return next((stem.removesuffix(word) + unit for word in _STATISTICS if unit and stem.endswith(word)), None)


def last_heard(subject: Subject) -> str:
    """Return where something was last, when that is told beside where it was first."""
    measured: Mapping[str, Any] = subject.measured
    if "last_time" not in measured:
        return ""
    return f"{position(measured['last_lat'], measured['last_lon'])} at {moment(measured['last_time'])}"


def calls(subject: Subject) -> str:
    """Return that somebody calls for help, or did."""
    end = subject.event.end
    return "is calling for help" if end is None else f"called for help, last heard {clock(end)}"


_TELLERS: Final[Mapping[str, Callable[[Subject, Mapping[str, Zone]], str]]] = {
    "distress": _distress,
    "sighting": _sighting,
    "gap": _gap,
    "zone_entry": _crossing,
    "zone_exit": _crossing,
    "zone_cross": _crossing,
    "position_spoofing": _spoofing,
    "mmsi_clone": _clone,
}

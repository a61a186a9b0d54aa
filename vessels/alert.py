"""An alert: an event that a rule or the watchlist makes somebody's business. A cue for a person, never proof."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from vessels.event import digest

AlertClass = Literal["distress", "safety", "interest", "identity", "system"]
Severity = Literal["extreme", "severe", "moderate", "minor", "unknown"]
Urgency = Literal["immediate", "expected", "future", "past", "unknown"]
Certainty = Literal["observed", "likely", "possible", "unlikely", "unknown"]
State = Literal["open", "acknowledged", "in_progress", "resolved", "withdrawn"]

CLASSES: Final[tuple[AlertClass, ...]] = ("distress", "safety", "interest", "identity", "system")
SEVERITIES: Final[tuple[Severity, ...]] = ("extreme", "severe", "moderate", "minor", "unknown")  # words of CAP 1.2


def alert_id(rule: str, first_event_id: str) -> str:
    """Return the stable id: no rule version in it, so that editing a rule neither doubles nor loses an alert."""
    return digest(rule, first_event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What someone should see, why, and what is not known. Times are microseconds UTC.

    The analyst's part (state, outcome, assignee, snoozed_until) lives in the store beside it and is never overwritten
    by a later revision of the same alert.
    """

    id: str
    alert_class: AlertClass
    rule: str
    rule_version: str
    event_id: str
    event_kind: str
    mmsi: int
    first_seen: int
    last_seen: int
    lat: float | None
    lon: float | None
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    headline: str
    name: str | None = None
    imo: int | None = None
    vessel_id: str | None = None
    zone: str | None = None
    zones: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()
    suppressions: tuple[str, ...] = ()
    watchlist_id: str | None = None
    simulated: bool = False
    withdrawn: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)


def rank(alert_class: str, severity: str, first_seen: int) -> tuple[int, int, int, int]:
    """Return the sort key of every list, map and message: distress, then severity, then class, then the newest."""
    help_first = 0 if alert_class == "distress" else 1
    by_severity = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    by_class = CLASSES.index(alert_class) if alert_class in CLASSES else len(CLASSES)
    return help_first, by_severity, by_class, -first_seen

"""From events to alerts: one alert for each rule and event, whatever happens to the event later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipelines.alerting.context import Context
from pipelines.alerting.questions import STRONG, Subject, subjects, table
from pipelines.alerting.reasons import by_rule, headline, not_known, reasons, suppressions
from pipelines.alerting.running import Running
from pipelines.detect.distress import Distress
from pipelines.rules.evaluate import matches
from pipelines.rules.model import Rule
from vessels.alert import Alert, alert_id
from vessels.event import Event
from zones.zone import Zone

_WITHDRAWN: Final = "withdrawn"


def alerts_for(revisions: Sequence[Event], context: Context) -> list[Alert]:
    """Return the newest state of every alert that the event revisions raise, change or withdraw.

    Revisions come in the order they were made. An alert is raised by the first revision that a rule applies to, names
    the zone of highest priority in which it does, and then follows the event: later revisions update it even when the
    rule no longer applies; a withdrawn event withdraws it, unless another event supersedes that one and raises it.
    """
    heard = _by_kind(context.ruleset.rules)
    gone = {event.id for event in revisions if event.status == _WITHDRAWN}
    concerned = [event for event in revisions if (event.behaviour or event.kind) in heard]
    asked = subjects(sorted(concerned, key=lambda event: event.id not in gone), context)
    raising = _Raising(context)
    for rule, subject, verdict in _verdicts(asked, heard):
        raising.hear(rule, subject, verdict)
    return list(raising.alerts.values())


def _by_kind(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """Return the rules that hear each kind of event, in their order."""
    kinds = {kind for rule in rules for kind in rule.on}
    return {kind: [rule for rule in rules if kind in rule.on] for kind in kinds}


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether a rule applies to an event, and in which zone to speak of it."""

    met: bool
    zone: Zone | None


def _verdicts(
    asked: Sequence[Subject], heard: Mapping[str, Sequence[Rule]]
) -> Iterable[tuple[Rule, Subject, _Verdict]]:
    """Yield what every rule that hears a subject says of it, all conditions answered by one SELECT."""
    rows, own = table(asked)
    rules = {rule.id: rule for subject in asked for rule in heard[subject.kind]}.values()
    given = {(rule.id, key): each for rule in rules for key in ("where", "unless") if (each := getattr(rule, key))}
    found = matches(rows, {f"{rule}.{key}": condition for (rule, key), condition in given.items()})
    answers = {name: answer.tolist() for name, answer in found.items()}
    for subject, mine in zip(asked, own, strict=True):
        for rule in heard[subject.kind]:
            where, unless = answers.get(f"{rule.id}.where"), answers.get(f"{rule.id}.unless")
            yield rule, subject, _verdict(subject, mine, where, unless)


def _verdict(subject: Subject, mine: range, where: list[bool] | None, unless: list[bool] | None) -> _Verdict:
    """Judge a subject by the answers for its rows: the first place where the rule applies, else the nearest to it."""
    suiting = [row for row in mine if where is None or where[row]]
    firing = [row for row in suiting if unless is None or not unless[row]]
    place = (firing or suiting or mine)[0] - mine.start
    return _Verdict(bool(firing), subject.questioned[place])


@dataclass(slots=True)
class _Raising:
    """The alerts of one call, and the chains of events it has met."""

    context: Context
    alerts: dict[str, Alert] = field(default_factory=dict)
    first_of: dict[str, str] = field(default_factory=dict)

    def hear(self, rule: Rule, subject: Subject, verdict: _Verdict) -> None:
        """Take in what a rule says of one revision."""
        event = subject.event
        running = self._running(rule, event)
        identity = running.alert_id if running else alert_id(rule.id, self._first(event))
        met = verdict.met and event.status != _WITHDRAWN
        if met or self._stands(identity):
            zones = self.context.zones
            self.alerts[identity] = _alert(identity, rule, subject, verdict.zone, running, zones=zones, met=met)

    def _stands(self, identity: str) -> bool:
        earlier = self.alerts.get(identity)
        return identity in self.context.raised if earlier is None else not earlier.withdrawn

    def _first(self, event: Event) -> str:
        """Return the id of the first event of the chain that this one supersedes."""
        before = event.supersedes or event.id
        first = self.first_of.get(before) or self.context.first_of.get(before, before)
        self.first_of[event.id] = first
        return first

    def _running(self, rule: Rule, event: Event) -> Running | None:
        """Return the distress alert that is going on for this vessel while the event does."""
        if event.kind != Distress.name:
            return None
        return self.context.calls.of(rule.id, event)


def _alert(
    identity: str,
    rule: Rule,
    subject: Subject,
    zone: Zone | None,
    running: Running | None,
    *,
    zones: Mapping[str, Zone],
    met: bool,
) -> Alert:
    event, vessel = subject.event, subject.vessel
    return Alert(
        id=identity,
        alert_class=rule.alert_class,
        rule=rule.id,
        rule_version=rule.version,
        event_id=event.id,
        event_kind=subject.kind,
        mmsi=event.mmsi,
        first_seen=min(event.start, running.first_seen) if running else event.start,
        last_seen=event.decided if event.end is None else event.end,
        lat=event.lat,
        lon=event.lon,
        severity=rule.severity,
        urgency=rule.urgency,
        certainty=rule.certainty,
        headline=headline(rule, subject, zone, met=met),
        name=vessel.name,
        imo=vessel.imo,
        vessel_id=event.vessel_id,
        zone=zone.id if zone else None,
        zones=tuple(each.id for each in subject.zones),
        reasons=reasons(rule, subject, zone, zones, met=met),
        not_known=not_known(subject),
        suppressions=suppressions(rule, subject, zone),
        watchlist_id=_listed_as(rule, subject),
        simulated=event.simulated,
        withdrawn=event.status == _WITHDRAWN,
        evidence={**event.evidence, "rule": by_rule(rule, subject, zone)},
    )


def _listed_as(rule: Rule, subject: Subject) -> str | None:
    """Return the watchlist entry that the alert is about: a strong match, or a weak one that the rule asks for."""
    best = subject.best
    asked = rule.where is not None and "grade" in rule.where.columns
    return best.entry.id if best and (best.grade in STRONG or asked) else None

"""The calls for help that stand: which distress alert a beacon heard now belongs to.

A provisional alert is raised before its rows are in order, so its event may begin earlier, or be another's; whoever was
heard within the same half hour is one caller, and the alert that stands for it goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.detect.distress import MAX_SILENCE_US, Distress
from vessels.event import Event


@dataclass(slots=True)
class Running:
    """A distress alert and the time it is known to cover, in microseconds UTC."""

    alert_id: str
    event_id: str
    rule: str
    first_seen: int
    last_seen: int

    def touches(self, first: int, last: int) -> bool:
        """Tell whether a caller heard from `first` to `last` may be the same, silences included."""
        return first <= self.last_seen + MAX_SILENCE_US and last >= self.first_seen - MAX_SILENCE_US


class Calls:
    """The distress alerts that are not withdrawn, by MMSI."""

    def __init__(self, alerts: Iterable[Mapping[str, Any]] = ()) -> None:
        """Begin with stored alerts (`store.alerts`)."""
        self._by: dict[int, dict[str, Running]] = defaultdict(dict)
        for alert in alerts:
            if alert["event_kind"] == Distress.name:
                self.add(alert["mmsi"], Running(*(alert[key] for key in _KEYS)))

    def add(self, mmsi: int, running: Running) -> None:
        """Take in an alert, or what is newly known of it; what it covered before stays covered."""
        before = self._by[mmsi].get(running.alert_id, running)
        running.first_seen = min(running.first_seen, before.first_seen)
        running.last_seen = max(running.last_seen, before.last_seen)
        self._by[mmsi][running.alert_id] = running

    def drop(self, alert_ids: Iterable[str]) -> None:
        """Forget alerts that were withdrawn."""
        for gone in alert_ids:
            for standing in self._by.values():
                standing.pop(gone, None)

    def hear(self, mmsi: int, first: int, last: int) -> None:
        """Note that the caller was heard from `first` to `last`: the alerts it touches cover that time."""
        for running in self._by.get(mmsi, {}).values():
            if running.touches(first, last):
                running.first_seen, running.last_seen = min(running.first_seen, first), max(running.last_seen, last)

    def of(self, rule: str, event: Event) -> Running | None:
        """Return the alert of a rule that stands for an event: its own, else the nearest in time that it touches."""
        mine = [running for running in self._by.get(event.mmsi, {}).values() if running.rule == rule]
        own = [running for running in mine if running.event_id == event.id]
        until = event.decided if event.end is None else event.end
        near = own or [running for running in mine if running.touches(event.start, until)]
        return min(near, key=lambda running: (abs(running.first_seen - event.start), running.alert_id), default=None)

    def without_event(self, event_ids: frozenset[str], before: int) -> set[str]:
        """Return the alerts first seen before a time (µs UTC) that stand for none of these events."""
        standing = [running for all_ in self._by.values() for running in all_.values() if running.first_seen < before]
        return {running.alert_id for running in standing if running.event_id not in event_ids}


_KEYS = ("id", "event_id", "rule", "first_seen", "last_seen")

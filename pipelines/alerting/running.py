"""The calls for help that stand: which distress alert a beacon heard now belongs to.

A provisional alert is raised before its rows are in order, so its event may begin earlier, or be another's; whoever was
heard within the same half hour is one caller, and the alert that stands for it goes on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipelines.detect.distress import MAX_SILENCE_US
from vessels.event import Event

# A caller may go on after 30 min of silence, and an alert tells it was last heard up to 10 min less than it was.
REMEMBERED_US: Final = 2 * MAX_SILENCE_US


@dataclass(slots=True)
class Running:
    """A distress alert and the time it is known to cover, in microseconds UTC."""

    alert_id: str
    event_id: str
    rule: str
    first_seen: int
    last_seen: int
    proved: bool  # its event was told, so that only folding its vessel anew can take it away

    def touches(self, first: int, last: int) -> bool:
        """Tell whether a caller heard from `first` to `last` may be the same, silences included."""
        return first <= self.last_seen + MAX_SILENCE_US and last >= self.first_seen - MAX_SILENCE_US


class Calls:
    """The distress alerts, by MMSI, that are not withdrawn and may go on; older ones only after `recall`."""

    def __init__(self, alerts: Iterable[Mapping[str, Any]] = ()) -> None:
        """Begin with stored alerts (`store.alerts`), of which none is proved."""
        self._by: dict[int, dict[str, Running]] = defaultdict(dict)
        for alert in alerts:
            self.add(alert["mmsi"], _running(alert, proved=False))

    def recall(self, alerts: Iterable[Mapping[str, Any]]) -> None:
        """Take in stored alerts again that were forgotten."""
        for alert in alerts:
            if alert["id"] not in self._by[alert["mmsi"]]:
                self.add(alert["mmsi"], _running(alert, proved=True))

    def add(self, mmsi: int, running: Running) -> None:
        """Take in an alert, or what is newly known of it; what it covered before stays covered."""
        before = self._by[mmsi].get(running.alert_id, running)
        running.first_seen = min(running.first_seen, before.first_seen)
        running.last_seen = max(running.last_seen, before.last_seen)
        self._by[mmsi][running.alert_id] = running

    def drop(self, alert_ids: Iterable[str]) -> None:
        """Forget alerts."""
        gone = set(alert_ids)
        for mmsi, standing in list(self._by.items()) if gone else ():
            self._by[mmsi] = {id_: running for id_, running in standing.items() if id_ not in gone}
            if not self._by[mmsi]:
                del self._by[mmsi]

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

    def unproved(self, before: int) -> dict[str, str]:
        """Return the alerts first seen before a time (µs UTC) whose event is not known to be told, with its id."""
        return {each.alert_id: each.event_id for each in self._all() if not each.proved and each.first_seen < before}

    def prove(self, event_ids: Collection[str]) -> None:
        """Note that these events were told."""
        for each in self._all():
            each.proved |= each.event_id in event_ids

    def forget(self, watermark: int) -> None:
        """Leave to the store what nothing in order can touch any more."""
        since = watermark - REMEMBERED_US
        self.drop([each.alert_id for each in self._all() if each.proved and each.last_seen < since])

    def _all(self) -> list[Running]:
        return [running for all_ in self._by.values() for running in all_.values()]


def _running(alert: Mapping[str, Any], *, proved: bool) -> Running:
    return Running(
        alert["id"], alert["event_id"], alert["rule"], alert["first_seen"], alert["last_seen"], proved=proved
    )

"""From ordered rows to events and alerts, with the memory that goes from one flush to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.alerting import Context, Running, alerts_for, provisional
from pipelines.detect.distress import Distress
from pipelines.detect.drive import splice
from pipelines.detect.fold import Table
from pipelines.detect.reconcile import changes
from pipelines.detect.register import REGISTER, as_of, extend, snapshots, without
from pipelines.knowledge import Knowledge
from pipelines.store import alerts as kept_alerts
from pipelines.store import resume, watchlist
from pipelines.store.read import events_of, known, reports_of, successions
from pipelines.store.state import Store
from pipelines.watching import SCREENED_US, screen
from vessels.alert import Alert
from vessels.event import Event, digest, key_of, track_key
from vessels.matching import Watchlist
from vessels.report import POSITION_TYPES
from vessels.watchlist import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What some rows brought: event revisions in order, alerts, and new identity snapshots."""

    events: Sequence[Event] = ()
    alerts: Sequence[Alert] = ()
    identities: Table = field(default_factory=REGISTER.empty_table)


class Analysis:
    """The memory of a run: who vessels said they were, and where every detector stands."""

    def __init__(self, store: Store, knowledge: Knowledge) -> None:
        """Go on where the last flush of the store stopped."""
        self._store = store
        self._knowledge = knowledge
        self._register = resume.identities(store).cast(REGISTER)
        self._first_of = _firsts(successions(store))
        saved = {
            name: resume.detector_state(store, name, version) for name, version in knowledge.detection.versions.items()
        }
        self._states = {name: state for name, state in saved.items() if state is not None}

    @property
    def states(self) -> dict[str, tuple[str, Table]]:
        """Return every detector's version and state, to be committed with what they were folded from."""
        versions = self._knowledge.detection.versions
        return {name: (versions[name], state) for name, state in self._states.items()}

    def at_once(self, reports: pa.Table) -> list[Alert]:
        """Return the new distress alerts of reports just decoded, before they are put in order."""
        calls = self._calls(reports)
        if calls.num_rows == 0:
            return []
        context = self._context()
        return [alert for alert in provisional(calls, context) if alert.id not in context.raised]

    def fold(self, rows: Table, watermark: int) -> Findings:
        """Take in gated rows that the watermark has passed; late ones are left to `refold`."""
        timely = rows.filter(pc.invert(rows["late"]))
        fresh = snapshots(self._register, timely)
        self._register = extend(self._register, timely)
        self._states, events = self._knowledge.detection.advance(self._states, timely, self._register, watermark)
        return Findings(events=events, alerts=self._alerts(events), identities=fresh)

    def refold(self, mmsis: Iterable[int], watermark: int) -> Findings:
        """Read all that these MMSIs ever said back from the store, fold it anew, and tell what changes."""
        mmsis = list(mmsis)
        rows = _with_keys(reports_of(self._store, mmsis))
        fresh = snapshots(REGISTER.empty_table(), rows)
        self._register = extend(without(self._register, mmsis), rows)
        states, revisions = self._knowledge.detection.refold(rows, self._register, watermark)
        keys = [track_key(mmsi) for mmsi in mmsis]
        self._states = splice({name: self._states.get(name, state[:0]) for name, state in states.items()}, states, keys)
        changed = {event.id: event for event in changes(events_of(self._store, keys), revisions)}
        gone = [event for event in changed.values() if event.status == "withdrawn"]
        told = [replace(event, supersedes=changed[event.id].supersedes) for event in revisions if event.id in changed]
        return Findings(events=gone + told, alerts=self._alerts(gone + told), identities=fresh)

    def screen(self) -> tuple[str, list[Alert]] | None:
        """Hold recent events against entries that came to the watchlist since it was last asked; null when none did.

        Returns a digest of the list, to be noted with the alerts, and the alerts.
        """
        listed = watchlist.every(self._store)
        asked = digest(listed)
        if asked == self._store.meta("watchlist"):
            return None
        vessels = [identity.mmsi for identity, _ in screen(self._store, [Entry.of(row) for row in listed])]
        since = (self._store.watermark() or 0) - SCREENED_US
        events = events_of(self._store, [track_key(mmsi) for mmsi in vessels])
        return asked, self._alerts([event for event in events if event.start >= since and event.status != "withdrawn"])

    def _calls(self, reports: pa.Table) -> pa.Table:
        """Return the calls for help among reports, without those that the store holds already."""
        positions = reports.filter(pc.is_in(reports["msg_type"], value_set=pa.array(POSITION_TYPES, pa.int8())))
        calls = Distress(zone_ids=()).own(positions)
        late = calls.append_column("late", pa.array([True] * calls.num_rows, pa.bool_()))
        return calls.filter(pa.array(~known(self._store, late)))

    def _alerts(self, events: Sequence[Event]) -> list[Alert]:
        alerts = alerts_for(events, self._context()) if events else []
        self._first_of |= _firsts({event.id: event.supersedes for event in events if event.supersedes}, self._first_of)
        return alerts

    def _context(self) -> Context:
        standing = [alert for alert in kept_alerts.every(self._store) if alert["state"] != "withdrawn"]
        return Context(
            ruleset=self._knowledge.ruleset,
            zones=self._knowledge.zones,
            identities=partial(as_of, self._register),
            watchlist=Watchlist(map(Entry.of, watchlist.every(self._store))),
            first_of=self._first_of,
            raised={alert["id"] for alert in standing},
            running=_running(standing),
        )


def _running(alerts: Iterable[dict[str, Any]]) -> dict[tuple[str, int], Running]:
    """Return the newest distress alert of every rule and MMSI."""
    found = sorted((a for a in alerts if a["event_kind"] == Distress.name), key=lambda alert: alert["last_seen"])
    return {(a["rule"], a["mmsi"]): Running(a["id"], a["first_seen"], a["last_seen"]) for a in found}


def _firsts(supersedes: dict[str, str], known: dict[str, str] | None = None) -> dict[str, str]:
    """Return the first event of every chain, from who supersedes whom (oldest first)."""
    first: dict[str, str] = dict(known or {})
    for successor, before in supersedes.items():
        first[successor] = first.get(before, before)
    return first


def _with_keys(rows: Table) -> Table:
    """Return stored rows as the gate left them: with the integer key of their track."""
    tracks = rows["track_id"].combine_chunks().dictionary_encode()
    keys = pa.array([key_of(track) for track in tracks.dictionary.to_pylist()], pa.int64())
    return rows.append_column("key", keys.take(tracks.indices))

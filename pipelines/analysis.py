"""From ordered rows to events and alerts, with the memory that goes from one flush to the next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from pipelines.alerting import REMEMBERED_US, Calls, Context, Running, alerts_for, provisional
from pipelines.copies import total_order
from pipelines.detect import waiting
from pipelines.detect.distress import Distress
from pipelines.detect.drive import splice
from pipelines.detect.fold import Table, in_order
from pipelines.detect.heard import calls_for_help
from pipelines.detect.reconcile import changes
from pipelines.detect.register import REGISTER, as_of, extend, only, snapshots, without
from pipelines.detect.sighting import UNHEARD_US, Sighting
from pipelines.knowledge import Knowledge
from pipelines.listing import Listing
from pipelines.rows import where
from pipelines.store import alerts as kept_alerts
from pipelines.store import resume
from pipelines.store.read import events_of, known, reports_of, standing, successions
from pipelines.store.state import Store
from vessels.alert import Alert
from vessels.event import Event, key_of, track_key
from vessels.report import REPORT

NO_ROWS: Final = pa.schema([*REPORT, ("late", pa.bool_()), ("key", pa.int64()), ("verdict", pa.string())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What some rows brought: event revisions in order, alerts, alerts withdrawn, and new identity snapshots.

    `rows` are to be stored now, judged; `corrected` are rows stored before that are judged anew.
    """

    rows: Table = field(default_factory=NO_ROWS.empty_table)
    corrected: Table = field(default_factory=NO_ROWS.empty_table)
    events: Sequence[Event] = ()
    alerts: Sequence[Alert] = ()
    withdrawn: Collection[str] = ()
    identities: Table = field(default_factory=REGISTER.empty_table)


class Analysis:
    """The memory of a run: who vessels said they were, where every detector stands, which calls for help go on."""

    def __init__(self, store: Store, knowledge: Knowledge) -> None:
        """Go on where the last flush of the store stopped."""
        self._store = store
        self._knowledge = knowledge
        self._listing = Listing(store)
        self._register = resume.identities(store).cast(REGISTER)
        self._first_of = _firsts(successions(store), {})
        self._raised = kept_alerts.Standing(store)
        since = (store.watermark() or 0) - REMEMBERED_US
        self._calls = Calls(kept_alerts.standing_since(store, Distress.name, since))
        versions = knowledge.detection.versions
        saved = {name: resume.detector_state(store, name, version) for name, version in versions.items()}
        self._states = {name: state for name, state in saved.items() if state is not None}
        self.waiting = resume.waiting(store)
        self._hear()

    @property
    def states(self) -> dict[str, tuple[str, Table]]:
        """Return every detector's version and state, to be committed with what they were folded from."""
        versions = self._knowledge.detection.versions
        return {name: (versions[name], state) for name, state in self._states.items()}

    def at_once(self, reports: Table) -> list[Alert]:
        """Return the new distress alerts of reports just decoded, before they are put in order."""
        calls = calls_for_help(reports)
        if calls.num_rows == 0:
            return []
        late = calls.append_column("late", pa.array([True] * calls.num_rows, pa.bool_()))
        calls = where(calls, ~known(self._store, late, self.waiting)).sort_by("time")
        if calls.num_rows == 0:
            return []
        self._recall(calls["mmsi"].unique().to_pylist())
        alerts = [alert for alert in provisional(calls, self._context()) if alert.id not in self._raised]
        self._keep(alerts, proved=False)
        for mmsi, time in zip(calls["mmsi"].to_pylist(), calls["time"].to_pylist(), strict=True):
            self._calls.hear(mmsi, time, time)
        return alerts

    def fold(self, rows: Table, watermark: int) -> Findings:
        """Take in rows (REPORT and `late`) that the watermark has passed; late ones are left to `refold`."""
        late = rows["late"].to_numpy()
        timely = where(rows, ~late)
        fresh = snapshots(self._register, timely)
        self._register = extend(self._register, timely)
        given = waiting.queued(self.waiting, waiting.arriving(timely))
        advance = self._knowledge.detection.advance(self._states, given, self._register, watermark)
        self._states, self.waiting, events = advance.states, waiting.held_back(advance.rows), advance.events
        self._hear()
        named = self._listing.named(fresh)
        told = [event for event in events if event.kind == Sighting.name]
        before = events_of(self._store, [track_key(mmsi) for mmsi, _ in named]) if named else []
        alerts = alerts_for(in_order([*events, *reintroduced([*before, *told], named)]), self._context())
        self._keep(alerts, events)
        self._calls.forget(watermark)
        judged = _in_order([waiting.to_store(advance.rows), waiting.unjudged(where(rows, late))])
        corrected = waiting.corrected(advance.rows)
        return Findings(rows=judged, corrected=corrected, events=events, alerts=alerts, identities=fresh)

    def refold(self, mmsis: Iterable[int], watermark: int) -> Findings:
        """Read all that these MMSIs ever said back from the store, fold it anew, and tell what changes.

        Their alerts are raised anew too: what is not raised again is withdrawn.
        """
        mmsis = list(mmsis)
        rows = self._all_of(mmsis)
        fresh = snapshots(REGISTER.empty_table(), rows)
        self._register = extend(without(self._register, mmsis), rows)
        advance = self._knowledge.detection.refold(self._states, rows, self._register, watermark)
        revisions = self._remembered(advance.events)
        self._recall(mmsis)
        keys = [track_key(mmsi) for mmsi in mmsis]
        self._states = splice(self._states, advance.states, mmsis)
        self.waiting = pa.concat_tables([self._waits_of(mmsis, others=True), waiting.held_back(advance.rows)])
        self._hear()
        old = self._remembered(events_of(self._store, keys))
        changed = {event.id: event for event in changes(old, revisions)}
        heirs = {event.id: event.supersedes for event in (*old, *changed.values())}
        told = [replace(event, supersedes=heirs.get(event.id)) for event in revisions]
        seen = reintroduced([event for event in told if event.kind == Sighting.name], self._listing.named(fresh))
        alerts = alerts_for(in_order([*told, *seen]), replace(self._context(), raised=frozenset()))
        withdrawn = kept_alerts.ids_of(self._store, mmsis) - {alert.id for alert in alerts}
        self._keep(alerts, told)
        self._calls.drop(withdrawn)
        gone = [event for event in changed.values() if event.status == "withdrawn"]
        events = gone + [event for event in told if event.id in changed]
        judged, corrected = waiting.to_store(advance.rows), waiting.corrected(advance.rows)
        return Findings(
            rows=judged.select(NO_ROWS.names),
            corrected=corrected,
            events=events,
            alerts=alerts,
            withdrawn=withdrawn,
            identities=fresh,
        )

    def _all_of(self, mmsis: Sequence[int]) -> Table:
        """Return all that these MMSIs said, stored or waiting at the gate."""
        stored = waiting.known(_with_keys(reports_of(self._store, mmsis)))
        return total_order(pa.concat_tables([stored, waiting.anew(self._waits_of(mmsis))]))

    def _waits_of(self, mmsis: Sequence[int], *, others: bool = False) -> Table:
        mine = np.isin(self.waiting["mmsi"].to_numpy(), mmsis)
        return where(self.waiting, ~mine if others else mine)

    def screen(self, watermark: int) -> tuple[Findings, Mapping[str, str]] | None:
        """Hold recent events against entries that are new on the watchlist; null when none is.

        Returns also the digests of the entries, to be noted with the alerts (`Listing.NOTE`).
        """
        if (asked := self._listing.unasked(watermark)) is None:
            return None
        self._recall(asked.mmsis)
        keys = [track_key(mmsi) for mmsi in asked.mmsis]
        events = [event for event in events_of(self._store, keys) if event.status != "withdrawn"]
        recent = [event for event in events if event.start >= asked.since]
        named = self._listing.named(only(self._register, asked.mmsis))
        seen = reintroduced([event for event in recent if event.kind == Sighting.name], named)
        ruleset = self._knowledge.ruleset.about_the_list()
        alerts = alerts_for(in_order([*recent, *seen]), replace(self._context(), ruleset=ruleset))
        self._keep(alerts)
        return Findings(alerts=alerts), asked.digests

    def orphans(self) -> Findings:
        """Withdraw the distress alerts that were raised on decoding and whose calls turned out to be another's.

        A call that the watermark has not passed has no event yet: nothing can be said of it. Call this after a flush.
        """
        passed = self._store.watermark() or 0
        withdrawn: list[str] = []
        if asked := self._calls.unproved(passed):
            found = standing(self._store, asked.values())
            withdrawn = [alert for alert, event in asked.items() if event not in found]
            self._calls.prove(found)
            self._calls.drop(withdrawn)
        return Findings(withdrawn=withdrawn)

    def _remembered(self, events: Sequence[Event]) -> list[Event]:
        """Return the events of which the store still has all rows.

        Where old rows were dropped for their age, what began before stays as it was told, and nothing is taken for a
        first sighting that only follows what was dropped.
        """
        kept = self._store.meta("kept_from") or {}
        edge = max((time for time in kept.values() if time is not None), default=None)
        if edge is None:
            return list(events)
        first = edge + UNHEARD_US
        return [event for event in events if event.start >= (first if event.kind == Sighting.name else edge)]

    def _context(self) -> Context:
        return Context(
            ruleset=self._knowledge.ruleset,
            zones=self._knowledge.zones,
            identities=partial(as_of, self._register),
            watchlist=self._listing.watchlist,
            first_of=self._first_of,
            raised=self._raised,
            calls=self._calls,
        )

    def _keep(self, alerts: Sequence[Alert], events: Sequence[Event] = (), *, proved: bool = True) -> None:
        """Remember which calls for help stand, and which events took another's place."""
        self._first_of = _firsts({event.id: event.supersedes for event in events if event.supersedes}, self._first_of)
        self._calls.drop(alert.id for alert in alerts if alert.withdrawn)
        for alert in (each for each in alerts if each.event_kind == Distress.name and not each.withdrawn):
            times = alert.first_seen, alert.last_seen
            self._calls.add(alert.mmsi, Running(alert.id, alert.event_id, alert.rule, *times, proved))

    def _recall(self, mmsis: Iterable[int]) -> None:
        """Bring to mind the calls for help of these vessels, however old."""
        self._calls.recall(kept_alerts.standing_of(self._store, Distress.name, mmsis))

    def _hear(self) -> None:
        """Let every running distress cover all that was heard of it, told or not."""
        if (running := self._states.get(Distress.name)) is not None:
            for row in running.select(["key", "first_time", "last_time"]).to_pylist():
                self._calls.hear(row["key"] // track_key(1, 0), row["first_time"], row["last_time"])


def reintroduced(sightings: Sequence[Event], named: Sequence[tuple[int, int]]) -> list[Event]:
    """Return sightings told again at the times (MMSI, µs) when their vessel said something new of itself.

    A watched name may be said long after the vessel was first heard; the sighting is then what it is raised on.
    """
    last = {event.id: event for event in sightings if event.kind == Sighting.name}
    again = []
    for mmsi, time in named:
        before = [event for event in last.values() if event.mmsi == mmsi and event.start <= time]
        newest = max(before, key=lambda event: event.start, default=None)
        if newest is not None and newest.status == "closed" and newest.decided < time:
            again.append(replace(newest, decided=time))
    return again


def _firsts(supersedes: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the first event of every chain, from who supersedes whom (oldest first)."""
    first = dict(known)
    for successor, before in supersedes.items():
        first[successor] = first.get(before, before)
    return first


def _in_order(parts: Sequence[Table]) -> Table:
    """Return judged rows together, in the total order."""
    full = [part.select(NO_ROWS.names) for part in parts if part.num_rows]
    return total_order(pa.concat_tables(full)) if len(full) > 1 else pa.concat_tables([NO_ROWS.empty_table(), *full])


def _with_keys(rows: Table) -> Table:
    """Return stored rows as the gate left them: with the integer key of their track."""
    tracks = rows["track_id"].combine_chunks().dictionary_encode()
    keys = pa.array([key_of(track) for track in tracks.dictionary.to_pylist()], pa.int64())
    return rows.append_column("key", keys.take(tracks.indices))

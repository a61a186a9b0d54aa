"""The drive: reports in, event revisions out; the same code for a feed, a replay and a reconciliation.

The gate judges rows first. From a row that waits there on, nothing of its MMSI moves: its rows wait, and its detectors
stand at that row. Only what must not wait (distress) hears every row at once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.enrich import Enricher
from pipelines.detect.fold import BASE, Detector, Table, distinct, in_order, of_mmsis
from pipelines.detect.gate import Gate
from pipelines.detect.heard import heard
from pipelines.rows import taken, where
from vessels.event import HULLS_PER_MMSI, Event

States = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Advance:
    """What some rows brought: new states, the rows as judged (`gate.JUDGEMENT`), and event revisions in order."""

    states: dict[str, Table]
    rows: Table
    events: list[Event]


class Detection:
    """All detectors over one stream of rows. It holds no state: states go in and come out, by name.

    `flag` adds a boolean column without nulls for each behaviour (`is_<name>`) to enriched rows.
    """

    def __init__(
        self, detectors: Sequence[Detector], gate: Gate, enricher: Enricher, flag: Callable[[Table], Table]
    ) -> None:
        self.detectors = tuple(detectors)
        self.gate = gate
        self.enricher = enricher
        self._flag = flag

    @property
    def versions(self) -> dict[str, str]:
        """Version of each state, to be saved with it; a state saved under another version is not to be loaded."""
        detectors = {detector.name: detector.version for detector in self.detectors}
        gate = dict.fromkeys(self.gate.states, self.gate.version)
        return gate | {self.enricher.name: self.enricher.version} | detectors

    def advance(self, states: States, rows: Table, register: Table, watermark: int) -> Advance:
        """Fold rows into the states; a missing state is an empty one.

        Rows are sorted by MMSI and time. `fresh` tells which were not given before: those that waited come again. The
        register already holds what the rows themselves say of identities.
        """
        gate, judged = self.gate.step(states, rows, register, watermark)
        waiting = _first_waiting(judged)
        moving, resting = self._parted(states, waiting)
        base = heard(judged, self.enricher.geography)
        at_once = _on_first_tracks(where(base, base["fresh"].to_numpy()))
        settled = _by_track(where(base, ~base["waits"].to_numpy()))
        held = of_mmsis(settled, waiting)
        found, events = self._fold(moving, at_once, where(settled, ~held), register, watermark)
        settled = where(settled, held)
        for mmsi in settled["mmsi"].unique().to_pylist():  # few: those that have come to a row that waits just now
            own, others = _divided(resting, [mmsi])
            before = where(settled, of_mmsis(settled, [mmsi]))
            stopped, told = self._fold(own, None, before, register, waiting[mmsi])
            resting, events = united(stopped, others), events + told
        return Advance(united(found, resting) | gate, judged, in_order(events))

    def refold(self, states: States, rows: Table, register: Table, watermark: int) -> Advance:
        """Fold all rows of some MMSIs from the beginning; of the states only what is known of all of them counts."""
        return self.advance(self.gate.shared(states), rows, register, watermark)

    def _parted(self, states: States, waiting: Collection[int]) -> tuple[States, States]:
        """Return the states of tracks that go on, and of those whose MMSI waits."""
        if not waiting:
            return states, {}
        exempt = {*self.gate.states, *(each.name for each in self.detectors if each.everything_heard)}
        resting, moving = _divided({name: state for name, state in states.items() if name not in exempt}, waiting)
        return {**states, **moving}, resting

    def _fold(
        self, states: States, at_once: Table | None, settled: Table, register: Table, watermark: int
    ) -> tuple[dict[str, Table], list[Event]]:
        """Step all detectors; without what is heard at once, only those that the gate concerns."""
        fixes = distinct(where(settled, pc.and_(settled["verdict"].is_null(), settled["lat"].is_valid()).to_numpy()))
        before = states.get(self.enricher.name, self.enricher.empty())
        after, enriched = self.enricher.step(before, fixes.select(BASE.names), register)
        found, flagged = {self.enricher.name: after}, self._flag(enriched)
        events: list[Event] = []
        for detector in self.detectors:
            if at_once is None and detector.everything_heard:
                continue
            state = states.get(detector.name, detector.empty())
            own = at_once if detector.everything_heard else settled if detector.refused_too else flagged
            found[detector.name], revisions = detector.step(state, own, watermark)
            events += revisions
        return found, events


def _first_waiting(judged: Table) -> dict[int, int]:
    """Return the time of the first row that waits, by MMSI."""
    rows = where(judged, judged["waits"].to_numpy()).select(["mmsi", "time"])
    first = rows.group_by("mmsi").aggregate([("time", "min")])
    return dict(zip(first["mmsi"].to_pylist(), first["time_min"].to_pylist(), strict=True))


def _divided(states: States, mmsis: Collection[int]) -> tuple[dict[str, Table], dict[str, Table]]:
    """Return the parts of keyed states that belong to some MMSIs, and the rest of the same states."""
    masks = {name: of_mmsis(state, mmsis) for name, state in states.items() if _has_keys(state)}
    own, others = ({name: where(states[name], mask ^ other) for name, mask in masks.items()} for other in (False, True))
    return own, others


def _on_first_tracks(base: Table) -> Table:
    """Return rows as if there were no gate."""
    key = base["mmsi"].to_numpy().astype(np.int64) * HULLS_PER_MMSI + 1
    return base.set_column(base.column_names.index("key"), "key", pa.array(key))


def _by_track(base: Table) -> Table:
    """Return rows, sorted by MMSI and time, sorted by track and time."""
    key = base["key"].to_numpy()
    return base if (np.diff(key) >= 0).all() else taken(base, np.argsort(key, kind="stable"))


def splice(states: States, refolded: States, mmsis: Collection[int]) -> dict[str, Table]:
    """Return the states with those of some MMSIs replaced by refolded ones."""
    _, others = _divided(states, mmsis)
    shared = {name: state for name, state in states.items() if name not in others}
    return united(refolded, others) | shared


def united(states: States, others: States) -> dict[str, Table]:
    """Return states with the rows of other keys that stand under the same names."""
    both = {name: pa.concat_tables([state, others[name]]) for name, state in states.items() if name in others}
    return {**states, **{name: table.sort_by("key").combine_chunks() for name, table in both.items()}}


def _has_keys(state: Table) -> bool:
    """Tell whether a state belongs to tracks, and not to all of them together."""
    return "key" in state.column_names

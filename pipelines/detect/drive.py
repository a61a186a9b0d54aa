"""The drive: gated rows in, event revisions out; the same code for a feed, a replay and a reconciliation."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.enrich import Enricher
from pipelines.detect.fold import Detector, Table, distinct, in_order, without_keys
from pipelines.detect.heard import heard
from pipelines.rows import where
from vessels.event import Event

States = Mapping[str, Table]


class Detection:
    """All detectors over one stream of rows. It holds no state: states go in and come out, by detector name.

    `flag` adds a boolean column without nulls for each behaviour (`is_<name>`) to enriched rows.
    """

    def __init__(self, detectors: Sequence[Detector], enricher: Enricher, flag: Callable[[Table], Table]) -> None:
        self.detectors = tuple(detectors)
        self.enricher = enricher
        self._flag = flag

    @property
    def versions(self) -> dict[str, str]:
        """Version of each state, to be saved with it; a state saved under another version is not to be loaded."""
        detectors = {detector.name: detector.version for detector in self.detectors}
        return {self.enricher.name: self.enricher.version} | detectors

    def advance(
        self, states: States, rows: Table, register: Table, watermark: int
    ) -> tuple[dict[str, Table], list[Event]]:
        """Fold gated rows (`gate.admit`) into the states; a missing state is an empty one.

        Late rows are left out: reconciling refolds the tracks that they touch. The register already holds what
        the rows themselves say of identities.
        """
        return self.refold(where(rows, ~rows["late"].to_numpy()), register, watermark, states)

    def refold(
        self, rows: Table, register: Table, watermark: int, states: States | None = None
    ) -> tuple[dict[str, Table], list[Event]]:
        """Fold all rows of some tracks from the beginning, late ones included; return their states and revisions."""
        states = states or {}
        base = heard(rows, self.enricher.geography)
        fixes = distinct(where(base, pc.and_(base["accepted"], pc.is_valid(base["lat"])).to_numpy()))
        before = states.get(self.enricher.name, self.enricher.empty())
        after, enriched = self.enricher.step(before, fixes.drop_columns("accepted"), register)
        found, flagged = {self.enricher.name: after}, self._flag(enriched)
        events: list[Event] = []
        for detector in self.detectors:
            state = states.get(detector.name, detector.empty())
            own = base if detector.everything_heard else flagged
            found[detector.name], revisions = detector.step(state, own, watermark)
            events += revisions
        return found, in_order(events)


def splice(states: States, refolded: States, keys: Any) -> dict[str, Table]:
    """Return the states with those of some keys replaced by refolded ones."""
    return {
        name: pa.concat_tables([without_keys(state, keys), refolded[name]]).sort_by("key").combine_chunks()
        for name, state in states.items()
    }

"""What alerting needs to know beside the events: rules, zones, who vessels were, who is watched, what runs already."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.rules.model import Ruleset
from vessels.matching import Watchlist
from zones.zone import Zone

Ints = npt.NDArray[np.int64]
# (MMSIs, times in µs) → one row each, aligned: imo, name, callsign, ship_type, length_m as known at that time.
Identities = Callable[[Ints, Ints], pa.Table]


@dataclass(frozen=True, slots=True)
class Running:
    """A distress alert that may still be going on; times in microseconds UTC."""

    alert_id: str
    first_seen: int
    last_seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything beside the events that decides about alerts.

    `zones` by id. `first_of`: the id of an event that was superseded before → the id of the first event of its chain.
    `raised`: the ids of stored alerts that are not withdrawn: an alert once raised is updated even when its rule no
    longer holds.
    `running`: distress alerts by (rule id, MMSI); an event that overlaps one keeps its id.
    """

    ruleset: Ruleset
    zones: Mapping[str, Zone]
    identities: Identities
    watchlist: Watchlist = field(default_factory=lambda: Watchlist(()))
    first_of: Mapping[str, str] = field(default_factory=dict)
    raised: Container[str] = frozenset()
    running: Mapping[tuple[str, int], Running] = field(default_factory=dict)

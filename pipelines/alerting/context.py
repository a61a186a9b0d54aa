"""What alerting needs to know beside the events: rules, zones, who vessels were, who is watched, what runs already."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.alerting.running import Calls
from pipelines.rules.model import Ruleset
from vessels.matching import Watchlist
from zones.zone import Zone

Ints = npt.NDArray[np.int64]
# (MMSIs, times in µs) → one row each, aligned: imo, name, callsign, ship_type, length_m as known at that time.
Identities = Callable[[Ints, Ints], pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything beside the events that decides about alerts.

    `zones` by id. `first_of`: the id of an event that was superseded before → the id of the first event of its chain.
    `raised`: the ids of stored alerts that are not withdrawn: an alert once raised is updated even when its rule no
    longer holds.
    `calls`: the distress alerts that stand; an event of the same caller keeps the alert's id.
    """

    ruleset: Ruleset
    zones: Mapping[str, Zone]
    identities: Identities
    watchlist: Watchlist = field(default_factory=lambda: Watchlist(()))
    first_of: Mapping[str, str] = field(default_factory=dict)
    raised: Container[str] = frozenset()
    calls: Calls = field(default_factory=Calls)

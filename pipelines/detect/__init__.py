"""Detectors: folds over sorted rows of many tracks, one file each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from pipelines.detect.distress import Distress
from pipelines.detect.episode import Episode
from pipelines.detect.fold import Detector
from pipelines.detect.gap import Gap
from pipelines.detect.mmsi_clone import MmsiClone
from pipelines.detect.position_spoofing import PositionSpoofing
from pipelines.detect.sighting import Sighting
from pipelines.detect.zone_crossing import ZoneCrossing

# A new detector is one file, one line here, one test file.
DETECTORS: Final = {
    detector.name: detector for detector in (Distress, Sighting, Gap, ZoneCrossing, PositionSpoofing, MmsiClone)
}


class Behaviour(Protocol):
    """What the episode detector needs of a `[[behaviour]]`; durations in microseconds."""

    @property
    def name(self) -> str:
        """Name, also of the events and of the flag column `is_<name>`."""
        ...

    @property
    def for_us(self) -> int:
        """How long it must last."""
        ...

    @property
    def keep_for_us(self) -> int:
        """How long it may be interrupted."""
        ...

    @property
    def max_silence_us(self) -> int:
        """How long the track may be unheard."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The quantities that its evidence tells."""
        ...

    @property
    def limits(self) -> Mapping[str, float]:
        """What its condition holds them against, by the name of the threshold."""
        ...


def detectors(
    behaviours: Iterable[Behaviour], parameters: Mapping[str, Mapping[str, Any]], zone_ids: Sequence[str]
) -> list[Detector]:
    """Return every registered detector with its parameters, and one episode detector for each behaviour.

    `parameters` are keyed by detector name, e.g. `{"gap": {"threshold_us": …}}`; `zone_ids` are in the order of the
    geofence's indices.
    """
    built: list[Detector] = [kind(zone_ids, **parameters.get(name, {})) for name, kind in DETECTORS.items()]
    episodes = [
        Episode(b.name, zone_ids, b.for_us, b.keep_for_us, b.max_silence_us, b.reads, b.limits) for b in behaviours
    ]
    return built + episodes

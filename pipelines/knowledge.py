"""What a run brings to the rows: rules, zones and detectors, and one digest of all that decides about events."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from pipelines.config import Settings
from pipelines.detect import detectors
from pipelines.detect.drive import Detection
from pipelines.detect.enrich import Enricher
from pipelines.detect.gate import Gate
from pipelines.detect.geography import Earth
from pipelines.detect.reach import Reach
from pipelines.rules.evaluate import columns_read, flag
from pipelines.rules.model import Ruleset
from pipelines.rules.reading import load
from pipelines.zoning import zones_in_force
from vessels.event import digest
from zones.geofence import Geofence
from zones.zone import Zone, zones_version


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Rules, zones by id, and the detectors made of both."""

    ruleset: Ruleset
    zones: Mapping[str, Zone]
    detection: Detection

    @classmethod
    def of(cls, settings: Settings, root: Path) -> Self:
        """Return the rules of the settings and the zones of the store in `root`; RuleError for what cannot be used."""
        ruleset, zones = load(settings.rules), zones_in_force(root)
        earth = Earth(Geofence(zones))
        parameters = _parameters(ruleset)
        found = detectors(ruleset.behaviours, parameters, earth.zone_ids)
        needed = {name for detector in found for name in detector.columns} | columns_read(ruleset.behaviours)
        flagging = partial(flag, behaviours=ruleset.behaviours)
        detection = Detection(found, Gate(earth, Reach(**parameters["gate"])), Enricher(earth, needed), flagging)
        return cls(ruleset, {zone.id: zone for zone in zones}, detection)

    @property
    def version(self) -> str:
        """Digest of everything that decides which events there are: when it changes, all tracks are folded anew."""
        behaviours = [behaviour.version for behaviour in self.ruleset.behaviours]
        return digest(self.detection.versions, behaviours, zones_version(self.zones.values()))


def _parameters(ruleset: Ruleset) -> dict[str, dict[str, Any]]:
    return {name: dict(part) for name, part in ruleset.detectors}

"""Zones that a store taught: shown beside the others, and asked by no detector.

Detectors must find the same in the same rows, whatever was learned when.
"""

from pathlib import Path

from pipelines.config import Settings
from pipelines.errors import NoStoreError
from pipelines.knowledge import zones_in_force
from pipelines.store.anchorages import learned
from pipelines.store.state import open_store
from zones.learned import learned_anchorages
from zones.zone import Zone


def zones_shown(settings: Settings) -> tuple[Zone, ...]:
    """Return the zones in force and the learned ones."""
    return (*zones_in_force(settings), *learned_zones(settings.store))


def learned_zones(root: Path) -> tuple[Zone, ...]:
    """Return the anchorages that the store at `root` was asked to learn; none where there is no store."""
    try:
        with open_store(root, create=False) as store:
            found = learned(store)
    except NoStoreError:
        return ()
    return learned_anchorages(found.cells, found.span) if found else ()

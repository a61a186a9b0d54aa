"""Zones that a store taught: shown beside the others, and asked by no detector.

Detectors must find the same in the same rows, whatever was learned when.
"""

from pathlib import Path

from pipelines.errors import NoStoreError
from pipelines.store.anchorages import learned
from pipelines.store.state import open_store
from pipelines.zoning import zones_in_force
from zones.learned import learned_anchorages
from zones.zone import Zone


def zones_shown(root: Path) -> tuple[Zone, ...]:
    """Return the zones in force for the store at `root`, and those it was asked to learn."""
    return (*zones_in_force(root), *learned_zones(root))


def learned_zones(root: Path) -> tuple[Zone, ...]:
    """Return the anchorages that the store at `root` was asked to learn; none where there is no store."""
    try:
        with open_store(root, create=False) as store:
            found = learned(store)
    except NoStoreError:
        return ()
    return learned_anchorages(found.cells, found.span) if found else ()

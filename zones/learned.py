"""Anchorages learned from where ships lay still: cells of a minute of arc, joined where they touch, as zones."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from zones.distance import haversine_nm
from zones.ports import harbours
from zones.zone import Zone, priority

MINUTES: Final = 60  # of arc in a degree; a cell is one minute high and one wide, 1 by 0.8 nm at 35 N


class Cell(NamedTuple):
    """Where ships lay still: the whole minutes of arc of its south-western corner, and how many of them there were."""

    south: int
    west: int
    vessels: int
    stays: int
    simulated: bool


def learned_anchorages(cells: Sequence[Cell], span: str) -> tuple[Zone, ...]:
    """Return one zone for each group of cells that share a side, the southernmost first.

    Cells in the circle of a listed harbour are left out: there a ship lies at a quay. `span` says of which days the
    cells were learned.
    """
    kept = [cell for cell, taken in zip(cells, _in_harbour(cells), strict=True) if not taken]
    boxes = [_box(cell) for cell in kept]
    areas = shapely.get_parts(shapely.union_all(boxes))
    area, member = shapely.STRtree(shapely.centroid(boxes)).query(areas, predicate="contains")
    groups = [[kept[index] for index in member[area == number]] for number in range(len(areas))]
    zones = [_zone(outline, group, span) for outline, group in zip(areas, groups, strict=True)]
    return tuple(sorted(zones, key=lambda zone: (zone.geometry.bounds[1], zone.geometry.bounds[0])))


def _in_harbour(cells: Sequence[Cell]) -> npt.NDArray[np.bool_]:
    """Tell of which cells the middle lies in the circle of a listed harbour."""
    south, west = (np.array([getattr(cell, edge) for cell in cells], float) for edge in ("south", "west"))
    lat, lon = (south[:, None] + 0.5) / MINUTES, (west[:, None] + 0.5) / MINUTES
    known = harbours()
    nm = haversine_nm(lat, lon, [port.lat for port in known], [port.lon for port in known])
    return np.asarray((nm < [port.radius_nm for port in known]).any(axis=1))


def _box(cell: Cell) -> BaseGeometry:
    """Return the outline of a cell in degrees."""
    west, south, east, north = (edge / MINUTES for edge in (cell.west, cell.south, cell.west + 1, cell.south + 1))
    return shapely.box(west, south, east, north)


def _zone(outline: BaseGeometry, cells: Sequence[Cell], span: str) -> Zone:
    """Return a group of cells as a zone, named after its busiest cell."""
    busiest = max(cells, key=lambda cell: (cell.vessels, cell.stays, cell.south, cell.west))
    place = f"{_angle(busiest.south, 'ns')}-{_angle(busiest.west, 'ew')}"
    told = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
    simulated = "; simulated" if any(cell.simulated for cell in cells) else ""
    return Zone(
        id=f"anchorage-learned-{place}",
        zone=f"anchorage-learned-{place}",
        name=f"Learned anchorage, {told}, {busiest.vessels} vessels in the busiest",
        kind="anchorage",
        priority=priority("anchorage", None),
        source=f"learned from this store, {span}{simulated}",
        geometry=outline,
    )


def _angle(minutes: int, marks: str) -> str:
    """Return whole minutes of arc as text: `3249n` for 32 degrees 49 north."""
    degrees, rest = divmod(abs(minutes), MINUTES)
    return f"{degrees:02d}{rest:02d}{marks[minutes < 0]}"

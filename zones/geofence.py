"""Which positions lie in which zones: exact, for columns of positions."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from zones.errors import ZoneError
from zones.zone import Zone


class Geofence:
    """A set of zones made ready for many questions. Edges belong to the zone, so a shared edge lies in both."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        """Prepare the zones; their places in the sequence are the indices that `inside` answers with."""
        self.zones = tuple(zones)
        ids = [zone.id for zone in self.zones]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ZoneError(f"zone ids used twice: {', '.join(twice)}; give each zone its own id")
        self._areas = [zone.geometry for zone in self.zones]
        self._boxes = [area.bounds for area in self._areas]
        shapely.prepare(self._areas)

    def inside(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]:
        """Return (row, zone index) of every position (degrees) in every zone, sorted; a missing position is in none."""
        lat, lon = np.asarray(lat, float), np.asarray(lon, float)
        hits = [self._rows(zone, lat, lon) for zone in range(len(self.zones))]
        rows = np.concatenate([np.zeros(0, np.int64), *hits])
        zones = np.repeat(np.arange(len(hits), dtype=np.int16), [len(hit) for hit in hits])
        order = np.argsort(rows, kind="stable")  # stable: zones of one row stay in order
        return rows[order], zones[order]

    def _rows(self, zone: int, lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the rows in one zone, looking closer only at those within its bounding box."""
        west, south, east, north = self._boxes[zone]
        near = np.flatnonzero((lat >= south) & (lat <= north))
        near = near[(lon[near] >= west) & (lon[near] <= east)]
        return near[shapely.intersects_xy(self._areas[zone], lon[near], lat[near])]

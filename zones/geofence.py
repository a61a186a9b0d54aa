"""Which positions lie in which zones: exact, for columns of positions."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zones.errors import ZoneError
from zones.lookup import Lookup
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
        self._lookup = Lookup(np.array([zone.geometry for zone in self.zones], object))

    def inside(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]:
        """Return (row, zone index) of every position (degrees) in every zone, sorted; a missing position is in none."""
        row, zone = self._lookup.inside(np.asarray(lat, float), np.asarray(lon, float))
        return row, zone.astype(np.int16)

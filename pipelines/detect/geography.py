"""Where a position lies: the one door through which detection asks about the Earth."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from zones import distance, sun
from zones.geofence import Geofence
from zones.inland import inland_nm

Array = np.ndarray[Any, np.dtype[Any]]


class Geography(Protocol):
    """Answers for columns of positions in degrees. Distances are nautical miles, NaN where not known."""

    @property
    def zone_ids(self) -> Sequence[str]:
        """Ids of the zones, in the order of their indices."""
        ...

    @property
    def zone_kinds(self) -> Sequence[str]:
        """Kinds of the zones, in the same order."""
        ...

    def inside(self, lat: Array, lon: Array) -> tuple[Array, Array]:
        """Return (row, zone index) of every position in every zone, sorted by both; a NaN position is in none."""
        ...

    def near(self, lat: Array, lon: Array) -> tuple[Array, Array]:
        """Return (row, zone index) of every position in a zone or within the margin round it; sorted likewise."""
        ...

    def crossed(self, lat0: Array, lon0: Array, lat1: Array, lon1: Array) -> tuple[Array, Array]:
        """Return (row, zone index) of every zone that a straight leg cuts from outside to outside; sorted likewise."""
        ...

    def inland_nm(self, lat: Array, lon: Array) -> Array:
        """Return how far inland each position lies; 0 at sea, and where the coast is not known."""
        ...

    def shore_nm(self, lat: Array, lon: Array) -> Array:
        """Return the distance to the nearest coast."""
        ...

    def port_nm(self, lat: Array, lon: Array) -> Array:
        """Return the distance to the nearest port."""
        ...

    def night(self, time: Array, lat: Array, lon: Array) -> Array:
        """Tell whether the sun is down."""
        ...


class Earth:
    """The geography of a geofence, the coast, the ports and the sun."""

    def __init__(self, geofence: Geofence) -> None:
        self.zone_ids = tuple(zone.id for zone in geofence.zones)
        self.zone_kinds = tuple(zone.kind for zone in geofence.zones)
        self.inside, self.near, self.crossed = geofence.inside, geofence.near, geofence.crossed
        self.inland_nm = inland_nm
        self.shore_nm = distance.shore_nm
        self.port_nm = distance.port_nm
        self.night = sun.night

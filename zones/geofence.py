"""Which positions lie in which zones: exact, for columns of positions."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from zones.cells import Areas, Floats
from zones.distance import haversine_nm
from zones.errors import ZoneError
from zones.grid import Numbers
from zones.lookup import Lookup
from zones.zone import Zone

# How far beyond a zone's edge a vessel still counts as being in it, and how long a way through it is a crossing.
# Chosen: more than a ship at anchor swings (some 0.15 nm) or a fix strays, so that an edge is not crossed to and fro.
MARGIN_NM: Final = 0.2
_NM_PER_DEGREE: Final = 60.0
_SIMPLER: Final = 0.25  # of the margin: outlines are simplified by so much before they grow; chosen for speed
_ROUND: Final = 2  # pieces of a quarter circle round a corner; chosen for speed: 8 % of the margin
_NARROWEST: Final = 0.05  # of a degree of longitude against one of latitude: up to 87 degrees north; chosen: not zero
_WORLD: Final = shapely.box(-180, -90, 180, 90)
Found = tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]


class Geofence:
    """A set of zones made ready for many questions. Edges belong to the zone, so a shared edge lies in both."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        """Prepare the zones; their places in the sequence are the indices that `inside` answers with."""
        self.zones = tuple(zones)
        ids = [zone.id for zone in self.zones]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ZoneError(f"zone ids used twice: {', '.join(twice)}; give each zone its own id")
        self._areas = np.array([zone.geometry for zone in self.zones], object)
        self._lookup = Lookup(self._areas)

    def inside(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Found:
        """Return (row, zone index) of every position (degrees) in every zone, sorted; a missing position is in none."""
        return _narrow(self._lookup.inside(np.asarray(lat, float), np.asarray(lon, float)))

    def near(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Found:
        """Return (row, zone index) of every position in a zone, or beyond its edge by less than about `MARGIN_NM`."""
        return _narrow(self._grown.inside(np.asarray(lat, float), np.asarray(lon, float)))

    def crossed(self, lat0: npt.ArrayLike, lon0: npt.ArrayLike, lat1: npt.ArrayLike, lon1: npt.ArrayLike) -> Found:
        """Return (row, zone index) of every zone that a leg cuts, by `MARGIN_NM` or more, from outside to outside.

        Legs go straight on a plate of degrees, so keep them short against the Earth's curve.
        """
        ends = np.stack(np.broadcast_arrays(lat0, lon0, lat1, lon1)).astype(float).reshape(2, 2, -1)
        nm = haversine_nm(*ends[0], *ends[1])
        long = np.flatnonzero(nm >= MARGIN_NM)
        leg, zone = self._lookup.touched(*ends[:, :, long])
        row = long[leg]
        apart = self._outside(ends[0][:, row], zone) & self._outside(ends[1][:, row], zone)
        row, zone = row[apart], zone[apart]
        cut = nm[row] * self._lookup.share(zone, *ends[:, :, row]) >= MARGIN_NM
        return _narrow((row[cut], zone[cut]))

    def _outside(self, place: Floats, zone: Numbers) -> npt.NDArray[np.bool_]:
        """Tell which places lie outside a zone of their own."""
        place_in, found = self._lookup.inside(*place)
        outside = np.ones(len(zone), bool)
        outside[place_in[found == zone[place_in]]] = False
        return outside

    @cached_property
    def _grown(self) -> Lookup:
        """Return the zones with the margin round them: only detection asks about it."""
        return Lookup(_grown(self._areas))


def _grown(areas: Areas) -> Areas:
    """Return areas with a margin of `MARGIN_NM` round them, up to the antimeridian, each to its own scale."""
    _, south, _, north = shapely.bounds(areas).T
    width = np.maximum(np.cos(np.radians((south + north) / 2)), _NARROWEST)
    margin = MARGIN_NM / _NM_PER_DEGREE
    simple = shapely.simplify(_widened(areas, width), _SIMPLER * margin)
    grown = _widened(shapely.buffer(simple, margin, quad_segs=_ROUND), 1 / width)
    beyond = ~shapely.covers(_WORLD, grown)
    grown[beyond] = shapely.intersection(grown[beyond], _WORLD)
    return grown


def _widened(areas: Areas, factor: npt.NDArray[np.float64]) -> Areas:
    """Return areas with their longitudes multiplied, each by a factor of its own."""
    factors = factor.repeat(shapely.get_num_coordinates(areas))
    return np.asarray(
        shapely.transform(areas, lambda points: points * np.stack((factors, np.ones_like(factors)), axis=1))
    )


def _narrow(found: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]) -> Found:
    """Return rows and zones as they are promised."""
    return found[0], found[1].astype(np.int16)

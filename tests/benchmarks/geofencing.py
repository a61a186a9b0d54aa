"""Positions in all shipped zones, against geopandas' spatial join of the same, which first makes points of them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import geopandas
import numpy as np

from zones.geofence import Geofence
from zones.zone import load_zones

POINTS = 1_000_000
Contest = tuple[str, str, int, Callable[[], object], Callable[[], object]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def contests() -> Iterator[Contest]:
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(30, 41, POINTS), rng.uniform(10, 37, POINTS)
    zones = load_zones()
    fence = Geofence(zones)
    areas = geopandas.GeoDataFrame(geometry=[zone.geometry for zone in zones], crs=4326)
    yield "geofence", "geopandas.sjoin", POINTS, partial(fence.inside, lat, lon), partial(_join, lat, lon, areas)


def _join(lat: Floats, lon: Floats, areas: geopandas.GeoDataFrame) -> int:
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326)
    return len(geopandas.sjoin(points, areas, predicate="intersects"))

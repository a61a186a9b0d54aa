"""Positions in all shipped zones and how far they are from shore, against what geopandas and shapely offer."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import geopandas
import numpy as np
import shapely

from zones import distance
from zones.coast import land
from zones.distance import shore_nm
from zones.geofence import Geofence
from zones.plane import to_plane
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
    peer, tree = "shapely STRtree.query_nearest", _tree()
    yield "distance to shore", peer, POINTS, partial(shore_nm, lat, lon), partial(_nearest, tree, lat, lon)
    yield "distance to shore, nothing ready", peer, POINTS, partial(_anew, lat, lon), partial(_nearest, None, lat, lon)


def _join(lat: Floats, lon: Floats, areas: geopandas.GeoDataFrame) -> int:
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326)
    return len(geopandas.sjoin(points, areas, predicate="intersects"))


def _anew(lat: Floats, lon: Floats) -> Floats:
    distance._coast.cache_clear()  # so that the short lists are made again
    return shore_nm(lat, lon)


def _tree() -> shapely.STRtree:
    """Return a tree of the straight pieces of the coast on the plane."""
    points, ring = shapely.get_coordinates(shapely.get_parts(land().boundary), return_index=True)
    ends = to_plane(points[:, 1], points[:, 0]).T
    pairs = np.stack((ends[:-1], ends[1:]), axis=1)[ring[1:] == ring[:-1]]
    return shapely.STRtree(np.asarray(shapely.linestrings(pairs)))


def _nearest(tree: shapely.STRtree | None, lat: Floats, lon: Floats) -> Floats:
    points = shapely.points(to_plane(lat, lon).T)
    found = (tree or _tree()).query_nearest(points, return_distance=True, all_matches=False)
    return np.asarray(found[1])

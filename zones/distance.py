"""Distances and bearings on a sphere, and how far it is to the shore and to the nearest port.

Within the data box the sphere is at most 0.35 % off the ellipsoid (0.08 nm in 24), no more than the coast itself is.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from zones.coast import CLIP, in_box, land
from zones.plane import from_plane, to_plane
from zones.ports import harbours

METRES_PER_NM: Final = 1852.0  # the international nautical mile
EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius of WGS84, IUGG
Floats = npt.NDArray[np.float64]
_CHUNK: Final = 16_384  # rows compared with all ports at once, so that the table stays in the processor's cache; chosen


def haversine_m(lat0: npt.ArrayLike, lon0: npt.ArrayLike, lat1: npt.ArrayLike, lon1: npt.ArrayLike) -> Floats:
    """Return the great-circle distance in metres between points in degrees."""
    lat0, lon0, lat1, lon1 = map(np.radians, (lat0, lon0, lat1, lon1))
    chord = np.sin((lat1 - lat0) / 2) ** 2 + np.cos(lat0) * np.cos(lat1) * np.sin((lon1 - lon0) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def haversine_nm(lat0: npt.ArrayLike, lon0: npt.ArrayLike, lat1: npt.ArrayLike, lon1: npt.ArrayLike) -> Floats:
    """Return the great-circle distance in nautical miles between points in degrees."""
    return haversine_m(lat0, lon0, lat1, lon1) / METRES_PER_NM


def bearing_deg(lat0: npt.ArrayLike, lon0: npt.ArrayLike, lat1: npt.ArrayLike, lon1: npt.ArrayLike) -> Floats:
    """Return the first true course of the great circle from one point to another, in [0, 360) degrees."""
    lat0, lon0, lat1, lon1 = map(np.radians, (lat0, lon0, lat1, lon1))
    east = np.sin(lon1 - lon0) * np.cos(lat1)
    north = np.cos(lat0) * np.sin(lat1) - np.sin(lat0) * np.cos(lat1) * np.cos(lon1 - lon0)
    course = np.degrees(np.arctan2(east, north)) % 360
    return np.asarray(np.where(course >= 360, 0.0, course))  # a tiny negative angle rounds up to 360


def destination(
    lat: npt.ArrayLike, lon: npt.ArrayLike, course_deg: npt.ArrayLike, nm: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Return (lat, lon) in degrees reached from a point after so many nautical miles on a great circle."""
    lat, lon, course = map(np.radians, (lat, lon, course_deg))
    arc = np.asarray(nm, float) * METRES_PER_NM / EARTH_RADIUS_M
    sine = np.sin(lat) * np.cos(arc) + np.cos(lat) * np.sin(arc) * np.cos(course)
    turn = np.arctan2(np.sin(course) * np.sin(arc) * np.cos(lat), np.cos(arc) - np.sin(lat) * sine)
    return np.degrees(np.arcsin(sine)), (np.degrees(lon + turn) + 180) % 360 - 180


def shore_nm(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return nautical miles to the nearest coast, inland too; NaN outside the data box or without a position."""
    lat, lon = np.broadcast_arrays(np.asarray(lat, float), np.asarray(lon, float))
    known = in_box(lat, lon)
    result = np.full(lat.shape, np.nan)
    result[known] = _to_coast(lat[known], lon[known])
    return result


def port_nm(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return nautical miles to the nearest listed port; NaN outside the data box or without a position."""
    lat, lon = np.broadcast_arrays(np.asarray(lat, float), np.asarray(lon, float))
    known = in_box(lat, lon)
    result = np.full(lat.shape, np.nan)
    result[known] = _to_port(lat[known], lon[known])
    return result


class _Coast(NamedTuple):
    """The coast cut into its straight pieces on the plane: ends of each piece, shape (n, 2), and a tree over them."""

    start: Floats
    along: Floats
    tree: shapely.STRtree


@cache
def _coast() -> _Coast:
    """Return the pieces of the coast, without the straight edges where the land was cut at the margin."""
    points, ring = shapely.get_coordinates(shapely.get_parts(shapely.boundary(land())), return_index=True)
    edge = np.isclose(points[:, [0, 1, 0, 1]], CLIP)
    piece = (ring[1:] == ring[:-1]) & ~(edge[1:] & edge[:-1]).any(axis=1)
    plane = to_plane(points[:, 1], points[:, 0])
    start, end = plane[:-1][piece], plane[1:][piece]
    lines = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)))
    return _Coast(start, end - start, shapely.STRtree(lines))


def _to_coast(lat: Floats, lon: Floats) -> Floats:
    """Return nautical miles from points to the foot of the perpendicular on the nearest piece of the coast."""
    coast, here = _coast(), to_plane(lat, lon)
    nearest = coast.tree.nearest(shapely.points(here))
    start, along = coast.start[nearest], coast.along[nearest]
    share = np.clip(((here - start) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
    return haversine_nm(lat, lon, *from_plane(start + share[:, None] * along))


def _to_port(lat: Floats, lon: Floats) -> Floats:
    """Return nautical miles from points to the port whose direction from the Earth's centre is most like theirs."""
    ports = harbours()
    port_lat, port_lon = np.array([port.lat for port in ports]), np.array([port.lon for port in ports])
    directions = _direction(port_lat, port_lon).T
    starts = range(0, len(lat), _CHUNK)
    nearest = [np.argmax(_direction(lat[i : i + _CHUNK], lon[i : i + _CHUNK]) @ directions, axis=1) for i in starts]
    index = np.concatenate([np.zeros(0, np.int64), *nearest])
    return haversine_nm(lat, lon, port_lat[index], port_lon[index])


def _direction(lat: Floats, lon: Floats) -> Floats:
    """Return unit vectors from the Earth's centre, shape (n, 3)."""
    lat, lon = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)

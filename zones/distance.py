"""Distances and bearings on a sphere, and on the ellipsoid how far it is to the shore and to the nearest port.

Within the data box the sphere is at most 0.35 % off the ellipsoid.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from zones.coast import BOX, CLIP, in_box, land
from zones.nearest import Nearest
from zones.plane import scale, to_plane
from zones.ports import harbours
from zones.shortlist import Pieces

METRES_PER_NM: Final = 1852.0  # the international nautical mile
EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius of WGS84, IUGG
Floats = npt.NDArray[np.float64]
_RIM: Final = 44  # points of each parallel and meridian, so that every degree of the data box's south is one
_ROUND_M: Final = 1000.0  # more than the rim bends out between them; chosen: some


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
    """Return nautical miles to the nearest coast, inland too; NaN outside the data box or without a position.

    True on the ellipsoid to 100 m within 30 nautical miles and to 1 % beyond; the coast itself is known to 10 m.
    """
    return _nm(_coast(), lat, lon)


def port_nm(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return nautical miles to the nearest listed port, as true as to the shore; NaN where those are."""
    return _nm(_harbours(), lat, lon)


def _nm(nearest: Nearest, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return nautical miles on the ellipsoid to the nearest thing, NaN where it is not known."""
    lat, lon = np.broadcast_arrays(np.asarray(lat, float), np.asarray(lon, float))
    known = in_box(lat, lon)
    here = to_plane(lat[known], lon[known])
    there = nearest.feet(here)
    result = np.full(lat.shape, np.nan)
    result[known] = np.hypot(*(there - here)) / scale((there + here) / 2) / METRES_PER_NM
    return result


@cache
def _coast() -> Nearest:
    """Return the pieces of the coast, without the straight edges where the land was cut at the margin."""
    points, ring = shapely.get_coordinates(shapely.get_parts(shapely.boundary(land())), return_index=True)
    edge = np.isclose(points[:, [0, 1, 0, 1]], CLIP)
    piece = (ring[1:] == ring[:-1]) & ~(edge[1:] & edge[:-1]).any(axis=1)
    ends = to_plane(points[:, 1], points[:, 0])
    return Nearest(Pieces.between(ends[:, :-1][:, piece], ends[:, 1:][:, piece]), _bounds())


@cache
def _harbours() -> Nearest:
    """Return the ports as pieces without length."""
    ends = to_plane([port.lat for port in harbours()], [port.lon for port in harbours()])
    return Nearest(Pieces.between(ends, ends), _bounds())


def _bounds() -> Floats:
    """Return the south-west and north-east corner of a rectangle of the plane that holds the data box."""
    west, south, east, north = BOX
    lat, lon = np.meshgrid(np.linspace(south, north, _RIM), np.linspace(west, east, _RIM))
    rim = to_plane(lat.ravel(), lon.ravel())
    return np.stack((rim.min(axis=1) - _ROUND_M, rim.max(axis=1) + _ROUND_M))

"""A flat map of the data box for nearest-neighbour searches: Lambert's conformal conic on the ellipsoid WGS84.

The map is conformal and its scale stays within 1 % over the box, so that the nearest thing on it is the nearest at sea.
Formulas: Snyder, Map Projections: A Working Manual (USGS Professional Paper 1395), equations 14-15, 15-1 and 15-7 to
15-10, with the isometric latitude (7-7) in place of the logarithm of t.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_AXIS_M: Final = 6_378_137.0  # WGS84
_FLATTENING: Final = 1 / 298.257223563
_ECCENTRICITY: Final = float(np.sqrt(_FLATTENING * (2 - _FLATTENING)))
_PARALLELS: Final = (33.0, 43.0)  # degrees, a fifth in from the edges of the data box, 30 and 46 N
_SPAN: Final = (28.0, 48.0)  # degrees of latitude over which the scale is fitted; a little more than the land has
_DEGREE: Final = 6  # of the polynomial: the scale is within 1e-9 of the formula's


def _isometric(lat: npt.ArrayLike) -> Floats:
    """Return the isometric latitude (radians) of latitudes in degrees."""
    sine = np.sin(np.radians(lat))
    return np.asarray(np.arctanh(sine) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine))


def _parallel(lat: npt.ArrayLike) -> Floats:
    """Return the radii of circles of latitude, of an equator of one."""
    lat = np.radians(lat)
    return np.asarray(np.cos(lat) / np.sqrt(1 - (_ECCENTRICITY * np.sin(lat)) ** 2))


_CONE: Final = float(np.diff(np.log(_parallel(_PARALLELS)))[0] / -np.diff(_isometric(_PARALLELS))[0])
_POLE_M: Final = _AXIS_M * float(_parallel(_PARALLELS[0]) * np.exp(_CONE * _isometric(_PARALLELS[0]))) / _CONE


def _radius(lat: npt.ArrayLike) -> Floats:
    """Return how far from the pole, in metres, circles of latitude lie on the map."""
    return np.asarray(_POLE_M * np.exp(-_CONE * _isometric(lat)))


def _fitted() -> np.polynomial.Polynomial:
    """Return the scale as a polynomial of the distance from the pole."""
    lat = np.linspace(*_SPAN, 200)
    radius = _radius(lat)
    scale = _CONE * radius / (_AXIS_M * _parallel(lat))
    return np.polynomial.Polynomial.fit(radius, scale, _DEGREE)


_SCALE: Final = _fitted()


def to_plane(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return (x, y) of points in degrees, shape (2, n), in metres to the scale of the map, y northward."""
    radius, angle = _radius(lat), _CONE * np.radians(lon)
    return np.stack([radius * np.sin(angle), -radius * np.cos(angle)])


def scale(points: Floats) -> Floats:
    """Return how many metres of the map a metre on the ground is, at points of the map, shape (2, n)."""
    return np.asarray(_SCALE(np.hypot(*points)))

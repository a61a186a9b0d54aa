"""A flat map of the data box for nearest-neighbour searches: Lambert's conformal conic on the sphere.

The map is conformal and its scale stays within 1 % over the box, so that the nearest thing on it is the nearest at sea.
Formulas: Snyder, Map Projections: A Working Manual (USGS Professional Paper 1395), equations 15-1 to 15-5.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_PARALLELS: Final = np.radians([33.0, 43.0])  # a fifth in from the edges of the data box, 30 and 46 N
_QUARTER: Final = np.pi / 4
_CONE: Final = float(
    np.log(np.cos(_PARALLELS[0]) / np.cos(_PARALLELS[1]))
    / np.log(np.tan(_QUARTER + _PARALLELS[1] / 2) / np.tan(_QUARTER + _PARALLELS[0] / 2))
)


def to_plane(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return (x, y) of points in degrees, shape (n, 2); the unit means nothing, only its order does."""
    radius = np.tan(_QUARTER + np.radians(lat) / 2) ** -_CONE
    angle = _CONE * np.radians(lon)
    return np.stack([radius * np.sin(angle), -radius * np.cos(angle)], axis=-1)


def from_plane(points: Floats) -> tuple[Floats, Floats]:
    """Return (lat, lon) in degrees of points of the plane."""
    x, y = points[..., 0], points[..., 1]
    lat = 2 * np.arctan(np.hypot(x, y) ** (-1 / _CONE)) - np.pi / 2
    return np.degrees(lat), np.degrees(np.arctan2(x, -y) / _CONE)

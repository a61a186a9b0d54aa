"""Is it night? From time and place alone, for columns."""

from typing import Final

import numpy as np
import numpy.typing as npt

# Sunset as almanacs define it: the centre 50' below the horizon, 34' for refraction and 16' for the Sun's half-width.
SUNSET_DEG: Final = -0.833
_J2000_US: Final = 946_728_000_000_000  # 2000-01-01T12:00Z in microseconds since 1970
_DAY_US: Final = 86_400_000_000
Floats = npt.NDArray[np.float64]


def sun_altitude_deg(time_us: npt.ArrayLike, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Return how high the Sun's centre stands, in degrees without refraction; NaN without a position.

    Low-precision formulas of the Astronomical Almanac (page C5; good to 0.01 degree from 1950 to 2050) and Greenwich
    mean sidereal time.
    """
    days = (np.asarray(time_us, np.int64) - _J2000_US) / _DAY_US
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(280.460 + 0.9856474 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 4e-7 * days)
    ascension = np.arctan2(np.cos(tilt) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(tilt) * np.sin(longitude))
    hour_angle = np.radians(280.46062 + 360.98564737 * days + np.asarray(lon, float)) - ascension
    lat = np.radians(lat)
    height = np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.degrees(np.arcsin(np.clip(height, -1, 1))))


def night(time_us: npt.ArrayLike, lat: npt.ArrayLike, lon: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Tell for which times (microseconds UTC) and places (degrees) the Sun is down; false without a position."""
    return np.asarray(sun_altitude_deg(time_us, lat, lon) < SUNSET_DEG)

"""Great circles, cut into pieces short enough to be sailed as straight lines."""

from typing import Final

import numpy as np
import numpy.typing as npt

from zones.distance import bearing_deg, destination, haversine_nm

Floats = npt.NDArray[np.float64]

CUT_NM: Final = 10.0  # longest straight piece; chosen: its sagitta stays under 30 m in these waters


def great_circle(start: tuple[float, float], end: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return the points (latitudes, longitudes) from `start`, not included, to `end`, at most `CUT_NM` apart."""
    nm = float(haversine_nm(*start, *end))
    pieces = max(1, int(np.ceil(nm / CUT_NM)))
    along = nm * np.arange(1, pieces + 1) / pieces
    lat, lon = destination(*start, bearing_deg(*start, *end), along)
    lat[-1], lon[-1] = end
    return lat, lon

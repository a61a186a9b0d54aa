"""Whether positions lie on a ring, as some spoofed ones do: round a terminal, say, while the ships are elsewhere."""

from typing import Final

import numpy as np

from pipelines.detect.reach import Array

LEAST_ROWS: Final = 8  # chosen: fewer points lie on some circle by chance
SPREAD: Final = 0.1  # chosen: points may lie off the circle by a tenth of its radius
RADII_NM: Final = (0.05, 5.0)  # chosen: noise of an anchored ship lies below; published rings reach some miles
WIDEST_GAP: Final = np.pi / 2  # chosen: all round, with no quarter left out
_MILES: Final = 60.0  # nautical miles in a degree of latitude


def on_ring(lat: Array, lon: Array) -> bool:
    """Tell whether positions (degrees) go all round one circle: the least-squares fit of Kasa (1976), on a plane."""
    if len(lat) < LEAST_ROWS:
        return False
    north = (lat - lat.mean()) * _MILES
    east = (lon - lon.mean()) * _MILES * np.cos(np.radians(lat.mean()))
    design = np.column_stack((east, north, np.ones(len(lat))))
    solved, _, rank, _ = np.linalg.lstsq(design, east**2 + north**2, rcond=None)
    if rank < design.shape[1]:
        return False
    centre = solved[:2] / 2
    radius = float(np.sqrt(max(solved[2] + centre @ centre, 0.0)))
    off = np.hypot(east - centre[0], north - centre[1]) - radius
    angles = np.sort(np.arctan2(north - centre[1], east - centre[0]))
    gap = np.diff(angles, append=angles[0] + 2 * np.pi).max()
    within = RADII_NM[0] <= radius <= RADII_NM[1]
    return bool(within and np.sqrt((off**2).mean()) <= SPREAD * radius and gap <= WIDEST_GAP)

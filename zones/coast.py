"""The coast: land as one geometry, tests of points and legs against it, and outlines for pages.

The coast is OpenStreetMap's to 10 m, some years old (new moles are missing): a vessel alongside may well lie "on land".
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from zones.lookup import Lookup

DATA: Final = Path(__file__).parent / "data"
LAND_FILE: Final = "land_med.wkb"
BOX: Final = (-6.0, 30.0, 37.0, 46.0)  # west, south, east, north: where distances to shore are answered
CLIP: Final = (-7.0, 29.0, 38.0, 47.0)  # how far the land reaches: a degree more, so that a coast just outside counts
LEVELS: Final = {"z6": 0.02, "z8": 0.004, "z11": 0.0}  # largest web zoom of a level: simplification in degrees
_FEW: Final = 20_000  # positions about which shapely itself is asked: as soon answered as the grid is made
Bools = npt.NDArray[np.bool_]


@cache
def land() -> BaseGeometry:
    """Return all land of the data box and its margin in degrees (WGS84), prepared for fast tests."""
    geometry = shapely.from_wkb((DATA / LAND_FILE).read_bytes())
    shapely.prepare(geometry)
    return geometry


@cache
def levels() -> dict[str, str]:
    """Return the outlines as packed text (see `packing`), by the largest web zoom they are meant for."""
    return {level: (DATA / f"land_{level}.b64").read_text("ascii").strip() for level in LEVELS}


def in_box(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Bools:
    """Tell which points (degrees) lie in the box where the coast is known; a missing position lies outside."""
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    west, south, east, north = BOX
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def on_land(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Bools:
    """Tell which points (degrees) lie on land; false where a coordinate is missing or the coast is not known."""
    lat, lon = np.broadcast_arrays(np.asarray(lat, float), np.asarray(lon, float))
    if lat.size < _FEW:
        return np.asarray(shapely.intersects_xy(land(), lon, lat))
    row, _ = _lookup().inside(lat.ravel(), lon.ravel())
    return _true_at(row, lat.shape)


def crosses_land(lat0: npt.ArrayLike, lon0: npt.ArrayLike, lat1: npt.ArrayLike, lon1: npt.ArrayLike) -> Bools:
    """Tell which legs touch land: straight on a plate of degrees, so keep them short against the Earth's curve."""
    ends = np.stack(np.broadcast_arrays(lat0, lon0, lat1, lon1)).astype(float)
    row, _ = _lookup().touched(*ends.reshape(2, 2, -1))
    return _true_at(row, ends.shape[1:])


@cache
def _lookup() -> Lookup:
    """Return the land made ready for many questions."""
    return Lookup(np.array([land()], object))


def _true_at(row: npt.NDArray[np.int64], shape: tuple[int, ...]) -> Bools:
    """Return a column that is true at some rows."""
    flags = np.zeros(shape, bool)
    flags.ravel()[row] = True
    return flags

"""Read polygons from a shapefile: a .shp with its .shx, .dbf and .prj beside it."""

import warnings
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from zones.errors import ZoneError
from zones.layer import Feature, checked, place
from zones.text import clean

_MAGIC: Final = (9994).to_bytes(4, "big")  # ESRI Shapefile Technical Description, July 1998, main file header
_WGS84: Final = 4326
BESIDE: Final = (".shx", ".dbf", ".prj")


def read_shapefile(path: Path) -> list[Feature]:
    """Return the checked polygons of a shapefile in WGS84 degrees; raise ZoneError at the first fault.

    The names of its columns are taken in lower case, since most programs write them in upper case.
    """
    _check_files(path)
    frame = _frame(path)
    _check_crs(path, frame)
    if frame.empty:
        raise ZoneError(f"{path}: has no features; draw at least one polygon and export again")
    columns = frame.drop(columns=frame.geometry.name).rename(columns=str.lower)
    rows = zip(columns.astype(object).where(columns.notna(), None).to_dict("records"), frame.geometry, strict=True)
    return [_feature(path, number, row, shape) for number, (row, shape) in enumerate(rows, 1)]


def _feature(path: Path, number: int, row: dict[str, Any], shape: Any) -> Feature:
    """Return one row as a feature, checked."""
    where = place(str(path), number, row)
    if shape is None:
        raise ZoneError(f"{where}: has no geometry (null), or a broken one; draw a polygon or remove the feature")
    return checked(where, row, shape)


def _check_files(path: Path) -> None:
    """Refuse what is not whole, and what only calls itself a shapefile: GDAL would open whatever it holds."""
    missing = [suffix for suffix in BESIDE if not path.with_suffix(suffix).is_file()]
    if missing:
        raise ZoneError(f"{path}: {', '.join(missing)} is missing beside it; copy the whole shapefile, all its files")
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ZoneError(f"{path}: is no shapefile, whatever its name; export the layer again")


def _frame(path: Path) -> gpd.GeoDataFrame:
    """Return the rows of a shapefile without heights."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rings and texts that GDAL mended; what it made of them is checked
            frame: gpd.GeoDataFrame = gpd.read_file(path, engine="pyogrio", force_2d=True, on_invalid="ignore")
    except Exception as error:  # GDAL and its binding raise whatever comes to them
        raise ZoneError(f"{path}: cannot be read: {clean(str(error))}; export the layer again") from error
    return frame


def _check_crs(path: Path, frame: gpd.GeoDataFrame) -> None:
    """Refuse a coordinate system other than WGS84 degrees."""
    if frame.crs is None or frame.crs.to_epsg() != _WGS84:
        said = clean(frame.crs.name) if frame.crs is not None else "an unknown system"
        raise ZoneError(f"{path}: coordinates are in {said}; export in WGS84 degrees (EPSG:4326)")

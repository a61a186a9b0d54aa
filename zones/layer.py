"""Read polygons from GeoJSON and say clearly what is wrong with a file: which feature, what, and the remedy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.coast import BOX
from zones.errors import ZoneError
from zones.text import clean

_LONGEST_LABEL: Final = 60  # characters of a feature's id shown in a message; chosen
_DEGREES: Final = ("CRS84", "EPSG:4326", "EPSG::4326")
_FARTHEST_DEG: Final = 360.0  # larger numbers cannot be degrees


@dataclass(frozen=True, slots=True)
class Feature:
    """A polygon with its properties; `where` names file, feature number (from 1) and id for messages."""

    where: str
    properties: Mapping[str, Any]
    geometry: BaseGeometry


def read_features(path: Path) -> list[Feature]:
    """Return the checked polygons of a GeoJSON file in WGS84 degrees; raise ZoneError at the first fault."""
    data = _parsed(path)
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        raise ZoneError(f"{path}: not a GeoJSON FeatureCollection; export the layer as GeoJSON (RFC 7946)")
    _check_crs(path, data.get("crs"))
    features = data.get("features")
    if not isinstance(features, list) or not features:
        raise ZoneError(f"{path}: has no features; draw at least one polygon and export again")
    return [_feature(path, number, raw) for number, raw in enumerate(features, start=1)]


def _parsed(path: Path) -> Any:
    """Return the JSON of a file."""
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ZoneError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ZoneError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise ZoneError(f"{path}: invalid JSON at {place}: {error.msg}; export the file again") from error
    except ValueError as error:
        raise ZoneError(f"{path}: invalid JSON: {error}") from error
    except RecursionError as error:
        raise ZoneError(f"{path}: nested too deeply to be GeoJSON") from error


def _check_crs(path: Path, crs: Any) -> None:
    """Refuse a file that says it is not in WGS84 degrees."""
    properties = crs.get("properties") if isinstance(crs, dict) else crs
    name = properties.get("name") if isinstance(properties, dict) else properties
    if name is not None and not str(name).endswith(_DEGREES):
        raise ZoneError(f"{path}: coordinates are in {clean(str(name))}; export in WGS84 degrees (EPSG:4326)")


def _feature(path: Path, number: int, raw: Any) -> Feature:
    """Return one feature, checked."""
    properties = (raw.get("properties") or {}) if isinstance(raw, dict) else None
    if not isinstance(properties, dict):
        raise ZoneError(f"{path}: feature {number}: not a GeoJSON Feature with properties")
    label = clean(str(properties.get("id", "")))[:_LONGEST_LABEL]
    where = f"{path}: feature {number} (id {label!r})" if label else f"{path}: feature {number}"
    geometry = _polygon(where, raw.get("geometry"))
    _check_place(where, geometry, checked=properties.get("position_checked") is True)
    return Feature(where, properties, geometry)


def _polygon(where: str, raw: Any) -> BaseGeometry:
    """Return the geometry as a valid polygon or multipolygon."""
    if raw is None:
        raise ZoneError(f"{where}: has no geometry (null); draw a polygon or remove the feature")
    try:
        geometry = shapely.force_2d(shapely.from_geojson(json.dumps(raw)))
    except shapely.errors.GEOSException as error:
        raise ZoneError(f"{where}: the geometry cannot be read: {clean(str(error))}") from error
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise ZoneError(f"{where}: a coordinate is no number (NaN or infinite); draw the polygon again")
    if geometry.is_empty:
        raise ZoneError(f"{where}: the geometry is empty; draw a polygon or remove the feature")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise ZoneError(f"{where}: is a {geometry.geom_type}; a zone must be a Polygon or MultiPolygon")
    if not geometry.is_valid:
        fault = shapely.is_valid_reason(geometry)
        raise ZoneError(f"{where}: the outline crosses or touches itself: {fault} (lon lat); redraw it there")
    return geometry


def _check_place(where: str, geometry: BaseGeometry, *, checked: bool) -> None:
    """Refuse coordinates that are no degrees, or that look as if latitude stood first."""
    west, south, east, north = geometry.bounds
    if max(-west, -south, east, north) > _FARTHEST_DEG:
        raise ZoneError(f"{where}: {east:.0f} is no degree; the file looks projected: export in EPSG:4326")
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ZoneError(f"{where}: latitude beyond the poles or longitude beyond 180; GeoJSON has longitude first")
    known, swapped = shapely.box(*BOX), shapely.box(south, west, north, east)
    if not checked and not known.intersects(geometry) and known.contains(swapped):
        raise ZoneError(
            f"{where}: seems to have latitude and longitude swapped; GeoJSON has longitude first"
            ' (if it is right, set "position_checked": true in its properties)'
        )

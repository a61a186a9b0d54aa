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
_WIDEST_DEG: Final = 180.0  # of one part: a wider one was most likely drawn across the antimeridian


@dataclass(frozen=True, slots=True)
class Feature:
    """A polygon with its properties; `where` names file, feature number (from 1) and id for messages."""

    where: str
    properties: Mapping[str, Any]
    geometry: BaseGeometry


def read_geojson(path: Path) -> list[Feature]:
    """Return the checked polygons of a GeoJSON file in WGS84 degrees; raise ZoneError at the first fault."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ZoneError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ZoneError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    return geojson_features(text, str(path))


def geojson_features(text: str, origin: str) -> list[Feature]:
    """Return the checked polygons of GeoJSON text; messages begin with `origin`, the name of its file or layer."""
    data = _parsed(text, origin)
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        raise ZoneError(f"{origin}: not a GeoJSON FeatureCollection; export the layer as GeoJSON (RFC 7946)")
    _check_crs(origin, data.get("crs"))
    features = data.get("features")
    if not isinstance(features, list) or not features:
        raise ZoneError(f"{origin}: has no features; draw at least one polygon and export again")
    return [_feature(origin, number, raw) for number, raw in enumerate(features, start=1)]


def place(origin: str, number: int, properties: Mapping[str, Any]) -> str:
    """Return what a message calls a feature: its file, its number and, where it has one, its id."""
    label = clean(str(properties.get("id", "")))[:_LONGEST_LABEL]
    return f"{origin}: feature {number} (id {label!r})" if label else f"{origin}: feature {number}"


def checked(where: str, properties: Mapping[str, Any], geometry: BaseGeometry) -> Feature:
    """Return a feature whose geometry is a valid polygon in degrees; raise ZoneError saying what is wrong with it."""
    _check_shape(where, geometry)
    _check_degrees(where, geometry)
    _check_order(where, geometry, confirmed=properties.get("position_checked") is True)
    return Feature(where, properties, geometry)


def _parsed(text: str, origin: str) -> Any:
    """Return the JSON of a text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno} column {error.colno}"
        raise ZoneError(f"{origin}: invalid JSON at {at}: {error.msg}; export the file again") from error
    except ValueError as error:
        raise ZoneError(f"{origin}: invalid JSON: {error}") from error
    except RecursionError as error:
        raise ZoneError(f"{origin}: nested too deeply to be GeoJSON") from error


def _check_crs(origin: str, crs: Any) -> None:
    """Refuse a file that says it is not in WGS84 degrees."""
    properties = crs.get("properties") if isinstance(crs, dict) else crs
    name = properties.get("name") if isinstance(properties, dict) else properties
    if name is not None and not str(name).endswith(_DEGREES):
        raise ZoneError(f"{origin}: coordinates are in {clean(str(name))}; export in WGS84 degrees (EPSG:4326)")


def _feature(origin: str, number: int, raw: Any) -> Feature:
    """Return one feature of a collection, checked."""
    properties = (raw.get("properties") or {}) if isinstance(raw, dict) else None
    if not isinstance(properties, dict):
        raise ZoneError(f"{origin}: feature {number}: not a GeoJSON Feature with properties")
    where = place(origin, number, properties)
    return checked(where, properties, _geometry(where, raw.get("geometry")))


def _geometry(where: str, raw: Any) -> BaseGeometry:
    """Return a GeoJSON geometry without heights."""
    if raw is None:
        raise ZoneError(f"{where}: has no geometry (null); draw a polygon or remove the feature")
    try:
        return shapely.force_2d(shapely.from_geojson(json.dumps(raw)))
    except shapely.errors.GEOSException as error:
        raise ZoneError(f"{where}: the geometry cannot be read: {clean(str(error))}") from error


def _check_shape(where: str, geometry: BaseGeometry) -> None:
    """Refuse what is no valid polygon or multipolygon."""
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise ZoneError(f"{where}: a coordinate is no number (NaN or infinite); draw the polygon again")
    if geometry.is_empty:
        raise ZoneError(f"{where}: the geometry is empty; draw a polygon or remove the feature")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise ZoneError(f"{where}: is a {geometry.geom_type}; a zone must be a Polygon or MultiPolygon")
    if not geometry.is_valid:
        fault = shapely.is_valid_reason(geometry)
        kind = "the outline crosses or touches itself" if "elf-inter" in fault else "a hole or part lies wrong"
        raise ZoneError(f"{where}: {kind}: {fault} (lon lat); redraw it there")


def _check_degrees(where: str, geometry: BaseGeometry) -> None:
    """Refuse coordinates that are no degrees, and outlines that run round the wrong side of the Earth."""
    west, south, east, north = geometry.bounds
    if max(-west, -south, east, north) > _FARTHEST_DEG:
        raise ZoneError(f"{where}: {east:.0f} is no degree; the file looks projected: export in EPSG:4326")
    if south < -90 or north > 90:
        raise ZoneError(f"{where}: latitude beyond the poles ({north:g}); GeoJSON has longitude first")
    parts = shapely.bounds(shapely.get_parts(geometry))
    if west < -180 or east > 180 or np.any(parts[:, 2] - parts[:, 0] > _WIDEST_DEG):
        raise ZoneError(
            f"{where}: goes beyond 180 degrees of longitude, or more than half round the Earth; a zone across the"
            " antimeridian must be cut there into two parts (RFC 7946, section 3.1.9)"
        )


def _check_order(where: str, geometry: BaseGeometry, *, confirmed: bool) -> None:
    """Refuse a shape that looks as if latitude stood first."""
    west, south, east, north = geometry.bounds
    known, swapped = shapely.box(*BOX), shapely.box(south, west, north, east)
    if not confirmed and not known.intersects(geometry) and known.contains(swapped):
        raise ZoneError(
            f"{where}: seems to have latitude and longitude swapped; GeoJSON has longitude first"
            ' (if it is right, set "position_checked": true in its properties)'
        )

"""Zones as GeoJSON text: what the shipped file holds, and what a store keeps of an added layer."""

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import shapely

from zones.zone import Zone


def to_geojson(zones: Iterable[Zone]) -> str:
    """Return a GeoJSON FeatureCollection, one feature a line; `zones.zone.load_layer` reads the same zones back."""
    features = [json.dumps(_feature(zone), separators=(",", ":")) for zone in zones]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _feature(zone: Zone) -> dict[str, Any]:
    """Return a zone as a feature; what is not known of it is left out."""
    known = {field.name: getattr(zone, field.name) for field in fields(zone) if field.name != "geometry"}
    properties = {name: value for name, value in known.items() if value not in (None, "")}
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(zone.geometry)}

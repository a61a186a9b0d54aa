"""What lies under every map: the zones' outlines and the names of places, in the shapes that a view takes."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.view import Place, Zone
from zones import zone


def zone_shapes(zones: Iterable[zone.Zone]) -> list[Zone]:
    """Return zones, shipped or the user's own, as a map takes them."""
    return [
        Zone(
            id=one.id,
            name=one.name,
            kind=one.kind,
            ring=one.ring,
            rings=_rings(one.geometry.__geo_interface__),
            source=one.source,
            licence=one.licence,
        )
        for one in zones
    ]


@cache
def places() -> tuple[Place, ...]:
    """Return the names of countries, seas, islands and cities."""
    text = (resources.files("zones") / "data" / "places.csv").read_text("utf-8")
    return tuple(
        Place(name=row["name"], lat=float(row["lat"]), lon=float(row["lon"]), kind=row["kind"], rank=int(row["rank"]))
        for row in csv.DictReader(text.splitlines())
    )


def _rings(geometry: Mapping[str, Any]) -> list[NDArray[np.float64]]:
    """Return all rings of a GeoJSON Polygon or MultiPolygon."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [np.array(ring) for polygon in polygons for ring in polygon]

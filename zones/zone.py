"""A zone: a named sea area with its kind, rings, priority and origin; the shipped ones and those of the user."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.coast import DATA
from zones.distance import destination
from zones.errors import ZoneError
from zones.layer import Feature, read_geojson
from zones.ports import Port, ports
from zones.properties import number, required, text, whole, word
from zones.text import clean

Kind = Literal["departure", "arrival", "port", "anchorage", "platform", "user"]
KINDS: Final = get_args(Kind)
INNER_RING_NM: Final = 12  # the territorial sea's width: rings up to here are the more specific ones
_PRIORITY: Final = {"user": 50, "port": 40, "anchorage": 30, "platform": 30}  # chosen: the smaller the place the higher
_INNER_PRIORITY: Final = 20
_OUTER_PRIORITY: Final = 10
_CIRCLE_POINTS: Final = 64  # a polygon of so many corners lies within 0.2 % of its circle
_LONGEST_NAME: Final = 120  # characters; chosen: what a list or label can show
_HEX: Final = 16
_OWN_LICENCE: Final = "Apache-2.0"  # of the table of ports, written by hand (zones/data/NOTICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A sea area. Several rings may share one `zone` name: `ly-west-12` and `ly-west-24` are rings of `ly-west`.

    `country` is ISO 3166 alpha-2 or empty, `ring` the outer limit in whole nautical miles where there is one. Rings
    are cumulative: the 24 nm ring holds the 12 nm ring. Of several zones round a point the one with the highest
    `priority` names it. `input_hash` tells what the zone was made of: it changes with that. `layer` is what a user
    called the file it was added from, empty for a shipped zone. The geometry is a polygon in degrees, WGS84, lon first.
    """

    id: str
    zone: str
    name: str
    kind: Kind
    country: str = ""
    ring: int | None = None
    inner_nm: float | None = None
    outer_nm: float | None = None
    priority: int
    source: str
    source_version: str = ""
    licence: str = ""
    input_hash: str = ""
    layer: str = ""
    geometry: BaseGeometry


@cache
def load_zones() -> tuple[Zone, ...]:
    """Return the shipped zones: strips of coast with their rings, then ports, anchorages and platforms."""
    return (*load_layer(DATA / "zones.geojson"), *_circles(ports()))


def load_layer(path: Path) -> tuple[Zone, ...]:
    """Return the zones of a GeoJSON file; raise ZoneError naming file, feature, fault and remedy.

    Every feature needs the properties `id`, `name` and `kind`; the others of `Zone` are optional. A feature that looks
    as if latitude stood first is refused unless its property `position_checked` is true.
    """
    return zones_of(read_geojson(path), path.name)


def zones_of(features: Iterable[Feature], source: str) -> tuple[Zone, ...]:
    """Return checked features as zones, `source` being the source of those that name none; raise ZoneError."""
    zones: dict[str, Zone] = {}
    for feature in features:
        zone = _zone(feature, source)
        if zone.id in zones:
            raise ZoneError(f"{feature.where}: the id is used twice in this file; give each feature its own")
        zones[zone.id] = zone
    return tuple(zones.values())


def zones_version(zones: Iterable[Zone]) -> str:
    """Return a digest of everything about the zones that can change an event or an alert, in their order."""
    digest = hashlib.sha256()
    for zone in zones:
        facts = [zone.id, zone.zone, zone.name, zone.kind, zone.country, zone.ring, zone.priority]
        digest.update(json.dumps(facts).encode())
        digest.update(shapely.to_wkb(zone.geometry, byte_order=1))
    return digest.hexdigest()[:_HEX]


def fingerprint(facts: Any) -> str:
    """Return a short digest of JSON values."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:_HEX]


def priority(kind: Kind, ring: int | None) -> int:
    """Return the usual priority: the user's own, then port, anchorage or platform, inner ring, outer ring."""
    inner = ring is None or ring <= INNER_RING_NM
    return _PRIORITY.get(kind, _INNER_PRIORITY if inner else _OUTER_PRIORITY)


def _zone(feature: Feature, source: str) -> Zone:
    """Return a feature of a layer as a zone."""
    given, where = feature.properties, feature.where
    name, kind = required(given, "name", where), required(given, "kind", where)
    if kind not in KINDS:
        raise ZoneError(f"{where}: unknown kind {kind!r}; use one of {', '.join(KINDS)}")
    identity = word(required(given, "id", where), where)
    ring, rank = whole(given, "ring", where), whole(given, "priority", where)
    return Zone(
        id=identity,
        zone=word(text(given, "zone", where) or identity, where),
        name=name[:_LONGEST_NAME],
        kind=cast("Kind", kind),
        country=text(given, "country", where),
        ring=ring,
        inner_nm=number(given, "inner_nm", where),
        outer_nm=number(given, "outer_nm", where),
        priority=priority(cast("Kind", kind), ring) if rank is None else rank,
        source=text(given, "source", where) or clean(source),
        source_version=text(given, "source_version", where),
        licence=text(given, "licence", where),
        input_hash=text(given, "input_hash", where),
        layer=text(given, "layer", where),
        geometry=feature.geometry,
    )


def _circles(places: tuple[Port, ...]) -> tuple[Zone, ...]:
    """Return the circles round ports, anchorages and platforms as zones."""
    radius = np.array([[place.radius_nm] for place in places])
    lat, lon = (np.array([[getattr(place, axis)] for place in places]) for axis in ("lat", "lon"))
    edge_lat, edge_lon = destination(lat, lon, np.linspace(0, 360, _CIRCLE_POINTS, endpoint=False), radius)
    outlines = np.asarray(shapely.polygons(np.stack([edge_lon, edge_lat], axis=-1)))
    return tuple(
        Zone(
            id=place.id,
            zone=place.id,
            name=place.name,
            kind=cast("Kind", place.kind),
            country=place.country,
            outer_nm=place.radius_nm,
            priority=priority(cast("Kind", place.kind), None),
            source=place.source,
            licence=_OWN_LICENCE,
            input_hash=fingerprint([place.lat, place.lon, place.radius_nm, place.source]),
            geometry=outline,
        )
        for place, outline in zip(places, outlines, strict=True)
    )

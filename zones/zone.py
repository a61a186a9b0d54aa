"""A zone: a named sea area with its kind, rings, priority and origin; the shipped ones and those of the user."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
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
from zones.layer import Feature, read_features
from zones.ports import Port, ports
from zones.text import clean

Kind = Literal["departure", "arrival", "port", "anchorage", "platform", "user"]
KINDS: Final = get_args(Kind)
INNER_RING_NM: Final = 12  # the territorial sea's width: rings up to here are the more specific ones
_PRIORITY: Final = {"user": 50, "port": 40, "anchorage": 30, "platform": 30}  # chosen: the smaller the place the higher
_INNER_PRIORITY: Final = 20
_OUTER_PRIORITY: Final = 10
_CIRCLE_POINTS: Final = 64  # a polygon of so many corners lies within 0.2 % of its circle
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST_NAME: Final = 120  # characters; chosen: what a list or label can show
_LARGEST: Final = 10_000  # of a ring, distance or priority; chosen: the Earth has 21,600 nm round
_HEX: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A sea area. Several rings may share one `zone` name: `ly-west-12` and `ly-west-24` are rings of `ly-west`.

    `country` is ISO 3166 alpha-2 or empty, `ring` the outer limit in whole nautical miles where there is one. Rings
    are cumulative: the 24 nm ring holds the 12 nm ring. Of several zones round a point the one with the highest
    `priority` names it. The geometry is a polygon in degrees (WGS84), with lon, lat order.
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
    zones: dict[str, Zone] = {}
    for feature in read_features(path):
        zone = _zone(feature, path.name)
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


def priority(kind: Kind, ring: int | None) -> int:
    """Return the usual priority: the user's own, then port, anchorage or platform, inner ring, outer ring."""
    inner = ring is None or ring <= INNER_RING_NM
    return _PRIORITY.get(kind, _INNER_PRIORITY if inner else _OUTER_PRIORITY)


def _zone(feature: Feature, source: str) -> Zone:
    """Return a feature of a layer as a zone."""
    given, where = feature.properties, feature.where
    name, kind = _required(given, "name", where), _required(given, "kind", where)
    if kind not in KINDS:
        raise ZoneError(f"{where}: unknown kind {kind!r}; use one of {', '.join(KINDS)}")
    identity = _word(_required(given, "id", where), where)
    ring, rank = _whole(given, "ring", where), _whole(given, "priority", where)
    return Zone(
        id=identity,
        zone=_word(_text(given, "zone", where) or identity, where),
        name=name[:_LONGEST_NAME],
        kind=cast("Kind", kind),
        country=_text(given, "country", where),
        ring=ring,
        inner_nm=_number(given, "inner_nm", where),
        outer_nm=_number(given, "outer_nm", where),
        priority=priority(cast("Kind", kind), ring) if rank is None else rank,
        source=_text(given, "source", where) or clean(source),
        source_version=_text(given, "source_version", where),
        licence=_text(given, "licence", where),
        geometry=feature.geometry,
    )


def _word(text: str, where: str) -> str:
    """Return an id that can be written on a command line and in a rule without quoting."""
    if not _ID.fullmatch(text):
        raise ZoneError(f"{where}: {text!r} is no id: use at most 64 letters, digits, dots, dashes and underscores")
    return text


def _required(given: Mapping[str, Any], key: str, where: str) -> str:
    """Return a property that must be there."""
    text = _text(given, key, where)
    if not text:
        raise ZoneError(f"{where}: the property {key!r} is missing or empty; every zone needs id, name and kind")
    return text


def _text(given: Mapping[str, Any], key: str, where: str) -> str:
    """Return a text property, cleaned; empty where it is absent."""
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise ZoneError(f"{where}: the property {key!r} must be text")
    return clean(value or "")


def _number(given: Mapping[str, Any], key: str, where: str) -> float | None:
    """Return a numeric property, None where it is absent."""
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise ZoneError(f"{where}: the property {key!r} must be a number of at most {_LARGEST}")
    return float(value)


def _whole(given: Mapping[str, Any], key: str, where: str) -> int | None:
    """Return a whole-numbered property, None where it is absent."""
    value = _number(given, key, where)
    if value is None:
        return None
    if not value.is_integer():
        raise ZoneError(f"{where}: the property {key!r} must be a whole number")
    return int(value)


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
            geometry=outline,
        )
        for place, outline in zip(places, outlines, strict=True)
    )

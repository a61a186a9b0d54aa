"""Layers of the user: read a file, hold it against what a zone must be, and say clearly what to mend.

Only formats named here are read. A layer is taken whole or not at all.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import shapely

from zones.coast import BOX, land
from zones.errors import ZoneError
from zones.layer import Feature, read_geojson
from zones.properties import word
from zones.shapefile import BESIDE, read_shapefile
from zones.zone import Zone, zones_of

DRIVERS: Final[Mapping[str, Callable[[Path], list[Feature]]]] = {
    ".geojson": read_geojson,
    ".json": read_geojson,
    ".shp": read_shapefile,
}
LARGEST_B: Final = 50_000_000  # of a file; chosen: sixty times the whole coast of the Mediterranean
MOST_ZONES: Final = 5_000  # chosen: a hundred times what is shipped
MOST_CORNERS: Final = 500_000  # chosen: ten times the whole coast of the Mediterranean
DRY: Final = (
    0.95  # share of land from which a zone is taken for one in the wrong place; chosen: a harbour may be half land
)
_HEX: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a user says of a layer: its name, who made it, and on what terms it may be used.

    `kind` is that of all its zones; without it each has its own, or `user`. `id_field` and `name_field` are the
    properties that hold the id and the name of a zone; without an id its number in the layer serves.
    """

    layer: str
    source: str
    licence: str
    kind: str | None = None
    id_field: str = "id"
    name_field: str = "name"


def layer_name(path: Path) -> str:
    """Return the name of the layer of a file: that of the file, without what an id may not hold."""
    return re.sub("[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")


def read_layer(path: Path, origin: Origin) -> tuple[Zone, ...]:
    """Return the zones of a GeoJSON file or shapefile; raise ZoneError naming file, feature, fault and remedy."""
    word(origin.layer, f"{path}: the name of the layer")
    read = _driver(path)
    _check_size(path)
    features = read(path)
    _check_amount(path, features)
    for feature in features:
        _check_sea(feature)
    given = [replace(feature, properties=_filled(feature, origin, n)) for n, feature in enumerate(features, 1)]
    made_of = _digest(features)
    return tuple(replace(zone, input_hash=made_of) for zone in zones_of(given, origin.source))


def _driver(path: Path) -> Callable[[Path], list[Feature]]:
    """Return what reads a file, by the end of its name."""
    reader = DRIVERS.get(path.suffix.lower())
    if reader is None:
        raise ZoneError(f"{path}: {path.suffix or 'no suffix'} is not read; export the layer as .geojson or .shp")
    return reader


def _check_size(path: Path) -> None:
    """Refuse a file that is too large to be a layer, before it is read."""
    parts = [path, *map(path.with_suffix, BESIDE)] if path.suffix.lower() == ".shp" else [path]
    size = sum(part.stat().st_size for part in parts if part.is_file())
    if size > LARGEST_B:
        most = f"{LARGEST_B / 1e6:.0f} MB"
        raise ZoneError(f"{path}: {size / 1e6:.0f} MB is too large; simplify its outlines to below {most}")


def _digest(features: Iterable[Feature]) -> str:
    """Return a hash of all that a layer says."""
    digest = hashlib.sha256()
    for feature in features:
        digest.update(json.dumps(feature.properties, sort_keys=True, default=str).encode())
        digest.update(shapely.to_wkb(feature.geometry, byte_order=1))
    return digest.hexdigest()[:_HEX]


def _check_amount(path: Path, features: Sequence[Feature]) -> None:
    """Refuse more than a map or a lookup can bear."""
    if len(features) > MOST_ZONES:
        raise ZoneError(f"{path}: has {len(features)} features; take at most {MOST_ZONES} into one layer")
    corners = [int(shapely.get_num_coordinates(feature.geometry)) for feature in features]
    if sum(corners) > MOST_CORNERS:
        largest = features[corners.index(max(corners))]
        raise ZoneError(
            f"{largest.where}: has {max(corners)} corners, the layer {sum(corners)}, more than {MOST_CORNERS};"
            " simplify its outlines"
        )


def _check_sea(feature: Feature) -> None:
    """Refuse a zone that is almost all land, where the coast is known."""
    known = shapely.clip_by_rect(feature.geometry, *BOX)
    if known.area == 0 or feature.properties.get("position_checked") is True:
        return
    ground = shapely.make_valid(shapely.clip_by_rect(land(), *known.bounds))
    share = shapely.intersection(known, ground).area / known.area
    if share > DRY:
        raise ZoneError(
            f"{feature.where}: {share:.0%} of it is land; are latitude and longitude swapped?"
            ' (if it is right, set "position_checked": true in its properties)'
        )


def _filled(feature: Feature, origin: Origin, number: int) -> dict[str, Any]:
    """Return the properties of a feature with what the user said of all, and what may be left out."""
    given = dict(feature.properties)
    identity = _text(given.get(origin.id_field)) or f"{origin.layer}-{number}"
    return given | {
        "id": identity,
        "name": _text(given.get(origin.name_field)) or identity,
        "kind": origin.kind or given.get("kind") or "user",
        "source": origin.source,
        "licence": origin.licence,
        "layer": origin.layer,
    }


def _text(value: Any) -> Any:
    """Return a number as text: ids are numbers in many a table. Whatever else is not text, is left to be refused."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

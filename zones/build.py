"""Build the shipped geodata from pinned packages (`voi zones build`); needs npm, takes 15 seconds.

Only who changes the definitions in zones.toml or the source of the coast runs this.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from zones.coast import CLIP, LAND_FILE, LEVELS
from zones.errors import ZoneError
from zones.packing import pack
from zones.rings import Definition, cut
from zones.text import clean
from zones.writing import to_geojson
from zones.zone import Zone, fingerprint, priority


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the npm registry, pinned by the SHA-256 of its archive."""

    name: str
    version: str
    sha256: str


SEAS: Final = Package(
    "@geo-maps/earth-seas-10m", "0.6.0", "ec5ebfd1048c3875f2152267e400a9d1ef04342f52dc2b09cd793f1a24182c1c"
)
COUNTRIES: Final = Package(
    "@geo-maps/countries-maritime-10m", "0.6.0", "c63144607cc8aeb5784f8e14b7bf8c8fcdaf2e000b93fe44b1991257773e13a1"
)
_MEMBER: Final = "package/map.geo.json"
_NEEDED: Final = {"id", "name", "kind", "country", "coast", "rings_nm"}


def build(dest: Path) -> list[Path]:
    """Fetch the sources, make land, outlines and zones from the zones.toml in `dest`, and write them beside it.

    Nothing is written before all is made. Raises ZoneError where that cannot be.
    """
    definitions = read_definitions(dest / "zones.toml")
    land = land_of(fetch(SEAS))
    countries = countries_of(
        fetch(COUNTRIES), {zone["coast_country"] for zone in definitions if "coast_country" in zone}
    )
    made = {f"land_{level}.b64": outlines(land, tolerance) + "\n" for level, tolerance in LEVELS.items()}
    made["zones.geojson"] = to_geojson(strips(cut(land, countries, definitions), definitions))
    content = {name: text.encode() for name, text in made.items()} | {LAND_FILE: shapely.to_wkb(land, byte_order=1)}
    return [_replaced(dest / name, written) for name, written in content.items()]


def read_definitions(path: Path) -> list[Definition]:
    """Return the entries `[[zone]]` of a definition file."""
    try:
        definitions: list[Definition] = tomllib.loads(path.read_text("utf-8"))["zone"]
    except OSError as error:
        raise ZoneError(f"{path}: cannot be read: {error.strerror}; name a folder that holds zones.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise ZoneError(f"{path}: no list of [[zone]] entries ({error}); mend that place") from error
    for number, definition in enumerate(definitions, start=1):
        if missing := _NEEDED - definition.keys():
            name = definition.get("id", f"number {number}")
            raise ZoneError(f"{path}: zone {name}: {', '.join(sorted(missing))} is missing; see the entries beside it")
    return definitions


def fetch(package: Package) -> str:
    """Return the GeoJSON text of a pinned package; raise ZoneError where its archive is not the pinned one."""
    npm = shutil.which("npm")
    if npm is None:
        raise ZoneError("npm is not installed; it fetches the coast: install Node.js with npm and run again")
    with tempfile.TemporaryDirectory() as folder:
        spec = f"{package.name}@{package.version}"
        order = [npm, "pack", "--silent", "--pack-destination", folder, spec]
        told = subprocess.run(order, check=False, capture_output=True, text=True)  # noqa: S603 - the words are ours
        if told.returncode:
            raise ZoneError(f"{spec}: npm cannot fetch it: {clean(told.stderr)}; is the registry in reach?")
        (archive,) = Path(folder).glob("*.tgz")
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != package.sha256:
            raise ZoneError(f"{spec}: SHA-256 is {found}, pinned is {package.sha256}; do not use this archive")
        with tarfile.open(archive) as members:
            content = members.extractfile(_MEMBER)
            assert content is not None, "the pinned archive holds the map as a plain file"
            return content.read().decode()


def land_of(seas: str) -> BaseGeometry:
    """Return the land within the clip box, from the GeoJSON of all seas.

    Clipping by rectangle takes a second; intersecting the 1.8 million corners of the seas took six minutes.
    """
    sea = shapely.make_valid(shapely.clip_by_rect(shapely.from_geojson(seas), *CLIP))
    return shapely.difference(shapely.box(*CLIP), sea)


def countries_of(maritime: str, wanted: Iterable[str]) -> Mapping[str, BaseGeometry]:
    """Return land with territorial waters by country code, clipped and made valid (some of the source is not)."""
    frame = gpd.GeoDataFrame.from_features(json.loads(maritime)["features"], crs="EPSG:4326")
    frame = frame[frame["A3"].isin(list(wanted))]
    frame = frame.set_geometry(frame.geometry.make_valid().clip_by_rect(*CLIP).make_valid())
    return dict(frame.dissolve("A3").geometry)


def outlines(land: BaseGeometry, tolerance_deg: float) -> str:
    """Return the simplified land as packed rings; islands as large as the tolerance squared keep a shape."""
    islands = shapely.get_parts(land)
    islands = islands[shapely.area(islands) >= tolerance_deg**2]
    rings = shapely.get_rings(shapely.simplify(islands, tolerance_deg))
    return pack(shapely.get_coordinates(ring) for ring in rings)


def strips(cuts: gpd.GeoDataFrame, definitions: Sequence[Definition]) -> list[Zone]:
    """Return what was cut as zones; their hash tells the sources and definitions that all of them were made of."""
    made_of = fingerprint([SEAS.sha256, COUNTRIES.sha256, definitions])
    return [strip(definitions[row.definition], int(row.ring_nm), row.geometry, made_of) for row in cuts.itertuples()]


def strip(definition: Definition, ring: int, geometry: BaseGeometry, made_of: str) -> Zone:
    """Return one ring of a strip of coast as a zone."""
    return Zone(
        id=f"{definition['id']}-{ring}",
        zone=definition["id"],
        name=definition["name"],
        kind=definition["kind"],
        country=definition["country"],
        ring=ring,
        inner_nm=0,
        outer_nm=ring,
        priority=priority(definition["kind"], ring),
        source=f"OpenStreetMap coast ({SEAS.name}), nearest-coast split",
        source_version=SEAS.version,
        licence="ODbL-1.0",
        input_hash=made_of,
        geometry=geometry,
    )


def _replaced(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all."""
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_bytes(content)
    return unfinished.replace(path)

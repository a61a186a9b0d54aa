"""Build the shipped geodata from pinned packages: `python -m zones.build DEST`; needs npm, takes 15 seconds.

DEST must hold zones.toml; the land, its outlines and zones.geojson are written beside it. Only who changes the
definitions or the source of the coast runs this.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from zones.coast import CLIP, LAND_FILE, LEVELS
from zones.errors import ZoneError
from zones.packing import pack
from zones.rings import Definition, cut
from zones.zone import priority


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Build into the folder named on the command line."""
    (dest,) = sys.argv[1:] if arguments is None else arguments
    build(Path(dest))


def build(dest: Path) -> None:
    """Fetch the sources and write land, outlines and zones into `dest`, from the zones.toml there."""
    definitions = tomllib.loads((dest / "zones.toml").read_text("utf-8"))["zone"]
    land = land_of(fetch(SEAS))
    countries = countries_of(fetch(COUNTRIES), {zone.get("coast_country") for zone in definitions})
    (dest / LAND_FILE).write_bytes(shapely.to_wkb(land, byte_order=1))
    for level, tolerance_deg in LEVELS.items():
        (dest / f"land_{level}.b64").write_text(outlines(land, tolerance_deg) + "\n", "ascii")
    (dest / "zones.geojson").write_text(as_geojson(cut(land, countries, definitions), definitions), "utf-8")


def fetch(package: Package) -> str:
    """Return the GeoJSON text of a pinned package; raise ZoneError where its archive is not the pinned one."""
    npm = shutil.which("npm")
    if npm is None:
        raise ZoneError("npm is not installed; it fetches the coast: install Node.js with npm and run again")
    with tempfile.TemporaryDirectory() as folder:
        spec = f"{package.name}@{package.version}"
        order = [npm, "pack", "--silent", "--pack-destination", folder, spec]
        subprocess.run(order, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the words are ours
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


def as_geojson(zones: gpd.GeoDataFrame, definitions: Sequence[Definition]) -> str:
    """Return the zones as GeoJSON, one feature a line."""
    features = [
        json.dumps(feature(definitions[row.definition], int(row.ring_nm), row.geometry), separators=(",", ":"))
        for row in zones.itertuples()
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def feature(definition: Definition, ring: int, geometry: BaseGeometry) -> dict[str, Any]:
    """Return one ring of a zone as a GeoJSON feature with the properties of `Zone`."""
    properties = {
        "id": f"{definition['id']}-{ring}",
        "zone": definition["id"],
        "name": definition["name"],
        "kind": definition["kind"],
        "country": definition["country"],
        "ring": ring,
        "inner_nm": 0,
        "outer_nm": ring,
        "priority": priority(definition["kind"], ring),
        "source": f"OpenStreetMap coast ({SEAS.name}), nearest-coast split",
        "source_version": SEAS.version,
        "licence": "ODbL-1.0",
    }
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(geometry)}


if __name__ == "__main__":
    main()

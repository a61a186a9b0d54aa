"""Layers of the user: what is taken, and what is refused with the feature and the remedy named."""

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from zones import adding
from zones.adding import Origin, layer_name, read_layer
from zones.errors import ZoneError
from zones.writing import to_geojson
from zones.zone import load_layer

ORIGIN = Origin(layer="mine", source="drawn by hand, 2026", licence="CC0-1.0")
WATER = shapely.box(12, 33.2, 13, 34)
HOLE = shapely.box(12.4, 33.5, 12.6, 33.7)
BOW_TIE = shapely.Polygon([(12, 33), (13, 34), (13, 33), (12, 34)])
WRITERS = {".geojson": "GeoJSON", ".shp": "ESRI Shapefile"}


@pytest.fixture(params=WRITERS)
def write(request, tmp_path):
    """Write shapes and their properties as a layer of either format, and return its path."""

    def write(*shapes, crs=4326, **properties) -> Path:
        path = tmp_path / f"my layer{request.param}"
        frame = gpd.GeoDataFrame(properties, geometry=list(shapes), crs=crs, index=range(len(shapes)))
        if request.param == ".shp":
            frame.to_file(path, driver=WRITERS[request.param])
        else:
            named = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
            path.write_text(json.dumps(json.loads(frame.to_json()) | {"crs": named}), "utf-8")
        return path

    return write


def refused(path, origin=ORIGIN) -> str:
    with pytest.raises(ZoneError) as caught:
        read_layer(path, origin)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def test_a_layer_becomes_zones_with_source_licence_and_the_hash_of_its_file(write):
    path = write(WATER, WATER, id=["west", "east"], name=["West", "East"])
    first, second = read_layer(path, ORIGIN)
    assert (first.id, first.name, first.kind, first.layer) == ("west", "West", "user", "mine")
    assert (first.source, first.licence) == ("drawn by hand, 2026", "CC0-1.0")
    assert first.geometry.equals(WATER)
    assert first.input_hash == second.input_hash
    again = write(WATER, WATER, id=["west", "east"], name=["West", "Far east"])
    assert read_layer(again, ORIGIN)[0].input_hash != first.input_hash


def test_what_is_kept_of_a_layer_reads_back_the_same(write, tmp_path):
    zones = read_layer(write(WATER, name=["\u00c7e\u015fme"]), ORIGIN)
    (tmp_path / "kept.geojson").write_text(to_geojson(zones), "utf-8")
    assert load_layer(tmp_path / "kept.geojson") == zones


def test_ids_and_names_may_stand_in_other_properties_or_be_left_out(write):
    path = write(WATER, WATER, mrgid=[5675, 5676], geoname=["Malta", None])
    elsewhere = replace(ORIGIN, id_field="mrgid", name_field="geoname", kind="arrival")
    assert [(zone.id, zone.name, zone.kind) for zone in read_layer(path, elsewhere)] == [
        ("5675", "Malta", "arrival"),
        ("5676", "5676", "arrival"),
    ]
    assert [(zone.id, zone.name) for zone in read_layer(path, ORIGIN)] == [("mine-1", "mine-1"), ("mine-2", "mine-2")]


def test_columns_of_a_shapefile_are_taken_in_lower_case(tmp_path):
    gpd.GeoDataFrame({"ID": ["a"], "NAME": ["A"]}, geometry=[WATER], crs=4326).to_file(tmp_path / "x.shp")
    assert read_layer(tmp_path / "x.shp", ORIGIN)[0].name == "A"


def test_holes_and_many_parts_are_kept(write):
    ring = WATER.difference(HOLE)
    far = shapely.box(14, 33.5, 14.5, 34)
    first, second = read_layer(write(ring, shapely.union(ring, far)), ORIGIN)
    assert not first.geometry.contains(HOLE.centroid)
    assert len(second.geometry.geoms) == 2


def test_a_zone_cut_at_the_antimeridian_is_taken(write):
    fiji = shapely.MultiPolygon([shapely.box(178, -18, 180, -17), shapely.box(-180, -18, -179, -17)])
    assert read_layer(write(fiji), ORIGIN)[0].geometry.equals(fiji)


def test_the_name_of_a_layer_comes_from_that_of_its_file():
    assert layer_name(Path("/a/My layer (2)!.geojson")) == "My-layer-2"


# The broken layers. Each has a sound feature first, so that the number shows which one is meant.


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (BOW_TIE, "the outline crosses or touches itself: Self-intersection[12.5 33.5] (lon lat); redraw it there"),
        (shapely.box(33.2, 12, 34, 13), "seems to have latitude and longitude swapped; GeoJSON has longitude first"),
        (shapely.box(33.4, 35.0, 33.6, 35.05), "100% of it is land; are latitude and longitude swapped?"),
        (shapely.box(178, -18, 182, -17), "goes beyond 180 degrees of longitude"),
        (shapely.box(-179, -18, 178, -17), "must be cut there into two parts (RFC 7946, section 3.1.9)"),
        (shapely.box(12, 88, 13, 91), "latitude beyond the poles (91); GeoJSON has longitude first"),
        (shapely.box(1.3e6, 3.9e6, 1.4e6, 4e6), "1400000 is no degree; the file looks projected: export in EPSG:4326"),
        (None, "has no geometry (null)"),
    ],
    ids=["self-crossing", "swapped", "on land", "beyond 180", "round the Earth", "beyond the pole", "metres", "none"],
)
def test_a_broken_feature_is_named_with_the_remedy(write, shape, told):
    message = refused(write(WATER, shape, id=["sound", "broken"]))
    assert message.startswith("feature 2 (id 'broken'): ")
    assert told in message


def test_a_hole_outside_its_outline_is_refused(tmp_path):
    outline, hole = (shapely.get_coordinates(shape).tolist() for shape in (WATER, shapely.box(14, 33.5, 14.5, 34)))
    geometry = {"type": "Polygon", "coordinates": [outline, hole]}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    path = tmp_path / "x.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert "feature 1: a hole or part lies wrong: Hole lies outside shell[14.5 33.5]" in refused(path)


def test_lines_and_points_are_refused(write):
    assert "feature 1: is a LineString; a zone must be" in refused(write(shapely.LineString([(12, 33), (13, 34)])))


def test_an_empty_layer_is_refused(write):
    assert "has no features; draw at least one polygon and export again" in refused(write())


def test_another_coordinate_system_is_refused(write):
    metres = gpd.GeoSeries([WATER], crs=4326).to_crs(32633).iloc[0]
    message = refused(write(metres, crs=32633))
    assert "coordinates are in" in message
    assert "32633; export in WGS84" in message or "UTM zone 33N; export in WGS84" in message


def test_a_zone_on_land_can_be_confirmed(tmp_path):
    dry = shapely.box(33.4, 35.0, 33.6, 35.05)
    path = tmp_path / "dry.geojson"
    path.write_text(gpd.GeoDataFrame({"position_checked": [True]}, geometry=[dry], crs=4326).to_json())
    assert len(read_layer(path, ORIGIN)) == 1


def test_a_harbour_that_is_mostly_land_and_a_zone_of_unknown_coast_are_taken(write):
    harbour, norway = shapely.Point(14.51, 35.89).buffer(0.02), shapely.box(8, 60, 9, 61)
    assert len(read_layer(write(harbour, norway), ORIGIN)) == 2


def test_too_many_zones_are_refused(write, monkeypatch):
    monkeypatch.setattr(adding, "MOST_ZONES", 2)
    assert "has 3 features; take at most 2 into one layer" in refused(write(WATER, WATER, WATER))


def test_outlines_too_fine_are_refused_and_the_finest_is_named(write, monkeypatch):
    monkeypatch.setattr(adding, "MOST_CORNERS", 50)
    fine = shapely.Point(12.5, 34).buffer(0.3)
    message = refused(write(WATER, fine, id=["a", "fine"]))
    assert "feature 2 (id 'fine'): has 65 corners, the layer 70, more than 50; simplify its outlines" in message


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.geojson"
    with path.open("wb") as file:
        file.truncate(adding.LARGEST_B + 1)
    assert "50 MB is too large; simplify its outlines to below 50 MB" in refused(path)


@pytest.mark.parametrize("name", ["layer.gpkg", "layer.vrt", "layer.shp.zip", "layer"])
def test_formats_that_are_not_listed_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert "is not read; export the layer as .geojson or .shp" in refused(tmp_path / name)


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "cannot be read: No such file" in refused(tmp_path / "none.geojson")


def test_a_layer_needs_a_name_that_a_command_line_takes(write):
    assert "the name of the layer: 'a b' is no id" in refused(write(WATER), replace(ORIGIN, layer="a b"))


def test_a_kind_of_its_own_is_kept_and_a_wrong_one_named(write):
    assert read_layer(write(WATER, kind=["port"]), ORIGIN)[0].kind == "port"
    assert "feature 1: unknown kind 'beach'; use one of" in refused(write(WATER, kind=["beach"]))


# What only a shapefile can have.


@pytest.fixture
def shapefile(tmp_path):
    gpd.GeoDataFrame({"name": ["A"]}, geometry=[WATER], crs=4326).to_file(tmp_path / "a.shp")
    return tmp_path / "a.shp"


@pytest.mark.parametrize("suffix", [".dbf", ".shx", ".prj"])
def test_a_shapefile_without_one_of_its_files_is_refused(shapefile, suffix):
    shapefile.with_suffix(suffix).unlink()
    assert f"{suffix} is missing beside it; copy the whole shapefile" in refused(shapefile)


def test_what_only_calls_itself_a_shapefile_is_never_opened(shapefile):
    shapefile.write_text('<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource>')
    assert "is no shapefile, whatever its name" in refused(shapefile)


def test_a_shapefile_cut_short_is_refused(shapefile):
    shapefile.write_bytes(shapefile.read_bytes()[:-20])
    assert refused(shapefile)


@pytest.mark.parametrize("part", [".shp", ".dbf", ".shx", ".prj"])
def test_whatever_bytes_a_shapefile_holds_the_only_error_is_one_of_ours(shapefile, tmp_path, part):
    random = np.random.default_rng(4)
    sound = shapefile.with_suffix(part).read_bytes()
    for trial in range(40):
        broken = bytearray(sound)
        for at in random.integers(4, len(sound), 4):
            broken[at] = random.integers(256)
        folder = tmp_path / f"{trial}"
        folder.mkdir()
        for file in tmp_path.glob("a.*"):
            shutil.copy(file, folder)
        (folder / f"a{part}").write_bytes(broken)
        with suppress(ZoneError):
            read_layer(folder / "a.shp", ORIGIN)

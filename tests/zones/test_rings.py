"""The builder on a sea small enough to know the answers: two square islands 40 km apart."""

import subprocess
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from zones.build import SEAS, build, countries_of, fetch, land_of, outlines, strips
from zones.coast import DATA
from zones.errors import ZoneError
from zones.rings import cut, owners
from zones.writing import to_geojson
from zones.zone import load_layer

WEST, EAST = shapely.box(18.0, 34.0, 18.2, 34.2), shapely.box(18.6, 34.0, 18.8, 34.2)
MAINLAND = shapely.box(-7, 29, 38, 30.5)
LAND = shapely.union_all([WEST, EAST, MAINLAND])
COUNTRIES = {"AAA": WEST.buffer(0.05), "BBB": EAST.buffer(0.05), "CCC": MAINLAND.buffer(0.05)}
DEFINITIONS = [
    {"id": "west", "name": "West", "kind": "departure", "country": "AA", "coast_country": "AAA",
     "coast": [[17, 33, 20, 35]], "rings_nm": [12, 24]},
    {"id": "east", "name": "East", "kind": "arrival", "country": "BB", "coast_country": "BBB",
     "coast": [[17, 33, 20, 35]], "rings_nm": [12]},
    {"id": "south", "name": "South", "kind": "departure", "country": "CC", "coast_country": "CCC",
     "coast": [[10, 30, 20, 31]], "rings_nm": [12]},
]  # fmt: skip


@pytest.fixture(scope="module")
def zones() -> gpd.GeoDataFrame:
    return cut(LAND, COUNTRIES, DEFINITIONS)


def test_each_ring_of_each_zone_is_cut_in_the_order_of_the_definitions(zones):
    assert zones[["definition", "ring_nm"]].to_numpy().tolist() == [[0, 12], [0, 24], [1, 12], [2, 12]]
    assert zones.geometry.is_valid.all()


def test_the_split_between_two_islands_is_the_median_line(zones):
    west, east = zones.geometry.iloc[0], zones.geometry.iloc[2]
    assert west.intersection(east).area < 1e-6
    assert west.bounds[2] == pytest.approx(18.4, abs=0.002)
    assert east.bounds[0] == pytest.approx(18.4, abs=0.002)


def test_a_zone_lies_on_water_only(zones):
    assert max(shape.intersection(LAND).area for shape in zones.geometry) < 1e-6


def test_the_outer_edge_is_a_ring_away(zones):
    for shape, ring in zip(zones.geometry.iloc[:2], (12, 24), strict=True):
        assert (34.0 - shape.bounds[1]) * 60 == pytest.approx(ring * 1852 / 1848.6, rel=2e-3)  # metres in a minute here


def test_a_long_straight_coast_is_not_bent_by_the_projection(zones):
    shape = zones.geometry.iloc[3]
    middle = shapely.clip_by_rect(shape, 11, 30, 19, 32)
    assert middle.bounds[1] == pytest.approx(30.5, abs=1e-4)
    north = shapely.get_coordinates(middle)[:, 1]
    assert np.percentile(north[north > 30.6], [0, 100]) == pytest.approx([30.7, 30.7], abs=0.003)


def test_the_boxes_choose_the_coast(zones):
    west, _, east, _ = zones.geometry.iloc[3].bounds
    assert (west, east) == pytest.approx((10, 20), abs=0.02)


def test_where_boxes_overlap_the_first_zone_has_the_coast():
    south, all_of_it = [[17, 33, 20, 34.1]], [[17, 33, 20, 35]]
    points = gpd.GeoSeries.from_xy([18.1, 18.1, 18.1], [34.0, 34.2, 30.5], crs=4326)
    both = [DEFINITIONS[0] | {"coast": south}, DEFINITIONS[0] | {"coast": all_of_it}]
    assert owners(points, COUNTRIES, both).tolist() == [0, 1, -1]


def test_without_a_country_any_coast_in_the_boxes_counts():
    points = gpd.GeoSeries.from_xy([18.1, 18.7], [34.0, 34.0], crs=4326)
    (anyone,) = [{key: DEFINITIONS[0][key] for key in ("id", "coast")}]
    assert owners(points, {}, [anyone]).tolist() == [0, 0]


def test_land_is_the_box_without_the_seas():
    seas = shapely.box(-30, 0, 60, 60).difference(LAND)
    land = land_of(shapely.to_geojson(shapely.GeometryCollection([seas])))
    assert land.symmetric_difference(LAND).area < 1e-9


def test_a_country_is_one_shape_even_from_broken_parts():
    bow_tie = shapely.Polygon([(12, 33), (13, 34), (13, 33), (12, 34)])
    frame = gpd.GeoDataFrame({"A3": ["AAA", "AAA", "BBB"]}, geometry=[bow_tie, WEST, EAST], crs=4326)
    countries = countries_of(frame.to_json(), ["AAA"])
    assert list(countries) == ["AAA"]
    assert countries["AAA"].area == pytest.approx(0.5 + WEST.area)


def test_what_is_written_reads_back_as_zones(zones, tmp_path):
    path = tmp_path / "zones.geojson"
    made = strips(zones, DEFINITIONS)
    path.write_text(to_geojson(made), "utf-8")
    read = load_layer(path)
    assert list(read) == made
    assert [zone.id for zone in read] == ["west-12", "west-24", "east-12", "south-12"]
    assert [zone.priority for zone in read] == [20, 10, 20, 20]
    assert all(zone.geometry.equals(shape) for zone, shape in zip(read, zones.geometry, strict=True))


def test_outlines_leave_out_islands_below_the_tolerance():
    assert len(outlines(LAND, 0.5)) < len(outlines(LAND, 0.0))


def test_every_strip_tells_what_it_was_made_of(zones):
    made, (first, *_) = strips(zones, DEFINITIONS), strips(zones, [*DEFINITIONS[:2], DEFINITIONS[2] | {"name": "S"}])
    assert len({zone.input_hash for zone in made}) == 1
    assert first.input_hash != made[0].input_hash


@pytest.fixture
def npm(monkeypatch):
    """Put a stand-in in place of npm: it ends with a code, and leaves an archive of its own when that is 0."""

    def installed(code):
        def pack(order, **_):
            folder = order[order.index("--pack-destination") + 1]
            Path(folder, "x.tgz").write_bytes(b"other")
            return subprocess.CompletedProcess(order, code, "", "npm error ENOTFOUND\x1b[31m")

        monkeypatch.setattr("zones.build.shutil.which", lambda name: name)
        monkeypatch.setattr("zones.build.subprocess.run", pack)

    return installed


def test_an_archive_that_is_not_the_pinned_one_is_refused(npm):
    npm(0)
    with pytest.raises(ZoneError, match="SHA-256 is d9298a10"):
        fetch(SEAS)


def test_what_npm_cannot_fetch_is_told_in_its_words(npm):
    npm(1)
    with pytest.raises(ZoneError, match=r"earth-seas-10m@0.6.0: npm cannot fetch it: npm error ENOTFOUND\[31m; is"):
        fetch(SEAS)


def test_a_build_that_fails_leaves_everything_as_it_was(npm, tmp_path):
    npm(1)
    definitions = (DATA / "zones.toml").read_bytes()
    (tmp_path / "zones.toml").write_bytes(definitions)
    with pytest.raises(ZoneError, match="npm"):
        build(tmp_path)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("zones.toml", definitions)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: No such file"),
        ("[[zone]\n", "no list of .*line 1"),
        ("", "no list of"),
        ('[[zone]]\nid = "x"\n', "zone x: coast, country, kind, name, rings_nm is missing"),
    ],
)
def test_definitions_that_cannot_be_used_are_named(tmp_path, text, told):
    if text is not None:
        (tmp_path / "zones.toml").write_text(text, "utf-8")
    with pytest.raises(ZoneError, match=rf"zones\.toml: {told}"):
        build(tmp_path)


def test_without_npm_the_builder_says_what_to_install(monkeypatch):
    monkeypatch.setattr("zones.build.shutil.which", lambda _: None)
    with pytest.raises(ZoneError, match="npm is not installed"):
        fetch(SEAS)

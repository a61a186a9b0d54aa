import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zones.errors import ZoneError
from zones.zone import load_layer

SQUARE = [[[12, 33.2], [13, 33.2], [13, 34], [12, 34], [12, 33.2]]]
BOW_TIE = [[[12, 33], [13, 34], [13, 33], [12, 34], [12, 33]]]
GIVEN = {"id": "watch-1", "name": "Watch area", "kind": "user"}


def feature(coordinates=SQUARE, shape="Polygon", **properties):
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": GIVEN | properties, "geometry": geometry}


@pytest.fixture
def write(tmp_path):
    def write(*features, **members) -> Path:
        path = tmp_path / "mine.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), "utf-8")
        return path

    return write


def refused(path: Path) -> str:
    with pytest.raises(ZoneError) as caught:
        load_layer(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def test_a_plain_layer_gives_zones_with_sensible_defaults(write):
    (zone,) = load_layer(write(feature()))
    assert (zone.id, zone.zone, zone.name, zone.kind) == ("watch-1", "watch-1", "Watch area", "user")
    assert (zone.ring, zone.country, zone.source) == (None, "", "mine.geojson")
    assert zone.geometry.equals(shapely.box(12, 33.2, 13, 34))


def test_optional_properties_are_kept(write):
    path = write(feature(zone="w", ring=24, inner_nm=12, outer_nm=24, priority=7, licence="CC0"))
    (zone,) = load_layer(path)
    assert (zone.zone, zone.ring, zone.inner_nm, zone.outer_nm) == ("w", 24, 12, 24)
    assert (zone.priority, zone.licence) == (7, "CC0")


def test_multipolygons_and_heights_are_read(write):
    high = [[[*point, 5.0] for point in ring] for ring in SQUARE]
    (zone,) = load_layer(write(feature([high], shape="MultiPolygon")))
    assert not zone.geometry.has_z


def test_names_lose_what_could_steer_a_terminal_and_keep_what_is_seen(write):
    nasty = "\x1b[31mRed\u202e\u200b\x07\n {{7*7}} <b>\u00e7e\u015fme \u0644\u064a\u0628\u064a\u0627"
    (zone,) = load_layer(write(feature(name=nasty)))
    assert zone.name == "[31mRed {{7*7}} <b>\u00e7e\u015fme \u0644\u064a\u0628\u064a\u0627"


def test_a_missing_file_is_named(tmp_path):
    assert "cannot be read: No such file" in refused(tmp_path / "none.geojson")


def test_broken_json_is_refused_with_its_place(tmp_path):
    path = tmp_path / "broken.geojson"
    path.write_text('{"type": "FeatureCollection",\n "features": [}', "utf-8")
    assert "invalid JSON at line 2 column 15" in refused(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "latin.geojson"
    path.write_bytes(b'{"name": "\xe7"}')
    assert "not UTF-8 text (byte 10)" in refused(path)


def test_endless_nesting_is_refused(tmp_path):
    path = tmp_path / "deep.geojson"
    path.write_text("[" * 200_000, "ascii")
    assert "nested too deeply" in refused(path)


@pytest.mark.parametrize("text", ["[]", "null", "7", '{"type": "Feature"}', '{"type": "Topology"}'])
def test_other_json_is_refused(tmp_path, text):
    path = tmp_path / "other.geojson"
    path.write_text(text, "ascii")
    assert "not a GeoJSON FeatureCollection" in refused(path)


def test_a_collection_without_features_is_refused(write):
    assert "has no features" in refused(write())


@pytest.mark.parametrize("raw", [None, 7, [], {"type": "Feature", "properties": []}])
def test_a_feature_that_is_none_is_refused_with_its_number(write, raw):
    assert refused(write(feature(), raw)).startswith("feature 2:")


def test_an_outline_that_crosses_itself_is_refused_with_the_place(write):
    message = refused(write(feature(), feature(BOW_TIE, id="tie")))
    assert message.startswith(
        "feature 2 (id 'tie'): the outline crosses or touches itself: Self-intersection[12.5 33.5]"
    )


@pytest.mark.parametrize("raw", [[], [[]]])
def test_an_empty_outline_is_refused(write, raw):
    assert "the geometry is empty" in refused(write(feature(raw)))


@pytest.mark.parametrize("raw", [None, {}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": "x"}])
def test_a_geometry_that_is_none_is_refused(write, raw):
    assert "geometry" in refused(write(feature() | {"geometry": raw}))


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_a_coordinate_that_is_no_number_is_refused(write, number):
    outline = f'{{"type": "Polygon", "coordinates": [[[12, 33], [13, 33], [{number}, 34], [12, 33]]]}}'
    assert refused(write(feature() | {"geometry": json.loads(outline)})) != ""


@pytest.mark.parametrize(
    "coordinates",
    [[[[12, 33], [13, 33], [13, 34]]], [[["12", "33"], ["13", "33"], ["13", "34"], ["12", "33"]]], [[12, 33]]],
)
def test_bad_coordinates_are_refused(write, coordinates):
    assert "the geometry cannot be read" in refused(write(feature(coordinates)))


def test_a_line_is_no_zone(write):
    assert "is a LineString; a zone must be a Polygon" in refused(
        write(feature([[12, 33], [13, 34]], shape="LineString"))
    )


def test_latitude_first_is_suspected_and_can_be_confirmed(write):
    swapped = [[[lat, lon] for lon, lat in ring] for ring in SQUARE]
    assert "latitude and longitude swapped; GeoJSON has longitude first" in refused(write(feature(swapped)))
    assert load_layer(write(feature(swapped, position_checked=True)))


def test_a_zone_far_away_is_no_suspect(write):
    norway = [[[4, 58], [5, 58], [5, 59], [4, 58]]]
    assert load_layer(write(feature(norway)))


def test_latitudes_beyond_the_pole_are_refused(write):
    assert "longitude first" in refused(write(feature([[[12, 93], [13, 93], [13, 94], [12, 93]]])))


def test_metres_are_recognised(write):
    metres = [[[1.3e6, 3.9e6], [1.4e6, 3.9e6], [1.4e6, 4e6], [1.3e6, 3.9e6]]]
    assert "looks projected: export in EPSG:4326" in refused(write(feature(metres)))


def test_another_coordinate_system_is_refused_and_the_usual_names_of_degrees_are_not(write):
    def named(name):
        return {"type": "name", "properties": {"name": name}}

    assert "coordinates are in urn:ogc:def:crs:EPSG::3857" in refused(
        write(feature(), crs=named("urn:ogc:def:crs:EPSG::3857"))
    )
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"):
        assert load_layer(write(feature(), crs=named(name)))


@pytest.mark.parametrize("key", ["id", "name", "kind"])
@pytest.mark.parametrize("value", [None, "", " \u200b"])
def test_a_missing_or_invisible_property_is_refused(write, key, value):
    assert f"the property {key!r} is missing or empty" in refused(write(feature(**{key: value})))


@pytest.mark.parametrize("key", ["id", "name", "source"])
def test_text_must_be_text(write, key):
    assert f"the property {key!r} must be text" in refused(write(feature(**{key: 7})))


@pytest.mark.parametrize("value", ["12", True, [], float("nan"), 10**400])
def test_numbers_must_be_numbers(write, value):
    assert "the property 'ring' must be a number" in refused(write(feature(ring=value)))


def test_rings_and_priorities_are_whole(write):
    assert "the property 'ring' must be a whole number" in refused(write(feature(ring=12.5)))


def test_the_group_of_rings_is_an_id_too(write):
    assert "is no id" in refused(write(feature(zone="a b")))


@pytest.mark.parametrize("bad", ["a b", "<b>", "-x", "x" * 65, "caf\u00e9"])
def test_an_id_that_would_need_quoting_is_refused(write, bad):
    assert "is no id: use at most" in refused(write(feature(id=bad)))


def test_an_unknown_kind_is_refused_with_the_known_ones(write):
    assert "unknown kind 'secret'; use one of departure, arrival, port" in refused(write(feature(kind="secret")))


def test_an_id_used_twice_is_refused(write):
    assert refused(write(feature(), feature())).startswith("feature 2 (id 'watch-1'): the id is used twice")


def test_messages_show_no_control_characters(write):
    assert "\x1b" not in refused(write(feature(id="\x1b[31m", shape="Point")))


types = st.sampled_from(["Feature", "Polygon", "GeometryCollection"])
keys = st.sampled_from(["type", "properties", "name", "geometry", "coordinates", "id", "geometries"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | types,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(values, values, values)
def test_whatever_a_file_holds_the_only_error_is_one_of_ours(tmp_path_factory, raw, geometry, crs):
    path = tmp_path_factory.mktemp("fuzz") / "any.geojson"
    features = [feature() | {"geometry": geometry}, raw]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, "crs": crs}), "utf-8")
    refused(path)


def test_a_number_too_long_to_read_is_refused(tmp_path):
    path = tmp_path / "long.geojson"
    path.write_text("1" * 5000, "ascii")
    assert "invalid JSON" in refused(path)

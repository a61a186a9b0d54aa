import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zones.errors import ZoneError
from zones.geofence import Geofence
from zones.zone import Zone, load_zones

FENCE = Geofence(load_zones())
SQUARE = shapely.box(12, 33, 13, 34)


def zone(name: str, geometry: shapely.Geometry = SQUARE) -> Zone:
    return Zone(id=name, zone=name, name=name, kind="user", priority=50, source="test", geometry=geometry)


# Where several kinds of zone meet: Zuwarah to Tripoli, and Bodrum to Kos.
place = st.one_of(
    st.tuples(st.floats(32.5, 33.6), st.floats(11.5, 13.6)),
    st.tuples(st.floats(36.4, 37.4), st.floats(26.8, 28.4)),
    st.tuples(st.floats(30, 46), st.floats(-6, 37)),
    st.tuples(st.sampled_from([np.nan, 91.0]), st.floats(11.5, 13.6)),
)


@given(st.lists(place, max_size=30))
def test_the_answers_are_those_of_the_plain_geometries(places):
    lat, lon = np.array(places, float).reshape(-1, 2).T
    expected = [
        (row, index)
        for row, (a, o) in enumerate(places)
        for index, zone in enumerate(FENCE.zones)
        if np.isfinite(a) and zone.geometry.intersects(shapely.Point(o, a))
    ]
    rows, zones = FENCE.inside(lat, lon)
    assert list(zip(rows.tolist(), zones.tolist(), strict=True)) == expected


def test_rows_come_sorted_and_zones_sorted_within_a_row():
    rng = np.random.default_rng(5)
    rows, zones = FENCE.inside(rng.uniform(32.7, 33.4, 500), rng.uniform(11.6, 13.5, 500))
    assert (np.lexsort((zones, rows)) == np.arange(len(rows))).all()
    assert np.bincount(rows).max() > 1


def test_the_answer_has_the_promised_types_even_when_empty():
    for fence in (FENCE, Geofence([])):
        rows, zones = fence.inside([], [])
        assert (rows.dtype, zones.dtype, len(rows), len(zones)) == (np.int64, np.int16, 0, 0)


def test_a_missing_position_is_in_no_zone():
    rows, _ = Geofence([zone("a")]).inside([33.5, np.nan, 33.5, np.inf], [12.5, 12.5, np.nan, 12.5])
    assert rows.tolist() == [0]


def test_an_edge_belongs_to_the_zone_and_a_shared_edge_to_both():
    west, east = zone("west", shapely.box(12, 33, 13, 34)), zone("east", shapely.box(13, 33, 14, 34))
    rows, zones = Geofence([west, east]).inside([33.5, 34.0], [13.0, 12.0])
    assert (rows.tolist(), zones.tolist()) == ([0, 0, 1], [0, 1, 0])


def test_a_hole_is_outside():
    ring = SQUARE.difference(shapely.box(12.4, 33.4, 12.6, 33.6))
    rows, _ = Geofence([zone("ring", ring)]).inside([33.5, 33.2], [12.5, 12.5])
    assert rows.tolist() == [1]


def test_the_two_names_of_the_antimeridian_are_one_line():
    fiji = shapely.MultiPolygon([shapely.box(178, -20, 180, -15), shapely.box(-180, -20, -178, -15)])
    fence = Geofence(
        [zone("west", shapely.box(179, -20, 180, -15)), zone("both", fiji), zone("no", shapely.box(0, 0, 1, 1))]
    )
    rows, zones = fence.inside([-17, -17, -17, -17, -30], [180, -180, 179.9, -178.5, 180])
    assert (rows.tolist(), zones.tolist()) == ([0, 0, 1, 1, 2, 2, 3], [0, 1, 0, 1, 0, 1, 1])


def test_two_zones_with_one_id_are_refused():
    with pytest.raises(ZoneError, match="used twice: a;"):
        Geofence([zone("a"), zone("b"), zone("a")])


def test_near_a_zone_is_in_it_or_within_the_margin_beyond_its_edge():
    nm = np.array([-1, -0.01, 0.1, 0.17, 0.23, 1])  # the margin is 0.2, good to a tenth
    for lat, lon, north, east in ((34, 12.5, 1, 0), (33, 12.5, -1, 0), (33.5, 13, 0, 1), (33.5, 12, 0, -1)):
        shift = nm / 60
        rows, _ = Geofence([zone("a")]).near(lat + north * shift, lon + east * shift / np.cos(np.radians(33.5)))
        assert rows.tolist() == [0, 1, 2, 3]


def test_whatever_is_in_a_zone_is_near_it():
    corners = shapely.get_coordinates([zone.geometry for zone in FENCE.zones])
    lon, lat = corners[np.random.default_rng(6).integers(0, len(corners), 5000)].T
    inside, near = (set(zip(*found, strict=True)) for found in (FENCE.inside(lat, lon), FENCE.near(lat, lon)))
    assert len(inside) > 4000
    assert inside <= near


def test_a_zone_at_the_end_of_the_world_has_its_margin_on_it():
    fence = Geofence([zone("a", shapely.box(179, 88, 180, 90)), zone("b")])
    assert fence.near([89, 89], [179.5, -179])[0].tolist() == [0]


crossings = pytest.mark.parametrize(
    ("what", "leg", "cut"),
    [
        ("through the middle", (33.5, 11.9, 33.5, 13.1), True),
        ("past it", (34.1, 11.9, 34.1, 13.1), False),
        ("from inside", (33.5, 12.1, 33.5, 13.1), False),
        ("to the inside", (33.5, 11.9, 33.5, 12.1), False),
        ("from its edge", (33.5, 12.0, 33.5, 13.1), False),
        ("over a corner by half a mile", (33.99, 11.99, 34.01, 12.02), True),
        ("over a corner by some metres", (33.9895, 11.99, 34.0095, 12.01), False),
        ("no way at all", (34.1, 11.9, 34.1, 11.9), False),
        ("from nowhere", (np.nan, 11.9, 33.5, 13.1), False),
    ],
)


@crossings
def test_a_zone_is_crossed_by_a_leg_from_outside_to_outside_through_it(what, leg, cut):
    rows, zones = Geofence([zone("other", shapely.box(0, 0, 1, 1)), zone("a")]).crossed(*leg)
    assert zones.tolist() == [1] * cut, what
    assert (rows.dtype, zones.dtype) == (np.int64, np.int16)


def test_legs_come_in_columns_and_may_cross_several_zones():
    fence = Geofence([zone("east", shapely.box(14, 33, 15, 34)), zone("west")])
    rows, zones = fence.crossed([33.5, 35, 33.5], [11, 11, 13.5], [33.5, 35, 33.5], [16, 16, 16])
    assert (rows.tolist(), zones.tolist()) == ([0, 0, 2], [0, 1, 0])


def test_a_zone_on_the_antimeridian_is_crossed_the_short_way():
    fence = Geofence([zone("a", shapely.box(179, -1, 180, 1)), zone("b", shapely.box(-1, -1, 1, 1))])
    assert fence.crossed(0, 178.5, 0, -179.5)[1].tolist() == [0]

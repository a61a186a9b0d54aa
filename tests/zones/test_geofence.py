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

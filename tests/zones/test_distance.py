import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zones.coast import CLIP, land
from zones.distance import bearing_deg, destination, haversine_m, haversine_nm, port_nm, shore_nm
from zones.ports import harbours

GEOD = pyproj.Geod(ellps="WGS84")
lats = st.floats(-89, 89)
lons = st.floats(-179.9, 179.9)
far = 5000 / 60  # degrees


def test_a_minute_of_latitude_is_a_nautical_mile():
    assert haversine_nm(33, 13, 34, 13) == pytest.approx(60, rel=2e-3)
    assert haversine_m(33, 13, 34, 13) == pytest.approx(60 * 1852, rel=2e-3)


def test_distances_in_the_box_agree_with_the_ellipsoid():
    rng = np.random.default_rng(2)
    lat0, lat1 = rng.uniform(30, 46, (2, 500))
    lon0, lon1 = rng.uniform(-6, 37, (2, 500))
    assert haversine_m(lat0, lon0, lat1, lon1) == pytest.approx(GEOD.inv(lon0, lat0, lon1, lat1)[2], rel=3.5e-3)


@given(lats, lons, lats, lons)
def test_distance_is_the_same_both_ways_and_zero_to_itself(lat0, lon0, lat1, lon1):
    assert haversine_m(lat0, lon0, lat1, lon1) == pytest.approx(haversine_m(lat1, lon1, lat0, lon0), abs=1e-3)
    assert haversine_m(lat0, lon0, lat0, lon0) == 0


@given(lats, lons, st.floats(0, 359.9), st.floats(0.01, 5000))
def test_a_destination_lies_as_far_and_in_the_direction_that_was_asked(lat, lon, course, nm):
    there = destination(lat, lon, course, nm)
    assert haversine_nm(lat, lon, *there) == pytest.approx(nm, abs=1e-3)
    turn = (bearing_deg(lat, lon, *there) - course + 180) % 360 - 180
    assert abs(turn) * nm < 1


def test_bearings_count_clockwise_from_north_and_stay_below_360():
    assert bearing_deg(0, 0, [1, 0, -1, 0], [0, 1, 0, -1]).tolist() == [0, 90, 180, 270]
    assert bearing_deg(0, 0, 1, -1e-18) == 0


def test_a_missing_position_has_no_distance():
    assert np.isnan(haversine_nm([np.nan, 33], [13, 13], [33, 33], [13, np.nan])).all()
    assert np.isnan(shore_nm([np.nan, 33.0], [13.0, np.nan])).all()
    assert np.isnan(port_nm([np.nan, 33.0], [13.0, np.nan])).all()


def test_outside_the_box_distances_are_not_known():
    assert np.isnan(shore_nm([51.5, 35], [0, 40])).all()
    assert np.isnan(port_nm([51.5, 35], [0, 40])).all()


@pytest.mark.parametrize(("lat", "lon", "nm"), [(33.90, 12.65, 63), (33.02, 12.12, 5), (36.0, 18.5, 160)])
def test_distance_to_shore_is_what_a_chart_says(lat, lon, nm):
    assert shore_nm(lat, lon) == pytest.approx(nm, rel=0.15)


def test_distance_to_shore_is_the_least_distance_to_any_point_of_the_coast():
    rng = np.random.default_rng(3)
    lat, lon = rng.uniform(31, 41, 200), rng.uniform(10, 36, 200)
    uncut = shapely.box(*CLIP).buffer(-1e-3)
    coast = shapely.segmentize(land().boundary.intersection(uncut), 0.01)
    there = shapely.get_coordinates(coast).T
    least = np.array([haversine_nm(a, o, there[1], there[0]).min() for a, o in zip(lat, lon, strict=True)])
    assert shore_nm(lat, lon) == pytest.approx(least, rel=5e-3, abs=0.2)


def test_the_edge_of_the_data_is_no_shore():
    assert shore_nm(30.0, 25.0) > 60  # in the desert, 30 nm from nothing but the cut


def test_distance_to_port_is_the_distance_to_the_nearest_one():
    rng = np.random.default_rng(4)
    lat, lon = rng.uniform(30, 46, 40_000), rng.uniform(-6, 37, 40_000)
    each = [haversine_nm(lat, lon, port.lat, port.lon) for port in harbours()]
    assert port_nm(lat, lon) == pytest.approx(np.min(each, axis=0), abs=1e-6)


def test_roads_and_platforms_are_no_harbours():
    assert port_nm(33.90, 12.65) > 50


def test_single_points_and_empty_columns_are_answered_too():
    assert shore_nm(33.0, 13.0).shape == port_nm(33.0, 13.0).shape == ()
    assert shore_nm([], []).shape == port_nm([], []).shape == (0,)

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


def places(rng, count):
    """Positions of the data box, every other one within some 30 nm of a corner of the coast."""
    lat, lon = rng.uniform(30, 46, count), rng.uniform(-6, 37, count)
    corner = rng.choice(shapely.get_coordinates(land()), count // 2)
    lon[::2], lat[::2] = (corner + rng.normal(0, rng.choice([0.001, 0.05, 0.3], (count // 2, 1)), corner.shape)).T
    return np.clip(lat, 30, 46), np.clip(lon, -6, 37)


def in_space(lat, lon):
    """Where on Earth, in metres from its centre."""
    there = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978").transform(lat, lon, np.zeros_like(lat))
    return np.stack(there, axis=-1)


def true_nm(lat, lon):
    """The geodesic on WGS84 to a point of the coast, of one every 50 m: the one with the shortest chord."""
    uncut = shapely.box(*CLIP).buffer(-1e-3)
    coast = shapely.segmentize(land().boundary.intersection(uncut), 4.5e-4)
    coast_lon, coast_lat = shapely.get_coordinates(coast).T
    there = in_space(coast_lat, coast_lon)
    nearest = [shortest(there, here) for here in in_space(lat, lon)]
    return GEOD.inv(lon, lat, coast_lon[nearest], coast_lat[nearest])[2] / 1852


def shortest(there, here, step=16):
    """The index of the nearest point, looked for only beside every sixteenth that is not much farther than another."""
    rough = np.sqrt(((there[::step] - here) ** 2).sum(axis=1))
    beside = np.flatnonzero(rough < rough.min() + step * 51)[:, None] * step + np.arange(-step, step)
    beside = np.clip(beside.ravel(), 0, len(there) - 1)
    return beside[((there[beside] - here) ** 2).sum(axis=1).argmin()]


def assert_true_to_100_m_and_1_percent(lat, lon):
    expected = true_nm(lat, lon)
    wrong, near = abs(shore_nm(lat, lon) - expected), expected <= 30
    print(f"worst: {wrong[near].max() * 1852:.1f} m, {(wrong / expected)[~near].max():.3%}")  # noqa: T201  pytest -s
    assert near.sum() > len(lat) / 3
    assert (wrong[near] * 1852 < 100).all()
    assert (wrong[~near] < 0.01 * expected[~near]).all()


def test_the_distance_to_shore_is_true_to_100_metres_within_30_nm_and_to_1_percent_beyond():
    assert_true_to_100_m_and_1_percent(*places(np.random.default_rng(3), 60))


@pytest.mark.soak
def test_the_distance_to_shore_is_true_at_thousands_of_places():
    assert_true_to_100_m_and_1_percent(*places(np.random.default_rng(4), 3000))


def test_the_edge_of_the_data_is_no_shore():
    assert shore_nm(30.0, 25.0) > 60  # in the desert, 30 nm from nothing but the cut


def test_distance_to_port_is_the_geodesic_to_the_nearest_one():
    rng = np.random.default_rng(4)
    lat, lon = rng.uniform(30, 46, 1000), rng.uniform(-6, 37, 1000)
    each = [GEOD.inv(lon, lat, *np.full((2, 1000), [[port.lon], [port.lat]]))[2] for port in harbours()]
    assert port_nm(lat, lon) == pytest.approx(np.min(each, axis=0) / 1852, rel=0.006)


def test_roads_and_platforms_are_no_harbours():
    assert port_nm(33.90, 12.65) > 50


def test_single_points_and_empty_columns_are_answered_too():
    assert shore_nm(33.0, 13.0).shape == port_nm(33.0, 13.0).shape == ()
    assert shore_nm([], []).shape == port_nm([], []).shape == (0,)

import numpy as np
import pyproj
import pytest

from zones.plane import scale, to_plane

GEOD = pyproj.Geod(ellps="WGS84")
LAT, LON = (axis.ravel() for axis in np.meshgrid(np.arange(30, 46.1, 1), np.arange(-6, 37.1, 1)))


def test_the_plane_is_the_one_that_proj_makes():
    proj = pyproj.Proj("+proj=lcc +lat_1=33 +lat_2=43 +lat_0=90 +lon_0=0 +ellps=WGS84")
    assert to_plane(LAT, LON) == pytest.approx(np.stack(proj(LON, LAT)), abs=1e-6)


def test_the_scale_is_the_same_in_all_directions_and_near_one_everywhere():
    here = to_plane(LAT, LON)
    for lat, lon in ((LAT + 0.01, LON), (LAT, LON + 0.01)):
        there = to_plane(lat, lon)
        own = np.hypot(*(there - here)) / GEOD.inv(LON, LAT, lon, lat)[2]
        assert scale((here + there) / 2) == pytest.approx(own, rel=1e-6)
    assert (abs(scale(here) - 1) < 0.01).all()


@pytest.mark.parametrize(("metres", "error"), [(55_560, 1), (500_000, 200)])
def test_a_straight_line_over_the_scale_of_its_middle_is_the_distance(metres, error):
    rng = np.random.default_rng(8)
    lat, lon = rng.uniform(34, 42, 500), rng.uniform(0, 31, 500)
    far_lon, far_lat, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, 500), np.full(500, metres))
    here, there = to_plane(lat, lon), to_plane(far_lat, far_lon)
    assert np.hypot(*(there - here)) / scale((here + there) / 2) == pytest.approx(metres, abs=error)

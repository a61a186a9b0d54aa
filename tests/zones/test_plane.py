import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.distance import haversine_m
from zones.plane import from_plane, to_plane

lats = st.floats(30, 46)
lons = st.floats(-6, 37)


@given(lats, lons)
def test_a_point_comes_back_from_the_plane(lat, lon):
    assert np.allclose(from_plane(to_plane(lat, lon)), (lat, lon), atol=1e-9)


def test_the_scale_is_the_same_in_all_directions_and_nearly_everywhere():
    lat, lon = np.meshgrid(np.arange(30, 46.1, 1), np.arange(-6, 37.1, 1))
    here = to_plane(lat, lon)
    north, east = to_plane(lat + 0.01, lon), to_plane(lat, lon + 0.01)
    up = np.hypot(*np.moveaxis(north - here, -1, 0)) / haversine_m(lat, lon, lat + 0.01, lon)
    right = np.hypot(*np.moveaxis(east - here, -1, 0)) / haversine_m(lat, lon, lat, lon + 0.01)
    assert up == pytest.approx(right, rel=1e-3)
    assert up.max() / up.min() < 1.011

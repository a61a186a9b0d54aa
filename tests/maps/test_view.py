from dataclasses import replace

import numpy as np
import pytest

from maps.errors import MapError
from maps.ground import places, zone_shapes
from maps.view import MapView, no_fixes
from tests.maps.views import crowd
from zones.zone import load_zones


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(MapError, match="differ in length"):
        replace(no_fixes(), mmsi=np.array([1]))


def test_positions_out_of_order_are_refused() -> None:
    with pytest.raises(MapError, match="not sorted"):
        crowd(100, vessels=10).take(np.arange(100)[::-1])


def test_a_span_that_runs_backwards_is_refused() -> None:
    with pytest.raises(MapError, match="ends before it starts"):
        MapView(title="night", start_us=2, end_us=1)


def test_an_empty_view_is_a_view() -> None:
    assert len(MapView(title="nothing heard", start_us=0, end_us=0).fixes) == 0


def test_zones_become_closed_rings_of_longitude_and_latitude() -> None:
    shapes = zone_shapes(load_zones())
    assert len(shapes) == len(load_zones())
    for shape in shapes:
        for ring in shape["rings"]:
            assert ring.shape[1] == 2
            assert ring[0].tolist() == ring[-1].tolist()
            assert np.all((ring[:, 0] > -10) & (ring[:, 0] < 40) & (ring[:, 1] > 28) & (ring[:, 1] < 48))


def test_places_lie_in_the_data_box_and_have_a_rank() -> None:
    assert len(places()) > 50
    assert all(-6 <= place["lon"] <= 37 and 29 <= place["lat"] <= 46 and 1 <= place["rank"] <= 5 for place in places())

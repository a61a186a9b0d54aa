import numpy as np
import pytest

from zones.distance import shore_nm
from zones.inland import CELL_DEG, cell, inland_nm

BENINA = (32.097, 20.27)  # an airport behind Benghazi
AT_SEA = (34.0, 14.0)


def test_the_sea_is_nowhere_inland_and_neither_is_what_is_not_known():
    lat, lon = np.array([AT_SEA, (50.0, 10.0), (np.nan, np.nan), (60.0, 10.0)]).T
    assert inland_nm(lat, lon).tolist() == [0.0] * 4


def test_a_place_on_land_is_as_far_inland_as_the_middle_of_its_cell():
    middle = np.floor(np.array(BENINA) / CELL_DEG) * CELL_DEG + CELL_DEG / 2
    (found,) = inland_nm([BENINA[0]], [BENINA[1]])
    assert found == pytest.approx(shore_nm([middle[0]], [middle[1]])[0])
    assert found > 9


def test_answers_come_in_the_order_of_the_questions_however_often_asked():
    lat, lon = np.array([BENINA, AT_SEA, BENINA, AT_SEA]).T
    assert np.array_equal(inland_nm(lat, lon) > 0, [True, False, True, False])


def test_cells_are_parted_by_their_edges_west_and_south_of_greenwich_and_the_equator_too():
    lat, lon = np.array([(0.001, 0.001), (0.009, 0.009), (0.011, 0.001), (-0.001, 0.001), (0.001, -0.001)]).T
    assert len(set(cell(lat, lon).tolist())) == 4

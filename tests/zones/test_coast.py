import numpy as np
import pytest
import shapely

from tests.zones.unpacking import unpacked
from zones.coast import BOX, CLIP, LEVELS, crosses_land, in_box, land, levels, on_land

TRIPOLI_STREET = (32.85, 13.18)
TRIPOLI_SEA = (33.00, 13.18)


def test_the_land_is_valid_and_reaches_a_degree_beyond_the_box():
    assert land().is_valid
    assert land().bounds == CLIP
    assert np.allclose(np.subtract(CLIP, BOX), [-1, -1, 1, 1])


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("Lampedusa", 35.515, 12.57),
        ("Linosa", 35.867, 12.865),
        ("Gavdos", 34.84, 24.09),
        ("Kastellorizo", 36.14, 29.58),
        ("Agathonisi", 37.46, 26.97),
        ("Farmakonisi", 37.295, 27.09),
    ],
)
def test_the_small_islands_that_matter_are_there(name, lat, lon):
    assert on_land(lat, lon)


def test_streets_are_on_land_and_the_sea_is_not():
    lat, lon = np.transpose([TRIPOLI_STREET, TRIPOLI_SEA, (34.5, 18.0), (39.9, 32.8)])
    assert on_land(lat, lon).tolist() == [True, False, False, True]


def test_many_positions_are_answered_like_few():
    rng = np.random.default_rng(2)
    lat, lon = rng.uniform(28, 48, (200, 150)), rng.uniform(-8, 39, (200, 150))
    lat[0, 0] = np.nan
    assert np.array_equal(on_land(lat, lon), [on_land(*row) for row in zip(lat, lon, strict=True)])


def test_nothing_is_on_land_where_the_coast_is_not_known_or_the_position_is_missing():
    assert on_land([51.5, np.nan, 32.8], [0.0, 13.0, np.nan]).tolist() == [False, False, False]


def test_the_box_has_edges_and_holds_no_missing_position():
    assert in_box([30, 46, 29.9, np.nan, 35], [-6, 37, 10, 10, 37.1]).tolist() == [True, True, False, False, False]


def test_a_leg_across_a_peninsula_crosses_land_and_a_leg_at_sea_does_not():
    assert crosses_land(36.9, 27.6, 36.6, 27.7)
    assert not crosses_land(33.2, 12.0, 33.2, 13.0)


def test_legs_come_in_columns_and_one_end_may_be_shared():
    got = crosses_land([33.2, 33.2, np.nan], 12.0, [33.2, 32.0, 33.0], [13.0, 12.5, 13.0])
    assert got.tolist() == [False, True, False]


def test_a_leg_that_starts_on_land_crosses_it():
    assert crosses_land(*TRIPOLI_STREET, *TRIPOLI_SEA)


def test_no_rows_give_no_answers():
    assert on_land([], []).shape == crosses_land([], [], [], []).shape == (0,)


@pytest.mark.parametrize("level", LEVELS)
def test_each_outline_shows_the_land_to_its_tolerance(level):
    rings = [shapely.Polygon(ring) for ring in unpacked(levels()[level])]
    drawn = np.zeros(2000, bool)  # even-odd: a point is on land within an odd number of rings
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(CLIP[0], CLIP[2], 2000), rng.uniform(CLIP[1], CLIP[3], 2000)
    for ring in rings:
        drawn ^= shapely.contains_xy(ring, lon, lat)
    wrong = drawn != on_land(lat, lon)
    shore = shapely.distance(land().boundary, shapely.points(lon[wrong], lat[wrong]))
    assert (shore < LEVELS[level] + 2e-4).all()
    assert wrong.mean() < 0.01


def test_coarser_outlines_are_smaller_and_all_fit_a_page():
    sizes = [len(text) for text in levels().values()]
    assert sizes == sorted(sizes)
    assert sum(sizes) < 350_000


@pytest.mark.parametrize(("name", "lat", "lon"), [("Lampedusa", 35.51, 12.58), ("Kastellorizo", 36.14, 29.58)])
def test_the_coarsest_outline_still_shows_the_islands_people_head_for(name, lat, lon):
    assert any(shapely.Polygon(ring).distance(shapely.Point(lon, lat)) < 0.01 for ring in unpacked(levels()["z6"])[1:])

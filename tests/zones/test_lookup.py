"""The lookup grid against shapely asked about every area: not one answer may differ."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from zones.cells import PER_DEGREE
from zones.lookup import Lookup
from zones.zone import load_zones

SHIPPED = np.array([zone.geometry for zone in load_zones()])


def plainly(areas, lat, lon):
    """What shapely says when asked about every position in every area."""
    hits = [np.flatnonzero(shapely.intersects_xy(area, lon, lat)) for area in areas]
    rows = np.concatenate([np.zeros(0, int), *hits])
    zones = np.repeat(np.arange(len(areas)), [len(hit) for hit in hits])
    order = np.lexsort((zones, rows))
    return rows[order], zones[order]


def assert_same(areas, lat, lon):
    areas = np.array([*areas, None], object)[:-1]
    for got, expected in zip(Lookup(areas).inside(lat, lon), plainly(areas, lat, lon), strict=True):
        assert np.array_equal(got, expected)


def beside_outlines(areas, rng, count):
    """Positions on corners and edges, from a micrometre to tens of kilometres off them, and anywhere."""
    corners = shapely.get_coordinates(areas)
    some = rng.integers(0, len(corners) - 1, count)
    share = rng.choice([0, 0, 0.5, rng.random()], count)[:, None]
    there = corners[some] * (1 - share) + corners[some + 1] * share
    off = rng.choice([0, 1e-11, 1e-9, 1e-6, 1e-3, 0.02, 0.2], count)[:, None] * rng.normal(size=(count, 2))
    lon, lat = (there + off).T
    anywhere = rng.random(count) < 0.1
    return np.where(anywhere, rng.uniform(29, 47, count), lat), np.where(anywhere, rng.uniform(-7, 38, count), lon)


def test_positions_beside_the_outlines_of_all_shipped_zones_are_answered_as_shapely_does():
    assert_same(SHIPPED, *beside_outlines(SHIPPED, np.random.default_rng(6), 50_000))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_a_million_positions_are_answered_as_shapely_does(seed):
    assert_same(SHIPPED, *beside_outlines(SHIPPED, np.random.default_rng(seed), 1_000_000))


def test_more_areas_than_any_machine_word_has_bits_may_overlap():
    rng = np.random.default_rng(7)
    areas = shapely.buffer(shapely.points(rng.normal([13, 33], 0.3, (500, 2))), rng.uniform(0.01, 0.5, 500))
    assert_same(areas, *beside_outlines(areas, rng, 2000))


# Corners on the lines of cells and tiles, on the poles and the antimeridian, and anywhere else.
def axis(end):
    on_a_line = st.integers(-end * PER_DEGREE, end * PER_DEGREE).map(lambda n: n / PER_DEGREE)
    return st.one_of(st.floats(-end, end), on_a_line, st.sampled_from([-end, 0, end, end - 0.5]))


boxes = st.builds(shapely.box, axis(180), axis(90), axis(180), axis(90))
small = st.builds(
    lambda lon, lat, size: shapely.box(lon, lat, lon + size, lat + size).buffer(size / 3),
    st.floats(-170, 170),
    st.floats(-80, 80),
    st.floats(0.001, 2),
)
rings = st.builds(
    lambda outer, share: outer - shapely.affinity.scale(outer, share, share), boxes, st.floats(0.01, 0.99)
)
areas = st.lists(st.one_of(boxes, small, rings).filter(lambda a: a.area > 1e-9 and a.is_valid), max_size=6)


places = st.lists(st.tuples(axis(90), axis(180).filter(lambda lon: abs(lon) < 180)), max_size=20)


@pytest.mark.soak
@settings(max_examples=300)
@given(areas, places)
def test_any_areas_are_answered_as_shapely_does_many_times_over(areas, places):
    assert_same_beside_corners(areas, places)


@settings(max_examples=15)
@given(areas, places)
def test_any_areas_on_earth_are_answered_as_shapely_does(areas, places):
    assert_same_beside_corners(areas, places)


def assert_same_beside_corners(areas, places):
    own = [tuple(reversed(point)) for area in areas for point in area.envelope.exterior.coords if abs(point[0]) < 180]
    lat, lon = np.array([*places, *own], float).reshape(-1, 2).T
    assert_same(areas, lat, lon)


def test_places_that_are_not_on_earth_are_in_no_area():
    whole = Lookup(np.array([shapely.box(-180, -90, 180, 90)]))
    rows, _ = whole.inside(np.array([91, 0, np.nan, 0, -90, 90, np.inf]), np.array([0, 181, 0, -np.inf, 180, -180, 0]))
    assert rows.tolist() == [4, 5]


def legs_touch(areas, start, end):
    """What shapely says when asked about every leg and every area."""
    lines = shapely.linestrings(np.stack((start[::-1].T, end[::-1].T), axis=1))
    return np.nonzero(shapely.intersects(lines[:, None], areas[None, :]))


@pytest.mark.parametrize("length", [0.001, 0.05, 3.0])
def test_legs_of_any_length_touch_the_areas_that_shapely_says(length):
    rng = np.random.default_rng(9)
    start = np.stack(beside_outlines(SHIPPED, rng, 400))
    end = start + rng.normal(0, length, start.shape) * rng.choice([0, 1], 400)
    for got, expected in zip(Lookup(SHIPPED).touched(start, end), legs_touch(SHIPPED, start, end), strict=True):
        assert np.array_equal(got, expected)


def test_a_leg_over_the_antimeridian_goes_the_short_way():
    areas = np.array([shapely.box(179.5, -1, 180, 1), shapely.box(-180, -1, -179.5, 1), shapely.box(-1, -1, 1, 1)])
    start, end = np.array([[0.0, 0.0, 0.5], [179.0, -179.6, 10]]), np.array([[0.0, 0.0, 0.5], [-179.0, 179.0, -10]])
    row, area = Lookup(areas).touched(start, end)
    assert (row.tolist(), area.tolist()) == ([0, 0, 1, 1, 2], [0, 1, 0, 1, 2])
    assert Lookup(areas).share(np.array([0, 1]), start[:, [0, 0]], end[:, [0, 0]]) == pytest.approx([0.25, 0.25])


def test_a_leg_with_an_end_missing_touches_nothing():
    whole = Lookup(np.array([shapely.box(-180, -90, 180, 90)]))
    start, end = np.array([[np.nan, 1.0, 1.0], [0, 0, 0]]), np.array([[1.0, 1.0, 1.0], [0, np.inf, 0]])
    assert whole.touched(start, end)[0].tolist() == [2]
    assert whole.touched(np.zeros((2, 0)), np.zeros((2, 0)))[0].tolist() == []

"""The short lists against every piece: no answer may be farther than the tolerance allows."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from zones.nearest import Nearest
from zones.shortlist import SIDE_M, Pieces

WIDE_M = 1_000_000.0
BOUNDS = np.array([[-WIDE_M, -WIDE_M], [WIDE_M, WIDE_M]])


def scattered(seed, count, spread_m, length_m):
    rng = np.random.default_rng(seed)
    start = rng.normal(0, spread_m, (2, count))
    return start, start + rng.normal(0, length_m, (2, count))


def assert_near_enough(start, end, points):
    feet = Nearest(Pieces.between(start, end), BOUNDS).feet(points)
    tree = shapely.STRtree(shapely.linestrings(np.stack((start.T, end.T), axis=1)))
    index, least = tree.query_nearest(shapely.points(points.T), return_distance=True, all_matches=False)
    assert np.array_equal(index[0], np.arange(points.shape[1]))
    far = np.hypot(*(feet - points)) - least
    assert (far > -1e-6).all()
    assert (far <= np.where(least < 60_000, 40, 0.005 * least) + 1e-6).all()


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 300),
    spread_m=st.sampled_from([10, 1000, 30_000, 400_000]),
    length_m=st.sampled_from([0, 1, 1000, 50_000]),
    around_m=st.sampled_from([10, 3000, 100_000]),
)
def test_the_nearest_of_any_pieces_is_found_within_the_tolerance(seed, count, spread_m, length_m, around_m):
    start, end = scattered(seed, count, spread_m, length_m)
    rng = np.random.default_rng(seed)
    points = rng.choice(start, 200, axis=1) + rng.normal(0, around_m, (2, 200))
    assert_near_enough(start, end, np.clip(points, -WIDE_M + 1, WIDE_M - 1))


def test_pieces_all_round_are_told_apart():
    turn = np.radians(np.arange(0, 360, 0.5))
    ring = 30_000 * np.stack((np.cos(turn), np.sin(turn)))  # from the middle all are equally near
    points = np.random.default_rng(1).normal(0, 3 * SIDE_M, (2, 2000))
    assert_near_enough(ring, np.roll(ring, 1, axis=1), points)


def test_it_does_not_matter_how_the_points_are_divided():
    start, end = scattered(2, 500, 300_000, 5000)
    points = np.random.default_rng(3).uniform(-WIDE_M, WIDE_M, (2, 300))
    whole = Nearest(Pieces.between(start, end), BOUNDS).feet(points)
    bit_by_bit = Nearest(Pieces.between(start, end), BOUNDS)
    parts = [bit_by_bit.feet(part) for part in np.array_split(points, 60, axis=1)]
    assert np.array_equal(np.concatenate(parts, axis=1), whole)


def test_no_points_have_no_feet():
    start, end = scattered(4, 3, 1000, 1000)
    assert Nearest(Pieces.between(start, end), BOUNDS).feet(np.zeros((2, 0))).shape == (2, 0)


@pytest.mark.parametrize("points", [[[0.0], [0.0]], [[-400.0], [900.0]]])
def test_a_point_is_a_piece_without_length(points):
    alone = np.array([[100.0], [200.0]])
    assert Nearest(Pieces.between(alone, alone), BOUNDS).feet(np.array(points)).tolist() == alone.tolist()

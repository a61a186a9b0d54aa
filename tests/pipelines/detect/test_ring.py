import numpy as np
import pytest

from pipelines.detect.ring import on_ring

MILE = 1 / 60


def circle(nm, angles, *, noise_nm=0.0, seed=1):
    rng, angles = np.random.default_rng(seed), np.radians(angles)
    lat = 34 + (nm * np.cos(angles) + noise_nm * rng.standard_normal(len(angles))) * MILE
    lon = 13 + (nm * np.sin(angles) + noise_nm * rng.standard_normal(len(angles))) * MILE / np.cos(np.radians(34))
    return lat, lon


def test_points_all_round_a_circle_lie_on_a_ring():
    assert on_ring(*circle(0.5, range(0, 360, 40), noise_nm=0.01))


@pytest.mark.parametrize(
    "points",
    [
        circle(0.5, range(0, 280, 40)),  # seven
        circle(0.5, range(0, 240, 20)),  # a third left out
        circle(0.02, range(0, 360, 40)),  # an anchored ship
        circle(0.1, range(0, 360, 20), noise_nm=0.1),
        (np.linspace(34, 34.1, 12), np.linspace(13, 13.1, 12)),  # a straight line
        (np.full(12, 34.0), np.full(12, 13.0)),
    ],
)
def test_few_points_an_arc_noise_and_a_line_do_not(points):
    assert not on_ring(*points)

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from maps.thin import silences, thin
from maps.view import Fixes, no_fixes
from tests.maps.views import DAY_US, START_US, crowd

MINUTE_US = 60_000_000
GAP_US = 30 * MINUTE_US


def track(minutes: NDArray[np.float64], lat: NDArray[np.float64], mmsi: int = 1) -> Fixes:
    unknown = np.full(len(lat), np.nan)
    time_us = START_US + (minutes * MINUTE_US).astype(np.int64)
    return Fixes(
        mmsi=np.full(len(lat), mmsi), time_us=time_us, lat=lat, lon=lat * 0 + 20, sog_kn=unknown, cog_deg=unknown
    )


def thinned(fixes: Fixes, budget: int) -> Fixes:
    return fixes.take(thin(fixes, silences(fixes, GAP_US), budget))


def test_within_the_budget_every_position_stays() -> None:
    fixes = crowd(1_000, vessels=10)
    assert len(thinned(fixes, budget=1_000)) == 1_000


def test_above_the_budget_it_is_kept_to() -> None:
    assert len(thinned(crowd(20_000, vessels=20), budget=2_000)) <= 2_000


def test_a_straight_steady_track_shrinks_to_few_positions_with_its_ends() -> None:
    steady = track(np.arange(500.0), np.linspace(33, 34, 500))
    few = thinned(steady, budget=10)
    assert len(few) <= 10
    assert few.time_us[[0, -1]].tolist() == steady.time_us[[0, -1]].tolist()


def test_a_stop_on_a_straight_track_is_kept_though_the_line_does_not_need_it() -> None:
    lat = np.concatenate([np.linspace(33, 33.5, 100), np.full(100, 33.5), np.linspace(33.5, 34, 100)])
    few = thinned(track(np.arange(300.0), lat), budget=40)
    at = np.interp(START_US + 150 * MINUTE_US, few.time_us, few.lat)
    assert abs(at - 33.5) < 0.01


@given(st.integers(5, 200), st.integers(5, 200))
def test_both_sides_of_a_gap_always_stay(before: int, after: int) -> None:
    minutes = np.concatenate([np.arange(before), before + 60.0 + np.arange(after)])
    few = thinned(track(minutes, np.linspace(33, 34, before + after)), budget=4)
    kept = ((few.time_us - START_US) // MINUTE_US).tolist()
    assert {0, before - 1, before + 60, before + 60 + after - 1} <= set(kept)


def test_every_vessel_keeps_its_first_and_last_position() -> None:
    fixes = crowd(5_000, vessels=50)
    few = thinned(fixes, budget=200)
    for column in (np.minimum, np.maximum):
        edges = [column.reduceat(one.time_us, np.unique(one.mmsi, return_index=True)[1]) for one in (fixes, few)]
        assert edges[0].tolist() == edges[1].tolist()


def test_what_cannot_be_thinned_further_is_left_as_it_is() -> None:
    fixes = crowd(200, vessels=100)
    assert len(thinned(fixes, budget=50)) == 200


def test_nothing_is_thinned_to_nothing() -> None:
    assert len(thinned(no_fixes(), budget=0)) == 0


def test_a_silence_stands_before_the_position_that_ends_it() -> None:
    assert np.flatnonzero(silences(track(np.array([0.0, 29, 59, 60]), np.full(4, 33.0)), GAP_US)).tolist() == [2]


def test_between_two_vessels_lies_no_silence() -> None:
    fixes = crowd(20, vessels=10)
    assert not silences(fixes, DAY_US + 1).any()
    assert silences(fixes, DAY_US).sum() == 10

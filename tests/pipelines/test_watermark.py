import numpy as np
import pytest

from pipelines.watermark import AHEAD_US, BEGINNING, Source, Watermark

S = 1_000_000
HOUR = 3600 * S


def moved(source, *rows):
    """Return newest after each (time, mmsi)."""
    times, mmsis = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    return source.advance(times, mmsis).tolist()


def begun():
    """Return a source of which two rows agreed on the time 0."""
    source = Source(0)
    moved(source, (0, 1), (0, 2))
    return source


def test_there_is_no_newest_time_until_a_row_lies_within_ten_minutes_of_the_one_before():
    rows = [(HOUR, 1), (5, 2), (5 + AHEAD_US + 1, 3), (5, 1), (4, 1)]
    assert moved(Source(0), *rows) == [BEGINNING, BEGINNING, BEGINNING, BEGINNING, 5]


@pytest.mark.parametrize("cut", [1, 2])
def test_the_candidate_of_a_source_stands_over_batches(cut):
    rows, source = [(HOUR, 1), (5, 2), (9, 2)], Source(0)
    assert moved(source, *rows[:cut]) + moved(source, *rows[cut:]) == [BEGINNING, BEGINNING, 9]


def test_newest_is_that_of_the_newest_row():
    assert moved(begun(), (5, 1), (3, 1), (9, 2)) == [5, 5, 9]


@pytest.mark.parametrize(
    ("rows", "limit"),
    [
        ([(0, 1)], AHEAD_US),
        ([(HOUR, 1)], HOUR + AHEAD_US),
        ([(HOUR, 1), (1, 2)], 1 + AHEAD_US),
        ([(HOUR, 1), (1, 2), (2 * HOUR, 1)], 2 * HOUR + AHEAD_US),
        ([(HOUR, 1), (2 * HOUR, 2)], 2 * HOUR + AHEAD_US),
    ],
)
def test_what_counts_at_the_end_is_up_to_ten_minutes_after_newest_or_after_what_waits_unrefuted(rows, limit):
    source = begun()
    moved(source, *rows)
    assert source.limit() == limit


def test_of_two_rows_far_ahead_newest_moves_to_the_smaller():
    assert moved(begun(), (0, 1), (3 * HOUR, 1), (2 * HOUR, 2)) == [0, 0, 2 * HOUR]


def test_a_vessel_does_not_confirm_itself_within_a_minute():
    assert moved(begun(), (0, 1), (HOUR, 1), (HOUR + 1, 1), (HOUR + 2, 2)) == [0, 0, 0, HOUR]


def test_a_row_that_is_far_ahead_no_longer_confirms_nothing():
    rows = [(0, 1), (11 * 60 * S, 2), (5 * 60 * S, 1), (HOUR, 3)]
    assert moved(begun(), *rows) == [0, 0, 5 * 60 * S, 5 * 60 * S]


def test_once_confirmed_a_row_confirms_no_other():
    rows = [(0, 1), (9 * HOUR, 1), (HOUR, 2), (5 * HOUR, 3)]
    assert moved(begun(), *rows) == [0, 0, HOUR, HOUR]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_what_waits_for_confirmation_waits_over_batches(cut):
    rows = [(0, 1), (HOUR, 1), (AHEAD_US, 3), (HOUR + 5 * S + AHEAD_US, 2)]
    source = begun()
    assert moved(source, *rows[:cut]) + moved(source, *rows[cut:]) == [0, 0, AHEAD_US, HOUR]


def test_the_one_furthest_behind_is_the_one_without_rows_then_the_oldest():
    mark = Watermark()
    for name in "abc":
        mark.open(name, 0)
    assert mark.behind() == "a"
    mark.advance("a", np.array([9, 9]), np.array([1, 2]))
    mark.advance("b", np.array([5, 5]), np.array([1, 2]))
    assert mark.behind() == "c"
    mark.close("c")
    assert mark.behind() == "b"


def test_every_source_has_its_own_disorder():
    mark = Watermark()
    mark.open("terrestrial", 60 * S)
    mark.open("satellite", HOUR)
    mark.advance("terrestrial", np.array([2 * HOUR, 2 * HOUR]), np.array([1, 2]))
    before, after = mark.advance("satellite", np.array([2 * HOUR, 2 * HOUR, 3 * HOUR]), np.array([1, 2, 1]))
    assert before.tolist() == [BEGINNING, BEGINNING, HOUR]
    assert after.tolist() == [BEGINNING, HOUR, HOUR]


def test_a_silent_source_is_waited_for_only_so_long_from_when_it_was_opened():
    mark = Watermark(stall_us=600 * S)
    mark.open("a", 0)
    mark.advance("a", np.array([HOUR, HOUR]), np.array([1, 2]))
    mark.open("b", 0)
    _, after = mark.advance("a", np.array([HOUR + 600 * S, HOUR + 600 * S + 1]), np.array([1, 1]))
    assert after.tolist() == [HOUR, HOUR + 600 * S + 1]


def test_closing_the_last_source_moves_nothing():
    mark = Watermark()
    mark.open("a", 5)
    mark.advance("a", np.array([100, 100]), np.array([1, 2]))
    mark.close("a")
    assert mark.value == 95

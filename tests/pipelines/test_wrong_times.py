"""Wrong times: no row is believed alone, and none is lost."""

import pytest

from pipelines.watermark import AHEAD_US, BEGINNING
from tests.pipelines.arrivals import DISORDER, START, S, pair, report, restarted, sequencer, table, times

WRONG = START + 5 * 365 * 86_400 * S  # 2031


def test_a_first_row_alone_moves_nothing():
    made = sequencer()
    made.push("a", table(report(START)))
    assert made.release().watermark == BEGINNING


@pytest.mark.parametrize("mmsi", [1, 2])
def test_a_second_row_up_to_ten_minutes_from_the_first_begins_the_source_at_the_larger(mmsi):
    made = sequencer()
    made.push("a", table(report(START, 1), report(START - AHEAD_US, mmsi)))
    assert made.release().watermark == START - DISORDER


def test_a_wrong_first_row_makes_none_of_the_others_late_and_stays_held():
    made = sequencer()
    made.push("a", table(report(WRONG, 3), report(START), report(START + 10 * S, lat_e=1)))
    assert made.release().watermark == START + 10 * S - DISORDER
    released = made.finish()
    assert (released.watermark, made.waiting) == (START + 10 * S + 1, 1)
    assert made.held["time"].to_pylist() == [WRONG]
    assert released.rows["late"].to_pylist() == [False]


@pytest.mark.parametrize("place", [1, 2, 30, 59])
@pytest.mark.parametrize("rows_a_push", [1, 60])
def test_one_wrong_row_among_many_neither_moves_the_watermark_at_the_end_nor_is_lost(place, rows_a_push):
    rows = [report(START + k * S, k % 3, second=k) for k in range(60)]
    rows.insert(place, report(WRONG, 1))
    made = sequencer()
    for at in range(0, 61, rows_a_push):
        made.push("a", table(*rows[at : at + rows_a_push]))
    released = made.finish()
    assert (released.watermark, released.rows.num_rows) == (START + 59 * S + 1, 60)
    assert (made.waiting, made.held["time"].to_pylist()) == (1, [WRONG])


def test_a_wrong_row_stays_held_through_later_runs_until_the_watermark_reaches_it():
    first = sequencer()
    first.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    first.finish()
    second = restarted(first)
    assert second.waiting == 1
    second.push("b", table(*pair(START + 100 * S, source="b")))
    assert second.finish().watermark == START + 100 * S + 1
    assert second.waiting == 1
    third = restarted(second)
    third.push("b", table(*pair(WRONG + S, source="b")))
    assert (third.finish().rows["time"].to_pylist()[0], third.waiting) == (WRONG, 0)


def test_a_source_read_on_is_still_judged_by_what_it_was_proved_to_have_reached():
    first = sequencer()
    first.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    first.finish()
    second = restarted(first)
    second.push("a", table(report(START + 20 * S, lat_e=1)))
    assert second.finish().watermark == START + 20 * S + 1


def test_a_wrong_row_stays_held_when_the_very_last_row_is_far_ahead_too():
    made = sequencer()
    made.push("a", table(*pair(START), report(WRONG, 3), report(START + S), report(START + 3600 * S)))
    assert made.finish().watermark == START + 3600 * S + 1
    assert made.held["time"].to_pylist() == [WRONG]


def test_a_wrong_row_of_a_source_already_closed_stays_held():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    made.close("a")
    made.push("b", table(report(START + 100 * S, source="b")))
    assert made.finish().watermark == START + 100 * S + 1


def test_the_rows_of_one_sender_of_a_feed_are_judged_by_the_feed():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START, source="a#1"), report(WRONG, 3, source="a#1"), report(START + S, source="a#2")))
    assert (made.finish().watermark, made.waiting) == (START + S + 1, 1)
    again = restarted(made)
    again.push("a", table(report(START + 9 * S, source="a#1", lat_e=1)))
    assert (again.finish().watermark, again.waiting) == (START + 9 * S + 1, 1)


def test_sources_without_wrong_rows_are_forgotten_at_the_end():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    made.push("b", table(*pair(START, source="b")))
    made.finish()
    assert list(made.state()["sources"]) == ["a"]


def test_rows_that_all_disagree_are_all_released_at_the_end():
    made = sequencer()
    made.push("a", table(*(report(START + hour * 3600 * S) for hour in range(3))))
    assert made.release().watermark == BEGINNING
    assert times(made.finish()) == [0, 3600 * S, 7200 * S]


def test_a_lone_vessel_that_speaks_again_after_hours_is_released_at_the_end():
    made = sequencer()
    again = [report(START + 7200 * S + quarter * 900 * S, 3) for quarter in range(4)]
    made.push("a", table(*pair(START), *again))
    assert made.release().watermark == START - DISORDER
    assert made.finish().watermark == again[-1]["time"] + 1
    assert (made.waiting, made.held.num_rows) == (0, 0)


def test_vessels_heard_hours_apart_are_all_released_at_the_end():
    made = sequencer()
    made.push("a", table(*pair(START), *(report(START + k * 7200 * S, k) for k in range(1, 6))))
    assert made.finish().watermark == START + 5 * 7200 * S + 1
    assert made.waiting == 0


def test_the_ten_minutes_after_newest_count_at_the_end():
    made = sequencer()
    ahead = report(START + AHEAD_US + S, 3)
    made.push("a", table(*pair(START), ahead, report(START + S)))
    assert made.finish().watermark == ahead["time"] + 1


def test_a_row_far_ahead_moves_nothing_until_a_second_vessel_confirms_it():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(ahead + S, 1)))
    assert made.release().watermark == START - DISORDER
    made.push("a", table(report(ahead + 5 * S, 2)))
    assert made.release().watermark == ahead - DISORDER


def test_a_second_vessel_confirms_a_row_that_was_refuted():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(START), report(ahead + S, 2)))
    assert made.release().watermark == ahead - DISORDER


@pytest.mark.parametrize(("after_s", "moves"), [(59, False), (60, True), (600, True), (601, False)])
def test_a_lone_vessel_confirms_itself_one_to_ten_minutes_later(after_s, moves):
    made = sequencer(stall_us=600 * S)
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(ahead + after_s * S, 1)))
    assert made.release().watermark == (ahead if moves else START) - DISORDER


def test_a_lone_vessel_that_speaks_every_ten_seconds_confirms_itself_after_a_minute():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), *(report(ahead + k * 10 * S, 1) for k in range(6))))
    assert made.release().watermark == START - DISORDER
    made.push("a", table(report(ahead + 60 * S, 1)))
    assert made.release().watermark == ahead - DISORDER


def test_a_vessel_does_not_confirm_its_own_row_that_was_refuted():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(START + S), report(ahead + 60 * S, 1)))
    assert made.release().watermark == START + S - DISORDER


def test_a_row_exactly_ten_minutes_ahead_needs_no_second_vessel():
    made = sequencer()
    made.push("a", table(*pair(START), report(START + AHEAD_US)))
    assert made.release().watermark == START + AHEAD_US - DISORDER


def test_an_ordinary_row_confirms_nothing():
    made = sequencer()
    made.push("a", table(*pair(START), report(START + 3600 * S, 1), report(START + 10 * S, 2)))
    assert made.release().watermark == START + 5 * S


def test_the_state_of_a_run_that_knew_nothing_of_wrong_times_still_loads():
    state = {"watermark": START - DISORDER, "recent": []}
    source = {"disorder_us": DISORDER, "newest": START, "since": None, "ahead_mmsi": 3, "ahead_time": WRONG}
    made = sequencer(state={**state, "sources": {"a": source}}, held=table(report(START), report(WRONG, 3)))
    made.push("a", table(report(START + S, lat_e=1)))
    assert (made.finish().watermark, made.waiting) == (START + S + 1, 1)

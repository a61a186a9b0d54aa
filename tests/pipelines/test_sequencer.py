"""The words of the contract about order and copies, one by one; the whole law is in `test_sequencer_law`."""

import pytest

from pipelines.watermark import BEGINNING
from tests.pipelines.arrivals import DISORDER, MINUTE, START, S, pair, report, restarted, sequencer, table, times
from vessels.report import REPORT


def test_a_row_waits_until_the_watermark_has_passed_it():
    made = sequencer()
    made.push("a", table(report(START), report(START + DISORDER)))
    assert times(made.release()) == []
    made.push("a", table(report(START + DISORDER + 1)))
    assert times(made.release()) == [0]


def test_released_rows_are_sorted_by_vessel_time_type_and_content():
    made = sequencer()
    rows = [report(START + 1, 2), report(START, 2, lat_e=2), report(START, 2, lat_e=1), report(START + 3, 1)]
    made.push("a", table(*rows))
    found = made.finish().rows.select(["mmsi", "time", "lat_e"]).to_pylist()
    assert [(row["mmsi"], row["time"] - START, row["lat_e"]) for row in found] == [
        *[(1, 3, None)],
        *[(2, 0, 1), (2, 0, 2), (2, 1, None)],
    ]


def test_copies_of_one_transmission_become_one_row_with_the_smallest_time_and_all_receivers():
    made = sequencer()
    rows = [report(START + 700, second=0, receivers=2, offset=1), report(START + 200, second=0, offset=2)]
    made.push("a", table(*rows))
    (row,) = made.finish().rows.to_pylist()
    assert (row["time"], row["receivers"], row["offset"]) == (START + 200, 3, 2)


def test_the_same_words_a_second_later_are_another_transmission():
    made = sequencer()
    made.push("a", table(report(START, second=0), report(START + S, second=0)))
    assert times(made.finish()) == [0, S]


def test_without_a_second_the_same_words_within_a_minute_are_one_transmission():
    made = sequencer()
    made.push("a", table(report(START), report(START + 59 * S), report(START + 60 * S)))
    assert times(made.finish()) == [0, 60 * S]


def test_null_and_a_value_are_different_words():
    made = sequencer()
    made.push("a", table(report(START, second=0, name="A"), report(START, second=0)))
    assert len(times(made.finish())) == 2


def test_a_row_behind_the_watermark_is_released_at_once_and_flagged():
    made = sequencer()
    made.push("a", table(report(START + 100 * S), report(START + 100 * S, 2)))
    made.release()
    made.push("a", table(report(START, lat_e=3)))
    (row,) = made.release().rows.to_pylist()
    assert (row["time"], row["late"]) == (START, True)


def test_a_late_copy_of_a_held_row_adds_its_receiver_and_leaves_the_time():
    made = sequencer()
    made.push("a", table(report(START + 50 * S), report(START + 50 * S, lat_e=1), report(START + 42 * S)))
    found = {row["lat_e"]: row for row in made.finish().rows.to_pylist()}
    assert found[None]["receivers"] == 2
    assert found[None]["time"] == START + 50 * S


def test_a_copy_after_release_vanishes_while_its_minute_lasts():
    made = sequencer()
    made.push("a", table(report(START), report(START + 10 * S, lat_e=1)))
    assert times(made.release()) == [0]
    made.push("a", table(report(START + 20 * S)))
    assert times(made.finish()) == [10 * S]


@pytest.mark.parametrize("rows_a_push", [1, 3])
def test_a_copy_after_release_adds_no_receiver_however_the_rows_were_cut(rows_a_push):
    made = sequencer()
    rows = [report(START), report(START + 10 * S, lat_e=1), report(START + 20 * S)]
    for at in range(0, 3, rows_a_push):
        made.push("a", table(*rows[at : at + rows_a_push]))
    assert [row["receivers"] for row in made.finish().rows.to_pylist()] == [1, 1]


@pytest.mark.parametrize("rows_a_push", [1, 3])
def test_a_copy_of_a_late_row_vanishes_however_the_rows_were_cut(rows_a_push):
    made = sequencer()
    rows = [report(START + 40 * S, lat_e=1), report(START + 41 * S, lat_e=2), report(START), report(START + 50 * S)]
    for at in range(0, 4, rows_a_push):
        made.push("a", table(*rows[at : at + rows_a_push]))
    found = [(row["time"] - START, row["late"], row["receivers"]) for row in made.finish().rows.to_pylist()]
    assert found == [(0, True, 1), (40 * S, False, 1), (41 * S, False, 1)]


def test_the_slowest_open_source_holds_the_watermark_back_until_it_is_closed():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START)))
    assert made.release().watermark == BEGINNING
    made.push("b", table(*pair(START + 100 * S, source="b")))
    assert made.release().watermark == START - DISORDER
    assert made.behind() == "a"
    made.close("a")
    assert made.release().watermark == START + 95 * S


def test_a_source_ten_minutes_behind_no_longer_counts_on_live_feeds():
    made = sequencer("a", "b", stall_us=600 * S)
    made.push("a", table(report(START)))
    for minute in range(12):
        made.push("a", table(report(START + minute * MINUTE)))
        expected = BEGINNING if minute <= 10 else START + minute * MINUTE - DISORDER
        assert made.release().watermark == expected


def test_a_restart_does_not_lengthen_the_wait_for_a_silent_source():
    made = sequencer("a", "b", stall_us=600 * S)
    made.push("b", table(*pair(START, source="b")))
    made.release()
    made = restarted(made, 600 * S)
    made.push("b", table(report(START + 300 * S, source="b"), report(START + 601 * S, source="b")))
    assert made.release().watermark == START + 601 * S - DISORDER


# --- the end, and what comes after ---------------------------------------------------------------------------------


def test_at_the_end_the_watermark_goes_just_past_the_newest_row_and_nothing_is_held():
    made = sequencer("a", "b")
    made.push("a", table(report(START), report(START + 7200 * S, lat_e=1)))
    released = made.finish()
    assert released.watermark == START + 7200 * S + 1
    assert len(times(released)) == 2
    assert made.held.num_rows == 0


def test_without_rows_nothing_moves():
    made = sequencer()
    made.push("a", REPORT.empty_table())
    released = made.finish()
    assert (released.watermark, released.rows.num_rows) == (BEGINNING, 0)
    assert released.rows.schema.names == [*REPORT.names, "late"]


def test_a_former_run_leaves_its_watermark_and_only_sources_opened_again_count():
    first = sequencer("a", "slow")
    first.push("a", table(*pair(START + 10 * S, lat_e=1)))
    first.push("slow", table(*pair(START, source="slow")))
    first.release()
    second = sequencer("b", state=first.state(), held=first.held)
    second.push("b", table(*pair(START + 100 * S, source="b")))
    released = second.release()
    assert released.watermark == START + 95 * S
    assert times(released) == [0, 10 * S, 0, 10 * S]


def test_held_rows_are_those_of_the_disorder_window():
    made = sequencer()
    for start in range(0, 3600, 60):
        made.push("a", table(*(report(START + (start + k) * S, k, second=k) for k in range(60))))
        made.release()
        assert made.held.num_rows <= 6


def test_a_source_never_opened_is_refused():
    with pytest.raises(KeyError):
        sequencer("a").push("b", table(report(START)))

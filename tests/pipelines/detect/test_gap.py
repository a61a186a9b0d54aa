from itertools import pairwise

from hypothesis import given, settings

from pipelines.detect.gap import Gap
from tests.pipelines.detect.rows import MINUTE, SHIPS, ZONES, at, row, run, table, tracks

GAP = Gap(ZONES)


def test_a_silence_of_half_an_hour_is_no_gap():
    assert run(GAP, [row(0), row(30)], until=40) == []


def test_a_row_exactly_at_the_deadline_cancels_the_gap():
    state, _ = GAP.step(GAP.empty(), table([row(0)]), at(30))
    assert GAP.step(state, table([row(30)]), at(31))[1] == []


def test_a_gap_opens_when_the_threshold_has_passed_and_is_told_with_the_last_row_as_its_start():
    [gap] = run(GAP, [row(0), row(5)], until=36)
    assert (gap.status, gap.start, gap.end, gap.decided) == ("open", at(5), None, at(35))


def test_a_deadline_that_the_watermark_only_reaches_does_not_fire():
    assert run(GAP, [row(0)], until=30) == []
    assert len(run(GAP, [row(0)], until=30 + 1 / 60)) == 1


def test_a_gap_stays_open_while_the_silence_lasts():
    state, _ = GAP.step(GAP.empty(), table([row(0)]), at(31))
    for minutes in (60, 600, 6000):
        state, events = GAP.tick(state, at(minutes))
        assert events == []


def test_the_next_row_closes_the_gap():
    state, [opened] = GAP.step(GAP.empty(), table([row(0)]), at(31))
    state, [closed] = GAP.step(state, table([row(95)]), at(96))
    assert closed.id == opened.id
    assert (closed.status, closed.end, closed.decided) == ("closed", at(95), at(95))


def test_both_revisions_are_told_when_one_step_holds_the_whole_silence():
    assert [e.status for e in run(GAP, [row(0), row(95)], until=96)] == ["open", "closed"]


def test_the_place_of_a_gap_is_that_of_the_last_row_before_it():
    *_, gap = run(GAP, [row(0, lat=33.1, lon=12.1, zones=[0, 1]), row(95, lat=34.0, lon=13.0, zones=[2])], until=96)
    assert (gap.lat, gap.lon, gap.zones) == (33.1, 12.1, ("ly-west-12", "ly-west-24"))


def test_the_open_gap_says_how_fast_the_vessel_was_and_what_is_not_known():
    [gap] = run(GAP, [row(0, sog_kn=6.1)], until=31)
    assert gap.evidence == {
        "measured": {"silence_s": 1800.0, "sog_before_kn": 6.1},
        "thresholds": {"silence_s": 1800.0},
        "not_known": ["reception"],
        "rows": 1,
        "first_row": {"file": "feed", "offset": 0},
        "last_row": {"file": "feed", "offset": 0},
    }
    assert gap.confidence == "low"  # as long as nobody knows whether it could have been heard


def test_the_closed_gap_says_how_long_how_far_and_how_fast():
    *_, gap = run(GAP, [row(0, lat=33.0, sog_kn=6.0), row(60, lat=33.1, sog_kn=None)], until=61)
    assert gap.evidence["measured"] == {
        "silence_s": 3600.0,
        "sog_before_kn": 6.0,
        "distance_nm": 6.004,
        "implied_kn": 6.004,
    }
    assert gap.evidence["not_known"] == ["reception", "sog_after_kn"]
    assert (gap.evidence["rows"], gap.evidence["last_row"]["offset"]) == (2, 3600)


def test_a_gap_between_simulated_rows_is_simulated():
    assert run(GAP, [row(0, simulated=True)], until=31)[0].simulated


def test_the_threshold_is_a_parameter():
    assert len(run(Gap(ZONES, threshold_us=5 * MINUTE), [row(0), row(6)], until=7)) == 2


@settings(max_examples=50)
@given(rows=tracks(SHIPS[0]))
def test_every_silence_longer_than_the_threshold_is_a_gap_and_nothing_else_is(rows):
    times = [r["time"] for r in rows]
    silences = [(a, b) for a, b in pairwise(times) if b - a > 30 * MINUTE]
    events = run(GAP, rows, until=30_000)
    assert [(e.start, e.end) for e in events if e.status == "closed"] == silences
    assert [e.start for e in events if e.status == "open"] == [a for a, _ in silences] + times[-1:]

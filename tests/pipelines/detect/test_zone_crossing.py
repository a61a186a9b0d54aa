from pipelines.detect.zone_crossing import ZoneCrossing
from tests.pipelines.detect.rows import ZONES, at, row, run, table

CROSSING = ZoneCrossing(ZONES)


def told(events):
    return [(e.kind, e.zone, e.start) for e in events]


def test_a_row_inside_after_a_row_outside_is_an_entry_of_that_instant():
    [entry] = run(CROSSING, [row(0), row(5, zones=[0])], until=6)
    assert (entry.kind, entry.zone, entry.status) == ("zone_entry", "ly-west-12", "closed")
    assert entry.start == entry.end == entry.decided == at(5)


def test_a_row_outside_after_a_row_inside_is_an_exit_of_that_instant():
    [left] = run(CROSSING, [row(0, zones=[2]), row(5, lat=34.0)], until=6)
    assert (left.kind, left.zone, left.status) == ("zone_exit", "it-lampedusa-12", "closed")
    assert left.start == left.end == left.decided == at(5)
    assert left.lat == 34.0


def test_a_vessel_first_heard_inside_a_zone_has_not_entered_it():
    assert run(CROSSING, [row(0, zones=[0]), row(5, zones=[0])], until=6) == []


def test_a_vessel_last_heard_inside_a_zone_has_not_left_it():
    state, _ = CROSSING.step(CROSSING.empty(), table([row(0, zones=[0])]), at(1))
    assert CROSSING.tick(state, at(10_000))[1] == []


def test_two_zones_entered_at_once_are_two_events_with_ids_of_their_own():
    events = run(CROSSING, [row(0), row(5, zones=[0, 1])], until=6)
    assert told(events) == [("zone_entry", "ly-west-12", at(5)), ("zone_entry", "ly-west-24", at(5))]
    assert len({e.id for e in events}) == 2
    assert {e.zones for e in events} == {("ly-west-12", "ly-west-24")}


def test_changing_from_one_zone_to_another_leaves_the_one_and_enters_the_other():
    events = run(CROSSING, [row(0, zones=[0, 1]), row(5, zones=[1, 2])], until=6)
    assert told(events) == [("zone_entry", "it-lampedusa-12", at(5)), ("zone_exit", "ly-west-12", at(5))]


def test_another_vessel_inside_the_zone_is_nobody_s_entry():
    assert run(CROSSING, [row(0, 247000001), row(5, 247000002, zones=[0])], until=6) == []


def test_the_zones_before_a_restart_count_after_it():
    state, _ = CROSSING.step(CROSSING.empty(), table([row(0, zones=[1])]), at(1))
    assert told(CROSSING.step(state, table([row(5, zones=[0, 1])]), at(6))[1]) == [("zone_entry", "ly-west-12", at(5))]


def test_its_evidence_is_the_two_rows_and_the_time_between_them():
    [entry] = run(CROSSING, [row(0), row(5, zones=[0], sog_kn=7.0, cog_deg=None)], until=6)
    assert entry.evidence == {
        "measured": {"since_prev_s": 300.0, "sog_kn": 7.0},
        "thresholds": {},
        "not_known": ["cog_deg"],
        "rows": 2,
        "first_row": {"file": "feed", "offset": 0},
        "last_row": {"file": "feed", "offset": 300},
    }


def test_a_state_of_other_zones_is_of_another_version():
    assert ZoneCrossing((*ZONES, "mine")).version != CROSSING.version


def test_without_zones_there_is_nothing_to_cross():
    assert run(ZoneCrossing(()), [row(0), row(5)], until=6) == []


def test_a_vessel_that_lies_on_the_edge_does_not_come_and_go():
    swinging = [row(0), row(5, zones=[0]), row(10, zones_near=[0]), row(15, zones=[0]), row(20, zones_near=[0])]
    assert told(run(CROSSING, swinging, until=21)) == [("zone_entry", "ly-west-12", at(5))]


def test_it_leaves_with_the_first_row_beyond_the_margin():
    leaving = [row(0, zones=[0]), row(5, zones_near=[0]), row(10), row(15)]
    assert told(run(CROSSING, leaving, until=16)) == [("zone_exit", "ly-west-12", at(10))]


def test_a_vessel_that_only_comes_near_has_not_entered():
    assert run(CROSSING, [row(0), row(5, zones_near=[0]), row(10)], until=11) == []


def test_a_vessel_first_heard_near_a_zone_enters_it_when_it_is_inside():
    rows = [row(0, zones_near=[0]), row(5, zones=[0]), row(10)]
    assert told(run(CROSSING, rows, until=11)) == [
        ("zone_entry", "ly-west-12", at(5)),
        ("zone_exit", "ly-west-12", at(10)),
    ]


def test_a_vessel_near_the_edge_at_a_restart_is_still_in_the_zone():
    state, _ = CROSSING.step(CROSSING.empty(), table([row(0, zones=[0]), row(1, zones_near=[0])]), at(2))
    assert CROSSING.step(state, table([row(5, zones=[0])]), at(6))[1] == []
    assert told(CROSSING.step(state, table([row(5)]), at(6))[1]) == [("zone_exit", "ly-west-12", at(5))]


def test_a_way_through_a_zone_from_outside_to_outside_is_a_crossing_of_the_later_row():
    later = row(5, zones=[1], zones_crossed=[2], lat=34.0)
    cross, _ = run(CROSSING, [row(0), later], until=6)
    assert (cross.kind, cross.zone, cross.zones) == ("zone_cross", "it-lampedusa-12", ("ly-west-24",))
    assert cross.start == cross.end == cross.decided == at(5)
    assert (cross.lat, cross.confidence) == (34.0, "medium")
    assert cross.evidence["thresholds"] == {"through_nm": 0.2, "since_prev_at_most_s": 1800}
    assert cross.evidence["rows"] == 2


def test_a_way_through_a_zone_that_the_vessel_had_not_left_is_no_crossing():
    rows = [row(0, zones=[0]), row(5, zones_near=[0]), row(10, zones_crossed=[0])]
    assert told(run(CROSSING, rows, until=11)) == [("zone_exit", "ly-west-12", at(10))]

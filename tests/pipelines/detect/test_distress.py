import pytest

from pipelines.detect.distress import Distress
from tests.pipelines.detect.rows import ZONES, at, row, run, table

DISTRESS = Distress(ZONES)
SART = 970123456


def beacon(minutes, mmsi=SART, *, status=14, **values):
    return row(minutes, mmsi, nav_status=status, **values)


def silent_position(minutes, **values):
    return beacon(minutes, lat=None, lon=None, **values)


def measured(event):
    return event.evidence["measured"]


def said(event):
    """What it is, without where it was last."""
    return {name: value for name, value in measured(event).items() if not name.startswith("last_")}


def last(event):
    return tuple(measured(event).get(f"last_{name}") for name in ("lat", "lon", "time"))


@pytest.mark.parametrize(("mmsi", "kind"), [(970123456, "sart"), (972123456, "mob"), (974123456, "epirb")])
def test_one_row_of_a_beacon_is_distress_at_once(mmsi, kind):
    [event] = run(DISTRESS, [beacon(0, mmsi, zones=[0])], until=1)
    assert (event.kind, event.status, event.start, event.decided) == ("distress", "open", at(0), at(0))
    assert (event.lat, event.zones) == (33.0, ("ly-west-12",))
    assert said(event) == {"beacon": kind, "test": False, "duration_s": 0.0, "active_rows": 1}


def test_a_ship_that_says_status_14_is_in_distress():
    [event] = run(DISTRESS, [row(0, nav_status=0), row(1, nav_status=14), row(2, nav_status=None)], until=3)
    assert (event.start, measured(event)["beacon"], measured(event)["test"]) == (at(1), "ship", False)


def test_a_beacon_that_is_not_active_is_a_test():
    [event] = run(DISTRESS, [beacon(0, status=None), beacon(1, status=None)], until=2)
    assert measured(event)["test"] is True


def test_a_test_that_turns_active_is_told_at_once():
    tested, active = run(DISTRESS, [beacon(0, status=None), beacon(1), beacon(2)], until=3)
    assert (tested.id, tested.status) == (active.id, "open")
    assert (measured(tested)["test"], measured(active)["test"], active.decided) == (True, False, at(1))


def test_a_beacon_without_a_position_is_not_kept_waiting():
    [event] = run(DISTRESS, [silent_position(0)], until=1)
    assert (event.lat, event.lon, event.zones) == (None, None, ())
    assert event.evidence["not_known"] == ["position"]


def test_the_first_position_is_told_when_it_arrives():
    rows = [silent_position(0), silent_position(1), beacon(2, lat=33.7, zones=[1]), beacon(3, lat=33.8)]
    blind, placed = run(DISTRESS, rows, until=4)
    assert (blind.id, blind.start) == (placed.id, placed.start)
    assert (placed.status, placed.decided, placed.lat, placed.zones) == ("open", at(2), 33.7, ("ly-west-24",))
    assert placed.evidence["not_known"] == []


def test_a_position_that_arrives_after_a_restart_is_told():
    state, _ = DISTRESS.step(DISTRESS.empty(), table([silent_position(0)]), at(1))
    state, [placed] = DISTRESS.step(state, table([beacon(1, lat=33.7)]), at(2))
    assert (placed.start, placed.lat) == (at(0), 33.7)
    assert DISTRESS.step(state, table([beacon(2, lat=33.8)]), at(3))[1] == []


def test_it_ends_after_half_an_hour_of_silence_with_its_last_row():
    *_, closed = run(DISTRESS, [beacon(0), beacon(10)], until=41)
    assert (closed.status, closed.end, closed.decided) == ("closed", at(10), at(40))
    assert said(closed) == {"beacon": "sart", "test": False, "duration_s": 600.0, "active_rows": 2}


def test_a_row_exactly_at_the_end_of_the_silence_continues_it():
    assert [event.status for event in run(DISTRESS, [beacon(0), beacon(30)], until=31)] == ["open", "open"]


def test_a_beacon_heard_again_after_that_is_another_distress():
    events = run(DISTRESS, [beacon(0), beacon(31)], until=32)
    assert [(e.status, e.start) for e in events] == [("open", at(0)), ("closed", at(0)), ("open", at(31))]


def test_where_it_was_last_heard_is_told_beside_where_it_was_first():
    *_, closed = run(DISTRESS, [beacon(0), beacon(10, lat=33.123456, lon=12.5), silent_position(11)], until=42)
    assert (closed.lat, closed.lon) == (33.0, 12.0)
    assert last(closed) == (33.123456, 12.5, at(10))


def test_without_any_position_there_is_no_last_one():
    [event] = run(DISTRESS, [silent_position(0)], until=1)
    assert last(event) == (None, None, None)


def test_the_last_position_of_a_distress_before_is_not_its_own():
    *_, again = run(DISTRESS, [beacon(0), silent_position(31)], until=32)
    assert (again.start, last(again)) == (at(31), (None, None, None))


def test_while_it_runs_it_is_told_again_every_ten_minutes():
    events = run(DISTRESS, [beacon(n, lat=33 + n / 100) for n in range(21)], until=21)
    assert [event.status for event in events] == ["open"] * 3
    assert [last(event)[0] for event in events] == [33.0, 33.07, 33.17]
    assert {event.id for event in events} == {events[0].id}


def test_a_ship_that_takes_its_distress_back_is_in_distress_until_the_silence_ends_it():
    rows = [row(0, nav_status=14), *(row(minute, nav_status=0) for minute in range(1, 40))]
    *_, closed = run(DISTRESS, rows, until=40)
    assert (closed.end, closed.decided) == (at(0), at(30))


def test_ordinary_ships_are_not_in_distress():
    assert run(DISTRESS, [row(0, nav_status=2), row(1, 111232506), row(2, 992471234)], until=100) == []


def test_it_reads_everything_heard():
    assert DISTRESS.everything_heard

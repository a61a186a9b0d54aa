from pipelines.detect.sighting import Sighting
from tests.pipelines.detect.rows import HOUR, ZONES, at, row, run, table

SIGHTING = Sighting(ZONES)
DAY = 24 * 60


def test_the_first_row_ever_is_a_sighting_told_at_once():
    [event] = run(SIGHTING, [row(0, lat=33.5, zones=[1])], until=1)
    assert (event.status, event.start, event.end, event.decided) == ("open", at(0), None, at(0))
    assert (event.lat, event.zones) == (33.5, ("ly-west-24",))
    assert event.evidence["not_known"] == ["unheard_s"]


def test_it_is_told_again_when_the_vessel_has_had_time_to_say_who_it_is():
    opened, closed = run(SIGHTING, [row(0), row(7)], until=8)
    assert closed.id == opened.id
    assert (closed.status, closed.start, closed.end, closed.decided) == ("closed", at(0), at(0), at(7))


def test_it_is_not_told_again_before_that():
    assert len(run(SIGHTING, [row(0)], until=7)) == 1


def test_it_is_told_again_only_once():
    state, events = SIGHTING.step(SIGHTING.empty(), table([row(0)]), at(8))
    assert len(events) == 2
    assert SIGHTING.tick(state, at(9))[1] == []


def test_a_vessel_heard_within_a_day_is_not_sighted_again():
    assert len(run(SIGHTING, [row(0), row(DAY)], until=DAY + 1)) == 2


def test_a_vessel_unheard_for_more_than_a_day_is_sighted_again():
    *_, again = run(SIGHTING, [row(0), row(DAY + 1)], until=DAY + 2)
    assert again.start == at(DAY + 1)
    assert again.evidence["measured"] == {"unheard_s": 86_460.0}
    assert again.evidence["thresholds"] == {"unheard_s": 86_400.0}


def test_the_day_is_counted_from_the_newest_row_not_from_the_sighting():
    assert len(run(SIGHTING, [row(0), row(DAY - 60), row(2 * DAY - 61)], until=2 * DAY)) == 2


def test_the_absence_is_a_parameter():
    assert len(run(Sighting(ZONES, unheard_us=HOUR), [row(0), row(61)], until=62)) == 3

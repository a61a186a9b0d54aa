from pipelines.detect.reconcile import changes
from tests.pipelines.detect.rows import at
from vessels.event import Event, track_key


def event(start, end=None, *, kind="gap", mmsi=247000001, **values):
    status = {"status": "open" if end is None else "closed"}
    ends = None if end is None else at(end)
    fixed = {"kind": kind, "key": track_key(mmsi), "start": at(start), "end": ends, "decided": at(end or start)}
    return Event(**{**fixed, "lat": 33.0, "lon": 12.0, **status, **values})


def test_what_was_told_and_is_still_true_is_not_told_again():
    assert changes([event(0), event(0, 90)], [event(0), event(0, 90)]) == []


def test_a_new_event_is_told():
    assert changes([], [event(0), event(0, 90)]) == [event(0, 90)]


def test_an_event_that_ended_otherwise_is_told_anew_under_its_id():
    [revision] = changes([event(0, 90)], [event(0, 60)])
    assert (revision.id, revision.end) == (event(0, 90).id, at(60))


def test_an_event_that_never_was_is_withdrawn():
    [withdrawn] = changes([event(0, 90)], [])
    assert (withdrawn.id, withdrawn.status, withdrawn.end) == (event(0).id, "withdrawn", at(90))


def test_a_withdrawn_event_is_withdrawn_once():
    assert changes([event(0, 90), event(0, 90, status="withdrawn")], []) == []


def test_an_event_whose_start_moved_supersedes_the_withdrawn_one():
    withdrawn, moved = changes([event(0, 90)], [event(20, 90)])
    assert (withdrawn.status, withdrawn.supersedes) == ("withdrawn", None)
    assert (moved.start, moved.supersedes) == (at(20), withdrawn.id)


def test_an_open_event_is_superseded_by_one_that_starts_later():
    _, moved = changes([event(0)], [event(600)])
    assert moved.supersedes == event(0).id


def test_an_instant_is_superseded_by_the_nearest_one():
    old = [event(0, 0, kind="zone_entry"), event(100, 100, kind="zone_entry")]
    new = [event(3, 3, kind="zone_entry"), event(95, 95, kind="zone_entry")]
    assert [e.supersedes for e in changes(old, new)] == [None, None, old[0].id, old[1].id]


def test_an_instant_hours_away_is_another_event():
    *_, later = changes([event(0, 0, kind="zone_entry")], [event(7 * 60, 7 * 60, kind="zone_entry")])
    assert later.supersedes is None


def test_one_withdrawn_event_has_one_successor():
    _, first, second = changes([event(0, 200)], [event(10, 50), event(60, 200)])
    assert (first.supersedes, second.supersedes) == (event(0).id, None)


def test_other_kinds_zones_and_tracks_are_no_successors():
    old = [event(0, 90, zone="ly-west-12")]
    new = [event(5, 90, zone="ly-west-24"), event(5, 90, kind="slow"), event(5, 90, zone="ly-west-12", mmsi=247000002)]
    assert [e.supersedes for e in changes(old, new)] == [None] * 4


def test_a_successor_stays_one_when_it_is_told_again():
    told = event(20, 90, supersedes=event(0).id)
    assert changes([told], [event(20, 90)]) == []
    assert changes([told], [event(20, 80)])[0].supersedes == event(0).id


def test_an_event_that_turns_out_true_after_all_is_told_again():
    [again] = changes([event(0, 90, status="withdrawn")], [event(0, 90)])
    assert again.status == "closed"

from pipelines.detect.mmsi_clone import MmsiClone
from tests.pipelines.detect.rows import ZONES, at, row, run
from vessels.event import track_key

CLONE = MmsiClone(ZONES)
SHIP = 247000001


def beside(minutes, hull=1, other=2, **values):
    measures = {"beside": other, "away_nm": 120.0, "away_us": 5_000_000}
    return row(minutes, **{"key": track_key(SHIP, hull), **measures, **values})


def test_two_hulls_by_turns_are_told_at_the_third_row():
    rows = [beside(1), beside(2, 2, 1), beside(3), beside(4, 2, 1, away_nm=121.0, away_us=1_000_000)]
    opened, closed = run(CLONE, rows, 200)
    assert (opened.start, opened.decided, opened.key, opened.other_key) == (
        at(1),
        at(3),
        track_key(SHIP),
        track_key(SHIP, 2),
    )
    assert (closed.end, closed.decided) == (at(4), at(64))
    assert closed.evidence["measured"] == {
        "duration_s": 180.0,
        "hulls": ["247000001/1", "247000001/2"],
        "distance_nm": 121.0,
        "between_s": 1.0,
        "last_lat": 33.0,
        "last_lon": 12.0,
        "last_time": at(4),
    }


def test_one_hull_that_took_over_from_another_is_no_clone():
    assert run(CLONE, [row(0), beside(1, 2, 1), *(row(m, key=track_key(SHIP, 2)) for m in range(2, 9))], 200) == []

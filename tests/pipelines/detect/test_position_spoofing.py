from pipelines.detect.position_spoofing import PositionSpoofing
from tests.pipelines.detect.rows import ZONES, at, row, run

SPOOFING = PositionSpoofing(ZONES)


def refused(minutes, verdict="jump", **values):
    measures = {"away_nm": 60.0, "away_us": 600_000_000, "limit_kn": 25.0}
    return row(minutes, **{"verdict": verdict, **measures, **values})


def test_a_glitch_is_no_event():
    assert run(SPOOFING, [row(0), refused(1), refused(2), row(3)], 100) == []


def test_three_refused_rows_are_told_at_the_third_and_over_half_an_hour_after_the_last():
    opened, closed = run(SPOOFING, [row(0), refused(1), refused(2, "land", lat=34.0), refused(9), row(10)], 100)
    assert (opened.status, opened.start, opened.decided) == ("open", at(1), at(9))
    assert (closed.status, closed.end, closed.decided) == ("closed", at(9), at(39))


def test_its_evidence_tells_the_reasons_and_what_speed_it_would_have_taken():
    opened, _ = run(SPOOFING, [refused(1), refused(2, "land"), refused(3, away_nm=70.0)], 100)
    measured = opened.evidence["measured"]
    assert {name: measured[name] for name in ("jump_rows", "land_rows", "distance_nm", "implied_kn")} == {
        "jump_rows": 2,
        "land_rows": 1,
        "distance_nm": 70.0,
        "implied_kn": 420.0,
    }
    assert opened.evidence["thresholds"]["implied_kn"] == 25.0


def test_accepted_and_coarse_rows_say_nothing():
    assert run(SPOOFING, [row(m) for m in range(9)] + [refused(m + 0.5, "coarse") for m in range(9)], 100) == []


def test_a_long_pause_parts_two_events():
    rows = [refused(m) for m in (1, 2, 3, 34, 35, 36)]
    assert [(e.status, e.start) for e in run(SPOOFING, rows, 100) if e.status == "open"] == [
        ("open", at(1)),
        ("open", at(34)),
    ]

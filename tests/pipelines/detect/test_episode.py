import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.detect.episode import Episode
from tests.pipelines.detect.rows import MINUTE, SHIPS, ZONES, at, row, run, table, tracks

# Half an hour slow, at most 10 minutes faster in between, heard every half hour.
SLOW = Episode("slow", ZONES, for_us=30 * MINUTE, keep_for_us=10 * MINUTE, max_silence_us=30 * MINUTE)


def slow(minutes, **values):
    return row(minutes, is_slow=True, sog_kn=values.pop("sog_kn", 1.0), **values)


def fast(minutes):
    return row(minutes, is_slow=False, sog_kn=9.0)


def spans(events):
    """What happened in minutes: (status, start, end, decided)."""
    from_minutes = [(e.status, e.start, e.end, e.decided) for e in events]
    return [(s, *(None if t is None else (t - at(0)) / MINUTE for t in times)) for s, *times in from_minutes]


def test_it_opens_on_the_first_row_that_makes_it_last_long_enough():
    assert spans(run(SLOW, [slow(0), slow(20), slow(30), slow(40)], until=41)) == [("open", 0, None, 30)]


def test_it_does_not_open_between_rows():
    assert spans(run(SLOW, [slow(0), slow(29)], until=50)) == []


def test_a_short_one_is_never_told():
    assert run(SLOW, [slow(0), slow(20), fast(21), fast(40)], until=200) == []


def test_it_ends_when_the_condition_has_been_false_for_keep_for():
    events = run(SLOW, [slow(0), slow(30), slow(31), fast(35), fast(40), fast(46)], until=60)
    assert spans(events) == [("open", 0, None, 30), ("closed", 0, 31, 45)]
    assert events[-1].evidence["measured"]["ended_by"] == "condition no longer met"


def test_a_true_row_exactly_when_keep_for_ends_continues_it():
    assert spans(run(SLOW, [slow(0), slow(30), fast(35), slow(45)], until=46)) == [("open", 0, None, 30)]


def test_a_true_row_after_keep_for_begins_another():
    events = run(SLOW, [slow(0), slow(30), fast(35), slow(46), slow(76)], until=77)
    assert spans(events) == [("open", 0, None, 30), ("closed", 0, 30, 45), ("open", 46, None, 76)]


def test_it_ends_when_the_track_has_been_silent_for_max_silence():
    events = run(SLOW, [slow(0), slow(30)], until=61)
    assert spans(events) == [("open", 0, None, 30), ("closed", 0, 30, 60)]
    assert events[-1].evidence["measured"]["ended_by"] == "silence"


def test_a_row_exactly_when_max_silence_ends_continues_it():
    assert spans(run(SLOW, [slow(0), slow(30), slow(60)], until=61)) == [("open", 0, None, 30)]


def test_false_rows_keep_the_silence_away_but_not_the_end_of_keep_for():
    patient = Episode("slow", ZONES, for_us=0, keep_for_us=60 * MINUTE, max_silence_us=10 * MINUTE)
    rows = [slow(0), *(fast(m) for m in range(5, 56, 10)), slow(60)]
    assert spans(run(patient, rows, until=61)) == [("open", 0, None, 0)]
    assert spans(run(patient, rows[:3], until=61)) == [("open", 0, None, 0), ("closed", 0, 0, 25)]


def test_without_for_it_opens_on_the_first_true_row():
    quick = Episode("slow", ZONES, for_us=0, keep_for_us=0, max_silence_us=30 * MINUTE)
    assert spans(run(quick, [fast(0), slow(1), fast(2)], until=3)) == [("open", 1, None, 1), ("closed", 1, 1, 2)]


def test_its_place_is_that_of_the_opening_row():
    rows = [slow(0, lat=33.0, zones=[2]), slow(30, lat=33.2, lon=12.2, zones=[0, 1]), slow(40, lat=33.4, zones=[])]
    for event in run(SLOW, rows, until=100):
        assert (event.lat, event.lon, event.zones) == (33.2, 12.2, ("ly-west-12", "ly-west-24"))


def test_its_evidence_adds_up_the_true_rows():
    rows = [slow(0, sog_kn=0.2), slow(10, sog_kn=None), fast(12), slow(20, sog_kn=1.9), slow(30, lat=33.1, sog_kn=0.3)]
    opened, closed = run(SLOW, [*rows, slow(40, sog_kn=1.2), fast(41)], until=60)
    assert opened.evidence == {
        "measured": {
            "duration_s": 1800.0,
            "sog_min_kn": 0.2,
            "sog_mean_kn": 0.8,
            "sog_max_kn": 1.9,
            "net_nm": 6.004,
            "interruptions": 1,
            "last_lat": 33.1,
            "last_lon": 12.0,
            "last_time": at(30),
        },
        "thresholds": {"for_s": 1800.0, "keep_for_s": 600.0, "max_silence_s": 1800.0},
        "not_known": [],
        "rows": 4,
        "first_row": {"file": "feed", "offset": 0},
        "last_row": {"file": "feed", "offset": 1800},
    }
    assert closed.evidence["rows"] == 5
    assert closed.evidence["measured"]["duration_s"] == 2400
    assert closed.evidence["last_row"]["offset"] == 2400


def test_speeds_never_sent_are_not_known():
    [event] = run(SLOW, [slow(0, sog_kn=None), slow(30, sog_kn=None)], until=31)
    assert event.evidence["not_known"] == ["sog_kn"]


def test_what_its_condition_reads_is_measured_over_the_true_rows():
    drift = Episode("slow", ZONES, 0, 10 * MINUTE, 30 * MINUTE, ("cog_heading_deg", "port_nm"), {"port_below_nm": 9.0})
    headings = [(350.0, 10.0), (10.0, 280.0)]
    rows = [slow(n, cog_deg=c, heading_deg=h) for n, (c, h) in enumerate(headings)]
    rows = table([*rows, fast(2) | {"cog_deg": 0.0, "heading_deg": 180.0}])
    rows = rows.append_column("port_nm", pa.array([4.5, None, 0.1], pa.float64()))
    _, events = drift.step(drift.empty(), rows, at(100))
    facts = events[-1].evidence
    assert {name: facts["measured"][name] for name in facts["measured"] if "heading" in name or "port" in name} == {
        "cog_heading_min_deg": 20.0,
        "cog_heading_mean_deg": 55.0,
        "cog_heading_max_deg": 90.0,
        "port_min_nm": 4.5,
        "port_mean_nm": 4.5,
        "port_max_nm": 4.5,
    }
    assert facts["thresholds"]["port_below_nm"] == 9.0
    assert drift.columns == ("is_slow", "port_nm")


@pytest.mark.parametrize(("statuses", "told"), [((2, 2), 2), ((2, 0), None), ((None, None), None), ((None, 2), 2)])
def test_a_code_is_told_when_it_was_one_and_the_same_throughout(statuses, told):
    coded = Episode("slow", ZONES, 0, 0, 30 * MINUTE, ("nav_status",))
    rows = [slow(n, nav_status=status) for n, status in enumerate(statuses)]
    *_, closed = run(coded, rows, until=100)
    assert closed.evidence["measured"].get("nav_status") == told


def test_kind_and_behaviour_are_its_name():
    [event] = run(SLOW, [slow(0), slow(30)], until=31)
    assert (event.kind, event.behaviour) == ("slow", "slow")


def test_an_interruption_seen_before_a_save_counts_after_it():
    state, _ = SLOW.step(SLOW.empty(), table([slow(0), fast(5), fast(8)]), at(9))
    _, [event] = SLOW.step(state, table([slow(15), slow(30)]), at(31))
    assert event.evidence["measured"]["interruptions"] == 1


def by_hand(rows, detector, until):
    """The contract's sentences read off row by row: [(status, start, end, decided)]."""
    found, episode = [], None  # episode: [first true, last true, first false, last row, opened]

    def ends():
        false, last = episode[2], episode[3]
        return min(last + detector.max_silence_us, last + 10**15 if false is None else false + detector.keep_for_us)

    def close():
        if episode[4]:
            found.append(("closed", episode[0], episode[1], ends()))

    for time, true in rows:
        if episode and ends() < time:
            close()
            episode = None
        if true:
            episode = episode or [time, time, None, time, False]
            episode[1:4] = [time, None, time]
            if time - episode[0] >= detector.for_us and not episode[4]:
                episode[4] = True
                found.append(("open", episode[0], None, time))
        elif episode:
            episode[2:4] = [time if episode[2] is None else episode[2], time]
    if episode and ends() < until:
        close()
    return found


@settings(max_examples=200)
@given(
    rows=tracks(SHIPS[0]),
    for_min=st.sampled_from([0, 5, 7, 30, 60]),
    keep_min=st.sampled_from([0, 1, 5, 10, 60]),
    silence_min=st.sampled_from([5, 10, 30, 24 * 60]),
    margin=st.integers(1, 90),
)
def test_it_agrees_with_the_contract_read_row_by_row(rows, for_min, keep_min, silence_min, margin):
    detector = Episode("slow", ZONES, for_min * MINUTE, keep_min * MINUTE, silence_min * MINUTE)
    until = (rows[-1]["time"] - at(0)) / MINUTE + margin if rows else 1
    expected = by_hand([(r["time"], r["is_slow"]) for r in rows], detector, at(until))
    assert [(e.status, e.start, e.end, e.decided) for e in run(detector, rows, until)] == expected


@pytest.mark.parametrize("change", ["for_us", "keep_for_us", "max_silence_us"])
def test_a_state_of_other_durations_is_of_another_version(change):
    durations = {"for_us": 1, "keep_for_us": 2, "max_silence_us": 3}
    changed = durations | {change: 9}
    assert Episode("slow", ZONES, **durations).version != Episode("slow", ZONES, **changed).version

import pytest

from pipelines.store import read, watchlist
from pipelines.store.flush import commit
from pipelines.store.maintain import check
from pipelines.store.retention import KEPT_FROM, plan, run
from tests.pipelines.store.samples import DAY, MMSI, SEQUENCER, START, alert, event, flush, report
from tests.pipelines.store.test_flush import identities, identity

NOW = START + 100 * DAY
YACHT, LISTED, NAMED, ALARMED, BOTH = range(211_000_010, 211_000_015)


def entry(**fields):
    columns = ("name", "imo", "mmsi", "callsign", "flag", "valid_from", "valid_to", "review_by")
    said = {"id": "w1", "why": "x", "source_list": "l", "recorded_at": 1, "added_by": "me"}
    return {**dict.fromkeys(columns), **said, **fields}


@pytest.fixture
def full(store):
    """Five days of one ship and some class B vessels, two of them watched, one with an alert."""
    for day in range(5):
        at = START + day * DAY
        ship = [report(at, MMSI), report(at, MMSI, msg_type=5, name="SHIP")]
        yachts = [report(at, mmsi, msg_type=18) for mmsi in (YACHT, LISTED, NAMED, ALARMED)]
        commit(
            store,
            flush(
                *(*ship, *yachts, report(at, YACHT, msg_type=24, name="YACHT")),
                events=[event(at)],
                sequencer={**SEQUENCER, "watermark": at},
            ),
        )
    watchlist.add(store, [entry(mmsi=LISTED), entry(id="w2", name="Sea Rose")])
    watchlist.remove(store, "w1", at=2)
    commit(store, flush(identities=identities(identity(NAMED, name="M/V SEA ROSE")), alerts=[alert(mmsi=ALARMED)]))
    with store.transaction() as conn:
        conn.execute("UPDATE meta SET value = ? WHERE key = 'watermark'", (str(START + 4 * DAY),))
    return store


def days(store, mmsi):
    return sorted({(time - START) // DAY for time in read.reports_of(store, [mmsi])["time"].to_pylist()})


def done(store, **limits):
    planned = plan(store, **{"keep_days": None, "class_b_days": None, **limits})
    run(store, planned, now=NOW)
    return planned


def test_whole_days_older_than_the_limit_go_and_events_stay(full):
    events = read.events_of(full, [event().key])
    planned = done(full, keep_days=2)
    assert {(drop.what, drop.day) for drop in planned.drops} == {("day", "2026-06-01"), ("day", "2026-06-02")}
    assert days(full, MMSI) == [2, 3, 4]
    assert read.events_of(full, [event().key]) == events
    assert full.meta(KEPT_FROM) == {"all": START + 2 * DAY, "class_b": None}


def test_class_b_never_of_interest_goes_earlier(full):
    planned = done(full, class_b_days=2)
    assert {drop.what for drop in planned.drops} == {"class_b"}
    assert days(full, YACHT) == [2, 3, 4]
    for kept in (MMSI, LISTED, NAMED, ALARMED):
        assert days(full, kept) == [0, 1, 2, 3, 4]
    assert full.meta(KEPT_FROM) == {"all": None, "class_b": START + 2 * DAY}
    assert [finding for finding in check(full) if finding.kind == "fault"] == []


def test_a_plan_tells_the_rows_and_changes_nothing(full):
    planned = plan(full, keep_days=3, class_b_days=2)
    told = {(drop.what, drop.dataset, drop.day, drop.rows) for drop in planned.drops}
    assert told == {
        ("day", "positions", "2026-06-01", 5),
        ("day", "static_reports", "2026-06-01", 2),
        ("class_b", "positions", "2026-06-02", 1),
        ("class_b", "static_reports", "2026-06-02", 1),
    }
    assert days(full, YACHT) == [0, 1, 2, 3, 4]
    assert plan(full, keep_days=3, class_b_days=2) == planned


def test_both_limits_at_once(full):
    done(full, keep_days=3, class_b_days=1)
    assert (days(full, MMSI), days(full, YACHT), days(full, LISTED)) == ([1, 2, 3, 4], [3, 4], [1, 2, 3, 4])


def test_a_second_run_has_nothing_to_do(full):
    done(full, keep_days=3, class_b_days=1)
    assert done(full, keep_days=3, class_b_days=1).drops == ()


def test_without_limits_everything_is_kept(full):
    assert done(full).drops == ()
    assert days(full, YACHT) == [0, 1, 2, 3, 4]


def test_what_is_kept_from_never_goes_back(full):
    done(full, keep_days=1)
    done(full, keep_days=4)
    assert full.meta(KEPT_FROM)["all"] == START + 3 * DAY


def test_days_count_back_from_the_time_given(full):
    assert {drop.day for drop in plan(full, keep_days=1, class_b_days=None, now_us=START + 2 * DAY).drops} == {
        "2026-06-01"
    }


def test_an_empty_store_has_nothing_to_drop(store):
    assert plan(store, keep_days=0, class_b_days=0).drops == ()

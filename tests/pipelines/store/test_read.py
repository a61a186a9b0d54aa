from pipelines.copies import total_order
from pipelines.rows import WAITING
from pipelines.store import read
from pipelines.store.flush import commit, stored
from pipelines.store.segments import STORED
from tests.pipelines.store.samples import DAY, START, S, event, flush, gated, released, report
from vessels.event import track_key

WIDE = {
    "utc_second": 59,
    "lat_e": 20_000_000,
    "lon_e": -7,
    "sog_e": 1022,
    "cog_e": 3599,
    "heading_deg": 359,
    "rot_e": -127,
    "nav_status": 14,
    "imo": 9_074_729,
    "name": "{x}",
    "callsign": "5AB",
    "ship_type": 255,
    "to_bow_m": 511,
    "to_stern_m": 0,
    "to_port_m": 63,
    "to_starboard_m": 63,
    "draught_e": 255,
    "destination": "TUNIS",
    "eta": "06-01T-:-",
    "text": "MAYDAY",
    "station": "2573555",
    "receivers": 3,
}


def test_what_was_stored_is_read_back_exactly_and_a_type_19_once(store):
    whole = {5: WIDE, 12: WIDE, 14: WIDE, 19: WIDE, 24: WIDE}
    static_only = ("imo", "name", "callsign", "ship_type", "draught_e", "destination", "eta", "text")
    moving = {k: v for k, v in WIDE.items() if k not in static_only and not k.startswith("to_")}
    rows = [
        report(START + k * S, msg_type=k, offset=2**40 + k, **whole.get(k, moving))
        for k in (1, 2, 3, 5, 9, 12, 14, 18, 19, 24, 27)
    ]
    rows[0] |= {"late": True, "verdict": "too fast"}
    commit(store, flush(*rows))
    found = read.reports_of(store, [211_000_001])
    assert found.schema.equals(STORED)
    assert found.equals(total_order(stored(gated(*rows))))


def test_reports_are_those_of_the_vessels_asked_sorted_over_segments_and_days(store):
    commit(store, flush(report(START + DAY), report(START, 7), report(START, 9)))
    commit(store, flush(report(START + 1), report(START, 7, msg_type=3)))
    found = read.reports_of(store, [7, 211_000_001]).select(["mmsi", "time", "msg_type"]).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        *[(7, START, 1), (7, START, 3)],
        *[(211_000_001, START + 1, 1), (211_000_001, START + DAY, 1)],
    ]


def test_a_store_without_segments_gives_no_reports_and_no_events(store):
    assert read.reports_of(store, [1]).equals(STORED.empty_table())
    assert read.events_of(store, [1]) == []


def late(*rows, **columns):
    return released(*({**row, "late": True, **columns} for row in rows))


def mask(store, rows):
    return read.known(store, rows, WAITING.empty_table()).tolist()


def test_a_late_row_is_known_when_its_copy_is_stored_in_the_same_second(store):
    stored_row = report(START + 300_000, utc_second=0, lat_e=5)
    commit(store, flush(stored_row))
    copies = [{**stored_row, "time": time} for time in (START, START + S - 1, START + S, START - 1)]
    assert mask(store, late(*copies)) == [True, True, False, False]


def test_without_a_second_a_late_row_is_known_when_its_copy_is_stored_in_the_same_minute(store):
    stored_row = report(START, msg_type=5, name="NAJMA")
    commit(store, flush(stored_row))
    copies = [{**stored_row, "time": START + seconds * S} for seconds in (59, 60, -1)]
    assert mask(store, late(*copies, station="elsewhere", receivers=9)) == [True, False, False]


def test_other_words_are_not_known_and_null_is_a_word(store):
    said = report(START, utc_second=0, lat_e=5)
    commit(store, flush(said))
    others = [{**said, "lat_e": None}, {**said, "lat_e": 6}, {**said, "mmsi": 7}, {**said, "msg_type": 3}]
    assert mask(store, late(*others)) == [False] * 4


def test_every_kind_of_row_is_known_in_a_second_run_over_many_days(store):
    rows = [
        report(START + day * DAY + kind * S, msg_type=kind, utc_second=kind, name="N" if kind in (5, 19, 24) else None)
        for day in range(3)
        for kind in (1, 5, 14, 18, 19, 24)
    ]
    for cut in range(0, len(rows), 4):
        commit(store, flush(*rows[cut : cut + 4]))
    assert mask(store, late(*rows)) == [True] * len(rows)


def test_of_copies_that_come_together_only_the_first_is_new(store):
    said = report(START, utc_second=0)
    rows = [{**said, "late": True}, {**said, "late": True}]
    assert mask(store, released(*rows)) == [False, True]


def test_a_late_copy_of_a_row_of_the_same_flush_is_known_and_rows_in_time_never_are(store):
    said = report(START, utc_second=0)
    commit(store, flush(said))
    assert mask(store, released(said, {**said, "late": True})) == [False, True]


def test_successions_come_in_the_order_they_were_written(store):
    commit(store, flush(events=[event(START + 9, supersedes="z"), event()]))
    commit(store, flush(events=[event(START + 1, supersedes="y"), event(START + 9, supersedes="z")]))
    assert list(read.successions(store).items()) == [(event(START + 9).id, "z"), (event(START + 1).id, "y")]


def test_an_event_comes_back_as_its_last_revision_withdrawn_ones_too(store):
    opened = event(zones=("a", "b"), evidence={"measured": {"silence_min": 31.5}}, other_key=track_key(7))
    closed = opened.closed(end=START + 9, decided=START + 10, evidence={"measured": {"silence_min": 95}})
    withdrawn = event(START + 1, status="withdrawn", lat=None, lon=None)
    commit(store, flush(events=[opened, event(START + 1)]))
    commit(store, flush(events=[withdrawn, opened, closed, event(key=track_key(8))]))
    assert read.events_of(store, [track_key(211_000_001)]) == [closed, withdrawn]


def test_the_events_that_some_flushes_told_are_counted_by_what_they_are(store):
    commit(store, flush(events=[event(), event(START + 1)]))
    commit(store, flush(events=[event(START + 2, kind="behaviour", behaviour="loitering"), event(START + 3)]))
    commit(store, flush(events=[event(START + 1), event(START + 3, status="withdrawn")]))
    assert read.told(store, 0) == {"gap": 2, "loitering": 1}
    assert read.told(store, 1) == {"gap": 1, "loitering": 1}
    assert read.told(store, 3) == {}


def test_of_some_events_those_stand_that_were_told_and_not_withdrawn(store):
    commit(store, flush(events=[event(), event(START + 1), event(START + 2)]))
    commit(store, flush(events=[event(START + 1, status="withdrawn")]))
    assert read.standing(store, [event().id, event(START + 1).id, "never told"]) == {event().id}

"""The laws of a fold, held against every registered detector."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.detect.fold import pack, unpack
from tests.pipelines.detect.rows import all_detectors, cuts, last_revisions, rows_for, seas, table

law = settings(max_examples=25)  # for each detector; `make soak` draws many more
every_detector = pytest.mark.parametrize("detector", all_detectors(), ids=lambda d: d.name)


def in_steps(detector, rows, watermarks, *, between=lambda state: state):
    """The revisions of the rows fed in steps that end at each watermark."""
    state, events, seen = detector.empty(), [], -1
    for watermark in watermarks:
        chunk = [r for r in rows if seen <= r["time"] < watermark]
        if chunk:
            state, found = detector.step(between(state), table(chunk), watermark)
        else:
            state, found = detector.tick(between(state), watermark)
        events += found
        seen = watermark
    return events


@every_detector
@law
@given(data=st.data(), rows=seas())
def test_any_split_of_the_rows_gives_the_same_revisions_in_the_same_order(detector, data, rows):
    rows = rows_for(detector, rows)
    watermarks = data.draw(cuts(rows))
    whole = in_steps(detector, rows, watermarks[-1:])
    assert in_steps(detector, rows, watermarks) == whole


@pytest.mark.soak
@every_detector
@settings(max_examples=2000)
@given(data=st.data(), rows=seas())
def test_any_split_gives_the_same_revisions_in_many_seas(detector, data, rows):
    rows = rows_for(detector, rows)
    watermarks = data.draw(cuts(rows))
    every = [t + 1 for t in sorted({r["time"] for r in rows})]
    whole = in_steps(detector, rows, watermarks[-1:])
    assert in_steps(detector, rows, watermarks) == whole == in_steps(detector, rows, [*every, watermarks[-1]])


@every_detector
@law
@given(data=st.data(), rows=seas())
def test_one_row_at_a_time_gives_the_same_revisions(detector, data, rows):
    rows = rows_for(detector, rows)
    end = data.draw(cuts(rows))[-1]
    every = [t + 1 for t in sorted({r["time"] for r in rows})]
    assert in_steps(detector, rows, [*every, end]) == in_steps(detector, rows, [end])


@every_detector
@law
@given(data=st.data(), rows=seas())
def test_saving_and_loading_the_state_changes_nothing(detector, data, rows):
    rows = rows_for(detector, rows)
    watermarks = data.draw(cuts(rows))
    reloaded = in_steps(detector, rows, watermarks, between=lambda state: unpack(pack(state)))
    assert reloaded == in_steps(detector, rows, watermarks)


@every_detector
@law
@given(data=st.data(), rows=seas())
def test_a_second_row_of_a_track_at_one_time_changes_nothing(detector, data, rows):
    rows = rows_for(detector, rows)
    watermarks = data.draw(cuts(rows))
    again = data.draw(st.lists(st.sampled_from(rows), max_size=5)) if rows else []
    assert in_steps(detector, rows + [r | {"offset": -1, "sog_kn": 99.0} for r in again], watermarks) == in_steps(
        detector, rows, watermarks
    )


@every_detector
@law
@given(data=st.data(), rows=seas())
def test_tracks_do_not_touch_each_other(detector, data, rows):
    rows = rows_for(detector, rows)
    end = data.draw(cuts(rows))[-1]
    mmsis = {r["mmsi"] for r in rows}
    alone = [in_steps(detector, [r for r in rows if r["mmsi"] == mmsi], [end]) for mmsi in mmsis]
    together = in_steps(detector, rows, [end])
    assert sorted(map(repr, together)) == sorted(map(repr, itertools.chain(*alone)))


@every_detector
@law
@given(data=st.data(), rows=seas())
def test_a_revision_rests_on_nothing_later_than_what_decided_it(detector, data, rows):
    rows = rows_for(detector, rows)
    watermarks = data.draw(cuts(rows))
    events = in_steps(detector, rows, watermarks[-1:])
    early = [event for event in events if event.decided < watermarks[0]]
    assert in_steps(detector, rows, watermarks[:1]) == early


@every_detector
@law
@given(data=st.data(), rows=seas())
def test_events_open_before_they_close_and_end_on_a_row(detector, data, rows):
    rows = rows_for(detector, rows)
    events = in_steps(detector, rows, data.draw(cuts(rows)))
    times = {(r["key"], r["time"]) for r in rows}
    opened = set()
    for event in events:
        assert (event.key, event.start) in times
        if event.status == "open":
            assert event.end is None
            opened.add(event.id)
        else:
            assert (event.key, event.end) in times
            assert event.start == event.end or event.id in opened
    assert [event.decided for event in events] == sorted(event.decided for event in events)
    assert all(event.start <= event.decided for event in last_revisions(events).values())


@every_detector
def test_an_empty_sea_gives_no_events(detector):
    state, events = detector.step(detector.empty(), table([]), 1)
    assert (state.num_rows, events) == (0, [])
    assert detector.tick(state, 2)[1] == []


def test_detectors_have_names_and_versions_of_their_own():
    found = all_detectors()
    assert len({d.name for d in found}) == len({d.version for d in found}) == len(found)

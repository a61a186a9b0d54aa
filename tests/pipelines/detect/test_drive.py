"""Everything together: given reports in, events out, for any split, and the same after a reconciliation."""

from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.detect import DETECTORS, detectors
from pipelines.detect.drive import Detection, splice
from pipelines.detect.enrich import Enricher
from pipelines.detect.gate import Gate
from pipelines.detect.reconcile import changes
from pipelines.detect.register import REGISTER, extend
from pipelines.detect.waiting import arriving, held_back, queued
from pipelines.rows import WAITING
from tests.pipelines.detect.reports import FlatEarth, arrived, at, fix, said
from tests.pipelines.detect.rows import BEHAVIOURS, CROSSED, HOUR, last_revisions
from tests.scenarios import FERRY, FREIGHTER, START, shared_scenario
from vessels.report import POSITION_SCALE

EARTH = FlatEarth()
NOBODY = REGISTER.empty_table()
RULES = {
    "slow": lambda rows: column(rows, "sog_kn") < 2,
    "still": lambda rows: column(rows, "implied_kn") < 0.5,
    "jumpy": lambda rows: column(rows, "turn_deg") > 30,
}


def column(rows, name):
    return rows[name].to_numpy().astype(float)


def flag(rows):
    for name, rule in RULES.items():
        rows = rows.append_column(f"is_{name}", pa.array(rule(rows), pa.bool_()))
    return rows


def detection():
    needed = ["implied_kn", "turn_deg", "ship_type", *CROSSED]
    return Detection(detectors(BEHAVIOURS, {}, EARTH.zone_ids), Gate(EARTH), Enricher(EARTH, needed), flag)


def events_of(rows, until):
    return detection().advance({}, arrived(rows), NOBODY, at(until)).events


@cache
def scenario():
    """The shared scenario, with two hulls under one number and a ship whose positions are false, and the end of it."""
    told = shared_scenario().reports
    reports = pa.concat_tables([told, elsewhere(told, FREIGHTER, HOUR), elsewhere(told, FERRY, HOUR // 10)])
    released = reports.append_column("late", pa.array(np.zeros(reports.num_rows, bool)))
    order = [("mmsi", "ascending"), ("time", "ascending"), ("msg_type", "ascending")]
    return arriving(released.sort_by(order)), int(reports["time"].to_numpy().max()) + HOUR


def elsewhere(reports, mmsi, lasting):
    """What a vessel says in the second hour, for so long, a second later and three degrees to the south."""
    time, begin = reports["time"].to_numpy(), START + HOUR
    rows = reports.filter(pa.array((reports["mmsi"].to_numpy() == mmsi) & (time >= begin) & (time < begin + lasting)))
    for name, by in {"time": 1_000_000, "lat_e": -3 * POSITION_SCALE}.items():
        field = rows.schema.field(name)
        moved = pa.array(rows[name].to_numpy() + by, field.type, mask=rows[name].is_null().to_numpy())
        rows = rows.set_column(rows.schema.get_field_index(name), field, moved)
    return rows


def between(rows, begin, end):
    time = rows["time"].to_numpy()
    return rows.filter(pa.array((time >= begin) & (time < end)))


def in_steps(rows, watermarks):
    drive, states, register, events, begin = detection(), {}, NOBODY, [], 0
    waiting = WAITING.empty_table()
    for watermark in watermarks:
        chunk = between(rows, begin, watermark)
        register = extend(register, chunk)
        advance = drive.advance(states, queued(waiting, chunk), register, watermark)
        states, waiting = advance.states, held_back(advance.rows)
        events += advance.events
        begin = watermark
    return states, register, events


@pytest.mark.parametrize("name", [*DETECTORS, *RULES])
def test_every_detector_finds_something_in_the_shared_scenario(name):
    rows, end = scenario()
    kinds = {"zone_crossing": {"zone_entry", "zone_exit", "zone_cross"}}.get(name, {name})
    assert kinds <= {event.kind for event in in_steps(rows, [end])[2]}


@settings(max_examples=8)
@given(data=st.data())
def test_any_split_of_the_shared_scenario_gives_the_same_revisions(data):
    rows, end = scenario()
    times = sorted(set(rows["time"].to_pylist()))
    cuts = data.draw(st.sets(st.sampled_from(times), min_size=1, max_size=12))
    assert of_each(in_steps(rows, [*sorted(cuts), end])[2]) == of_each(in_steps(rows, [end])[2])


def of_each(events):
    """Revisions by MMSI; those of one are told in order, however long it had to wait."""
    return sorted(events, key=lambda event: event.mmsi)


def test_rows_without_a_position_reach_distress_alone():
    events = events_of([said(0, 970100107, nav_status=14)], until=1)
    assert [(event.kind, event.lat) for event in events] == [("distress", None)]


def test_what_the_gate_keeps_waiting_reaches_distress_alone():
    rows = [fix(0, nav_status=14), fix(1, nav_status=14, lat=40.0, lon=20.0)]
    advance = detection().advance({}, arrived(rows), NOBODY, at(5))
    assert [(event.kind, event.decided) for event in advance.events] == [("distress", at(0)), ("sighting", at(0))]
    assert advance.states["distress"]["rows"].to_pylist() == [2]


def test_while_a_row_waits_no_deadline_of_its_mmsi_fires_and_the_others_do():
    drive, rows = detection(), [fix(0), fix(0, 247000002)]
    states = drive.advance({}, arrived(rows), NOBODY, at(1)).states
    doubtful = fix(28, lat=40.0, lon=20.0)
    told = drive.advance(states, arrived([doubtful]), NOBODY, at(35)).events
    assert [event.mmsi for event in told if event.kind == "gap"] == [247000002]


def test_a_second_row_at_one_time_does_not_hide_distress():
    events = events_of([fix(0, msg_type=1, nav_status=0), fix(0, msg_type=3, nav_status=14)], until=1)
    assert sorted(event.kind for event in events) == ["distress", "sighting"]


def test_every_state_has_a_version_to_be_saved_with():
    drive = detection()
    states = drive.advance({}, arrived([fix(0)]), NOBODY, at(1)).states
    assert states.keys() == drive.versions.keys() == {*Gate.states, "enrich", *DETECTORS, *RULES}


def test_revisions_come_in_the_order_in_which_they_were_decided():
    decided = [event.decided for event in in_steps(scenario()[0], [scenario()[1]])[2]]
    assert decided == sorted(decided)


MINUTES = st.sampled_from([0, 3, 10, 31, 40, 62, 100, 131, 140, 1600])
SEA = st.lists(
    st.builds(
        fix,
        MINUTES,
        st.sampled_from([247000001, 247000002, 970100107]),
        lat=st.sampled_from([None, 33.1, 33.4, 34.0, 44.0]),
        sog_e=st.sampled_from([None, 5, 90]),
        late=st.booleans(),
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda r: (r["mmsi"], r["time"]),
)


@settings(max_examples=60)
@given(rows=SEA, rest=SEA)
def test_late_rows_become_equal_after_reconciling(rows, rest):
    drive, watermark = detection(), at(1615)
    first = drive.advance({}, arrived([r for r in rows if not r["late"]]), NOBODY, watermark)
    expected = drive.advance({}, arrived(rows), NOBODY, watermark)

    touched = sorted({r["mmsi"] for r in rows if r["late"]})
    refolded = drive.advance({}, arrived([r for r in rows if r["mmsi"] in touched]), NOBODY, watermark)
    told = first.events + changes([event for event in first.events if event.mmsi in touched], refolded.events)

    standing = {id_: event for id_, event in last_revisions(told).items() if event.status != "withdrawn"}
    without_history = {id_: without_supersedes(event) for id_, event in standing.items()}
    assert without_history == last_revisions(expected.events)

    later = arrived([r | {"time": r["time"] + at(1615) - at(0)} for r in rest])
    spliced = splice(first.states, refolded.states, touched)
    ends = [drive.advance(states, later, NOBODY, at(9000)) for states in (spliced, expected.states)]
    assert ends[0] == ends[1]


def without_supersedes(event):
    return replace(event, supersedes=None)

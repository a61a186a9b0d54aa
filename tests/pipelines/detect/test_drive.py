"""Everything together: gated reports in, events out, for any split, and the same after a reconciliation."""

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
from pipelines.detect.gate import admit
from pipelines.detect.reconcile import changes
from pipelines.detect.register import REGISTER, extend
from tests.pipelines.detect.reports import FlatEarth, at, fix, gated, said
from tests.pipelines.detect.rows import BEHAVIOURS, CROSSED, HOUR, last_revisions
from tests.scenarios import shared_scenario
from vessels.event import track_key

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
    return Detection(detectors(BEHAVIOURS, {}, EARTH.zone_ids), Enricher(EARTH, needed), flag)


def events_of(rows, until):
    return detection().advance({}, gated(rows), NOBODY, at(until))[1]


@cache
def scenario():
    """The shared scenario as gated rows, and the end of it."""
    reports = shared_scenario().reports
    released = reports.append_column("late", pa.array(np.zeros(reports.num_rows, bool)))
    order = [("mmsi", "ascending"), ("time", "ascending"), ("msg_type", "ascending")]
    return admit(released.sort_by(order)), int(reports["time"].to_numpy().max()) + HOUR


def between(rows, begin, end):
    time = rows["time"].to_numpy()
    return rows.filter(pa.array((time >= begin) & (time < end)))


def in_steps(rows, watermarks):
    drive, states, register, events, begin = detection(), {}, NOBODY, [], 0
    for watermark in watermarks:
        chunk = between(rows, begin, watermark)
        register = extend(register, chunk)
        states, found = drive.advance(states, chunk, register, watermark)
        events += found
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
    assert in_steps(rows, [*sorted(cuts), end])[2] == in_steps(rows, [end])[2]


def test_rows_without_a_position_reach_distress_alone():
    events = events_of([said(0, 970100107, nav_status=14)], until=1)
    assert [(event.kind, event.lat) for event in events] == [("distress", None)]


def test_what_the_gate_refused_reaches_distress_alone():
    rows = gated([fix(0, nav_status=14)])
    refused = rows.set_column(rows.column_names.index("verdict"), "verdict", pa.array(["jump"]))
    _, events = detection().advance({}, refused, NOBODY, at(1))
    assert [event.kind for event in events] == ["distress"]


def test_a_second_row_at_one_time_does_not_hide_distress():
    events = events_of([fix(0, msg_type=1, nav_status=0), fix(0, msg_type=3, nav_status=14)], until=1)
    assert sorted(event.kind for event in events) == ["distress", "sighting"]


def test_late_rows_are_left_to_reconciliation():
    assert [event.kind for event in events_of([fix(0), fix(5, lat=33.3, late=True)], until=6)] == ["sighting"]


def test_every_state_has_a_version_to_be_saved_with():
    drive = detection()
    states, _ = drive.advance({}, gated([fix(0)]), NOBODY, at(1))
    assert states.keys() == drive.versions.keys() == {"enrich", *DETECTORS, *RULES}


def test_revisions_come_in_the_order_in_which_they_were_decided():
    decided = [event.decided for event in in_steps(scenario()[0], [scenario()[1]])[2]]
    assert decided == sorted(decided)


MINUTES = st.sampled_from([0, 3, 10, 31, 40, 62, 100, 131, 140, 1600])
SEA = st.lists(
    st.builds(
        fix,
        MINUTES,
        st.sampled_from([247000001, 247000002, 970100107]),
        lat=st.sampled_from([None, 33.1, 33.4, 34.0]),
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
    drive, watermark = detection(), at(1610)
    states, told = drive.advance({}, gated(rows), NOBODY, watermark)
    in_time = [r | {"late": False} for r in rows]
    expected_states, expected = drive.advance({}, gated(in_time), NOBODY, watermark)

    touched = sorted({track_key(r["mmsi"]) for r in rows if r["late"]})
    refolded, revisions = drive.refold(gated([r for r in rows if track_key(r["mmsi"]) in touched]), NOBODY, watermark)
    told += changes([event for event in told if event.key in touched], revisions)

    standing = {id_: event for id_, event in last_revisions(told).items() if event.status != "withdrawn"}
    without_history = {id_: without_supersedes(event) for id_, event in standing.items()}
    assert without_history == last_revisions(expected)

    later = gated([r | {"time": r["time"] + at(1610) - at(0), "late": False} for r in rest])
    spliced = splice(states, refolded, touched)
    assert drive.advance(spliced, later, NOBODY, at(9000)) == drive.advance(expected_states, later, NOBODY, at(9000))


def without_supersedes(event):
    return replace(event, supersedes=None)

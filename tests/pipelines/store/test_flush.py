import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.errors import StoreError
from pipelines.store import alerts, open_store, read, resume
from pipelines.store.flush import commit
from pipelines.store.maintain import check
from pipelines.store.segments import EVENTS, write_events
from tests.pipelines.store.samples import MMSI, START, S, event, flush, released, report
from vessels.event import track_key
from vessels.report import REPORT


def offsets(store):
    return read.reports_of(store, [MMSI])["offset"].to_pylist()


def identity(mmsi=MMSI, time=START, **fields):
    return {**dict.fromkeys(resume.IDENTITIES.names), "mmsi": mmsi, "time": time, **fields}


def identities(*rows):
    return pa.Table.from_pylist(list(rows), resume.IDENTITIES)


def test_a_new_run_goes_on_with_what_the_last_flush_left(store):
    held = released(report(START + 5 * S, name="NAJMA")).select(REPORT.names)
    state = pa.table({"key": pa.array([1], pa.int64()), "since": pa.array([START], pa.int64())})
    going = {"watermark": START + 9, "sources": {"a": {"newest": START}}, "recent": [[2**64 - 1, START]]}
    commit(
        store,
        flush(held=held, sequencer=going, cursors={"a": {"offset": 70}}, states={"gap": ("v1", state)}, pending=[MMSI]),
    )
    assert store.watermark() == START + 9
    assert resume.sequencer_state(store) == going
    assert resume.held(store).equals(held)
    assert resume.cursors(store) == {"a": {"offset": 70}}
    assert resume.detector_state(store, "gap", "v1").equals(state)
    assert resume.pending(store) == [MMSI]


def test_before_the_first_flush_there_is_nothing_to_go_on_with(store):
    assert resume.sequencer_state(store) is None
    assert resume.held(store).equals(REPORT.empty_table())
    assert (resume.cursors(store), resume.pending(store), store.watermark()) == ({}, [], None)


def test_a_state_saved_by_another_version_of_a_detector_is_not_used(store):
    commit(store, flush(states={"gap": ("v1", pa.table({"key": pa.array([1], pa.int64())}))}))
    assert resume.detector_state(store, "gap", "v2") is None
    assert resume.detector_state(store, "loitering", "v1") is None


def test_a_flush_leaves_what_it_does_not_name(store):
    commit(store, flush(cursors={"a": {"offset": 1}, "b": {"offset": 2}}, pending=[1, 2]))
    commit(store, flush(cursors={"b": {"offset": 3}}, pending=[2, 3]))
    assert resume.cursors(store) == {"a": {"offset": 1}, "b": {"offset": 3}}
    assert resume.pending(store) == [1, 2, 3]


def test_reconciling_a_vessel_replaces_its_identities_and_ends_its_waiting(store):
    commit(store, flush(identities=identities(identity(name="OLD"), identity(7, name="OTHER")), pending=[MMSI, 7]))
    commit(store, flush(identities=identities(identity(time=START + 1, name="NEW")), reconciled=[MMSI]))
    found = resume.identities(store).select(["mmsi", "time", "name"]).to_pylist()
    assert found == [
        {"mmsi": 7, "time": START, "name": "OTHER"},
        {"mmsi": MMSI, "time": START + 1, "name": "NEW"},
    ]
    assert resume.pending(store) == [7]


def test_the_latest_position_never_goes_back_and_passes_over_what_is_no_position(store):
    commit(store, flush(report(START + 9, lat_e=1, lon_e=1), report(START + 5, lat_e=2, lon_e=2)))
    late = report(START + 1, lat_e=3, lon_e=3)
    no_place = report(START + 20)
    refused = report(START + 30, lat_e=4, lon_e=4, verdict="too fast")
    static = report(START + 40, msg_type=5)
    commit(store, flush(late, no_place, refused, static))
    (row,) = store.rows("SELECT * FROM latest")
    assert (row["time"], row["lat_e"], row["track_id"]) == (START + 9, 1, f"{MMSI:09d}/1")
    assert (row["first_seen"], row["last_seen"]) == (START + 1, START + 40)


def test_a_flush_that_fails_in_its_transaction_leaves_only_orphans_which_the_redo_overwrites(store):
    commit(store, flush(report(START, offset=0)))
    with pytest.raises(AttributeError):
        commit(store, flush(report(START + S, offset=1), cursors={"a": {"offset": 1}}, alerts=[None]))
    assert offsets(store) == [0]
    assert resume.cursors(store) == {}
    assert [finding.kind for finding in check(store)] == ["leftover"]
    commit(store, flush(report(START + S, offset=2)))
    assert offsets(store) == [0, 2]
    assert check(store) == []


def test_a_writer_that_was_overtaken_is_refused(store, monkeypatch):
    def overtaken(*written):
        monkeypatch.undo()
        commit(store, flush(report(START, offset=1)))
        return write_events(*written)

    monkeypatch.setattr("pipelines.store.flush.write_events", overtaken)
    with pytest.raises(StoreError, match="another run"):
        commit(store, flush(cursors={"a": {"offset": 9}}))
    assert (offsets(store), resume.cursors(store)) == ([1], {})


WRITER = """
import sys
from pathlib import Path
from pipelines.store import open_store, resume
from pipelines.store.flush import commit
from tests.pipelines.store.samples import S, START, alert, event, flush, report

with open_store(Path(sys.argv[1]), create=True) as store, store.writing():
    n = resume.cursors(store).get("a", {"n": 0})["n"]
    while True:
        rows = [report(START + n * S, offset=n), report(START + n * S, msg_type=5, offset=n, name="N")]
        commit(store, flush(*rows, events=[event(START + n)], alerts=[alert("r", str(n))], cursors={"a": {"n": n + 1}}))
        n += 1
        print(n, flush=True)
"""


def test_killed_at_any_moment_a_store_holds_a_prefix_of_what_was_written(tmp_path):
    root, chance = tmp_path / "store", random.Random(7)
    top = Path(__file__).resolve().parents[3]
    before = 0
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, cwd=top, env={**os.environ}
        ) as writer:
            for _ in range(chance.randint(1, 12)):
                acknowledged = int(writer.stdout.readline())
            for _ in range(chance.randint(0, 200_000)):
                pass
            writer.send_signal(signal.SIGKILL)
        with open_store(root, create=False) as store:
            n = resume.cursors(store)["a"]["n"]
            rows = read.reports_of(store, [MMSI])
            assert n >= acknowledged > before
            assert rows.filter(pa.compute.equal(rows["msg_type"], 1))["offset"].to_pylist() == list(range(n))
            assert rows.filter(pa.compute.equal(rows["msg_type"], 5))["offset"].to_pylist() == list(range(n))
            assert [e.start for e in read.events_of(store, [track_key(MMSI)])] == [START + k for k in range(n)]
            assert len(alerts.every(store)) == n
            assert [finding for finding in check(store) if finding.kind == "fault"] == []
        before = n


def test_the_columns_of_an_event_are_those_of_the_segments(store):
    commit(store, flush(events=[event(zones=("ly-west",), evidence={"measured": {"silence_min": 95}})]))
    (row,) = store.rows("SELECT path FROM segments WHERE dataset = 'events'")
    assert pa.parquet.read_schema(store.root / row["path"]).names == EVENTS.names

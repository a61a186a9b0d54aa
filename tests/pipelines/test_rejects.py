from contextlib import closing

import pytest

from pipelines.rejects import Rejects, shown
from pipelines.store import open_store, rejects, views
from pipelines.store.flush import commit
from tests.pipelines.store.samples import flush
from vessels.line import Reject


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store", create=True) as opened:
        yield opened


def refused(first, last, reason="checksum"):
    return [Reject(at, reason, b"!line %d" % at) for at in range(first, last)]


def kept(store):
    return [(row["number"], row["offset"]) for row in rejects.every(store)]


def added(recorder, lines):
    recorder.add("a.nmea", "f", lines, {"checksum": len(lines)})


def test_of_many_rejects_the_newest_are_kept_and_the_numbers_count_on(store):
    recorder = Rejects(store)
    for first in range(0, 1000, 10):
        added(recorder, refused(first, first + 10))
        commit(store, flush(refused=recorder.taken()))
    assert kept(store) == [(at + 1, at) for at in range(1000 - rejects.KEPT, 1000)]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_kept_does_not_depend_on_the_flushes(store, size):
    lines = refused(0, 450)
    for first in range(0, 450, size):
        recorder = Rejects(store)
        added(recorder, lines[first : first + size])
        commit(store, flush(refused=recorder.taken()))
    assert kept(store) == [(at + 1, at) for at in range(350, 450)]


def test_going_back_drops_what_lay_behind_and_counts_from_there(store):
    recorder = Rejects(store)
    added(recorder, refused(0, 30))
    commit(store, flush(refused=recorder.taken()))
    recorder.go_back("a.nmea", {"checksum": 20})
    added(recorder, refused(100, 102))
    commit(store, flush(refused=recorder.taken()))
    assert kept(store)[-3:] == [(20, 19), (21, 100), (22, 101)]
    recorder.go_back("a.nmea", {})
    commit(store, flush(refused=recorder.taken()))
    assert kept(store) == []


def test_rejects_of_which_not_every_line_is_at_hand_are_all_counted(store):
    recorder = Rejects(store)
    recorder.add("a.csv", "f", refused(0, 20), {"checksum": 5000})
    assert recorder.counts("a.csv") == {"checksum": 5000}


def test_sources_without_end_do_not_fill_the_disk(store, monkeypatch):
    monkeypatch.setattr(rejects, "MOST", 50)
    for number in range(20):
        recorder = Rejects(store)
        recorder.add(f"{number}.nmea", "f", refused(0, 10), {"checksum": 10})
        commit(store, flush(refused=recorder.taken()))
    assert {row["source"] for row in rejects.every(store)} == {f"{number}.nmea" for number in range(15, 20)}


def test_a_flush_that_fails_keeps_no_rejects(store):
    recorder = Rejects(store)
    added(recorder, refused(0, 3))
    with pytest.raises(TypeError):
        commit(store, flush(refused=recorder.taken(), alerts=[None], cursors={"a": {"b": object()}}))
    assert kept(store) == []


def test_hostile_bytes_are_kept_as_escapes():
    assert shown(b"!A\x1b[2J\xe2\x80\xae<b>\x00\r") == "!A\\x1b[2J\\xe2\\x80\\xae<b>\\x00"


def test_rejects_can_be_asked_for(store):
    recorder = Rejects(store)
    recorder.add("a.nmea", "f", [Reject(7, "malformed", b"!AIVDM\xff")], {"malformed": 1})
    commit(store, flush(refused=recorder.taken()))
    with closing(views.connect(store)) as con:
        (row,) = con.sql("SELECT * FROM rejects").to_arrow_table().to_pylist()
    assert tuple(row.values()) == ("a.nmea", "malformed", 1, "f", 7, "!AIVDM\\xff")

import sqlite3
import subprocess
import sys
from dataclasses import asdict

import pytest

from pipelines.errors import PipelineError
from pipelines.store import watchlist
from pipelines.store.flush import commit
from tests.pipelines.store.samples import START, flush, report
from vessels.watchlist import Entry


def entry(entry_id="w-1", **fields):
    return asdict(Entry(id=entry_id, **{"why": "seen towing", "recorded_at": START, "added_by": "ana", **fields}))


def test_an_entry_comes_back_as_it_was_given(store):
    given = entry(name="NAJMA {x}", imo=9_074_729, valid_from=START, review_by=START + 1)
    watchlist.add(store, [given])
    (row,) = watchlist.every(store)
    assert row == {**given, "removed_at": None}
    assert asdict(Entry.of(row)) == given


def test_an_entry_given_again_is_brought_up_to_date_and_keeps_when_it_was_recorded(store):
    watchlist.add(store, [entry(why="first")])
    watchlist.add(store, [entry(why="second", recorded_at=START + 5)])
    (row,) = watchlist.every(store)
    assert (row["why"], row["recorded_at"]) == ("second", START)


def test_a_removed_entry_leaves_the_list_but_not_the_file(store):
    watchlist.add(store, [entry()])
    watchlist.remove(store, "w-1", at=START + 9)
    watchlist.remove(store, "w-1", at=START + 10)
    assert watchlist.every(store) == []
    assert [row["removed_at"] for row in watchlist.every(store, removed=True)] == [START + 9]
    assert watchlist.find(store, "w-1")["removed_at"] == START + 9


def test_a_removed_entry_given_again_stands_again(store):
    watchlist.add(store, [entry()])
    watchlist.remove(store, "w-1", at=START)
    watchlist.add(store, [entry()])
    assert [row["removed_at"] for row in watchlist.every(store)] == [None]


def test_of_a_list_that_cannot_be_written_nothing_is_kept(store):
    with pytest.raises(sqlite3.IntegrityError):
        watchlist.add(store, [entry("w-1"), {**entry("w-2"), "why": None}])
    assert watchlist.every(store) == []


def test_an_entry_is_found_by_the_beginning_of_its_id_or_by_all_of_it(store):
    watchlist.add(store, [entry("w-1"), entry("w-10"), entry("w-2")])
    assert watchlist.find(store, "w-1")["id"] == "w-1"
    assert watchlist.find(store, "w-2")["id"] == "w-2"
    with pytest.raises(PipelineError, match="w-1, w-10, w-2"):
        watchlist.find(store, "w-")
    with pytest.raises(PipelineError, match="no watchlist entry"):
        watchlist.find(store, "")


def test_another_process_adds_an_entry_while_an_ingest_writes(store):
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from pipelines.store import open_store, watchlist\n"
        "row = dict.fromkeys(('name', 'imo', 'mmsi', 'callsign', 'flag', 'valid_from', 'valid_to', 'review_by'))\n"
        "row |= {'id': 'w-9', 'why': 'told', 'source_list': 'own', 'recorded_at': 1, 'added_by': 'bo'}\n"
        "with open_store(Path(sys.argv[1]), create=False) as store:\n    watchlist.add(store, [row])\n"
    )
    with store.writing():
        adding = subprocess.Popen([sys.executable, "-c", code, str(store.root)])
        seq = 0
        while adding.poll() is None:
            seq = commit(store, flush(report(START + seq)))
        assert adding.returncode == 0
        commit(store, flush(report(START - 1)))
    assert seq > 0
    assert [row["id"] for row in watchlist.every(store)] == ["w-9"]

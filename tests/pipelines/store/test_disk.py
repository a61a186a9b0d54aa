"""A full disk and a folder that cannot be written: a clear error, and nothing torn."""

import errno
import os
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.errors import StoreError
from pipelines.store import open_store, read
from pipelines.store.backup import backup
from pipelines.store.compact import compact
from pipelines.store.flush import commit
from pipelines.store.maintain import check
from tests.pipelines.store.samples import DAY, MMSI, SEQUENCER, START, S, event, flush, report

# What a flush does to the disk, in order: Parquet written, synced, renamed, its folder synced.
STEPS = [(pq.ParquetWriter, "write_table"), (os, "fsync"), (Path, "rename"), (Path, "mkdir")]
FULL = OSError(errno.ENOSPC, "No space left on device")
READ_ONLY = OSError(errno.EROFS, "Read-only file system")


def failing(monkeypatch, owner, name, error, after=0):
    """Let a function fail with an error after so many calls; return the patch to undo."""
    real, left = getattr(owner, name), [after]

    def fail(*args, **kwargs):
        if left[0] == 0:
            raise error
        left[0] -= 1
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, fail)


def rows_of(n):
    return [report(START + n * S, offset=n), report(START + n * S, msg_type=5, offset=n, name="N")]


def offsets(store):
    return sorted(set(read.reports_of(store, [MMSI])["offset"].to_pylist()))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[1])
@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize(("error", "text"), [(FULL, "the disk is full.*nothing is torn"), (READ_ONLY, "Read-only")])
def test_a_flush_that_cannot_write_is_told_and_leaves_the_store_as_it_was(
    *, store, monkeypatch, step, after, error, text
):
    if step[1] != "mkdir":
        commit(store, flush(*rows_of(0), events=[event()]))
    before = offsets(store)
    with monkeypatch.context() as patch:
        failing(patch, *step, error, after)
        with pytest.raises(StoreError, match=text):
            commit(store, flush(*rows_of(1), events=[event(START + 1)]))
    assert offsets(store) == before
    assert [finding for finding in check(store) if finding.kind == "fault"] == []
    assert list(store.root.rglob("*.tmp")) == []
    commit(store, flush(*rows_of(1), events=[event(START + 1)]))
    assert offsets(store) == [*before, 1]


def test_a_state_file_that_cannot_grow_is_told_and_nothing_is_committed(store):
    commit(store, flush(*rows_of(0)))
    (pages,) = store.conn.execute("PRAGMA page_count").fetchone()
    store.conn.execute(f"PRAGMA max_page_count = {pages}")  # what SQLite says then is what it says of a full disk
    with pytest.raises(StoreError, match="the disk is full"):
        commit(store, flush(*rows_of(1), cursors={f"c{n}": {"offset": n} for n in range(5000)}))
    store.conn.execute("PRAGMA max_page_count = 1000000")
    assert offsets(store) == [0]
    commit(store, flush(*rows_of(1)))
    assert offsets(store) == [0, 1]


def test_a_state_file_that_may_not_be_written_is_told(store):
    commit(store, flush(*rows_of(0)))
    store.conn.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match=r"readonly.*let its owner write there"):
        commit(store, flush(*rows_of(1)))
    assert offsets(store) == [0]


def test_a_compaction_on_a_full_disk_leaves_the_old_segments(store, monkeypatch):
    for n in range(2):
        commit(store, flush(*rows_of(n), sequencer={**SEQUENCER, "watermark": START + DAY}))
    for owner, name in STEPS[:3]:
        with monkeypatch.context() as patch:
            failing(patch, owner, name, FULL)
            with pytest.raises(StoreError, match="the disk is full"):
                compact(store, now=START)
        assert offsets(store) == [0, 1]
        assert check(store) == []


@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "rename"), (Path, "mkdir")])
def test_a_backup_on_a_full_disk_leaves_nothing_under_its_name(store, monkeypatch, tmp_path, owner, name):
    commit(store, flush(*rows_of(0)))
    with monkeypatch.context() as patch:
        failing(patch, owner, name, FULL)
        with pytest.raises(StoreError, match="the disk is full"):
            backup(store, tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_lock_that_cannot_be_made_is_told(store, monkeypatch):
    failing(monkeypatch, Path, "open", PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(StoreError, match="Permission denied; let its owner write there"), store.writing():
        pass


def test_a_new_store_where_nothing_may_be_written_is_refused(tmp_path, monkeypatch):
    failing(monkeypatch, Path, "mkdir", READ_ONLY)
    with pytest.raises(StoreError, match="Read-only file system"):
        open_store(tmp_path / "new", create=True)


def test_a_state_file_that_cannot_be_opened_is_told(store, monkeypatch):
    def refuse(*_args, **_options):
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr("pipelines.store.state.sqlite3.connect", refuse)
    with pytest.raises(StoreError, match="unable to open database file; let its owner write there"):
        open_store(store.root, create=False)

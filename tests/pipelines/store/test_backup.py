import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import StoreError
from pipelines.store import alerts, open_store, read, resume
from pipelines.store.backup import MANIFEST, backup, restore
from pipelines.store.flush import commit
from pipelines.store.maintain import check
from tests.pipelines.store.samples import KEY, MMSI, START, S, alert, event, flush, report
from tests.pipelines.store.test_flush import WRITER


@pytest.fixture
def full(store):
    for n in range(3):
        commit(store, flush(report(START + n * S, offset=n), events=[event(START + n)], alerts=[alert("r", str(n))]))
    return store


def test_a_restored_store_holds_what_was_backed_up(full, tmp_path):
    made = backup(full, tmp_path / "b")
    commit(full, flush(report(START + 9 * S, offset=9)))
    put_back = restore(tmp_path / "b", tmp_path / "again")
    assert (made.segments, made.rows, made.watermark) == (6, 6, START)
    assert (put_back.segments, put_back.rows, put_back.bytes) == (made.segments, made.rows, made.bytes)
    with open_store(tmp_path / "again", create=False) as again:
        assert check(again) == []
        assert read.reports_of(again, [MMSI])["offset"].to_pylist() == [0, 1, 2]
        assert read.events_of(again, [KEY]) == read.events_of(full, [KEY])
        assert alerts.every(again) == alerts.every(full)
        commit(again, flush(report(START + 9 * S, offset=7)))
    assert read.reports_of(full, [MMSI])["offset"].to_pylist() == [0, 1, 2, 9]


def test_segments_are_linked_on_one_disk_and_copied_to_another(full, tmp_path, monkeypatch):
    backup(full, tmp_path / "linked")
    monkeypatch.setattr("os.link", lambda *_: (_ for _ in ()).throw(OSError(18, "another device")))
    backup(full, tmp_path / "copied")
    (path,) = full.rows("SELECT path FROM segments ORDER BY path LIMIT 1")
    inodes = {
        name: (folder / path["path"]).stat().st_ino
        for name, folder in {"own": full.root, "linked": tmp_path / "linked", "copied": tmp_path / "copied"}.items()
    }
    assert inodes["own"] == inodes["linked"] != inodes["copied"]
    restore(tmp_path / "copied", tmp_path / "again")


def test_a_backup_and_a_restored_store_are_private(full, tmp_path):
    backup(full, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "again")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("b", "again")} == {0o700}


def test_the_manifest_tells_every_file_its_hash_and_rows(full, tmp_path):
    backup(full, tmp_path / "b")
    files = json.loads((tmp_path / "b" / MANIFEST).read_text())["files"]
    assert len(files) == 7
    assert {file["rows"] for file in files} == {None, 1}
    assert all(len(file["sha256"]) == 64 for file in files)


@pytest.mark.parametrize("name", ["state.sqlite", "positions/day=2026-06-01/0000000001.parquet"])
@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_a_damaged_backup_is_not_restored(full, tmp_path, name, harm):
    backup(full, tmp_path / "b")
    harm(tmp_path / "b" / name)
    with pytest.raises(StoreError, match=name):
        restore(tmp_path / "b", tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("text", ["{}", "[", '{"files": [{"path": "../../secret", "sha256": "0"}]}'])
def test_a_folder_with_no_right_manifest_is_no_backup(tmp_path, text):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / MANIFEST).write_text(text)
    with pytest.raises(StoreError, match="no whole backup"):
        restore(tmp_path / "b", tmp_path / "again")


def test_neither_goes_where_something_is(full, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine").touch()
    with pytest.raises(StoreError, match="is there already"):
        backup(full, tmp_path / "b")
    backup(full, tmp_path / "c")
    with pytest.raises(StoreError, match="is there already"):
        restore(tmp_path / "c", full.root)


def test_a_store_that_lost_a_segment_is_not_backed_up(full, tmp_path):
    (path,) = full.rows("SELECT path FROM segments ORDER BY path LIMIT 1")
    (full.root / path["path"]).unlink()
    with pytest.raises(StoreError, match="missing"):
        backup(full, tmp_path / "b")
    assert [each.name for each in tmp_path.iterdir()] == ["store"]


def test_a_backup_taken_while_another_process_writes_is_of_one_moment(tmp_path):
    root, top = tmp_path / "store", Path(__file__).resolve().parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, cwd=top, env={**os.environ}
    ) as writer:
        try:
            for number in range(4):
                acknowledged = int(writer.stdout.readline())
                with open_store(root, create=False) as store:
                    backup(store, tmp_path / f"b{number}")
                restore(tmp_path / f"b{number}", tmp_path / f"again{number}")
                with open_store(tmp_path / f"again{number}", create=False) as again:
                    count = resume.cursors(again)["a"]["n"]
                    assert count >= acknowledged
                    assert check(again) == []
                    assert read.reports_of(again, [MMSI]).num_rows == 2 * count
                    assert len(alerts.every(again)) == count
        finally:
            writer.kill()

"""Care for a store from the command line."""

import json

import duckdb
import pytest

from pipelines.cli import main
from pipelines.store import open_store, read
from pipelines.store.flush import commit
from pipelines.store.state import SCHEMA_VERSION
from tests.pipelines.store.samples import DAY, MMSI, SEQUENCER, START, flush, report


@pytest.fixture
def voi(tmp_path, monkeypatch, capsys):
    """Run a command on a store of three days, the first in two segments."""
    root = tmp_path / "store"
    with open_store(root, create=True) as store:
        for at in (START, START + 1, START + DAY, START + 2 * DAY):
            later = {**SEQUENCER, "watermark": START + 2 * DAY}
            commit(store, flush(report(at, msg_type=18, offset=at - START), sequencer=later))
    monkeypatch.chdir(tmp_path)

    def run(*words, store=root):
        capsys.readouterr()
        code = main([*map(str, words), "--store", str(store), "-f", "jsonl"])
        printed = capsys.readouterr()
        return code, [json.loads(line) for line in printed.out.splitlines()], printed.err

    return run


def stored(root):
    with open_store(root, create=False) as store:
        return read.reports_of(store, [MMSI])["offset"].to_pylist()


def test_compact_tells_what_it_merged(voi):
    code, out, err = voi("store", "compact")
    assert code == 0
    assert [(row["dataset"], row["day"], row["files"]) for row in out] == [("positions", "2026-06-01", 2)]
    assert "2 files became 1" in err
    assert voi("store", "check")[0] == 0


def test_compact_leaves_days_from_the_one_named(voi):
    assert voi("store", "compact", "--before", "2026-06-01")[:2] == (0, [])


def test_a_store_is_backed_up_and_restored(voi, tmp_path):
    code, (made,), _ = voi("store", "backup", "b")
    assert (code, made["rows"], made["watermark"]) == (0, 4, "2026-06-03T00:00:00Z")
    code, (put_back,), _ = voi("store", "restore", "b", store=tmp_path / "again")
    assert (code, put_back["rows"]) == (0, 4)
    assert stored(tmp_path / "again") == stored(tmp_path / "store")


def test_a_restore_over_a_store_is_refused(voi):
    voi("store", "backup", "b")
    code, _, err = voi("store", "restore", "b")
    assert code == 5
    assert "is there already" in err


def test_an_upgrade_tells_the_schemas(voi):
    code, (told,), err = voi("store", "upgrade")
    assert (code, told["before"], told["after"]) == (0, SCHEMA_VERSION, SCHEMA_VERSION)
    assert "nothing to do" in err


def test_an_export_is_a_duckdb_file(voi):
    code, (made,), _ = voi("export", "duckdb", "-o", "out.duckdb")
    assert (code, made["positions"]) == (0, 4)
    with duckdb.connect("out.duckdb", read_only=True) as con:
        assert con.sql("FROM positions SELECT count(*)").fetchall() == [(4,)]


def test_retention_is_planned_then_run(voi, tmp_path):
    limits = ("--keep-days", "1", "--class-b-days", "0")
    code, planned, err = voi("retention", "plan", *limits)
    assert (code, [(row["what"], row["day"], row["rows"]) for row in planned]) == (
        0,
        [("day", "2026-06-01", 2), ("class_b", "2026-06-02", 1)],
    )
    assert "3 rows would go; everything from 2026-06-02T00:00:00Z on is kept" in err
    assert len(stored(tmp_path / "store")) == 4
    assert voi("retention", "run", *limits)[1] == planned
    assert stored(tmp_path / "store") == [2 * DAY]


def test_retention_keeps_all_days_unless_told(voi):
    assert voi("retention", "plan")[1] == []


@pytest.mark.parametrize("words", [("store", "compact"), ("retention", "run")])
def test_what_changes_segments_waits_for_no_running_ingest(voi, tmp_path, words):
    with open_store(tmp_path / "store", create=False) as store, store.writing():
        code, _, err = voi(*words)
    assert code == 5
    assert "another ingest" in err

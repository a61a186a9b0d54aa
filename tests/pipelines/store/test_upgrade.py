import json

import pytest

from pipelines.errors import NoStoreError, StoreError
from pipelines.inputs import cursor_name
from pipelines.store import open_store, read, resume, state, upgrade
from pipelines.store.flush import commit
from tests.pipelines.store.samples import MMSI, START, flush, report

STEP_1 = "CREATE TABLE marks (id TEXT PRIMARY KEY); INSERT INTO marks SELECT path FROM segments"
STEP_2 = "ALTER TABLE marks ADD COLUMN note TEXT"


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A store of schema 1, this voi being of schema 1 too."""
    monkeypatch.setattr(state, "SCHEMA_VERSION", 1)
    monkeypatch.setattr(upgrade, "STEPS", {})
    with open_store(tmp_path / "store", create=True) as store:
        commit(store, flush(report(START)))
    return tmp_path / "store"


@pytest.fixture
def newer(old, monkeypatch):
    """A voi two schemas on, after the old store was written."""
    assert old.exists()
    monkeypatch.setattr(state, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(upgrade, "STEPS", {1: STEP_1, 2: STEP_2})


def version(root):
    with open_store(root, create=False, older=True) as store:
        return store.rows("PRAGMA user_version")[0]["user_version"]


@pytest.mark.usefixtures("newer")
def test_an_older_store_is_brought_up_step_by_step(old):
    assert upgrade.upgrade(old) == (1, 3)
    with open_store(old, create=False) as store:
        assert store.rows("SELECT * FROM marks") == [
            {"id": "positions/day=2026-06-01/0000000001.parquet", "note": None}
        ]
        assert read.reports_of(store, [MMSI]).num_rows == 1


@pytest.mark.usefixtures("newer")
def test_an_older_store_is_refused_until_it_is_upgraded(old):
    with pytest.raises(StoreError, match=r"schema 1.*voi store upgrade"):
        open_store(old, create=False)


@pytest.mark.usefixtures("newer")
def test_a_second_upgrade_has_nothing_to_do(old):
    upgrade.upgrade(old)
    assert upgrade.upgrade(old) == (3, 3)


def test_a_store_of_this_version_is_left_as_it_is(old):
    assert upgrade.upgrade(old) == (1, 1)


@pytest.mark.usefixtures("newer")
def test_a_step_that_fails_leaves_the_schema_before_it(old, monkeypatch):
    monkeypatch.setattr(
        upgrade, "STEPS", {1: STEP_1, 2: "ALTER TABLE marks ADD COLUMN note TEXT; SELECT * FROM nothing"}
    )
    with pytest.raises(StoreError, match="nothing"):
        upgrade.upgrade(old)
    assert version(old) == 2
    monkeypatch.setattr(upgrade, "STEPS", {2: STEP_2})
    assert upgrade.upgrade(old) == (2, 3)


@pytest.mark.usefixtures("newer")
def test_a_store_older_than_all_steps_is_refused(old, monkeypatch):
    monkeypatch.setattr(upgrade, "STEPS", {2: STEP_2})
    with pytest.raises(StoreError, match="schema 1 is too old"):
        upgrade.upgrade(old)
    assert version(old) == 1


@pytest.mark.usefixtures("newer")
def test_a_store_that_is_being_written_is_not_upgraded(old):
    with (
        open_store(old, create=False, older=True) as store,
        store.writing(),
        pytest.raises(StoreError, match="another ingest"),
    ):
        upgrade.upgrade(old)


def test_a_newer_store_is_left_alone(old, monkeypatch):
    with open_store(old, create=False) as store:
        store.conn.execute("PRAGMA user_version = 9")
    with pytest.raises(StoreError, match="newer voi"):
        upgrade.upgrade(old)


def test_what_is_no_store_is_not_upgraded(tmp_path):
    with pytest.raises(NoStoreError):
        upgrade.upgrade(tmp_path)


def test_the_cursors_of_schema_1_tell_in_which_manner_their_inputs_were_read(tmp_path):
    cursors = [
        ("f1", {"file": "f1", "source": "a", "start": None, "decoder": {"offset": 3}}),
        ("f1@9", {"file": "f1", "source": "a", "start": 9, "decoder": {"offset": 3}}),
        ("follow:x@y", {"file": "follow:x@y", "source": "follow:x@y", "start": None, "decoder": {}}),
        ("f2", {"file": "f2", "source": "a.csv", "start": None, "decoder": None}),
    ]
    with open_store(tmp_path / "store", create=True) as store:
        undo = (
            "DROP TABLE rejects; DROP TABLE layers; DROP TABLE corrections; DROP INDEX alerts_of_vessel;"
            " PRAGMA user_version = 1"
        )
        store.conn.executescript(undo)
        store.conn.executemany(
            "INSERT INTO cursors VALUES (?, ?)", [(name, json.dumps(body)) for name, body in cursors]
        )
    assert upgrade.upgrade(tmp_path / "store") == (1, state.SCHEMA_VERSION)
    with open_store(tmp_path / "store", create=False) as store:
        found = resume.cursors(store)
        assert store.rows("SELECT * FROM rejects") == []
    assert {name: body["manner"] for name, body in found.items()} == {
        "f1": "",
        "f1@start=9": "start=9",
        "follow:x@y": "",
    }
    assert {name: cursor_name(body) for name, body in found.items()} == {name: name for name in found}
    assert [set(body) for body in found.values()] == [{"file", "source", "decoder", "manner", "rejects"}] * 3

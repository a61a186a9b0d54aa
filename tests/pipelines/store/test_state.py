import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest

from pipelines.errors import NoStoreError, PipelineError, StoreError
from pipelines.store import open_store
from pipelines.store.state import SCHEMA_VERSION, STATE_FILE, set_meta


def test_a_new_store_is_for_its_owner_only(store):
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_a_store_opens_again(tmp_path):
    open_store(tmp_path / "s", create=True).close()
    with open_store(tmp_path / "s", create=False) as again:
        assert again.watermark() is None


def test_a_missing_store_is_a_usage_error_that_says_how_to_make_one(tmp_path):
    with pytest.raises(NoStoreError, match="voi ingest") as raised:
        open_store(tmp_path / "none", create=False)
    assert raised.value.exit_code == 2
    assert not (tmp_path / "none").exists()


def test_a_folder_with_other_things_is_not_made_a_store(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(NoStoreError, match="new or empty folder"):
        open_store(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_store_of_a_newer_version_is_refused(store):
    store.conn.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match="newer voi") as raised:
        open_store(store.root, create=True)
    assert raised.value.exit_code == 5


def test_a_database_of_another_program_is_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / STATE_FILE)) as other:
        other.execute("PRAGMA user_version = 1")
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(NoStoreError, match="another program"):
        open_store(tmp_path, create=True)


def test_a_damaged_state_file_is_named(tmp_path):
    (tmp_path / STATE_FILE).write_bytes(b"no database at all, but long enough to be read as one" * 40)
    with pytest.raises(StoreError, match="damaged"):
        open_store(tmp_path, create=False)


def test_a_busy_store_says_so(store):
    store.conn.execute("BEGIN IMMEDIATE")
    with open_store(store.root, create=False) as other:
        other.conn.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(StoreError, match="busy"), other.transaction():
            pass
    store.conn.execute("ROLLBACK")


def test_a_second_writer_of_segments_is_refused_until_the_first_is_done(store):
    with open_store(store.root, create=False) as other:
        with store.writing(), pytest.raises(StoreError, match="another ingest or watch"), other.writing():
            pass
        with other.writing():
            pass


def test_a_transaction_that_fails_leaves_nothing(store):
    def stopped(conn):
        set_meta(conn, "seq", 7)
        raise PipelineError("stopped")

    with pytest.raises(PipelineError), store.transaction() as conn:
        stopped(conn)
    assert store.meta("seq") is None


def test_a_fault_in_a_statement_is_not_called_damage(store):
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as conn:
        conn.execute("INSERT INTO pending VALUES (1), (1)")


def test_alerts_and_watchlist_open_without_the_heavy_libraries():
    code = (
        "import sys, pipelines.store.alerts, pipelines.store.watchlist\n"
        "print({'pyarrow', 'duckdb', 'numpy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"

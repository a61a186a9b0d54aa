import duckdb
import pytest

from pipelines.errors import StoreError
from pipelines.store.export import export_duckdb
from pipelines.store.flush import commit
from pipelines.store.views import VIEWS
from tests.pipelines.store.samples import MMSI, START, alert, event, flush, report


@pytest.fixture
def full(store):
    rows = [report(START, lat_e=600_000, lon_e=-300_000, sog_e=12), report(START, msg_type=5, name="NAJMA")]
    commit(store, flush(*rows, events=[event()], alerts=[alert()]))
    return store


def test_every_view_becomes_a_table(full, tmp_path):
    rows = export_duckdb(full, tmp_path / "voi.duckdb")
    assert set(rows) == set(VIEWS)
    with duckdb.connect(tmp_path / "voi.duckdb", read_only=True) as con:
        assert {name for (name,) in con.sql("SHOW TABLES").fetchall()} == set(VIEWS)
        assert con.sql("FROM positions SELECT mmsi, lat, lon, sog_kn").fetchall() == [(MMSI, 1.0, -0.5, 1.2)]
        assert con.sql("FROM static_reports SELECT name").fetchall() == [("NAJMA",)]
        assert con.sql("FROM events SELECT kind").fetchall() == [("gap",)]
        assert con.sql("FROM alerts SELECT rule").fetchall() == [("gap-departure",)]
        assert con.sql("FROM vessels SELECT mmsi").fetchall() == [(MMSI,)]


def test_older_duckdbs_can_open_it(full, tmp_path):
    export_duckdb(full, tmp_path / "voi.duckdb")
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{tmp_path / 'voi.duckdb'}' AS out (READ_ONLY)")
        ((tags,),) = con.sql("FROM duckdb_databases() SELECT tags WHERE database_name = 'out'").fetchall()
    assert "v1.5" in str(tags)


def test_an_older_export_is_replaced_and_nothing_else_is_left(full, tmp_path):
    export_duckdb(full, tmp_path / "voi.duckdb")
    export_duckdb(full, tmp_path / "voi.duckdb")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "voi.duckdb"]


def test_a_folder_is_not_replaced(full, tmp_path):
    with pytest.raises(StoreError, match="is no file"):
        export_duckdb(full, tmp_path)


def test_a_failed_export_leaves_the_older_one(full, tmp_path, monkeypatch):
    (tmp_path / "voi.duckdb").write_bytes(b"old")
    monkeypatch.setattr("pipelines.store.export.VIEWS", {**VIEWS, "nothing": ""})
    with pytest.raises(StoreError, match="nothing"):
        export_duckdb(full, tmp_path / "voi.duckdb")
    assert (tmp_path / "voi.duckdb").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "voi.duckdb"]

from contextlib import closing

import duckdb
import pytest

from pipelines.store.sandbox import sandbox


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/voi-sandbox.csv'",
        "ATTACH '/tmp/voi-sandbox.db'",
        "SELECT * FROM rows_of_the_caller",
        "SET lock_configuration = false",
        "SET threads = 4",
    ],
)
def test_a_condition_reaches_no_file_no_variable_and_no_setting(sql):
    rows_of_the_caller = duckdb.sql("SELECT 1 AS x")
    assert rows_of_the_caller
    with closing(sandbox()) as con, pytest.raises(duckdb.Error):
        con.sql(sql).to_arrow_table()


def test_a_condition_is_parsed_and_worked_out():
    with closing(sandbox()) as con:
        table = con.sql("SELECT json_serialize_sql('SELECT 1') IS NOT NULL AND 1 < 2 AS answer").to_arrow_table()
    assert table.to_pylist() == [{"answer": True}]


def test_what_one_condition_is_asked_of_is_unknown_to_the_next():
    with closing(sandbox()) as con, closing(sandbox()) as other:
        con.register("batch", con.sql("SELECT 1 AS x").to_arrow_table())
        assert con.sql("FROM batch").fetchall() == [(1,)]
        with pytest.raises(duckdb.CatalogException):
            other.sql("FROM batch")

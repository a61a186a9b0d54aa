"""DuckDB over the segments that the manifest lists."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from pipelines.errors import StoreError
from pipelines.store.segments import DATASETS
from pipelines.store.state import Store

MEMORY: Final = "1GB"  # chosen: sorting a day larger than this uses the disk

# Every stored report once: a type 19 stands among positions and static reports, whole among the latter.
REPORTS: Final = """
FROM _positions WHERE msg_type <> 19
UNION ALL BY NAME FROM _static_reports
UNION ALL BY NAME FROM _texts
"""


def connection() -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in memory whose times are UTC and whose tables are only those given to it."""
    con = duckdb.connect()
    con.execute("SET GLOBAL TimeZone='UTC'")
    con.execute("SET GLOBAL python_enable_replacements=false")
    return con


@contextmanager
def reading(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection for the block, and turn DuckDB's errors into a `StoreError`."""
    with _database().cursor() as con, _translated(store):
        yield con


@contextmanager
def sorting(store: Store, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database of its own for the block, which sorts on the disk, below `spill`, what is too large for MEMORY.

    It has no thread but the caller's: each other one would keep tens of megabytes for itself once it has sorted a day.
    """
    with closing(connection()) as con, _translated(store):
        con.execute("SET threads = 1")
        con.execute(f"SET memory_limit = '{MEMORY}'")
        con.execute(f"SET temp_directory = {literal(str(spill))}")
        yield con


@contextmanager
def _translated(store: Store) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise damaged(store, error) from error


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return the one database of all readings, which keeps nothing: to start another takes longer than most of them."""
    return connection()


def damaged(store: Store, error: duckdb.Error) -> StoreError:
    """Return the error that the store's files cannot be read, with the first line of what DuckDB says."""
    return StoreError(f"{store.root}: {str(error).splitlines()[0]}; see `voi store check`")


def show(con: duckdb.DuckDBPyConnection, store: Store, dataset: str, paths: Sequence[str] | None = None) -> None:
    """Make the view `_<dataset>` over a dataset's segments: all that the manifest lists, or those given."""
    if paths is None:
        rows = store.rows("SELECT path FROM segments WHERE dataset = ? ORDER BY path", (dataset,))
        paths = [row["path"] for row in rows]
    if not paths:
        con.register(f"_{dataset}", DATASETS[dataset].schema.empty_table())
        return
    files = ", ".join(literal(str(store.root / path)) for path in paths)
    con.execute(f"CREATE TEMP VIEW _{dataset} AS FROM read_parquet([{files}], hive_partitioning = false)")


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def asked(con: duckdb.DuckDBPyConnection, sql: str, schema: pa.Schema) -> pa.Table:
    """Return the rows of a SELECT in a schema's columns and types."""
    return con.sql(sql).to_arrow_table().select(schema.names).cast(schema)

"""The views of a store as one DuckDB file, for analysts and other programs."""

from contextlib import closing
from pathlib import Path
from typing import Final

import duckdb

from pipelines.errors import StoreError
from pipelines.store.scan import literal
from pipelines.store.state import Store, on_disk
from pipelines.store.views import VIEWS, connect

STORAGE_VERSION: Final = (
    "v1.5.0"  # DuckDB 1.5 and later read it (engine.md section 1: a file of 2.0's own form only 2.0)
)


def export_duckdb(store: Store, path: Path) -> dict[str, int]:
    """Write every view as a table into a file, new or in place of an older one; return the rows of each.

    The file gets its name when it is complete. Raises `StoreError`.
    """
    path = Path(path).resolve()
    unfinished = path.with_name(path.name + ".unfinished")
    if path.exists() and not path.is_file():
        raise StoreError(f"{path} is no file; name another with -o")
    with on_disk(path):
        unfinished.unlink(missing_ok=True)
        try:
            rows = _written(store, unfinished)
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
            unfinished.with_name(unfinished.name + ".wal").unlink(missing_ok=True)
    return rows


def _written(store: Store, path: Path) -> dict[str, int]:
    with closing(connect(store)) as con:
        try:
            con.execute(f"ATTACH {literal(str(path))} AS export (STORAGE_VERSION {literal(STORAGE_VERSION)})")
            for name in VIEWS:
                con.execute(f"CREATE TABLE export.{name} AS FROM {name}")
            rows = {name: con.sql(f"FROM export.{name} SELECT count(*)").fetchall()[0][0] for name in VIEWS}
            con.execute("DETACH export")
        except duckdb.Error as error:
            raise StoreError(f"{path}: {str(error).splitlines()[0]}") from error
    return rows

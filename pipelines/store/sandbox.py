"""A DuckDB connection for conditions that people write: no files, no network, no Python variables, no settings."""

from functools import cache
from typing import Final

import duckdb

_LOCKED: Final = (
    "SET GLOBAL TimeZone='UTC'",
    "SET threads=1",
    "SET GLOBAL python_enable_replacements=false",
    "SET enable_external_access=false",
    "SET lock_configuration=true",
)


def sandbox() -> duckdb.DuckDBPyConnection:
    """Return a locked connection in memory; what is registered with it is its own. Close it after use."""
    return _locked().cursor()


@cache
def _locked() -> duckdb.DuckDBPyConnection:
    """Return the one database of all sandboxes, which is empty: to start another takes longer than most questions."""
    connection = duckdb.connect()
    for setting in _LOCKED:
        connection.execute(setting)
    return connection

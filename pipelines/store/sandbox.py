"""A DuckDB connection for conditions that people write: no files, no network, no Python variables, no settings."""

from typing import Final

import duckdb

_LOCKED: Final = (
    "SET TimeZone='UTC'",
    "SET threads=1",
    "SET python_enable_replacements=false",
    "SET enable_external_access=false",
    "SET lock_configuration=true",
)


def sandbox() -> duckdb.DuckDBPyConnection:
    """Return a locked connection in memory; close it after use."""
    connection = duckdb.connect()
    for setting in _LOCKED:
        connection.execute(setting)
    return connection

"""The store: Parquet segments, one SQLite file, DuckDB over both.

Only the door stands here, so that it opens without pyarrow and duckdb: `pipelines.store.flush` writes,
`pipelines.store.read` and `pipelines.store.views` read, `alerts` and `watchlist` keep what people work on.
"""

from pipelines.store.state import Store, open_store

__all__ = ["Store", "open_store"]

"""The store: Parquet segments, one SQLite file, DuckDB over both. The only home of duckdb and sqlite3."""

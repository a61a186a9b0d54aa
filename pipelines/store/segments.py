"""Parquet segments: append-only, exact integers, cut by the UTC day of event time, never changed once named.

A segment is written beside its name, synced, renamed and its folder synced, before the manifest lists it. One that the
manifest does not list is an orphan of a killed run: readers never see it, and the redo of its flush overwrites it,
because its name is its dataset, day and the number of the flush.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.rows import has_value, where
from pipelines.store.state import on_disk
from vessels.report import POSITION_TYPES, REPORT, STATIC_TYPES, TEXT_TYPES

DAY_US: Final = 86_400_000_000
ROW_GROUP_ROWS: Final = 131_072  # chosen: one vessel is found in an eighth of DuckDB's usual million

STORED: Final = pa.schema([*REPORT, ("track_id", pa.string()), ("late", pa.bool_()), ("verdict", pa.string())])

_STATIC_ONLY: Final = (
    *("imo", "name", "callsign", "ship_type", "to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m"),
    *("draught_e", "destination", "eta", "text"),
)
POSITIONS: Final = pa.schema([field for field in STORED if field.name not in _STATIC_ONLY])

EVENTS: Final = pa.schema(
    [
        ("seq", pa.int64()),  # number of the flush that wrote this revision
        ("id", pa.string()),
        ("kind", pa.string()),
        ("behaviour", pa.string()),
        ("key", pa.int64()),
        ("zone", pa.string()),
        ("track_id", pa.string()),
        ("mmsi", pa.int32()),
        ("other_mmsi", pa.int32()),
        ("other_key", pa.int64()),
        ("vessel_id", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("decided", pa.int64()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("zones", pa.list_(pa.string())),
        ("status", pa.string()),
        ("supersedes", pa.string()),
        ("confidence", pa.string()),
        ("simulated", pa.bool_()),
        ("evidence", pa.string()),  # JSON, in the order in which it is told
        ("place", pa.int32()),  # order within the flush: two revisions of one event may share it
    ]
)


OTHER_MESSAGES: Final = pa.schema(
    [
        *(REPORT.field(name) for name in ("time", "mmsi", "msg_type")),
        ("said", pa.string()),  # JSON: `vessels.others.Other`
        *(REPORT.field(name) for name in ("source", "station", "file", "offset", "clock", "simulated")),
    ]
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One kind of segment: its columns, and the types of the reports it takes (none where it takes no reports)."""

    name: str
    schema: pa.Schema
    msg_types: tuple[int, ...] = ()


# A type 19 says both where and who: it stands whole among the static reports, and again among the positions.
DATASETS: Final = {
    "positions": Dataset("positions", POSITIONS, POSITION_TYPES),
    "static_reports": Dataset("static_reports", STORED, STATIC_TYPES),
    "texts": Dataset("texts", STORED, TEXT_TYPES),
    "events": Dataset("events", EVENTS),
    "other_messages": Dataset("other_messages", OTHER_MESSAGES),
}
REPORT_DATASETS: Final = ("positions", "static_reports", "texts")


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of the manifest. `path` is relative to the store's folder; times are microseconds UTC."""

    path: str
    dataset: str
    day: str | None
    seq: int
    rows: int
    bytes: int
    time_min: int
    time_max: int


def write_reports(root: Path, rows: pa.Table, seq: int) -> list[Segment]:
    """Write released rows (STORED) into their datasets and days."""
    with on_disk(root):
        return [
            _write(root, dataset, part, seq, day)
            for dataset in (DATASETS[name] for name in REPORT_DATASETS)
            for day, part in _days(_part(rows, dataset))
        ]


def _part(rows: pa.Table, dataset: Dataset) -> pa.Table:
    return where(rows.select(dataset.schema.names), has_value(rows["msg_type"], dataset.msg_types))


def write_events(root: Path, events: pa.Table, seq: int) -> list[Segment]:
    """Write the event revisions of one flush (EVENTS)."""
    with on_disk(root):
        return [_write(root, DATASETS["events"], events, seq, None)] if events.num_rows else []


def write_others(root: Path, others: pa.Table, seq: int) -> list[Segment]:
    """Write messages that are no reports (OTHER_MESSAGES) into their days."""
    dataset = DATASETS["other_messages"]
    with on_disk(root):
        return [_write(root, dataset, part, seq, day) for day, part in _days(others)]


def folder_of(dataset: str, day: str | None) -> Path:
    """Return the folder of a dataset's segments of a day, relative to the store's."""
    return Path(dataset, f"day={day}") if day else Path(dataset)


def utc_day(time: int) -> str:
    """Return the UTC day of a time as YYYY-MM-DD."""
    return datetime.fromtimestamp(time // 1_000_000, UTC).date().isoformat()


def _days(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Cut rows by UTC day, keeping their order."""
    days = rows["time"].to_numpy() // DAY_US
    for day in np.unique(days[np.flatnonzero(np.diff(days, prepend=-1))]):  # few changes: cheaper than sorting all
        yield utc_day(int(day) * DAY_US), where(rows, days == day)


def _write(root: Path, dataset: Dataset, table: pa.Table, seq: int, day: str | None) -> Segment:
    path = folder_of(dataset.name, day) / f"{seq:010d}.parquet"
    write_file(root / path, dataset.schema, [table])
    times = pc.min_max(table["time" if day else "start"]).as_py()
    size = (root / path).stat().st_size
    return Segment(str(path), dataset.name, day, seq, table.num_rows, size, times["min"], times["max"])


def write_file(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write a Parquet file so that its name never stands for half of it, whatever stops the machine; return its rows.

    Each table makes row groups of its own.
    """
    new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    rows = 0
    try:
        with unfinished.open("wb") as file:
            with pq.ParquetWriter(file, schema, **_encoding(schema)) as writer:
                for table in tables:
                    writer.write_table(table.cast(schema), ROW_GROUP_ROWS)
                    rows += table.num_rows
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    if new:
        sync_folder(path.parent.parent)
    return rows


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlast a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _encoding(schema: pa.Schema) -> dict[str, object]:
    """Delta encoding for integers, dictionaries for words: in (mmsi, time) order 44 % of the usual (engine.md 5)."""
    delta = [field.name for field in schema if pa.types.is_integer(field.type)]
    return {
        "compression": "zstd",
        "version": "2.6",
        "data_page_version": "2.0",
        "use_dictionary": [field.name for field in schema if pa.types.is_string(field.type)],
        "column_encoding": dict.fromkeys(delta, "DELTA_BINARY_PACKED"),
    }

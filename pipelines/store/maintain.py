"""`voi store check`: whether the folder holds what the manifest says, and nothing that should not be there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.store.segments import DATASETS
from pipelines.store.state import Store


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a store. A `fault` is damage; a `leftover` of a killed run is harmless and never read."""

    kind: Literal["fault", "leftover"]
    path: str
    message: str


def check(store: Store) -> list[Finding]:
    """Return what is wrong or left over in the store, worst first."""
    found = [*_state(store), *_segments(store), *_leftovers(store)]
    return sorted(found, key=lambda finding: (finding.kind != "fault", finding.path))


def _state(store: Store) -> Iterator[Finding]:
    for row in store.rows("PRAGMA integrity_check"):
        if row["integrity_check"] != "ok":
            yield Finding("fault", "state.sqlite", row["integrity_check"])
    if store.root.stat().st_mode & 0o077:
        yield Finding("fault", ".", "other users may enter this folder; chmod 700 it")


def _segments(store: Store) -> Iterator[Finding]:
    for row in store.rows("SELECT * FROM segments ORDER BY path"):
        path = store.root / row["path"]
        if not path.exists():
            yield Finding("fault", row["path"], f"missing; {row['rows']} rows are lost: ingest their source again")
        elif path.stat().st_size != row["bytes"]:
            yield Finding("fault", row["path"], f"{path.stat().st_size} bytes where {row['bytes']} were written")
        elif (rows := _rows(store, row["path"])) != row["rows"]:
            yield Finding("fault", row["path"], f"{rows} rows where {row['rows']} were written")


def _rows(store: Store, path: str) -> int | str:
    try:
        return int(pq.read_metadata(store.root / path).num_rows)
    except (pa.ArrowInvalid, OSError) as error:
        return f"unreadable ({error}): no"


def _leftovers(store: Store) -> Iterator[Finding]:
    for path in unlisted(store):
        name = path.relative_to(store.root).as_posix()
        yield Finding("leftover", name, "of a stopped run or an older form; `voi store compact` deletes it in time")


def unlisted(store: Store) -> Iterator[Path]:
    """Yield the files in the folders of segments that the manifest does not list."""
    listed = {row["path"] for row in store.rows("SELECT path FROM segments")}
    for dataset in DATASETS:
        for path in sorted((store.root / dataset).rglob("*.*")):
            if path.is_file() and path.relative_to(store.root).as_posix() not in listed:
                yield path

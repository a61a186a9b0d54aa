"""Sentences to columns, against pyais and aiscat reading the same file into tuples; a log to a queryable store."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiscat
import duckdb
import pandas as pd
from pyais.exceptions import AISBaseException
from pyais.stream import BinaryIOStream

from pipelines.config import Settings
from pipelines.feeds.file import BLOCK_BYTES
from pipelines.run import ingest
from pipelines.simulate.writing import simulate
from vessels.decode import Decoder

REPOSITORY = Path(__file__).resolve().parents[2]
COPIES = 30  # of the shared data, whose files are small
Contest = tuple[str, str, int, Callable[[], object], Callable[[], object]]

FIELDS = ("lon", "lat", "speed", "course", "heading", "status")
COLUMNS = ("msg_type", "mmsi", *FIELDS)


def contests() -> Iterator[Contest]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        day = simulate(folder)
        corpora = {"simulated day": b"".join(path.read_bytes() for path in day.files)}
        shared = Path(os.environ.get("VOI_TEST_DATA", REPOSITORY.parent / "shared" / "data")) / "nmea"
        if shared.is_dir():
            logs = [path for path in sorted(shared.iterdir()) if path.suffix != ".json" and "LICENSE" not in path.name]
            corpora[f"shared nmea x {COPIES}"] = b"".join(path.read_bytes().rstrip() + b"\n" for path in logs) * COPIES
        for corpus, content in corpora.items():
            count = content.count(b"VDM,") + content.count(b"VDO,")
            mine = partial(columns, content)
            yield f"NMEA to columns, {corpus}", "pyais to tuples", count, mine, partial(pyais_tuples, content)
            yield f"NMEA to columns, {corpus}", "aiscat to tuples", count, mine, partial(aiscat_tuples, content)
        peer = "pyais, DataFrame, DuckDB"
        yield "log to queryable store", peer, day.sentences, partial(store, day.files), partial(database, day.files)


def columns(content: bytes) -> int:
    decoder = Decoder("bench", "bench", start=0)
    rows = 0
    for at in range(0, len(content), BLOCK_BYTES):
        last = at + BLOCK_BYTES >= len(content)
        rows += decoder.feed(content[at : at + BLOCK_BYTES], last=last).reports.num_rows
    return rows


def pyais_tuples(content: bytes) -> list[tuple[Any, ...]]:
    rows = []
    for message in BinaryIOStream(BytesIO(content)):
        try:
            said = message.decode()
        except AISBaseException:
            continue
        rows.append((said.msg_type, said.mmsi, *(getattr(said, name, None) for name in FIELDS)))
    return rows


def aiscat_tuples(content: bytes) -> list[tuple[Any, ...]]:
    said = aiscat.iter_decode([content])
    return [(each.get("type"), each.get("mmsi"), *(each.get(name) for name in FIELDS)) for each in said]


def store(files: tuple[Path, ...]) -> int:
    """Ingest into a new store: decoded, put in order, without copies, analysed, and open to `voi sql`."""
    with TemporaryDirectory() as folder:
        return ingest(Path(folder), [str(file) for file in files], settings=Settings()).rows


def database(files: tuple[Path, ...]) -> None:
    with TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "ais.duckdb")) as connection:
        rows = [row for file in files for row in pyais_tuples(file.read_bytes())]
        connection.register("frame", pd.DataFrame(rows, columns=COLUMNS))
        connection.execute("CREATE TABLE positions AS SELECT * FROM frame")

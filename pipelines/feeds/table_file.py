"""Tables in files, CSV (packed or not) and Parquet, read in batches of some columns, each row with its number."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from pipelines.errors import FeedError
from pipelines.feeds.fields import Ints, readable
from pipelines.feeds.presets import delimiter
from pipelines.feeds.unpack import LINE_BYTES, PIECE_BYTES, unpacked

CSV_BLOCK: Final = 1 << 23  # bytes; chosen: some 80 thousand rows, so that a vessel's name comes seldom twice
PARQUET_ROWS: Final = 1 << 16  # rows a batch; chosen
_PARQUET: Final = b"PAR1"  # Parquet format, file layout

Batch = tuple[pa.Table, Ints]
"""Rows as read, and their numbers: data rows are counted from 0."""

Refuse = Callable[[int, str], None]
"""Told the number and the text of a row that has not as many values as the header."""


class ParquetTable:
    """A Parquet file."""

    def __init__(self, name: str) -> None:
        self._name = name
        with told(name):
            self.header: list[str] = pq.read_schema(name).names

    def batches(self, used: Sequence[str], _refuse: Refuse) -> Iterator[Batch]:
        """Yield the columns asked for."""
        first = 0
        with told(self._name), pq.ParquetFile(self._name) as file:
            for batch in file.iter_batches(PARQUET_ROWS, columns=list(used)):
                yield pa.Table.from_batches([batch]), np.arange(first, first + batch.num_rows)
                first += batch.num_rows

    def identity(self) -> tuple[str, int]:
        """Return the sha256 of the file and its rows."""
        with told(self._name), Path(self._name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), int(pq.read_metadata(file).num_rows)


class CsvTable:
    """A CSV file: every value comes as text, bytes that are no UTF-8 and all."""

    def __init__(self, name: str) -> None:
        self._name = name
        with unpacked(name) as content:
            line = io.BufferedReader(content, PIECE_BYTES).readline(LINE_BYTES).decode("utf-8-sig", "replace")
        self._delimiter = delimiter(line)
        self.header = [column.strip() for row in csv.reader([line], delimiter=self._delimiter) for column in row]

    def batches(self, used: Sequence[str], refuse: Refuse) -> Iterator[Batch]:
        """Yield the columns asked for; a row with more or fewer values than the header is told and left out."""
        with unpacked(self._name) as content:
            yield from self._batches(content, used, refuse)

    def identity(self) -> tuple[str, int]:
        """Return the sha256 of the unpacked content and its data rows."""
        rows = 0
        with unpacked(self._name) as content:
            hashed = _Hashed(content)
            for _, numbers in self._batches(hashed, self.header[:1], lambda _number, _text: None):
                rows = int(numbers[-1]) + 1 if len(numbers) else rows
        return hashed.digest.hexdigest(), rows

    def _batches(self, content: io.RawIOBase, used: Sequence[str], refuse: Refuse) -> Iterator[Batch]:
        bad: list[int] = []

        def skip(row: Any) -> str:
            bad.append(row.number - 2)  # counted from 1, the header included
            refuse(bad[-1], row.text or "")
            return "skip"

        kept = 0
        with told(self._name), self._reader(content, used, skip) as reader:
            for batch in reader:
                columns = {name: readable(batch[name]) for name in used}
                yield pa.table(columns), _numbered(kept, batch.num_rows, bad)
                kept += batch.num_rows

    def _reader(self, content: io.RawIOBase, used: Sequence[str], skip: Callable[[Any], str]) -> Any:
        return arrow_csv.open_csv(
            io.BufferedReader(content, PIECE_BYTES),  # fills whole blocks
            arrow_csv.ReadOptions(use_threads=False, block_size=CSV_BLOCK, skip_rows=1, column_names=self.header),
            arrow_csv.ParseOptions(delimiter=self._delimiter, invalid_row_handler=skip),
            arrow_csv.ConvertOptions(include_columns=list(used), column_types=dict.fromkeys(used, pa.binary())),
        )


def opened(name: str) -> ParquetTable | CsvTable:
    """Open a table by its content. Raises `FeedError` for what cannot be read."""
    with told(name), Path(name).open("rb") as file:
        magic = file.read(len(_PARQUET))
    return ParquetTable(name) if magic == _PARQUET else CsvTable(name)


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what pyarrow and the system say of a file into a `FeedError` that names it."""
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowKeyError, pa.ArrowNotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise FeedError(f"{name}: cannot be read as a table ({reason}); give CSV or Parquet that is whole") from error
    except OSError as error:
        raise FeedError(f"{name}: {error.strerror or error}; give a readable file") from error


class _Hashed(io.RawIOBase):
    """A file whose bytes are hashed as they are read."""

    def __init__(self, content: io.RawIOBase) -> None:
        super().__init__()
        self._content = content
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._content.readinto(buffer) or 0
        self.digest.update(memoryview(buffer)[:count])
        return count


def _numbered(first: int, count: int, bad: Sequence[int]) -> Ints:
    """Return the numbers of so many kept rows from the kept row `first` on, when the rows `bad` were left out."""
    kept = np.arange(first, first + count)
    before = np.array(bad, np.int64) - np.arange(len(bad))  # how many kept rows come before each bad one
    return kept + np.searchsorted(before, kept, side="right")

"""Decoded archives as a feed: CSV (plain, gzip, zstd, zip) or Parquet, one reader, columns found by their names.

An archive is a bounded source that yields report tables, read in batches: memory does not grow with the file. Places in
it are numbers of data rows, from 0.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from pipelines.errors import PipelineError
from pipelines.feeds import archive_rows, presets, table_file
from pipelines.feeds.archive_rows import Reasons
from pipelines.feeds.fields import Ints
from pipelines.feeds.file import Identity
from pipelines.feeds.presets import AUTO, OWN
from vessels.event import digest
from vessels.line import Reject

KEPT: Final = 20  # rejects kept of each reason, with their rows; all are counted
LINE_REJECTED: Final = 200  # characters kept of a rejected row
_FILE_HEX: Final = 16
_COLUMNS: Final = "columns"  # the reason of a row that has not as many values as the header


class ArchiveFeed:
    """An archive. `preset` is one of `presets.NAMES`; a `mapping` (column to field) stands in its place.

    `zone` is the time zone of times that say none. While `tables` is read, `read` tells how many data rows have been,
    and so the offset to go on at; `messages`, `rejected` and `rejects` what they were.
    """

    rereadable = True

    def __init__(
        self, path: str, preset: str = AUTO, mapping: Mapping[str, str] | None = None, zone: str = "UTC"
    ) -> None:
        """Look at the header. Raises `FeedError` when nothing fits it or it cannot be read."""
        self.name = path
        self.zone = zone
        self.read = 0
        self.messages: Counter[int] = Counter()
        self.rejected: Counter[str] = Counter()
        self.rejects: list[Reject] = []
        self._table = table_file.opened(path)
        header = self._table.header
        self.preset = presets.mapped(mapping, header, path) if mapping else presets.chosen(preset, header, path)
        self._identity: Identity | None = None

    @property
    def told(self) -> str:
        """Return what a summary says of how the archive is read."""
        return f"{self.preset.told}; times that name no zone are read as {self.zone}"

    @property
    def manner(self) -> str:
        """Return what tells one reading of the same table from another: columns, fields and zone, as a digest."""
        return "columns=" + digest(sorted(self.preset.columns.items()), self.zone)

    def identity(self, lengths: Collection[int] = ()) -> Identity:
        """Return sha256 of the content and its data rows. An archive is known as a whole: any beginning has its sha256.

        So one that was read in part goes on at its row, and one that has changed since is read anew.
        """
        if self._identity is None:
            self._identity = Identity(*self._table.identity(), {})
        found = self._identity
        return Identity(found.sha256, found.length, dict.fromkeys(filter(found.length.__ge__, lengths), found.sha256))

    def tables(self, offset_rows: int = 0) -> Iterator[pa.Table]:
        """Yield report tables (REPORT, arrival order) from a data row on.

        Raises `FeedError` where the file cannot be read on; what was yielded before is good.
        """
        file = self.identity().sha256[:_FILE_HEX]
        used = [name for name in self._table.header if name in self.preset.columns]
        self.read = offset_rows
        for table, rows in self._table.batches(used, self._refuse_row):
            fresh = int(np.searchsorted(rows, offset_rows))
            if fresh < len(rows):
                found = self._reports(table[fresh:].combine_chunks(), rows[fresh:])
                self.read = int(rows[-1]) + 1
                yield self._signed(found, file)

    def _reports(self, table: pa.Table, rows: Ints) -> pa.Table:
        if self.preset is OWN:
            found, reasons = archive_rows.own(table, rows)
        else:
            columns = {self.preset.columns[name]: archive_rows.one(table[name]) for name in table.column_names}
            found, reasons = archive_rows.reports(columns, rows, self.zone)
        kinds, counts = np.unique(found["msg_type"].to_numpy(), return_counts=True)
        self.messages.update(dict(zip(kinds.tolist(), counts.tolist(), strict=True)))
        self._refuse(table, rows, reasons)
        return found

    def _refuse(self, table: pa.Table, rows: Ints, reasons: Reasons) -> None:
        """Count what was refused; keep the first rows of every reason."""
        for reason in filter(None, np.unique(reasons).tolist()):
            where = np.flatnonzero(reasons == reason)
            for at in where[: max(0, KEPT - self.rejected[reason])].tolist():
                values = table.slice(at, 1).to_pylist()[0].values()
                self._keep(int(rows[at]), reason, ",".join("" if value is None else str(value) for value in values))
            self.rejected[reason] += len(where)

    def _refuse_row(self, row: int, text: str) -> None:
        if self.rejected[_COLUMNS] < KEPT:
            self._keep(row, _COLUMNS, text)
        self.rejected[_COLUMNS] += 1

    def _keep(self, row: int, reason: str, text: str) -> None:
        self.rejects.append(Reject(row, reason, text[:LINE_REJECTED].encode("utf-8", "replace")))

    def _signed(self, found: pa.Table, file: str) -> pa.Table:
        """Say where the rows are from, and what else of it the archive did not say itself."""
        count = found.num_rows
        said = {
            "source": pa.repeat(self.name, count),
            "file": pa.repeat(file, count),
            "clock": found["clock"].fill_null("feed"),
            "receivers": found["receivers"].fill_null(1),
            "simulated": found["simulated"].fill_null(pa.scalar(value=False)),
        }
        for name, column in said.items():
            found = found.set_column(found.column_names.index(name), found.schema.field(name), column)
        return found


def is_archive(path: str) -> bool:
    """Tell whether a file is an archive that needs no `--map`: Parquet or CSV whose header a preset fits."""
    try:
        return Path(path).is_file() and bool(ArchiveFeed(path).preset)
    except PipelineError:
        return False

"""Inputs of an ingest: where each was left, and how to go on from there."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, cast

import pyarrow as pa

from pipelines.feeds import open_feed
from pipelines.feeds.archive import ArchiveFeed, is_archive
from pipelines.feeds.file import STDIN, FileFeed
from pipelines.raw.decoder import RawDecoder
from pipelines.raw.pieces import MARK
from vessels.decode import Counts, Decoder
from vessels.report import empty_reports

_FILE_HEX: Final = 16

Cursor = Mapping[str, Any]
"""How far an input was read: file, source, start, offset, sha256 of what lies before it, state of the decoder there."""


class Input(Protocol):
    """What an ingest reads block by block. `length` is null for what cannot be read twice."""

    name: str
    file: str
    length: int | None

    @property
    def read(self) -> int:
        """Return how much of `length` was read."""
        ...

    @property
    def counts(self) -> Counts:
        """Return what was read so far."""
        ...

    def decode(self) -> pa.Table | None:
        """Return the next reports (REPORT); null at the end. Raises FeedError where the feed cannot be read on."""
        ...

    def cursor(self) -> dict[str, Any] | None:
        """Return how far the input was read, null when nothing was, or when it cannot be read twice.

        Ask before `end`, which decodes what a growing file may still complete.
        """
        ...

    def end(self) -> pa.Table:
        """Return the reports of what is left unfinished."""
        ...


class SentenceInput:
    """A feed of sentences being decoded block by block."""

    def __init__(self, feed: FileFeed, file: str, length: int | None, start: int | None, cursor: Cursor | None) -> None:
        """Go on at a cursor, or begin."""
        self.name = feed.name
        self.file = file
        self.length = length
        self.read = cursor["offset"] if cursor else 0
        self._decoder = _decoder(feed, file, start, cursor and cursor["decoder"])
        self._start = start
        self._blocks = feed.blocks(self.read) if self.read else feed.blocks()
        self._hash = hashlib.sha256()
        for block in _first(feed, self.read):
            self._hash.update(block)
        self._rest = b""  # read, but not yet used up by the decoder

    @property
    def counts(self) -> Counts:
        """Return what was read so far."""
        return self._decoder.counts

    def decode(self) -> pa.Table | None:
        """Return the reports of the next block."""
        block = next(self._blocks, None)
        if block is None:
            return None
        self.read += len(block)
        reports = self._decoder.feed(block).reports
        data = self._rest + block
        used = len(data) - (self.read - self._decoder.state()["offset"])
        self._hash.update(data[:used])
        self._rest = data[used:]
        return reports

    def cursor(self) -> dict[str, Any] | None:
        """Return how far the input was read, null when nothing was, or when it cannot be read twice.

        Ask before `end`, which decodes what a growing file may still complete.
        """
        state = self._decoder.state()
        if self.length is None or state["offset"] == 0:
            return None
        facts = {"file": self.file, "source": self.name, "start": self._start}
        return {**facts, "offset": state["offset"], "sha256": self._hash.hexdigest(), "decoder": state}

    def end(self) -> pa.Table:
        """Return the reports of an unfinished last line; incomplete messages are given up."""
        return self._decoder.feed(b"", last=True).reports


class ArchiveInput:
    """A decoded archive being read table by table; places in it are numbers of rows."""

    def __init__(self, feed: ArchiveFeed, cursor: Cursor | None) -> None:
        """Go on at a cursor, or begin."""
        self.name = feed.name
        self.length: int | None = feed.identity().length
        self.file = feed.identity().sha256[:_FILE_HEX]
        self._feed = feed
        self._tables = feed.tables(cursor["offset"] if cursor else 0)

    @property
    def read(self) -> int:
        """Return how many rows were read."""
        return self._feed.read

    @property
    def counts(self) -> Counts:
        """Return what was read so far; every row counts as a line and a sentence."""
        return Counts(self.read, self.read, dict(self._feed.messages), dict(self._feed.rejected))

    def decode(self) -> pa.Table | None:
        """Return the next table of reports."""
        return next(self._tables, None)

    def cursor(self) -> dict[str, Any] | None:
        """Return how far the archive was read."""
        facts = {"file": self.file, "source": self.name, "start": None, "decoder": None}
        return {**facts, "offset": self.read, "sha256": self._feed.identity().sha256} if self.read else None

    def end(self) -> pa.Table:
        """Return no reports: an archive leaves nothing unfinished."""
        return empty_reports()


def share(input_: Input) -> float:
    """Return how much of an input was read, 0 to 1; nothing can be said of a stream."""
    return input_.read / input_.length if input_.length else 0.0


def same(one: Input, other: Input) -> bool:
    """Tell whether two inputs hold the same content, under whatever names."""
    return one.length is not None and one.file == other.file


def is_there(source: str) -> bool:
    """Tell whether there is anything under the name of a source."""
    return source == STDIN or Path(source).exists()


def opened(source: str, start: int | None, cursors: Mapping[str, Cursor]) -> Input | None:
    """Return the input for a source as typed, at the place where it was left; null when it holds nothing new.

    A file is known by its content: when the beginning that a cursor speaks of is still the same, it has only grown.
    """
    feed = ArchiveFeed(source) if is_archive(source) else open_feed(source)
    if not feed.rereadable:
        return SentenceInput(cast("FileFeed", feed), "stream", None, start, None)
    start = None if isinstance(feed, ArchiveFeed) else start
    known = [cursor for cursor in cursors.values() if cursor["start"] == start]
    identity = feed.identity({cursor["offset"] for cursor in known})
    same = [cursor for cursor in known if identity.prefixes.get(cursor["offset"]) == cursor["sha256"]]
    cursor = max(same, key=lambda each: int(each["offset"]), default=None)
    if cursor is not None and cursor["offset"] == identity.length:
        return None
    if isinstance(feed, ArchiveFeed):
        return ArchiveInput(feed, cursor)
    file = cursor["file"] if cursor else identity.sha256[:_FILE_HEX]
    return SentenceInput(feed, file, identity.length, start, cursor)


def cursor_name(cursor: Cursor) -> str:
    """Return the name a cursor is kept under: a file read anew with another start is another input."""
    return cursor["file"] if cursor["start"] is None else f"{cursor['file']}@{cursor['start']}"


def _decoder(feed: FileFeed, file: str, start: int | None, state: Mapping[str, Any] | None) -> Decoder | RawDecoder:
    """Return what decodes a file: a raw archive says itself when everything was heard."""
    if feed.rereadable and next(feed.blocks(), b"").startswith(MARK):
        return RawDecoder(file, state=state)
    return Decoder(feed.name, file, start=start, state=state)


def _first(feed: FileFeed, length: int) -> Iterator[bytes]:
    """Yield the first bytes of a feed."""
    blocks = feed.blocks()
    while length > 0:
        block = next(blocks)[:length]
        length -= len(block)
        yield block

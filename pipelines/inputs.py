"""Inputs of an ingest: where each was left, and how to go on from there."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, Self, cast

import pyarrow as pa

from pipelines.errors import FeedError
from pipelines.feeds import open_feed
from pipelines.feeds.archive import ArchiveFeed, is_archive
from pipelines.feeds.file import STDIN, FileFeed
from pipelines.manner import Manner
from pipelines.raw.decoder import RawDecoder
from pipelines.raw.pieces import MARK
from pipelines.store.others import rows as other_rows
from pipelines.store.segments import OTHER_MESSAGES
from vessels.decode import Counts, Decoded, Decoder
from vessels.line import Reject
from vessels.report import empty_reports

_FILE_HEX: Final = 16

Cursor = Mapping[str, Any]
"""How far an input was read: file, source, manner, offset, sha256 of what lies before, state of the decoder there, and
how many rejects lie before, by reason."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one step of reading brought: reports (REPORT), and beside them messages that are none (OTHER_MESSAGES).

    `rejects` are lines that were refused, `refused` how many by reason: of many, not every line is at hand.
    """

    reports: pa.Table
    rejects: Sequence[Reject] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    others: pa.Table = field(default_factory=OTHER_MESSAGES.empty_table)

    @classmethod
    def of(cls, decoded: Decoded) -> Self:
        """Take what a decoder says of a block."""
        others = other_rows(decoded.others, decoded.heard) if decoded.others else OTHER_MESSAGES.empty_table()
        return cls(decoded.reports, decoded.rejects, Counter(each.reason for each in decoded.rejects), others)


class Input(Protocol):
    """What an ingest reads block by block. `length` is null for what cannot be read twice."""

    name: str
    file: str
    length: int | None
    told: str
    """What a summary says of how it is read, if anything."""
    refused: Mapping[str, int]
    """How many rejects lie before the place where it was opened, by reason."""

    @property
    def read(self) -> int:
        """Return how much of `length` was read."""
        ...

    @property
    def counts(self) -> Counts:
        """Return what was read so far."""
        ...

    def decode(self) -> Part | None:
        """Return the next part; null at the end. Raises FeedError where the feed cannot be read on."""
        ...

    def cursor(self) -> dict[str, Any] | None:
        """Return how far the input was read, null when nothing was, or when it cannot be read twice.

        Ask before `end`, which decodes what a growing file may still complete.
        """
        ...

    def end(self) -> Part:
        """Return what is left unfinished."""
        ...


class SentenceInput:
    """A feed of sentences being decoded block by block."""

    told = ""

    def __init__(self, feed: FileFeed, file: str, length: int | None, manner: Manner, cursor: Cursor | None) -> None:
        """Go on at a cursor, or begin."""
        self.name = feed.name
        self.file = file
        self.length = length
        self.read = cursor["offset"] if cursor else 0
        self.refused: Mapping[str, int] = cursor["rejects"] if cursor else {}
        self._decoder = _decoder(feed, file, manner, cursor and cursor["decoder"])
        self._manner = manner.of_sentences
        self._blocks = feed.blocks(self.read) if self.read else feed.blocks()
        self._hash = hashlib.sha256()
        for block in _first(feed, self.read):
            self._hash.update(block)
        self._rest = b""  # read, but not yet used up by the decoder

    @property
    def counts(self) -> Counts:
        """Return what was read so far."""
        return self._decoder.counts

    def decode(self) -> Part | None:
        """Return what the next block says."""
        block = next(self._blocks, None)
        if block is None:
            return None
        self.read += len(block)
        part = Part.of(self._decoder.feed(block))
        data = self._rest + block
        used = len(data) - (self.read - self._decoder.state()["offset"])
        self._hash.update(data[:used])
        self._rest = data[used:]
        return part

    def cursor(self) -> dict[str, Any] | None:
        """Return how far the input was read, null when nothing was, or when it cannot be read twice.

        Ask before `end`, which decodes what a growing file may still complete.
        """
        state = self._decoder.state()
        if self.length is None or state["offset"] == 0:
            return None
        facts = {"file": self.file, "source": self.name, "manner": self._manner}
        return {**facts, "offset": state["offset"], "sha256": self._hash.hexdigest(), "decoder": state}

    def end(self) -> Part:
        """Return what an unfinished last line says; incomplete messages are given up."""
        return Part.of(self._decoder.feed(b"", last=True))


class ArchiveInput:
    """A decoded archive being read table by table; places in it are numbers of rows."""

    def __init__(self, feed: ArchiveFeed, cursor: Cursor | None) -> None:
        """Go on at a cursor, or begin."""
        self.name = feed.name
        self.length: int | None = feed.identity().length
        self.file = feed.identity().sha256[:_FILE_HEX]
        self.told = feed.told
        self.refused: Mapping[str, int] = cursor["rejects"] if cursor else {}
        self._feed = feed
        self._noted: Counter[str] = Counter()  # how many rejects were returned, by reason
        self._lines = 0  # how many of their lines
        self._tables = feed.tables(cursor["offset"] if cursor else 0)

    @property
    def read(self) -> int:
        """Return how many rows were read."""
        return self._feed.read

    @property
    def counts(self) -> Counts:
        """Return what was read so far; every row counts as a line and a sentence."""
        return Counts(self.read, self.read, dict(self._feed.messages), dict(self._feed.rejected))

    def decode(self) -> Part | None:
        """Return the next table."""
        reports = next(self._tables, None)
        return None if reports is None else self._part(reports)

    def cursor(self) -> dict[str, Any] | None:
        """Return how far the archive was read."""
        facts = {"file": self.file, "source": self.name, "manner": self._feed.manner, "decoder": None}
        return {**facts, "offset": self.read, "sha256": self._feed.identity().sha256} if self.read else None

    def end(self) -> Part:
        """Return no reports, since an archive leaves nothing unfinished, but rejects behind the last row."""
        return self._part(empty_reports())

    def _part(self, reports: pa.Table) -> Part:
        """Return reports with what was refused since the last."""
        refused, rejects = self._feed.rejected - self._noted, self._feed.rejects[self._lines :]
        self._noted, self._lines = self._feed.rejected.copy(), len(self._feed.rejects)
        return Part(reports, rejects, refused)


def share(input_: Input) -> float:
    """Return how much of an input was read, 0 to 1; nothing can be said of a stream."""
    return input_.read / input_.length if input_.length else 0.0


def same(one: Input, other: Input) -> bool:
    """Tell whether two inputs hold the same content, under whatever names."""
    return one.length is not None and one.file == other.file


def is_there(source: str) -> bool:
    """Tell whether there is anything under the name of a source."""
    return source == STDIN or Path(source).exists()


def opened(source: str, manner: Manner, cursors: Mapping[str, Cursor]) -> Input | None:
    """Return the input for a source as typed, at the place where it was left; null when it holds nothing new.

    A file is known by its content: when the beginning that a cursor speaks of is still the same, it has only grown. One
    that is damaged behind its last whole line is read again, to be told of again.
    """
    feed = _table(source, manner) or open_feed(source)
    if not feed.rereadable:
        return SentenceInput(cast("FileFeed", feed), "stream", None, manner, None)
    how = feed.manner if isinstance(feed, ArchiveFeed) else manner.of_sentences
    known = [cursor for cursor in cursors.values() if cursor["manner"] == how]
    identity = feed.identity({cursor["offset"] for cursor in known})
    same = [cursor for cursor in known if identity.prefixes.get(cursor["offset"]) == cursor["sha256"]]
    cursor = max(same, key=lambda each: int(each["offset"]), default=None)
    if cursor is not None and cursor["offset"] == identity.length and not identity.damaged:
        return None
    if isinstance(feed, ArchiveFeed):
        return ArchiveInput(feed, cursor)
    file = cursor["file"] if cursor else identity.sha256[:_FILE_HEX]
    return SentenceInput(feed, file, identity.length, manner, cursor)


def cursor_name(cursor: Cursor) -> str:
    """Return the name a cursor is kept under: a file read anew in another manner is another input."""
    return f"{cursor['file']}@{cursor['manner']}" if cursor["manner"] else cursor["file"]


def _table(source: str, manner: Manner) -> ArchiveFeed | None:
    """Return a source as a table: when asked for, or when a preset fits its header."""
    if not manner.of_tables:
        return ArchiveFeed(source, zone=manner.zone) if is_archive(source) else None
    if not Path(source).is_file():
        raise FeedError(f"{source}: no such file; --preset and --map read tables that lie in files")
    return ArchiveFeed(source, manner.preset, manner.mapping, manner.zone)


def _decoder(feed: FileFeed, file: str, manner: Manner, state: Mapping[str, Any] | None) -> Decoder | RawDecoder:
    """Return what decodes a file: a raw archive says itself when everything was heard."""
    if feed.rereadable and next(feed.blocks(), b"").startswith(MARK):
        return RawDecoder(file, state=state, all_types=manner.all_types)
    return Decoder(feed.name, file, start=manner.start, state=state, all_types=manner.all_types)


def _first(feed: FileFeed, length: int) -> Iterator[bytes]:
    """Yield the first bytes of a feed."""
    blocks = feed.blocks()
    while length > 0:
        block = next(blocks)[:length]
        length -= len(block)
        yield block

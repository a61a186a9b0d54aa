"""Inputs of an ingest: where each was left, and how to go on from there."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pipelines.feeds import open_feed
from pipelines.feeds.file import STDIN, FileFeed
from vessels.decode import Decoded, Decoder

_FILE_HEX: Final = 16

Cursor = Mapping[str, Any]
"""How far an input was read: file, source, start, offset, sha256 of what lies before it, state of the decoder there."""


class Input:
    """A feed being decoded block by block. `length` is null for what cannot be read twice."""

    def __init__(self, feed: FileFeed, file: str, length: int | None, start: int | None, cursor: Cursor | None) -> None:
        """Go on at a cursor, or begin."""
        self.name = feed.name
        self.file = file
        self.length = length
        self.read = cursor["offset"] if cursor else 0
        self.decoder = Decoder(feed.name, file, start=start, state=cursor and cursor["decoder"])
        self._start = start
        self._blocks = feed.blocks(self.read) if self.read else feed.blocks()
        self._hash = hashlib.sha256()
        for block in _first(feed, self.read):
            self._hash.update(block)
        self._rest = b""  # read, but not yet used up by the decoder

    @property
    def share(self) -> float:
        """Return how much of it was read, 0 to 1; nothing can be said of a stream."""
        return self.read / self.length if self.length else 0.0

    def same(self, other: "Input") -> bool:
        """Tell whether another input holds the same content, under whatever name."""
        return self.length is not None and self.file == other.file

    def decode(self) -> Decoded | None:
        """Decode the next block; null at the end. Raises FeedError where the feed cannot be read on."""
        block = next(self._blocks, None)
        if block is None:
            return None
        self.read += len(block)
        decoded = self.decoder.feed(block)
        data = self._rest + block
        used = len(data) - (self.read - self.decoder.state()["offset"])
        self._hash.update(data[:used])
        self._rest = data[used:]
        return decoded

    def cursor(self) -> dict[str, Any] | None:
        """Return how far the input was read, null when nothing was, or when it cannot be read twice.

        Ask before `end`, which decodes what a growing file may still complete.
        """
        state = self.decoder.state()
        if self.length is None or state["offset"] == 0:
            return None
        facts = {"file": self.file, "source": self.name, "start": self._start}
        return {**facts, "offset": state["offset"], "sha256": self._hash.hexdigest(), "decoder": state}

    def end(self) -> Decoded:
        """Decode an unfinished last line and give up on incomplete messages."""
        return self.decoder.feed(b"", last=True)


def is_there(source: str) -> bool:
    """Tell whether there is anything under the name of a source."""
    return source == STDIN or Path(source).exists()


def opened(source: str, start: int | None, cursors: Mapping[str, Cursor]) -> Input | None:
    """Return the input for a source as typed, at the place where it was left; null when it holds nothing new.

    A file is known by its content: when the beginning that a cursor speaks of is still the same, it has only grown.
    """
    feed = open_feed(source)
    if not feed.rereadable:
        return Input(feed, "stream", None, start, None)
    known = [cursor for cursor in cursors.values() if cursor["start"] == start]
    identity = feed.identity({cursor["offset"] for cursor in known})
    same = [cursor for cursor in known if identity.prefixes.get(cursor["offset"]) == cursor["sha256"]]
    cursor = max(same, key=lambda each: int(each["offset"]), default=None)
    if cursor is None:
        return Input(feed, identity.sha256[:_FILE_HEX], identity.length, start, None)
    if cursor["offset"] == identity.length:
        return None
    return Input(feed, cursor["file"], identity.length, start, cursor)


def cursor_name(cursor: Cursor) -> str:
    """Return the name a cursor is kept under: a file read anew with another start is another input."""
    return cursor["file"] if cursor["start"] is None else f"{cursor['file']}@{cursor['start']}"


def _first(feed: FileFeed, length: int) -> Iterator[bytes]:
    """Yield the first bytes of a feed."""
    blocks = feed.blocks()
    while length > 0:
        block = next(blocks)[:length]
        length -= len(block)
        yield block

"""A file of sentences as a feed: plain or packed (gzip, zstd, zip), or standard input (`-`)."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from pipelines.errors import FeedError
from pipelines.feeds.unpack import STDIN, Unpacked, unpacked

__all__ = ["BLOCK_BYTES", "STDIN", "FileFeed", "Identity"]

BLOCK_BYTES: Final = 1 << 21  # chosen: some 27 thousand sentences, where decoding is fastest; little to hold


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file holds: sha256 (hex) and length of its decompressed content, and of its beginnings that were asked.

    `damaged` tells that it cannot be read on after that: its end is not known.
    """

    sha256: str
    length: int
    prefixes: Mapping[int, str]
    damaged: bool = False


class FileFeed:
    """A file, read in blocks of decompressed content; compression is seen from the content, not from the name."""

    def __init__(self, path: str) -> None:
        self.name = path
        self.rereadable = Path(path).is_file()  # a pipe or standard input is not

    def identity(self, lengths: Collection[int] = ()) -> Identity:
        """Read the file once; `prefixes` tells the sha256 of its first `length` bytes for each length it reaches.

        A stored length whose hash still matches means that the file has only grown since. Only for rereadable feeds;
        of a damaged one the content ends where it cannot be read on.
        """
        digest, length, prefixes, damaged = hashlib.sha256(), 0, {}, True
        wanted = sorted(lengths)
        with suppress(FeedError):  # whoever reads it for its content will be told
            for block in chain([b""], self.blocks()):
                while wanted and wanted[0] <= length + len(block):
                    cut = wanted.pop(0)
                    part = digest.copy()
                    part.update(block[: cut - length])
                    prefixes[cut] = part.hexdigest()
                digest.update(block)
                length += len(block)
            damaged = False
        return Identity(digest.hexdigest(), length, prefixes, damaged)

    def blocks(self, offset: int = 0) -> Iterator[bytes]:
        """Yield the decompressed content from a byte offset on, in blocks of up to `BLOCK_BYTES`.

        Raises `FeedError` where the file cannot be read on; what was yielded before is good.
        """
        with unpacked(self.name, line_bytes=None) as content:  # a line that is too long is for the decoder to refuse
            content.skip(offset)
            yield from _blocks(content)


def _blocks(content: Unpacked) -> Iterator[bytes]:
    """Yield blocks of `BLOCK_BYTES`; where reading fails, what came before is yielded first."""
    pieces: list[bytes] = []
    try:
        while piece := content.read(content.piece_bytes):
            pieces.append(piece)
            if len(pieces) * content.piece_bytes >= BLOCK_BYTES:
                yield b"".join(pieces)
                pieces.clear()
    except FeedError:
        yield b"".join(pieces)
        raise
    if pieces:
        yield b"".join(pieces)

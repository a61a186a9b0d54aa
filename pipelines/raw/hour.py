"""One file of a raw archive: what one source sent within one hour (UTC) of receipt, added to flush by flush."""

import errno
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, unquote

from pipelines.feeds.file import FileFeed
from pipelines.output import iso, moment
from pipelines.raw.frames import frame, whole
from pipelines.raw.manifest import SUFFIX, Entry
from pipelines.raw.pieces import Piece, Reader

HOUR_US: Final = 3_600_000_000


def _write(file: FileIO, data: bytes) -> None:
    if file.write(data) != len(data):  # the disk took the first part only
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Hour:
    """A file and what it holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = 0
        self.sentences = 0
        self.first: int | None = None
        self.last = 0
        self._digest = hashlib.sha256()

    @classmethod
    def of(cls, folder: Path, url: str, hour: int) -> Self:
        """Open the file of a source and hour (hours since 1970 UTC), to go on where it ends."""
        begin = moment(hour * HOUR_US)
        assert begin is not None
        path = folder / quote(url, safe="") / f"{begin:%Y-%m-%dT%H}{SUFFIX}"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        return cls.resumed(path) if path.exists() else cls(path)

    @classmethod
    def resumed(cls, path: Path) -> Self:
        """Open a file that is there; a frame that a kill tore is cut off."""
        opened = cls(path)
        opened.bytes = whole(path)
        os.truncate(path, opened.bytes)
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                opened._digest.update(block)
        reader = Reader()
        for block in FileFeed(str(path)).blocks():
            opened.tally([piece for piece in reader.feed(block) if isinstance(piece, Piece)])
        return opened

    def append(self, pieces: Sequence[Piece]) -> None:
        """Write pieces as one frame; when that fails, the file is as before, and the error is raised."""
        packed = frame(b"".join(piece.written() for piece in pieces))
        try:
            with self.path.open("ab", buffering=0) as file:
                _write(file, packed)
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                os.truncate(self.path, self.bytes)
            raise
        self.bytes += len(packed)
        self._digest.update(packed)
        self.tally(pieces)

    def tally(self, pieces: Sequence[Piece]) -> None:
        """Count what pieces hold."""
        for piece in pieces:
            self.sentences += piece.sentences
            self.first = piece.received if self.first is None else self.first
            self.last = max(self.last, piece.received)

    def entry(self) -> Entry:
        """Return the hour's line of the manifest."""
        first, last = moment(self.first), moment(self.last)
        assert first is not None
        assert last is not None
        file, source = f"{self.path.parent.name}/{self.path.name}", unquote(self.path.parent.name)
        return Entry(file, source, self.bytes, self.sentences, iso(first), iso(last), self._digest.hexdigest())

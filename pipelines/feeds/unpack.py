"""Packed files, unpacked with limits. What packs a file (gzip, zstd, zip) is seen from its content, not from its name.

A file of a few kilobytes can unpack to terabytes, and one without line ends is one endless line: both are refused
while they are read, not after.
"""

import gzip
import io
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, Final, cast

import pyarrow as pa

from pipelines.errors import FeedError

PIECE_BYTES: Final = 1 << 13  # of what is packed, read at once; chosen: the damaged end costs no more than this
PLAIN_BYTES: Final = 1 << 20  # of what is not; chosen: a file that is not packed cannot be damaged
RATIO: Final = 200  # unpacked bytes a packed byte; chosen: logs and tables pack 3 to 30 times, a bomb 1000 and more
RATIO_FROM: Final = 1 << 26  # 64 MiB, chosen: less than this does no harm, however well it packs
LINE_BYTES: Final = 1 << 20  # chosen: two hundred times the longest line the decoder takes
STDIN: Final = "-"
_GZIP: Final = b"\x1f\x8b"  # RFC 1952, 2.3.1
_ZSTD: Final = b"\x28\xb5\x2f\xfd"  # RFC 8878, 3.1.1
_ZIP: Final = b"PK\x03\x04"  # PKWARE APPNOTE, 4.3.7
_DAMAGE: Final = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class Unpacked(io.RawIOBase):
    """The content of an open file, read forward in pieces of `piece_bytes`.

    Raises `FeedError` where it is damaged or beyond the limits.
    """

    def __init__(self, name: str, raw: BufferedReader, *, line_bytes: int | None = LINE_BYTES) -> None:
        super().__init__()
        self._name = name
        self._line_bytes = line_bytes
        self._length = 0
        self._line = 0  # bytes since the last line end
        with _told(name):
            self._file, self._packed = _opened(name, raw)
        self.piece_bytes = PLAIN_BYTES if self._packed is None else PIECE_BYTES

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read a piece into a buffer; return how many bytes, 0 at the end."""
        with _told(self._name):
            piece = self._file.read(min(len(buffer), self.piece_bytes))
        buffer[: len(piece)] = piece
        self._length += len(piece)
        self._judge(piece)
        return len(piece)

    def skip(self, length: int) -> None:
        """Read over so many bytes."""
        while length > 0 and (piece := self.read(min(length, self.piece_bytes))):
            length -= len(piece)

    def _judge(self, piece: bytes) -> None:
        end = piece.rfind(b"\n")
        self._line = self._line + len(piece) if end < 0 else len(piece) - end - 1
        if self._line_bytes is not None and self._line > self._line_bytes:
            raise FeedError(
                f"{self._name}: a line of more than {self._line_bytes:,} bytes; this is no log of sentences"
            )
        if self._packed is not None and self._length > max(RATIO_FROM, RATIO * self._packed()):
            raise FeedError(
                f"{self._name}: unpacks to more than {RATIO} times its size; if it is no bomb, unpack it and give that"
            )


@contextmanager
def unpacked(name: str, *, line_bytes: int | None = LINE_BYTES) -> Iterator[Unpacked]:
    """Open a path, or `-` for standard input, for the block."""
    with ExitStack() as stack:
        with _told(name):
            raw = sys.stdin.buffer if name == STDIN else stack.enter_context(Path(name).open("rb"))
        yield Unpacked(name, cast("BufferedReader", raw), line_bytes=line_bytes)


class _Counted(io.RawIOBase):
    """The packed bytes, counted."""

    def __init__(self, raw: BufferedReader) -> None:
        super().__init__()
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._raw.readinto(buffer)
        self.count += count
        return count


def _opened(name: str, raw: BufferedReader) -> tuple[Any, Callable[[], int] | None]:
    """Return the content as a file, and what tells how many packed bytes it was made of, null when it is not packed."""
    magic = raw.peek(len(_ZSTD))
    if magic.startswith(_ZIP):
        return _member(name, raw)
    counted = _Counted(raw)
    if magic.startswith(_GZIP):
        return gzip.GzipFile(fileobj=cast("Any", counted)), lambda: counted.count
    if magic.startswith(_ZSTD):
        return pa.input_stream(counted, compression="zstd", buffer_size=PIECE_BYTES), lambda: counted.count
    return raw, None


def _member(name: str, raw: BufferedReader) -> tuple[Any, Callable[[], int]]:
    """Open the one file in a zip archive."""
    if not raw.seekable():
        raise FeedError(f"{name}: a zip archive cannot be read from a pipe; give its path")
    archive = zipfile.ZipFile(raw)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise FeedError(f"{name}: holds {len(members)} files; unpack it and give them one by one")
    return archive.open(members[0]), lambda: members[0].compress_size


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise FeedError(f"{name}: damaged ({error}); unpack what is readable and give that") from error
    except OSError as error:
        raise FeedError(f"{name}: {error.strerror or error}; give a readable file") from error

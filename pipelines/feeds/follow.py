"""Files and pipes as live feeds: read to the end (`PATH`, `file://PATH`, `-`), or followed as they grow (`follow:`).

A followed file that is replaced or cut short (log rotation) is read anew from its start.
"""

import os
import select
import sys
from pathlib import Path
from typing import BinaryIO, Final

from pipelines.errors import FeedError, PipelineError
from pipelines.feeds.file import BLOCK_BYTES, STDIN, FileFeed
from pipelines.feeds.live import TURN_S, BrokenError, Outlet, Sentences, Stop, now_us
from pipelines.feeds.supervise import IDLE_S
from pipelines.feeds.wire import READ_BYTES, translated

FOLLOW: Final = "follow:"
FILE: Final = "file:"


class WholeFile:
    """A file, packed or not, read from a byte offset of its decompressed content to its end."""

    can_wait = True
    reopens = False
    idle_s = IDLE_S

    def __init__(self, url: str, offset: int = 0) -> None:
        self.name = _path(url, FILE)
        self._offset = offset

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Hand over the blocks of the file."""
        offset = self._offset
        try:
            for block in FileFeed(self.name).blocks(offset):
                outlet.put(Sentences(block, now_us(), self.name, offset=offset))
                offset += len(block)
                if stop.is_set():
                    return
        except FeedError as error:
            raise BrokenError(str(error)) from error
        finally:
            outlet.put(Sentences(b"", now_us(), self.name, last=not stop.is_set(), offset=offset))


class Pipe:
    """Standard input, or another pipe: what is there is handed over at once, not when a block is full."""

    can_wait = True
    reopens = False
    idle_s = IDLE_S

    def __init__(self, url: str) -> None:
        self.name = _path(url, FILE)

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Hand over what comes until the other end is closed."""
        with translated(self.name):
            handle = sys.stdin.fileno() if self.name == STDIN else os.open(self.name, os.O_RDONLY | os.O_NONBLOCK)
            try:
                self._read(handle, outlet, stop)
            finally:
                if self.name != STDIN:
                    os.close(handle)
        outlet.put(Sentences(b"", now_us(), self.name, last=True))

    def _read(self, handle: int, outlet: Outlet, stop: Stop) -> None:
        while not stop.is_set():
            if not select.select([handle], [], [], TURN_S)[0]:
                continue
            data = os.read(handle, READ_BYTES)
            if not data:
                return
            outlet.put(Sentences(data, now_us(), self.name))


class FollowFeed:
    """A file that grows, such as another program's log."""

    can_wait = True
    reopens = False
    idle_s = IDLE_S

    def __init__(self, url: str, offset: int = 0) -> None:
        self.name = url
        self._path = Path(_path(url, FOLLOW))
        self._offset = offset

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Hand over what is in the file, and what is added."""
        while not stop.is_set():
            with translated(self.name), self._path.open("rb") as file:
                if self._shorter(file):
                    self._offset = 0
                self._follow(file, outlet, stop)
            if not stop.is_set():
                outlet.put(Sentences(b"", now_us(), self.name, last=True, offset=self._offset))
                self._offset = 0

    def _follow(self, file: BinaryIO, outlet: Outlet, stop: Stop) -> None:
        """Hand over what is added until the file is another one, or `stop` is set."""
        file.seek(self._offset)
        while not stop.is_set():
            if data := file.read(BLOCK_BYTES):
                outlet.put(Sentences(data, now_us(), self.name, offset=self._offset))
                self._offset += len(data)
            elif self._replaced(file) or self._shorter(file):
                return
            else:
                stop.wait(TURN_S)

    def _shorter(self, file: BinaryIO) -> bool:
        return os.fstat(file.fileno()).st_size < self._offset

    def _replaced(self, file: BinaryIO) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:  # moved away; the new one is about to be made
            return False
        return not os.path.samestat(there, os.fstat(file.fileno()))


def file_feed(url: str, offset: int = 0) -> WholeFile | Pipe:
    """Return the feed for a path, `file://PATH` or `-`; only what can be read twice begins at an offset."""
    path = _path(url, FILE)
    if path == STDIN or Path(path).is_fifo():
        return Pipe(url)
    if not Path(path).is_file():
        raise FeedError(f"{path}: no such file; give a file of NMEA sentences, or the URL of a feed")
    return WholeFile(url, offset)


def _path(url: str, scheme: str) -> str:
    path = url.removeprefix(scheme)
    if path != url:
        path = path.removeprefix("//")
    if not path:
        raise PipelineError(f"{url}: give the path of a file")
    return path

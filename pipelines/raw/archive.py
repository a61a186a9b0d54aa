"""Writes the raw archive of a watch: what feeds say is gathered, and each flush is a frame at the end of a file.

A kill costs what came since the last flush, at most. Where nothing can be written (a full disk), the watch goes on and
says so: an archive is proof and a second chance, but alerts are what lives hang on. What could not be written is
counted, and the next flush tries again.
"""

import fcntl
import re
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipelines.errors import PipelineError
from pipelines.feeds.live import Sentences
from pipelines.feeds.wire import whole
from pipelines.raw import manifest
from pipelines.raw.hour import HOUR_US, Hour
from pipelines.raw.pieces import Piece

LOCK: Final = "writer.lock"
LINE_BYTES: Final = 1 << 20  # chosen: so much is kept of a line that does not end; the decoder takes 4 KiB at most
_PART: Final = re.compile(rb"!..VD[MO],(\d),(\d),[^\n]*\n\Z")


@dataclass(slots=True)
class _Stream:
    """What one source said since the last flush, and the file it goes to."""

    hour: Hour | None = None
    number: int = 0  # of the hour, since 1970
    pieces: list[Piece] = field(default_factory=list)
    unfinished: dict[str, bytes] = field(default_factory=lambda: defaultdict(bytes))  # sender -> begin of a line


class RawArchive:
    """The archive in a folder, made when it is missing; one process writes to it at a time."""

    def __init__(self, folder: Path, now: int) -> None:
        """List the hours that were left unlisted before `now` (µs UTC). Raises `PipelineError`."""
        self.error: str | None = None
        self.lost = 0  # sentences that could not be written
        self._folder = folder
        self._streams: dict[str, _Stream] = defaultdict(_Stream)
        with ExitStack() as stack:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                fcntl.flock(stack.enter_context((folder / LOCK).open("ab")), fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._list_left(now)
            except BlockingIOError as error:
                raise PipelineError(f"{folder}: another watch writes this archive; give it another folder") from error
            except OSError as error:
                said = error.strerror or str(error)
                raise PipelineError(f"{folder}: {said}; give --archive a folder that can be written") from error
            self._lock = stack.pop_all()

    def hear(self, url: str, said: Sentences) -> None:
        """Gather what a feed said; a line is kept back until it is whole."""
        stream = self._streams[url]
        data = stream.unfinished.pop(said.source, b"") + said.data
        end = len(data) if said.last else data.rfind(b"\n") + 1
        if end:
            stream.pieces.append(Piece(said.received, said.source, whole(data[:end])))
        if said.last:
            stream.pieces.append(Piece(said.received, said.source, b""))
        elif rest := data[end:]:
            stream.unfinished[said.source] = rest[:LINE_BYTES]

    def flush(self) -> None:
        """Write what was gathered; what cannot be written is counted as lost."""
        for url, stream in self._streams.items():
            pieces, stream.pieces = stream.pieces, []
            try:
                self._write(url, stream, pieces)
            except OSError as error:
                self.error = error.strerror or str(error)
                self.lost += sum(piece.sentences for piece in pieces)

    def close(self) -> None:
        """Write what is left and let others write; the running hour stays open."""
        self.flush()
        self._lock.close()

    def _write(self, url: str, stream: _Stream, pieces: list[Piece]) -> None:
        """Add pieces to the files of their hours; an hour is over when the next has begun and no message is cut."""
        at = 0
        for place, piece in enumerate(pieces):
            number = piece.received // HOUR_US
            if stream.hour is None or (number > stream.number and not _cut(pieces[place - 1 : place])):
                self._append(stream, pieces[at:place])
                self._close(stream)
                stream.hour, stream.number, at = Hour.of(self._folder, url, number), number, place
        self._append(stream, pieces[at:])

    def _append(self, stream: _Stream, pieces: list[Piece]) -> None:
        if stream.hour is not None and pieces:
            stream.hour.append(pieces)
            self.error = None

    def _close(self, stream: _Stream) -> None:
        if (hour := stream.hour) is not None and hour.bytes:
            manifest.add(self._folder, hour.entry())

    def _list_left(self, now: int) -> None:
        """List what a watch that was stopped or killed left behind, the running hour apart."""
        manifest.mend(self._folder)
        known = manifest.listed(self._folder)
        for path in manifest.hours(self._folder):
            hour = Hour.resumed(path) if path.relative_to(self._folder).as_posix() not in known else None
            if hour is not None and hour.bytes and hour.last // HOUR_US < now // HOUR_US:
                manifest.add(self._folder, hour.entry())


def _cut(before: list[Piece]) -> bool:
    """Tell whether a piece ends in a part of a message that another is to follow."""
    found = _PART.search(before[0].data) if before else None
    return found is not None and found[1] > found[2]

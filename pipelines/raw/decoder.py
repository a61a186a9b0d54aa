"""Decodes a raw archive as the watch decoded the feed: each sender by itself, each piece at its time of receipt."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipelines.raw.pieces import Piece, Reader
from vessels.decode import Counts, Decoded, Decoder
from vessels.line import REJECT_BYTES, Reject
from vessels.report import empty_reports

NO_STAMP = "malformed"  # the decoder's reason for what begins like something known and is not


class RawDecoder:
    """Takes the place of a `Decoder`: fed with blocks of any size, it gives the rows of all senders.

    Rows name the sender as their source; their offsets count what that sender said.
    """

    def __init__(self, file: str, *, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self._file = file
        self._reader = Reader(state.get("offset", 0))
        self._now: int | None = state.get("clock", {}).get("now")
        self._senders = {name: self._decoder(name, said) for name, said in state.get("senders", {}).items()}
        self._gone = Counts()  # of senders whose connection ended

    def state(self) -> dict[str, Any]:
        """Return what a later decoder needs to go on, as JSON."""
        senders = {name: decoder.state() for name, decoder in self._senders.items()}
        return {"offset": self._reader.offset, "senders": senders, "clock": {"now": self._now}}

    @property
    def counts(self) -> Counts:
        """Return what was read so far."""
        counts = Counts()
        for each in (self._gone, *(decoder.counts for decoder in self._senders.values())):
            _add(counts, each)
        return counts

    def feed(self, block: bytes, *, last: bool = False) -> Decoded:
        """Decode the pieces that this block completes; with `last`, what every sender left unfinished is given up."""
        rejects: list[Reject] = []
        tables = [empty_reports()]
        for piece in self._reader.feed(block):
            if isinstance(piece, Piece):
                self._take(piece, tables, rejects)
            else:
                self._refuse(piece, rejects)
        if last:
            for name in list(self._senders):
                self._end(name, tables, rejects)
            if self._reader.rest:
                self._refuse(self._reader.rest, rejects)
        return Decoded(pa.concat_tables(tables), rejects)

    def _take(self, piece: Piece, tables: list[pa.Table], rejects: list[Reject]) -> None:
        self._now = piece.received
        if not piece.data:
            self._end(piece.source, tables, rejects)
            return
        if piece.source not in self._senders:
            self._senders[piece.source] = self._decoder(piece.source, None)
        found = self._senders[piece.source].feed(piece.data, received=piece.received)
        tables.append(found.reports)
        rejects += found.rejects

    def _end(self, source: str, tables: list[pa.Table], rejects: list[Reject]) -> None:
        """Give up what a sender left unfinished, and forget it."""
        if decoder := self._senders.pop(source, None):
            found = decoder.feed(b"", last=True, received=self._now)
            tables.append(found.reports)
            rejects += found.rejects
            _add(self._gone, decoder.counts)

    def _refuse(self, line: bytes, rejects: list[Reject]) -> None:
        """Count a line that should say what follows, and does not."""
        rejects.append(Reject(self._reader.offset, NO_STAMP, line[:REJECT_BYTES]))
        self._gone.rejects[NO_STAMP] = self._gone.rejects.get(NO_STAMP, 0) + 1

    def _decoder(self, source: str, state: Mapping[str, Any] | None) -> Decoder:
        return Decoder(source, self._file, receive=True, state=state)


def _add(counts: Counts, more: Counts) -> None:
    counts.lines += more.lines
    counts.sentences += more.sentences
    counts.messages = Counter(counts.messages) + Counter(more.messages)
    counts.rejects = Counter(counts.rejects) + Counter(more.rejects)

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

    def __init__(self, file: str, *, state: Mapping[str, Any] | None = None, all_types: bool = False) -> None:
        state = state or {}
        self._all_types = all_types
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
        found: list[Decoded] = []
        for piece in self._reader.feed(block):
            found += self._taken(piece) if isinstance(piece, Piece) else self._refused(piece)
        if last:
            for name in list(self._senders):
                found += self._ended(name)
            if self._reader.rest:
                found += self._refused(self._reader.rest)
        return _joined(found)

    def _taken(self, piece: Piece) -> list[Decoded]:
        self._now = piece.received
        if not piece.data:
            return self._ended(piece.source)
        if piece.source not in self._senders:
            self._senders[piece.source] = self._decoder(piece.source, None)
        return [self._senders[piece.source].feed(piece.data, received=piece.received)]

    def _ended(self, source: str) -> list[Decoded]:
        """Give up what a sender left unfinished, and forget it."""
        decoder = self._senders.pop(source, None)
        if decoder is None:
            return []
        found = decoder.feed(b"", last=True, received=self._now)
        _add(self._gone, decoder.counts)
        return [found]

    def _refused(self, line: bytes) -> list[Decoded]:
        """Count a line that should say what follows, and does not."""
        self._gone.rejects[NO_STAMP] = self._gone.rejects.get(NO_STAMP, 0) + 1
        return [Decoded(empty_reports(), [Reject(self._reader.offset, NO_STAMP, line[:REJECT_BYTES])])]

    def _decoder(self, source: str, state: Mapping[str, Any] | None) -> Decoder:
        return Decoder(source, self._file, receive=True, state=state, all_types=self._all_types)


def _joined(found: list[Decoded]) -> Decoded:
    """Return what several senders said as one."""
    none = Decoded(empty_reports(), [])
    return Decoded(
        pa.concat_tables([each.reports for each in (none, *found)]),
        [reject for each in found for reject in each.rejects],
        [other for each in found for other in each.others],
        pa.concat_tables([each.heard for each in (none, *found)]),
    )


def _add(counts: Counts, more: Counts) -> None:
    counts.lines += more.lines
    counts.sentences += more.sentences
    counts.messages = Counter(counts.messages) + Counter(more.messages)
    counts.rejects = Counter(counts.rejects) + Counter(more.rejects)

"""The form of a raw archive: pieces of a feed, each behind a line that says when it came, how long it is and from whom.

    # voi raw 2026-06-01T04:40:11.250000Z 98 tcp://127.0.0.1:10110
    !AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40
    …

Sentences stand as they came, and other programs take the lines between them for comments. A piece holds whole lines;
its length is counted, so that nothing a sender says can pass for such a line. An empty piece ends a connection.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pipelines.output import iso, moment

MARK: Final = b"# voi raw "
STAMP_BYTES: Final = 4096  # chosen: more than any URL; what is longer is no stamp
_STAMP: Final = re.compile(rb"# voi raw (\S{20,32}) (\d{1,9}) (.+)")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines of one sender, received at `received` (µs UTC); without data: its connection ended."""

    received: int
    source: str
    data: bytes

    @property
    def sentences(self) -> int:
        """Return how many sentences of AIS it seems to hold."""
        return self.data.count(b"VDM,") + self.data.count(b"VDO,")

    def written(self) -> bytes:
        """Return the piece as it stands in an archive."""
        time = moment(self.received)
        assert time is not None
        stamp = f"{iso(time)} {len(self.data)} {self.source}".encode("utf-8", "replace")
        return b"%b%b\n%b" % (MARK, stamp, self.data)


class Reader:
    """Takes the content of an archive in blocks of any size. `offset` is the first byte not yet used up."""

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self.rest = b""

    def feed(self, block: bytes) -> list[Piece | bytes]:
        """Return the pieces that a block completes, and the lines where a stamp should be and is none."""
        data, at = self.rest + block, 0
        found: list[Piece | bytes] = []
        while one := _first(data, at):
            found.append(one[0])
            at = one[1]
        self.rest = data[at:]
        self.offset += at
        return found


def _first(data: bytes, at: int) -> tuple[Piece | bytes, int] | None:
    """Return the piece that begins at a place, or the line that is no stamp, and where it ends; null if it is cut."""
    line_end = data.find(b"\n", at)
    if line_end < 0:
        return (data[at:], len(data)) if len(data) - at > STAMP_BYTES else None
    stamp = _STAMP.fullmatch(data, at, line_end)
    received = _time(stamp[1]) if stamp else None
    begin = line_end + 1
    if stamp is None or received is None:
        return data[at:begin], begin
    end = begin + int(stamp[2])
    return None if end > len(data) else (Piece(received, stamp[3].decode("utf-8", "replace"), data[begin:end]), end)


def _time(text: bytes) -> int | None:
    try:
        return (datetime.fromisoformat(text.decode("ascii", "replace")) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, TypeError):  # no time, or one without a zone
        return None

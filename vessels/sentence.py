r"""NMEA lines: what is an AIS sentence, what is said round it, and what of it must be refused.

Known wrappers: tag blocks (`\s:..,c:..,g:..*hh\`), Gatehouse time lines (`$PGHP`) that time the following sentence, a
number before the sentence and numbers after it, the US Coast Guard's station fields among them.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache, reduce
from operator import xor
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vessels.clock import FEED, NONE, SECOND, TAG, TAG_UNCHECKED
from vessels.sixbit import ILLEGAL, VALUE, Ints, bounds
from vessels.text import clean

MAX_LINE: Final = 4096  # bytes; chosen: 20 times the longest line of a real log
MAX_FILL: Final = 5  # bits that can be left over in a six-bit character
SIMULATED: Final = "VOISIM"  # how the station of simulated data begins

# before, body, total, number, payload, fill, checksum, after; it is no comment and there is no second sentence
_SENTENCE: Final = re.compile(
    rb"(?!#)([^!]*)!([A-Z]{2}VD[MO],(\d),(\d),\d?,[^,!]{0,4},([^,!]*),(\d))\*([0-9A-Fa-f]{2})([^!]*)\Z"
)
_UNCHECKED: Final = re.compile(rb"[^!]*![A-Z]{2}VD[MO],\d,\d,\d?,[^,]*,[^,]*,\d[^*]*$")
_LIKE: Final = re.compile(rb"!..VD[MO],", re.DOTALL)
_FEED_TIME: Final = re.compile(rb"\$(PGHP,\d+,(\d{4}),(\d+),(\d+),(\d+),(\d+),(\d+),(\d+),[^*]*)\*([0-9A-Fa-f]{2})")
_TAG: Final = re.compile(rb"\\([^\\*]*)(?:\*([^\\]*))?\\")
_NUMBER: Final = re.compile(rb"(?<![^ ,\t])\d{10,19}(?![^ ,\t\r])")
_COAST_GUARD: Final = re.compile(rb",([rb][0-9A-Z]{3,})(?![^,\r])")

# Epochs are told apart by their size; the span of years is chosen: ships have carried AIS since 2002.
_FIRST_EPOCH: Final = 1_000_000_000  # 2001-09-09
_LAST_EPOCH: Final = 4_102_444_800  # 2100-01-01
_LONGEST_EPOCH: Final = 19  # digits: nanoseconds
_SCALES: Final = (1, 10**3, 10**6, 10**9)  # units in a second
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Around(NamedTuple):
    """What the text round a sentence says: its time (microseconds or None), the clock, station and group."""

    time: int | None = None
    clock: int = NONE
    station: str | None = None
    group: str = ""
    simulated: bool = False
    speaker: str = ""  # the station as sent, trusted or not: parts of two speakers are never joined


class Reject(NamedTuple):
    """A line, or a message that began with it, that is not taken: where, why, and its first 200 bytes."""

    offset: int
    reason: str
    line: bytes


REJECT_BYTES: Final = 200


Sentence = tuple[int, int, bytes, int | None, tuple[bytes, ...]]
"""Offset, line number, line, feed time not yet used, the groups of `_SENTENCE`; a plain tuple: there are millions."""


class Framer:
    """Finds sentences in whole lines. Remembers how many lines there were and a `$PGHP` time not yet used."""

    def __init__(self, lines: int = 0, feed: int | None = None) -> None:
        self.lines = lines
        self.feed = feed

    def frame(self, lines: Sequence[bytes], offset: int) -> tuple[list[Sentence], list[Reject]]:
        """Return the sentences of these lines in order, and what looks like a sentence and is none."""
        found: list[Sentence] = []
        rejects: list[Reject] = []
        for line in lines:
            self.lines += 1
            match = _SENTENCE.match(line)
            if match and len(line) <= MAX_LINE:
                found.append((offset, self.lines, line, self.feed, match.groups()))
                self.feed = None
            elif line:
                self._other(line, offset, found, rejects)
            offset += len(line) + 1
        return found, rejects

    def _other(self, line: bytes, offset: int, found: list[Sentence], rejects: list[Reject]) -> None:
        """Look at a line that is not one sentence: a time, several sentences, a spoilt one, or nothing of ours."""
        if len(line) > MAX_LINE:
            rejects.append(reject(offset, "too long", line))
        elif line.startswith(b"$PGHP"):
            self.feed = _feed_time(line)
        elif b"!" in line and not line.startswith(b"#"):
            for start, piece in _pieces(line):
                match = _SENTENCE.match(piece)
                if match:
                    found.append((offset + start, self.lines, piece, self.feed, match.groups()))
                    self.feed = None
                elif _LIKE.search(piece):
                    reason = "no checksum" if _UNCHECKED.match(piece) else "malformed"
                    rejects.append(reject(offset + start, reason, piece))


def reject(offset: int, reason: str, line: bytes) -> Reject:
    """Return a reject that keeps the beginning of the line."""
    return Reject(offset, reason, line[:REJECT_BYTES])


def _pieces(line: bytes) -> list[tuple[int, bytes]]:
    """Return a line cut before each `!` but the first, with the place of each piece."""
    starts = [0, *[match.start() for match in re.finditer(b"!", line)][1:]]
    return [(start, line[start:end]) for start, end in zip(starts, [*starts[1:], len(line)], strict=True)]


def faults(sentences: Sequence[Sentence]) -> list[str]:
    """Return for each sentence why it must be refused, or ""."""
    if not sentences:
        return []
    columns = zip(*[fields for _, _, _, _, fields in sentences], strict=True)
    _, bodies, totals, numbers, payloads, fills, checks, _ = columns
    body = bounds(bodies)
    sums = np.bitwise_xor.reduceat(np.frombuffer(b"".join(bodies), np.uint8), body[:-1])
    reasons = np.select(
        [
            sums != np.frombuffer(bytes.fromhex(b"".join(checks).decode()), np.uint8),
            _has_illegal(payloads),
            _digits(fills) > MAX_FILL,
            (_digits(numbers) < 1) | (_digits(numbers) > _digits(totals)),
        ],
        ["checksum", "armour", "fill bits", "malformed"],
        "",
    )
    return list(map(str, reasons))


def _digits(column: Sequence[bytes]) -> Ints:
    return np.frombuffer(b"".join(column), np.uint8).astype(np.int64) - ord("0")


def _has_illegal(payloads: Sequence[bytes]) -> npt.NDArray[np.bool_]:
    edges = bounds(payloads)
    illegal = VALUE[np.frombuffer(b"".join(payloads), np.uint8)] == ILLEGAL
    seen = np.concatenate(([0], np.cumsum(illegal)))
    return np.asarray(seen[edges[1:]] > seen[edges[:-1]])


def around(before: bytes, after: bytes, feed: int | None) -> Around:
    """Return what is said round a sentence: the tag block first, else the feed."""
    if not before and after in _NOTHING:
        return _SILENT if feed is None else Around(feed, FEED)
    tag = _tag(before) if before else _SILENT
    station = tag.station or _station(after)
    if tag.time is not None:
        return tag._replace(station=station)
    time = feed if feed is not None else _outside(before, after)
    return tag._replace(time=time, clock=NONE if time is None else FEED, station=station)


_NOTHING: Final = (b"", b"\r")
_SILENT: Final = Around()


@lru_cache(maxsize=4096)
def _tag(before: bytes) -> Around:
    """Return what tag blocks say. One whose checksum is wrong gives its time, unchecked, and no station."""
    found = _SILENT
    for match in _TAG.finditer(before):
        text, check = match.groups()
        good = check is not None and _hex(check) == reduce(xor, text, 0)
        said = dict(part.split(b":", 1) for part in text.split(b",") if b":" in part)
        speaker = clean(said.get(b"s", b"").decode("ascii", "replace"))
        time = epoch_us(said.get(b"c", b""))
        if time is not None:
            found = found._replace(time=time, clock=TAG if good else TAG_UNCHECKED)
        if speaker:
            simulated = speaker.startswith(SIMULATED)
            found = found._replace(station=speaker if good else None, speaker=speaker, simulated=simulated)
        if b"g" in said:
            found = found._replace(group=said[b"g"].decode("ascii", "replace").rpartition("-")[2])
    return found


def _hex(text: bytes) -> int | None:
    return int(text, 16) if re.fullmatch(rb"[0-9A-Fa-f]{2}", text) else None


def epoch_us(digits: bytes) -> int | None:
    """Return microseconds from an epoch in seconds, ms, us or ns, told apart by size; None if it is none."""
    if not digits.isdigit() or len(digits) > _LONGEST_EPOCH:
        return None
    value = int(digits)
    scale = next((scale for scale in _SCALES if _FIRST_EPOCH <= value // scale < _LAST_EPOCH), None)
    return None if scale is None else value * SECOND // scale


def _outside(before: bytes, after: bytes) -> int | None:
    """Return the first epoch before or after a sentence."""
    numbers = (*_NUMBER.findall(before), *_NUMBER.findall(after))
    return next((time for number in numbers if (time := epoch_us(number)) is not None), None)


def _station(after: bytes) -> str | None:
    """Return the station that the US Coast Guard's format names after a sentence."""
    match = _COAST_GUARD.search(after)
    return match.group(1).decode("ascii") if match else None


def _feed_time(line: bytes) -> int | None:
    """Return the time of a `$PGHP` line, or None if its checksum or its date is wrong."""
    match = _FEED_TIME.match(line)
    if not match or reduce(xor, match.group(1)) != int(match.group(9), 16):
        return None
    year, month, day, hour, minute, second, thousandth = map(int, match.groups()[1:8])
    try:
        time = datetime(year, month, day, hour, minute, second, thousandth * 1000, UTC)
    except ValueError:
        return None
    return (time - _EPOCH) // timedelta(microseconds=1)

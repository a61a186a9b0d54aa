r"""One line at a time: what does not have the regular form, or has unusual things round it.

Known wrappers: tag blocks (`\s:..,c:..,g:..*hh\`), Gatehouse time lines (`$PGHP`) that time the following sentence, a
number before the sentence and numbers after it, the US Coast Guard's station fields among them. The regular forms are
read a block at a time, by `sentence`, `tags` and `feedtime`, to the same result.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache, reduce
from operator import xor
from typing import Final, NamedTuple

from vessels.clock import FEED, NONE, SECOND, TAG, TAG_UNCHECKED
from vessels.text import clean

MAX_LINE: Final = 4096  # bytes; chosen: 20 times the longest line of a real log
SIMULATED: Final = "VOISIM"  # how the station of simulated data begins
TIME_LINE: Final = b"$PGHP"

# before, body, sequence, channel, payload, checksum, after; it is no comment and there is no second sentence
_SENTENCE: Final = re.compile(rb"(?!#)([^!]*)!([A-Z]{2}VD[MO],\d,\d,\d?,[^,!]{0,4},([^,!]*),\d)\*[0-9A-Fa-f]{2}[^!]*\Z")
_UNCHECKED: Final = re.compile(rb"[^!]*![A-Z]{2}VD[MO],\d,\d,\d?,[^,]*,[^,]*,\d[^*]*$")
_LIKE: Final = re.compile(rb"!..VD[MO],", re.DOTALL)
_FEED_TIME: Final = re.compile(rb"\$(PGHP,\d+,(\d{4}),(\d+),(\d+),(\d+),(\d+),(\d+),(\d+),[^*]*)\*([0-9A-Fa-f]{2})")
_TAG: Final = re.compile(rb"\\([^\\*]*)(?:\*([^\\]*))?\\")
_NUMBER: Final = re.compile(rb"(?<![^ ,\t])\d{10,19}(?![^ ,\t\r])")
_COAST_GUARD: Final = re.compile(rb",([rb][0-9A-Z]{3,})(?![^,\r])")

# Epochs are told apart by their size; the span of years is chosen: ships have carried AIS since 2002.
FIRST_EPOCH: Final = 1_000_000_000  # 2001-09-09
LAST_EPOCH: Final = 4_102_444_800  # 2100-01-01
LONGEST_EPOCH: Final = 19  # digits: nanoseconds
LEAST_EPOCH: Final = 10  # digits of a number beside a sentence
SCALES: Final = (1, 10**3, 10**6, 10**9)  # units in a second
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

REJECT_BYTES: Final = 200


class Reject(NamedTuple):
    """A line, or a message that began with it, that is not taken: where, why, and its first 200 bytes."""

    offset: int
    reason: str
    line: bytes


class Around(NamedTuple):
    """What the text round a sentence says: its time (microseconds or None), the clock, station and group."""

    time: int | None = None
    clock: int = NONE
    station: str | None = None
    group: str = ""
    simulated: bool = False
    speaker: str = ""  # the station as sent, trusted or not: parts of two speakers are never joined


class Piece(NamedTuple):
    """A line, or what of it begins with one of several `!`; `why` tells what is wrong with it, or is empty.

    Places count from the beginning of the line: of the piece, its `!`, its payload, and the ends of both.
    """

    begin: int
    bang: int
    payload: int
    end: int
    close: int
    why: str


def pieces(line: bytes) -> Iterator[Piece]:
    """Yield what looks like a sentence on a line that has a `!`."""
    if len(line) > MAX_LINE:
        yield Piece(0, 0, 0, 0, len(line), "too long")
    elif match := _SENTENCE.match(line):
        yield Piece(0, match.end(1), match.start(3), match.end(3), len(line), "")
    elif not line.startswith((b"#", TIME_LINE)):
        starts = [0, *[found.start() for found in re.finditer(b"!", line)][1:]]
        for start, close in zip(starts, [*starts[1:], len(line)], strict=True):
            piece = line[start:close]
            if match := _SENTENCE.match(piece):
                yield Piece(start, start + match.end(1), start + match.start(3), start + match.end(3), close, "")
            elif _LIKE.search(piece):
                why = "no checksum" if _UNCHECKED.match(piece) else "malformed"
                yield Piece(start, start, start, start, close, why)


def around(before: bytes, after: bytes, feed: int | None) -> Around:
    """Return what is said round a sentence: the tag block first, else the feed."""
    tag = _tag(before) if before else _SILENT
    station = tag.station or _station(after)
    if tag.time is not None:
        return tag._replace(station=station)
    time = feed if feed is not None else _outside(before, after)
    return tag._replace(time=time, clock=NONE if time is None else FEED, station=station)


_SILENT: Final = Around()


@lru_cache(maxsize=4096)
def _tag(before: bytes) -> Around:
    """Return what tag blocks say. One whose checksum is wrong gives its time, unchecked, and no station."""
    found = _SILENT
    for match in _TAG.finditer(before):
        text, check = match.groups()
        good = check is not None and _hex(check) == reduce(xor, text, 0)
        said = dict(part.split(b":", 1) for part in text.split(b",") if b":" in part)
        speaker = speaker_name(said.get(b"s", b""))
        time = epoch_us(said.get(b"c", b""))
        if time is not None:
            found = found._replace(time=time, clock=TAG if good else TAG_UNCHECKED)
        if speaker:
            simulated = speaker.startswith(SIMULATED)
            found = found._replace(station=speaker if good else None, speaker=speaker, simulated=simulated)
        if b"g" in said:
            found = found._replace(group=said[b"g"].decode("ascii", "replace").rpartition("-")[2])
    return found


def speaker_name(said: bytes) -> str:
    """Return the name of a station as a tag block says it, without what is no text."""
    return clean(said.decode("ascii", "replace"))


def _hex(text: bytes) -> int | None:
    return int(text, 16) if re.fullmatch(rb"[0-9A-Fa-f]{2}", text) else None


def epoch_us(digits: bytes) -> int | None:
    """Return microseconds from an epoch in seconds, ms, us or ns, told apart by size; None if it is none."""
    if not digits.isdigit() or len(digits) > LONGEST_EPOCH:
        return None
    value = int(digits)
    scale = next((scale for scale in SCALES if FIRST_EPOCH <= value // scale < LAST_EPOCH), None)
    return None if scale is None else value * SECOND // scale


def _outside(before: bytes, after: bytes) -> int | None:
    """Return the first epoch before or after a sentence."""
    numbers = (*_NUMBER.findall(before), *_NUMBER.findall(after))
    return next((time for number in numbers if (time := epoch_us(number)) is not None), None)


def _station(after: bytes) -> str | None:
    """Return the station that the US Coast Guard's format names after a sentence."""
    match = _COAST_GUARD.search(after)
    return match.group(1).decode("ascii") if match else None


def feed_time(line: bytes) -> int | None:
    """Return the time of a `$PGHP` line, or None if its checksum or its date is wrong."""
    match = _FEED_TIME.match(line)
    if not match or reduce(xor, match.group(1)) != int(match.group(9), 16):
        return None
    try:
        year, month, day, hour, minute, second, thousandth = map(int, match.groups()[1:8])
        time = datetime(year, month, day, hour, minute, second, thousandth * 1000, UTC)
    except (ValueError, OverflowError):
        return None
    return (time - _EPOCH) // timedelta(microseconds=1)

"""Six-bit armour of AIS payloads: characters to values to exact integers, a whole block at a time (ITU-R M.1371-5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Sixes = npt.NDArray[np.uint8]

LONGEST: Final = 256  # values kept readable behind the last payload; more than any message's layout


ARMOUR: Final = np.array([*range(48, 88), *range(96, 120)], np.uint8)  # six-bit value to character
ASCII: Final = np.array([*range(64, 96), *range(32, 64)], np.uint8)  # six-bit text to ASCII (M.1371-5 table 47)
SIX: Final = np.argsort(ASCII).astype(np.uint8)  # ASCII minus 32 to six-bit text

WORD_SIXES: Final = 8  # values packed into a word
WORD_BITS: Final = 6 * WORD_SIXES


def is_no_armour(characters: Sixes) -> npt.NDArray[np.bool_]:
    """Return which characters are none of "0" to "W" and "`" to "w"."""
    values = characters - np.uint8(48)
    illegal = values > 71
    values -= np.uint8(40)
    illegal |= values < 8
    return illegal


def dearmoured(characters: Sixes) -> Sixes:
    """Return the six-bit values of characters; those of what is no armour mean nothing."""
    values = characters - np.uint8(48)  # "0" to "W" are 0 to 39
    values -= (values > 47).view(np.uint8) << np.uint8(3)  # "`" to "w" are 40 to 63
    return values


def bounds(parts: Sequence[bytes]) -> Ints:
    """Return the n + 1 boundaries of n byte strings laid end to end."""
    ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)))
    return np.concatenate((np.zeros(1, np.int64), ends))


@dataclass(frozen=True, slots=True)
class Payloads:
    """The payloads of n messages: their characters in one array, where each starts, and how many bits it has.

    LONGEST characters can be read from every start.
    """

    armour: Sixes
    start: Ints
    bits: Ints

    def only(self, chosen: Any) -> Self:
        """Return the chosen messages."""
        return type(self)(self.armour, self.start[chosen], self.bits[chosen])

    def sixes(self, bits: int) -> Sixes:
        """Return the first values of every message, enough for `bits` bits, shape (messages, a multiple of 8).

        What lies behind a message's own end is another's or no value: the caller has made sure of `bits`.
        """
        width = -(-bits // WORD_BITS) * WORD_SIXES
        view = np.ndarray((len(self.armour) - width + 1,), f"V{width}", self.armour, strides=(1,))
        return dearmoured(view[self.start].view(np.uint8)).reshape(len(self.start), width)


# Neighbours are pushed together, two by two: the mask of the upper ones, and how far they are from the lower.
_LANES: Final = ((0x3F003F003F003F00, 2), (0x0FFF00000FFF0000, 4), (0x00FFFFFF00000000, 8))


def packed(sixes: Sixes) -> Ints:
    """Return values as from `Payloads.sixes` as words of 48 bits, shape (words, messages)."""
    lanes = sixes.view(">u8").T.astype(np.uint64, order="C")
    for upper, gap in _LANES:
        moved = lanes & np.uint64(upper)
        moved >>= np.uint64(gap)
        lanes &= np.uint64(upper >> 4 * gap)
        lanes |= moved
    return lanes.view(np.int64)


def number(words: Ints, start: int, width: int, *, signed: bool = False) -> Ints:
    """Return the integers at bit `start`, `width` bits wide (at most 48), of every message in `words`."""
    first, last = start // WORD_BITS, (start + width - 1) // WORD_BITS
    behind = WORD_BITS * (last + 1) - start - width
    value = words[last] >> behind
    if first != last:
        value = value | (words[first] << (WORD_BITS - behind))
    value = value & ((1 << width) - 1)
    return np.asarray(value - ((value >> (width - 1)) << width) if signed else value)


def put(rows: Sixes, start: int, width: int, value: Ints) -> None:
    """Write the low `width` bits of every message's integer into `rows` at bit `start`, where nothing stands yet.

    The shape of `rows` is (values, messages).
    """
    last = (start + width - 1) // 6
    moved = (value & ((1 << width) - 1)) << (6 * (last + 1) - start - width)
    for place in range(last, start // 6 - 1, -1):
        rows[place] |= (moved & 63).astype(np.uint8)
        moved = moved >> 6


def characters(sixes: Sixes, start: int, count: int) -> Sixes:
    """Return the six-bit text at bit `start` of values as from `Payloads.sixes`, shape (messages, count)."""
    first, shift = divmod(start, 6)
    head = sixes[:, first : first + count]
    if shift == 0:
        return head
    tail = sixes[:, first + 1 : first + count + 1]
    return ((head << np.uint8(shift)) | (tail >> np.uint8(6 - shift))) & np.uint8(63)


def ascii_of(text: Sixes) -> Sixes:
    """Return six-bit text in ASCII."""
    return text | ((text < _BLANK).view(np.uint8) << np.uint8(6))


def lengths(text: Sixes) -> Ints:
    """Return how long six-bit text (messages, count) is: up to the first `@`, without trailing blanks."""
    turned = np.ascontiguousarray(text.T)
    place = np.arange(len(turned), dtype=np.uint8)[:, None]
    # Flags are used as numbers, since a choice (np.where) of bytes takes several times as long.
    end = (((turned == 0).view(np.uint8) - np.uint8(1)) | place).min(axis=0, initial=255)
    said = ((turned != _BLANK) & (place < end)).view(np.uint8) * (place + np.uint8(1))
    return np.asarray(said.max(axis=0, initial=0), np.int64)


def texts(strings: Sequence[str | None], count: int) -> Sixes:
    """Return strings as six-bit text (count, messages): cut at `count`, in capitals, "?" for what AIS cannot say."""
    encoded = [(string or "").upper().encode("ascii", "replace") for string in strings]
    said = np.array(encoded, f"S{count}").view(np.uint8).reshape(len(encoded), count).T
    known = np.where((said >= _BLANK) & (said < _BLANK + 64), said, ord("?"))
    return np.where(said == 0, 0, SIX[known - _BLANK]).astype(np.uint8)


_BLANK: Final = 32  # in six-bit text as in ASCII

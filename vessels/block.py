r"""Whole lines of a feed as arrays: its bytes, and the places of every byte that is no armour.

What is no armour stands between fields (`! , * \`, blanks and line ends, but also a few letters), so that these
places, the edges, are all that is needed to tell regular sentences from the rest. Places count from the beginning of
`text`.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vessels.line import MAX_LINE
from vessels.sixbit import is_no_armour

Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

LEAD: Final = 32  # bytes before the first line, so that numbers can be read from their ends
AHEAD: Final = 16  # edges behind the last, so that a pattern can be laid at each

BANG, COMMA, STAR, BACKSLASH, LF, CR, HASH, DOLLAR, SPACE, TAB, QUOTE = b'!,*\\\n\r#$ \t"'
# glibc maps arrays beyond a threshold anew each time, which costs more than what is done with them. Freeing a large one
# raises the threshold; nothing is written to it.
np.empty((32 << 20) - (1 << 16), np.uint8)

_BEFORE: Final = b"0" * LEAD
_BEHIND: Final = bytes([QUOTE]) * AHEAD + b"0" * MAX_LINE  # what is as long as a line can be read from every place


class Block:
    """Lines, each ended by LF. `offset` is where the first lies in the content, `line` the number of lines before."""

    def __init__(self, pieces: Iterable[Any], offset: int, line: int) -> None:
        """Take lines that are cut into pieces anywhere."""
        self.text = b"".join((_BEFORE, *pieces, _BEHIND))
        self.byte = np.frombuffer(self.text, np.uint8)
        self.edge = np.flatnonzero(is_no_armour(self.byte))
        self.kind = self.byte.take(self.edge)
        marks = np.flatnonzero((self.kind == LF) | (self.kind == BANG))
        is_end = self.kind.take(marks) == LF
        ends, bangs = np.flatnonzero(is_end), np.flatnonzero(~is_end)
        self.bang_edge = marks.take(bangs)
        self.bang_line = bangs - np.arange(len(bangs))  # as many ends of lines stand before
        end_edge = marks.take(ends)
        self.end = self.edge.take(end_edge)
        self.begin = np.concatenate(([LEAD], self.end + 1))  # one more than there are lines
        self.first_edge = np.concatenate(([0], end_edge + 1))  # of each line; may be its end
        self.shift = offset - LEAD  # from places to offsets in the content
        self._line = line
        self._word = self.byte[: len(self.byte) // 8 * 8].view(np.uint64)
        self._running = np.bitwise_xor.accumulate(self._word)

    def line(self, index: Places) -> Places:
        """Return the numbers, counted from 1 at the beginning of the content, of lines of this block."""
        return index + (self._line + 1)

    def exclusive_or(self, start: Places, end: Places) -> npt.NDArray[np.uint8]:
        """Return the exclusive or of the bytes from `start` to before `end`."""
        folded = self._before(start) ^ self._before(end)
        for half in (32, 16, 8):
            folded ^= folded >> np.uint64(half)
        return folded.astype(np.uint8)

    def _before(self, place: Places) -> Words:
        """Return words whose eight bytes have together the exclusive or of all bytes before each place."""
        index = place >> 3
        rest = self._word.take(index) >> ((place & 7) << 3).view(np.uint64)  # the bytes of the word from the place on
        return np.asarray(self._running.take(index) ^ rest)


def gather(data: Any, places: Places, width: int) -> npt.NDArray[np.uint8]:
    """Return `width` bytes from each place, shape (places, width); for any width it takes as long as for one word."""
    view = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    return view[places].view(np.uint8).reshape(len(places), width)


def words(data: Any, places: Places) -> Words:
    """Return the 8 bytes from each place as one number, the first byte the lowest."""
    view = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    return view[places]


def word(text: bytes) -> int:
    """Return 8 bytes as `words` would."""
    return int.from_bytes(text, "little")


KEPT: Final = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)
"""What to keep of a word of so many bytes."""


def _hexadecimal() -> npt.NDArray[np.int16]:
    """Return the value of every two bytes, the first the lower, as two hexadecimal digits, or -1."""
    digits = [*b"0123456789ABCDEF", *b"abcdef"]
    values = [*range(16), *range(10, 16)]
    table = np.full((256, 256), -1, np.int16)
    for low, value in zip(digits, values, strict=True):
        table[low, digits] = np.array(values) * 16 + value
    return table.ravel()


_HEX: Final = _hexadecimal()


def checksum(said: Words) -> npt.NDArray[np.int16]:
    """Return the number that the two lowest bytes of each word say in hexadecimal digits, or -1 where they do not."""
    return _HEX.take((said & np.uint64(0xFFFF)).view(np.int64))


def byte_of(said: Words, place: int) -> Words:
    """Return the byte at this place of each word, 0 the lowest."""
    return (said >> np.uint64(8 * place)) & np.uint64(255)


def digit_of(said: Words, place: int) -> Words:
    """Return the digit at this place of each word; what is none gives more than 9."""
    return byte_of(said, place) - np.uint64(ord("0"))


_EIGHTS: Final = ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, 0x00000000FFFFFFFF))
_ABOVE_NINE: Final = np.uint64(0x7676767676767676)  # added to a byte of more than 9, it sets the highest bit
_HIGHEST: Final = np.uint64(0x8080808080808080)


def _keep_last(digits: int) -> Words:
    """Return what to keep of each word of so many digits (rows) when only the last 0, 1, 2, … count (columns)."""
    table = np.tri(digits + 1, digits, -1, np.uint8)[:, ::-1] * np.uint8(255)
    return np.ascontiguousarray(np.ascontiguousarray(table).view(np.uint64).T)


_KEEP_LAST: Final = {digits: _keep_last(digits) for digits in (8, 16, 24)}


def integers(block: Block, start: Places, end: Places, digits: int = 8) -> tuple[Words, Flags]:
    """Return the decimal numbers from `start` to before `end`, and whether each is 1 to `digits` digits and no more.

    `digits` is 8, 16 or 24; more than 19 of them overflow.
    """
    length = end - start
    good = (length > 0) & (length <= digits)
    length *= good
    figures = (gather(block.text, end - digits, digits) - np.uint8(ord("0"))).view(np.uint64)
    value = np.zeros(len(start), np.uint64)
    for eight, keep in zip(np.ascontiguousarray(figures.T), _KEEP_LAST[digits], strict=True):
        number = eight & keep.take(length)
        good &= ((number | (number + _ABOVE_NINE)) & _HIGHEST) == 0
        for ten, shift, mask in _EIGHTS:
            upper = number >> np.uint64(shift)
            number *= np.uint64(ten)
            number += upper
            number &= np.uint64(mask)
        value *= np.uint64(100_000_000)
        value += number
    return value, good


def ragged(start: Places, length: Places) -> Places:
    """Return start, start + 1, … of each range, one range after another."""
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(int(length.sum()))

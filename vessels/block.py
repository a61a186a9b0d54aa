r"""Whole lines of a feed as arrays: its bytes, their six-bit values, and the places of every byte that is no armour.

What is no armour stands between fields (`! , * \`, blanks and line ends, but also a few letters), so that these
places, the edges, are all that is needed to tell regular sentences from the rest. Places count from the beginning of
`text`.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vessels.sixbit import LONGEST, Sixes, dearmoured

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LEAD: Final = 32  # bytes before the first line, so that numbers can be read from their ends
AHEAD: Final = 16  # edges behind the last, so that a pattern can be laid at each

BANG, COMMA, STAR, BACKSLASH, LF, CR, HASH, DOLLAR, SPACE, TAB, QUOTE = b'!,*\\\n\r#$ \t"'
# glibc maps arrays beyond a threshold anew each time, which costs more than what is done with them. Freeing a large one
# raises the threshold; nothing is written to it.
np.empty((32 << 20) - (1 << 16), np.uint8)

_BEFORE: Final = b"0" * LEAD
_BEHIND: Final = bytes([QUOTE]) * AHEAD + b"0" * LONGEST


class Block:
    """Lines, each ended by LF. `offset` is where the first lies in the content, `line` the number of lines before."""

    def __init__(self, pieces: Iterable[Any], offset: int, line: int) -> None:
        """Take lines that are cut into pieces anywhere."""
        self.text = b"".join((_BEFORE, *pieces, _BEHIND))
        self.byte = np.frombuffer(self.text, np.uint8)
        self.value, edges = dearmoured(self.byte)
        self.edge = np.flatnonzero(edges)
        self.kind = self.byte[self.edge]
        self.end_edge = np.flatnonzero(self.kind == LF)
        self.end = self.edge[self.end_edge]
        self.begin = np.concatenate(([LEAD], self.end + 1))  # one more than there are lines
        self.shift = offset - LEAD  # from places to offsets in the content
        self._line = line

    def line(self, index: Places) -> Places:
        """Return the numbers, counted from 1 at the beginning of the content, of lines of this block."""
        return index + (self._line + 1)

    def first_edge(self, lines: Places) -> Places:
        """Return the index of the first edge of these lines, which may be their end."""
        return np.where(lines > 0, self.end_edge[lines - 1] + 1, 0)


def gather(data: Any, places: Places, width: int) -> npt.NDArray[np.uint8]:
    """Return `width` bytes from each place, shape (places, width)."""
    view = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    return view[places].view(np.uint8).reshape(len(places), width)


def words(data: Any, places: Places) -> npt.NDArray[np.uint64]:
    """Return the 8 bytes from each place as one number, the first byte the lowest."""
    view = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    return view[places]


def word(text: bytes) -> int:
    """Return 8 bytes as `words` would."""
    return int.from_bytes(text, "little")


KEPT: Final = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)
"""What to keep of a word of so many bytes."""


def exclusive_or(block: Block, start: Places, end: Places) -> npt.NDArray[np.uint8]:
    """Return the exclusive or of the bytes from `start` to before `end`; the pairs ascend and no pair is empty."""
    if not len(start):
        return np.zeros(0, np.uint8)
    return np.bitwise_xor.reduceat(block.byte, np.stack((start, end), axis=1).ravel())[::2]


def _hexadecimal() -> npt.NDArray[np.int16]:
    """Return the value of every two bytes, the first the lower, as two hexadecimal digits, or -1."""
    digits = [*b"0123456789ABCDEF", *b"abcdef"]
    values = [*range(16), *range(10, 16)]
    table = np.full((256, 256), -1, np.int16)
    for low, value in zip(digits, values, strict=True):
        table[low, digits] = np.array(values) * 16 + value
    return table.ravel()


_HEX: Final = _hexadecimal()


def checksum(block: Block, star: Places) -> npt.NDArray[np.int16]:
    """Return the two hexadecimal digits after each star as a number, or -1 where there are none."""
    pairs = np.ndarray((len(block.text) - 1,), "<u2", block.text, strides=(1,))
    return np.asarray(_HEX[pairs[star + 1]])


def digit(block: Block, place: Places) -> Sixes:
    """Return the digits at these places; what is none gives more than 9."""
    return block.byte[place] - np.uint8(ord("0"))


_EIGHTS: Final = ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, 0x00000000FFFFFFFF))
_ABOVE_NINE: Final = np.uint64(0x7676767676767676)  # added to a byte of more than 9, it sets the highest bit
_HIGHEST: Final = np.uint64(0x8080808080808080)


def _keep_last(digits: int) -> Any:
    """Return what to keep of so many digits when only the last 0, 1, 2, … count."""
    table = np.tri(digits + 1, digits, -1, np.uint8)[:, ::-1] * np.uint8(255)
    return np.ascontiguousarray(table).view(f"V{digits}")[:, 0]


_KEEP_LAST: Final = {digits: _keep_last(digits) for digits in (8, 16, 24)}


def integers(block: Block, start: Places, end: Places, digits: int = 8) -> tuple[npt.NDArray[np.uint64], Flags]:
    """Return the decimal numbers from `start` to before `end`, and whether each is 1 to `digits` digits and no more.

    `digits` is 8, 16 or 24; more than 19 of them overflow.
    """
    length = end - start
    good = (length > 0) & (length <= digits)
    kept = _KEEP_LAST[digits][np.where(good, length, 0)].view(np.uint64).reshape(-1, digits // 8)
    figures = (gather(block.text, end - digits, digits) - np.uint8(ord("0"))).view(np.uint64) & kept
    value = np.zeros(len(start), np.uint64)
    for eight in figures.T:
        good &= ((eight | (eight + _ABOVE_NINE)) & _HIGHEST) == 0
        number = eight
        for ten, shift, mask in _EIGHTS:
            number = (number * np.uint64(ten) + (number >> np.uint64(shift))) & np.uint64(mask)
        value = value * np.uint64(100_000_000) + number
    return value, good


def ragged(start: Places, length: Places) -> Places:
    """Return start, start + 1, … of each range, one range after another."""
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(int(length.sum()))

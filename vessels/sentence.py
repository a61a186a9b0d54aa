"""The AIS sentences of a block, as columns: the regular ones by the pattern of their edges, the rest line by line."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import repeat
from typing import Any, Final, Self

import numpy as np

from vessels.block import (
    BANG,
    COMMA,
    CR,
    HASH,
    STAR,
    Block,
    Flags,
    Places,
    Words,
    byte_of,
    checksum,
    digit_of,
    gather,
    word,
    words,
)
from vessels.line import MAX_LINE, REJECT_BYTES, Reject, pieces
from vessels.sixbit import Ints

MAX_FILL: Final = 5  # bits that can be left over in a six-bit character

FAULTS: Final = ("", "checksum", "armour", "fill bits", "malformed")
_ARMOUR: Final = bytes([*range(48, 88), *range(96, 120)])

# "!xxVDM,t" and ",n," with the talker, M or O, and the numbers left open
_HEAD: Final = np.uint64(word(b"!\0\0VDM,\0"))
_HEAD_SET: Final = np.uint64(word(b"\xff\0\0\xff\xff\xfd\xff\0"))
_NUMBER: Final = np.uint64(word(b",\0,\0\0\0\0\0"))
_NUMBER_SET: Final = np.uint64(word(b"\xff\0\xff\0\0\0\0\0"))
_EDGES: Final = np.uint64(word(bytes([BANG, *[COMMA] * 6, STAR])))


@dataclass(frozen=True, slots=True)
class Sentences:
    """n sentences in their order: places in the block (of what comes before, `!`, the payload and the ends of all)."""

    begin: Places
    bang: Places
    payload: Places
    end: Places
    close: Places
    line: Places
    """The index of its line in the block."""
    armour: Flags
    """Whether the payload is nothing but armour."""
    head: Words
    """Its first 8 bytes, up to the number of parts."""
    next: Words
    """The 8 bytes behind them, from the comma before the number of the part."""
    tail: Words
    """The 8 bytes from the comma behind the payload, checksum included."""

    def __len__(self) -> int:
        return len(self.bang)

    @property
    def total(self) -> Words:
        """The number of parts."""
        return digit_of(self.head, 7)

    @property
    def number(self) -> Words:
        """The number of this part."""
        return digit_of(self.next, 1)

    @property
    def fill(self) -> Words:
        """The number of fill bits."""
        return digit_of(self.tail, 1)

    def only(self, chosen: Any) -> Self:
        """Return the chosen sentences."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def text(self, block: Block, row: int) -> bytes:
        """Return a sentence with all that stands round it."""
        return block.text[self.begin[row] : self.close[row]]

    def rejects(self, block: Block, rows: Ints, reasons: Iterable[str]) -> list[Reject]:
        """Return the rejects of these sentences, or of the messages that begin with them, each with the next reason."""
        return rejects(block, self.begin[rows], self.close[rows], reasons)


def find(block: Block) -> tuple[Sentences, list[Reject]]:
    """Return the sentences of a block in order, and what looks like a sentence and is none."""
    line = block.bang_line
    found, regular = _laid_out(block)
    odd = _odd_lines(block, found, regular)
    talker = _has_talker(found.head)
    if not odd.any() and talker.all():
        return found, []
    plain = ~odd[line]
    spoilt = line[plain & ~talker]
    refused = rejects(block, block.begin[spoilt], block.end[spoilt], repeat("malformed"))
    found = found.only(np.flatnonzero(plain & talker))
    rest, more = _line_by_line(block, np.flatnonzero(odd))
    refused += more
    if not len(rest):
        return found, refused
    both = Sentences(*(np.concatenate((getattr(found, f.name), getattr(rest, f.name))) for f in fields(Sentences)))
    return both.only(np.argsort(both.bang, kind="stable")), refused


def _laid_out(block: Block) -> tuple[Sentences, Flags]:
    """Return what begins with each `!` as if it were a sentence of the regular form, and which are of it.

    That is: legal armour, one-digit numbers, a checksum. Whether its talker is one is not asked here.
    Since edges are all bytes that are no armour, nothing can stand between those of the pattern but armour.
    """
    line, edge = block.bang_line, block.bang_edge
    bang, first, channel, end = (block.edge.take(edge + at) for at in (0, 3, 5, 6))
    head, following = np.ascontiguousarray(gather(block.text, bang, 16).view(np.uint64).T)
    tail = words(block.byte, end)
    unnumbered = byte_of(following, 3) == COMMA  # no sequence; else it is one digit
    regular = (
        (words(block.kind, edge) == _EDGES)
        & ((head & _HEAD_SET) == _HEAD)
        & ((following & _NUMBER_SET) == _NUMBER)
        & (first == bang + 10)
        & (digit_of(head, 7) < 10)
        & (digit_of(following, 1) < 10)
        & (unnumbered | ((digit_of(following, 3) < 10) & (byte_of(following, 4) == COMMA)))
        & (channel - bang <= 17 - unnumbered)
        & (digit_of(tail, 1) < 10)
        & (byte_of(tail, 2) == STAR)
        & (checksum(tail >> np.uint64(24)) >= 0)
    )
    armour = np.ones(len(bang), np.bool_)
    begin, close = block.begin.take(line), block.end.take(line)
    return Sentences(begin, bang, channel + 1, end, close, line, armour, head, following, tail), regular


def _odd_lines(block: Block, found: Sentences, regular: Flags) -> Flags:
    """Return which lines must be looked at one by one: several sentences, none of the regular form, a comment."""
    line = found.line
    odd = np.asarray(block.end - block.begin[:-1] > MAX_LINE)
    odd[line[~regular]] = True
    odd[line[1:][line[1:] == line[:-1]]] = True
    odd[line[block.byte.take(found.begin) == HASH]] = True
    return odd


def _has_talker(head: Words) -> Flags:
    """Return where two capitals follow the `!`; a letter of the pattern that is none makes a sentence malformed."""
    first, second = (byte_of(head, place) - np.uint64(ord("A")) for place in (1, 2))
    return np.asarray((first < 26) & (second < 26))


def _line_by_line(block: Block, lines: Places) -> tuple[Sentences, list[Reject]]:
    """Return the sentences of these lines, which may have several or none."""
    rows, wrong = [], []
    for begin, end, index in zip(block.begin[lines].tolist(), block.end[lines].tolist(), lines.tolist(), strict=True):
        line = block.text[begin:end]
        for piece in pieces(line):
            if piece.why:
                wrong.append((begin + piece.begin, begin + piece.close, piece.why))
            else:
                armour = not line[piece.payload : piece.end].translate(None, _ARMOUR)
                rows.append([*(begin + place for place in piece[:-1]), index, armour])
    begins, bang, payload, ends, close, at, armoured = np.array(rows, np.int64).reshape(-1, 7).T
    seen = (words(block.byte, place) for place in (bang, bang + 8, ends))
    froms, tos = np.array([each[:2] for each in wrong], np.int64).reshape(-1, 2).T
    refused = rejects(block, froms, tos, [why for _, _, why in wrong])
    return Sentences(begins, bang, payload, ends, close, at, armoured > 0, *seen), refused


def rejects(block: Block, begin: Places, end: Places, reasons: Iterable[str]) -> list[Reject]:
    """Return the rejects of what stands at these places, each with the next reason."""
    offsets = (begin + block.shift).tolist()
    spans = zip(begin.tolist(), np.minimum(end, begin + REJECT_BYTES).tolist(), strict=True)
    return list(map(Reject, offsets, reasons, [block.text[start:stop] for start, stop in spans]))


def faults(block: Block, sentences: Sentences) -> Ints:
    """Return for each sentence why it must be refused, as an index of FAULTS; 0 is a sound one."""
    check = block.exclusive_or(sentences.bang + 1, sentences.end + 2) != checksum(sentences.tail >> np.uint64(24))
    number = sentences.number
    parts = (number < 1) | (number > sentences.total)
    fill = sentences.fill > MAX_FILL
    found = np.zeros(len(sentences), np.int64)
    for reason, wrong in ((4, parts), (3, fill), (2, ~sentences.armour), (1, check)):  # the first of them is said
        found[wrong] = reason
    return found


def has_nothing_behind(block: Block, sentences: Sentences) -> Flags:
    """Return which sentences end with their checksum, or with it and CR."""
    behind = sentences.close - sentences.end - 5
    return np.asarray((behind == 0) | ((behind == 1) & (block.byte.take(sentences.close - 1) == CR)))

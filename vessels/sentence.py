"""The AIS sentences of a block, as columns: the regular ones by the pattern of their edges, the rest line by line."""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np

from vessels.block import BANG, COMMA, CR, HASH, STAR, Block, Flags, Places, checksum, digit, exclusive_or, word, words
from vessels.line import MAX_LINE, REJECT_BYTES, Reject, pieces
from vessels.sixbit import Ints

MAX_FILL: Final = 5  # bits that can be left over in a six-bit character

FAULTS: Final = ("", "checksum", "armour", "fill bits", "malformed")
_ARMOUR: Final = bytes([*range(48, 88), *range(96, 120)])

# "!xxVDM,n" with the talker, M or O, and the number of parts left open
_HEAD: Final = word(b"!\0\0VDM,\0")
_HEAD_SET: Final = word(b"\xff\0\0\xff\xff\xfd\xff\0")
_EDGES: Final = word(bytes([BANG, *[COMMA] * 6, STAR]))


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

    def __len__(self) -> int:
        return len(self.bang)

    def only(self, chosen: Any) -> Self:
        """Return the chosen sentences."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def text(self, block: Block, row: int) -> bytes:
        """Return a sentence with all that stands round it."""
        return block.text[self.begin[row] : self.close[row]]

    def reject(self, block: Block, row: int, reason: str) -> Reject:
        """Return the reject of a sentence, or of the message that begins with it."""
        return reject(block, int(self.begin[row]), int(self.close[row]), reason)


def find(block: Block) -> tuple[Sentences, list[Reject]]:
    """Return the sentences of a block in order, and what looks like a sentence and is none."""
    bang = np.flatnonzero(block.kind == BANG)
    line = np.searchsorted(block.end_edge, bang)
    regular, talker = _is_regular(block, bang), _has_talker(block, bang)
    odd = _odd_lines(block, line, regular)
    plain = ~odd[line]
    spoilt = line[plain & ~talker]
    spans = zip(block.begin[spoilt].tolist(), block.end[spoilt].tolist(), strict=True)
    rejects = [reject(block, begin, end, "malformed") for begin, end in spans]
    bang, line = bang[plain & talker], line[plain & talker]
    found = Sentences(
        block.begin[line],
        block.edge[bang],
        block.edge[bang + 5] + 1,
        block.edge[bang + 6],
        block.end[line],
        line,
        np.ones(len(bang), np.bool_),
    )
    rest, more = _line_by_line(block, np.flatnonzero(odd))
    rejects += more
    if not len(rest):
        return found, rejects
    both = Sentences(*(np.concatenate((getattr(found, f.name), getattr(rest, f.name))) for f in fields(Sentences)))
    return both.only(np.argsort(both.bang, kind="stable")), rejects


def _odd_lines(block: Block, line: Places, regular: Flags) -> Flags:
    """Return which lines must be looked at one by one: several sentences, none of the regular form, a comment."""
    odd = np.asarray(block.end - block.begin[:-1] > MAX_LINE)
    odd[line[~regular]] = True
    odd[line[1:][line[1:] == line[:-1]]] = True
    odd[line[block.byte[block.begin[line]] == HASH]] = True
    return odd


def _has_talker(block: Block, bang: Places) -> Flags:
    """Return at which edges two capitals follow; a letter of the pattern that is none makes a sentence malformed."""
    place = block.edge[bang]
    first, second = block.byte[place + 1] - np.uint8(ord("A")), block.byte[place + 2] - np.uint8(ord("A"))
    return np.asarray((first < 26) & (second < 26))


def _is_regular(block: Block, bang: Places) -> Flags:
    """Return at which edges a sentence of the regular form begins: legal armour, one-digit numbers, a checksum.

    Whether its talker is one is not asked here.
    Since edges are all bytes that are no armour, nothing can stand between those of the pattern but armour.
    """
    place = block.edge[bang]
    number, first, second, channel, fill, star = (block.edge[bang + at] for at in range(2, 8))
    sequence = second - first - 1  # characters
    return np.asarray(
        (words(block.kind, bang) == _EDGES)
        & ((words(block.byte, place) & np.uint64(_HEAD_SET)) == _HEAD)
        & (number == place + 8)
        & (first == place + 10)
        & (digit(block, place + 7) < 10)
        & (digit(block, place + 9) < 10)
        & ((sequence == 0) | ((sequence == 1) & (digit(block, place + 11) < 10)))
        & (channel - second <= 5)
        & (star == fill + 2)
        & (digit(block, fill + 1) < 10)
        & (checksum(block, star) >= 0)
    )


def _line_by_line(block: Block, lines: Places) -> tuple[Sentences, list[Reject]]:
    """Return the sentences of these lines, which may have several or none."""
    rows, rejects = [], []
    for begin, end, index in zip(block.begin[lines].tolist(), block.end[lines].tolist(), lines.tolist(), strict=True):
        line = block.text[begin:end]
        for piece in pieces(line):
            if piece.why:
                rejects.append(reject(block, begin + piece.begin, begin + piece.close, piece.why))
            else:
                armour = not line[piece.payload : piece.end].translate(None, _ARMOUR)
                rows.append([*(begin + place for place in piece[:-1]), index, armour])
    begins, bang, payload, ends, close, at, armoured = np.array(rows, np.int64).reshape(-1, len(fields(Sentences))).T
    return Sentences(begins, bang, payload, ends, close, at, armoured > 0), rejects


def reject(block: Block, begin: int, end: int, reason: str) -> Reject:
    """Return the reject of what stands at these places."""
    return Reject(begin + block.shift, reason, block.text[begin : min(end, begin + REJECT_BYTES)])


def faults(block: Block, sentences: Sentences) -> Ints:
    """Return for each sentence why it must be refused, as an index of FAULTS; 0 is a sound one."""
    star = sentences.end + 2
    number, total = digit(block, sentences.bang + 9), digit(block, sentences.bang + 7)
    return np.select(
        [
            exclusive_or(block, sentences.bang + 1, star) != checksum(block, star),
            ~sentences.armour,
            digit(block, sentences.end + 1) > MAX_FILL,
            (number < 1) | (number > total),
        ],
        [1, 2, 3, 4],
        0,
    )


def has_nothing_behind(block: Block, sentences: Sentences) -> Flags:
    """Return which sentences end with their checksum, or with it and CR."""
    behind = sentences.close - sentences.end - 5
    return np.asarray((behind == 0) | ((behind == 1) & (block.byte[sentences.close - 1] == CR)))

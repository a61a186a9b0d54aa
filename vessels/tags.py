r"""Tag blocks of the regular form, all at once: one before the sentence and nothing else, `\s:..,c:..,g:..*hh\`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vessels.block import (
    BACKSLASH,
    COMMA,
    CR,
    KEPT,
    SPACE,
    STAR,
    TAB,
    Block,
    Flags,
    Places,
    Words,
    byte_of,
    checksum,
    ragged,
    word,
    words,
)
from vessels.clock import UNKNOWN
from vessels.feedtime import epochs
from vessels.line import speaker_name
from vessels.sixbit import Ints

NAME_BYTES: Final = 16  # the longest station name of the regular form
GROUP_BYTES: Final = 8  # the longest group


@dataclass(frozen=True, slots=True)
class Tags:
    """What n tag blocks say: their time or UNKNOWN, whether the checksum is right, the speaker, the group (0: none)."""

    regular: Flags
    good: Flags
    time: Ints
    speaker: Ints
    """Index of `names`, of which the first is empty."""
    group: Ints
    names: list[str]


def read(block: Block, begin: Places, bang: Places, edge: Places) -> Tags:
    """Return what stands in tag blocks from `begin`, at the edge of index `edge`, up to the `!` at `bang`."""
    count, star = len(begin), bang - 4
    closing = words(block.byte, star)
    check = checksum(closing >> np.uint64(8))
    regular = (byte_of(closing, 0) == STAR) & (byte_of(closing, 3) == BACKSLASH) & (bang - begin > 5) & (check >= 0)
    found = _fields(block, *_places(block, bang, edge, regular))
    regular[found.tag[found.unusual]] = False
    speaker, group, time = np.zeros(count, np.int64), np.zeros(count, np.int64), np.full(count, UNKNOWN)
    names, speakers = _speakers(block, found)
    speaker[found.tag[found.named]] = speakers
    timed = np.flatnonzero(found.key == ord("c"))
    time[found.tag[timed]] = epochs(block, found.start[timed], found.end[timed])
    grouped = np.flatnonzero(found.key == ord("g"))
    group[found.tag[grouped]] = found.group[grouped]
    return Tags(regular, block.exclusive_or(begin + 1, star) == check, time, speaker, group, names)


def _places(block: Block, bang: Places, edge: Places, regular: Flags) -> tuple[Ints, Places, Places]:
    """Return the tag, the begin and the end of all fields of regular tag blocks; unmark those that prove to be none."""
    left, places = np.flatnonzero(regular), []
    kinds = words(block.kind, edge)
    for pattern, separators in _PATTERNS.items():
        fits = (kinds[left] & KEPT[len(pattern)]) == word(pattern)
        fits &= block.edge.take(edge[left] + len(pattern)) == bang[left]
        chosen = left[fits]
        places.append(_fields_of_pattern(block, chosen, edge[chosen], separators))
        left = left[~fits]
    if len(left):
        rest, regular[left] = _fields_of_others(block, left, bang[left], edge[left])
        places.append(rest)
    tag, start, end = (np.concatenate(column) for column in zip(*places, strict=True))
    return tag, start, end


# The edges of the commonest tag blocks, and which of them separate fields. A group's numbers are joined by hyphens.
_PATTERNS: Final[Mapping[bytes, tuple[int, ...]]] = {
    b"\\,*\\": (0, 1, 2),
    b"\\*\\": (0, 1),
    b"\\--,*\\": (0, 3, 4),
    b"\\--,,*\\": (0, 3, 4, 5),
    b"\\--*\\": (0, 3),
}


def _fields_of_pattern(block: Block, tag: Ints, edge: Places, separators: Sequence[int]) -> tuple[Ints, Places, Places]:
    """Return the tag, the begin and the end of the fields of tag blocks whose separators are these of their edges."""
    places = [block.edge.take(edge + at) for at in separators]
    fields = len(separators) - 1
    return np.tile(tag, fields), np.concatenate(places[:-1]) + 1, np.concatenate(places[1:])


def _fields_of_others(block: Block, tag: Ints, bang: Places, edge: Places) -> tuple[tuple[Ints, Places, Places], Flags]:
    r"""Return the same of other tag blocks, and which of them have no more than two `\`, one star and no blanks."""
    count = np.searchsorted(block.edge, bang) - edge
    index, owner = ragged(edge, count), np.repeat(np.arange(len(tag)), count)
    kind, place = block.kind[index], block.edge[index]
    regular = np.add.reduceat(_WEIGHTS[kind], np.cumsum(count) - count) == _REGULAR
    chosen = _SEPARATES[kind] & regular[owner]
    place, owner = place[chosen], owner[chosen]
    opens = np.flatnonzero((block.byte[place] != STAR) & (np.append(owner[1:], -1) == owner))
    return (tag[owner[opens]], place[opens] + 1, place[opens + 1]), regular


def _weights() -> npt.NDArray[np.int64]:
    """Return what each byte adds to the sum over a tag block's edges, which tells the regular ones."""
    table = np.zeros(256, np.int64)
    table[[BACKSLASH, STAR, SPACE, TAB, CR]] = 1, 1 << 20, 1 << 40, 1 << 40, 1 << 40
    return table


_WEIGHTS: Final = _weights()
_REGULAR: Final = 2 + (1 << 20)
_SEPARATES: Final = np.isin(np.arange(256), (BACKSLASH, COMMA, STAR))


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of tag blocks: which block, the key and the places of the value."""

    tag: Ints
    key: npt.NDArray[np.uint8]
    start: Places
    end: Places
    group: Ints
    unusual: Flags
    named: Ints
    """Which name a speaker."""


def _fields(block: Block, tag: Ints, start: Places, end: Places) -> _Fields:
    """Return the fields of tag blocks from where they begin and end."""
    first, second = block.byte.take(start), block.byte.take(start + 1)
    key = first * ((second == ord(":")) & (end - start >= 2))  # 0 where there is none
    unusual = (first - np.uint8(ord("0"))) < 10  # a number that may be a time
    start = start + 2
    unusual |= (key == ord("s")) & (end - start > NAME_BYTES)
    group = np.zeros(len(tag), np.int64)
    grouped = np.flatnonzero(key == ord("g"))
    behind = _last_dash(block, start[grouped], end[grouped])
    size = end[grouped] - behind
    group[grouped] = (words(block.byte, behind) & KEPT[np.minimum(size, GROUP_BYTES)]).view(np.int64)
    unusual[grouped] |= size > GROUP_BYTES
    return _Fields(tag, key, start, end, group, unusual, np.flatnonzero((key == ord("s")) & ~unusual))


def _last_dash(block: Block, start: Places, end: Places) -> Places:
    """Return where the text behind the last hyphen of these values begins; without one, their start."""
    found = start.copy()
    place, owner = ragged(start, end - start), np.repeat(np.arange(len(start)), end - start)
    dashes = block.byte[place] == ord("-")
    found[owner[dashes]] = place[dashes] + 1  # of several the last
    return found


def _speakers(block: Block, found: _Fields) -> tuple[list[str], Ints]:
    """Return the names said, each once, behind an empty one, and which of them each field says."""
    start = found.start[found.named]
    length = found.end[found.named] - start
    said = words(block.byte, start) & KEPT.take(np.minimum(length, 8))
    each, index = _told_apart(said)
    written = [half.to_bytes(8, "little") for half in each]
    if length.max(initial=0) > 8:
        more, second = _told_apart(words(block.byte, start + 8) & KEPT.take(np.maximum(length - 8, 0)))
        both, index = _told_apart(index * np.int64(len(more)) + second)
        written = [written[at // len(more)] + more[at % len(more)].to_bytes(8, "little") for at in both]
    cleaned = [speaker_name(name) for name in written]
    names = {name: index for index, name in enumerate(dict.fromkeys(["", *cleaned]))}
    return list(names), np.array([names[name] for name in cleaned], np.int64)[index]


def _told_apart(numbers: Words | Ints) -> tuple[list[int], Ints]:
    """Return each number once, and which of them stands in each place."""
    column = pa.array(numbers).dictionary_encode()
    return column.dictionary.to_pylist(), column.indices.to_numpy().astype(np.int64)

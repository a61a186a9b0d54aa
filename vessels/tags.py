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
    checksum,
    digit,
    exclusive_or,
    gather,
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
_NAMED: Final = np.tri(NAME_BYTES + 1, NAME_BYTES, -1, np.uint8) * 255  # what to keep of a name of so many bytes


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
    count = len(begin)
    star = np.maximum(bang - 4, begin + 1)
    check = checksum(block, star)
    regular = (block.byte[bang - 1] == BACKSLASH) & (block.byte[star] == STAR) & (bang - begin > 5) & (check >= 0)
    places = []
    kinds, other = words(block.kind, edge), regular.copy()
    for pattern, separators in _PATTERNS.items():
        fits = other & ((kinds & KEPT[len(pattern)]) == word(pattern)) & (block.edge[edge + len(pattern)] == bang)
        if fits.any():
            places.append(_fields_of_pattern(block, np.flatnonzero(fits), edge[fits], separators))
            other &= ~fits
    if other.any():
        rest, taken = _fields_of_others(block, np.flatnonzero(other), bang[other], edge[other])
        regular[other] = taken
        places.append(rest)
    none = np.zeros(0, np.int64)
    places.append((none, none, none))
    found = _fields(block, *(np.concatenate(column) for column in zip(*places, strict=True)))
    regular[found.tag[found.unusual]] = False
    names, speakers = _speakers(block, found)
    speaker, group, time = np.zeros(count, np.int64), np.zeros(count, np.int64), np.full(count, UNKNOWN)
    speaker[found.tag[found.names]] = speakers
    timed = found.key == ord("c")
    time[found.tag[timed]] = epochs(block, found.start[timed], found.end[timed])
    grouped = found.key == ord("g")
    group[found.tag[grouped]] = found.group[grouped]
    return Tags(regular, exclusive_or(block, begin + 1, star) == check, time, speaker, group, names)


# The edges of the commonest tag blocks, and which of them separate fields. A group's numbers are joined by hyphens.
_PATTERNS: Final[Mapping[bytes, tuple[int, ...]]] = {
    b"\\*\\": (0, 1),
    b"\\,*\\": (0, 1, 2),
    b"\\--,*\\": (0, 3, 4),
    b"\\--,,*\\": (0, 3, 4, 5),
    b"\\--*\\": (0, 3),
}


def _fields_of_pattern(block: Block, tag: Ints, edge: Places, separators: Sequence[int]) -> tuple[Ints, Places, Places]:
    """Return the tag, the begin and the end of the fields of tag blocks whose separators are these of their edges."""
    places = [block.edge[edge + at] for at in separators]
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

    @property
    def names(self) -> Flags:
        """Which name a speaker."""
        return np.asarray((self.key == ord("s")) & ~self.unusual)


def _fields(block: Block, tag: Ints, start: Places, end: Places) -> _Fields:
    """Return the fields of tag blocks from where they begin and end."""
    keyed = (block.byte[start + 1] == ord(":")) & (end - start >= 2)
    key = np.where(keyed, block.byte[start], 0)
    start = start + 2
    unusual = digit(block, start - 2) < 10  # a number that may be a time
    unusual |= (key == ord("s")) & (end - start > NAME_BYTES)
    group = np.zeros(len(tag), np.int64)
    grouped = np.flatnonzero(key == ord("g"))
    behind = _last_dash(block, start[grouped], end[grouped])
    size = end[grouped] - behind
    group[grouped] = (words(block.byte, behind) & KEPT[np.minimum(size, GROUP_BYTES)]).view(np.int64)
    unusual[grouped] |= size > GROUP_BYTES
    return _Fields(tag, key, start, end, group, unusual)


def _last_dash(block: Block, start: Places, end: Places) -> Places:
    """Return where the text behind the last hyphen of these values begins; without one, their start."""
    found = start.copy()
    place, owner = ragged(start, end - start), np.repeat(np.arange(len(start)), end - start)
    dashes = block.byte[place] == ord("-")
    found[owner[dashes]] = place[dashes] + 1  # of several the last
    return found


def _speakers(block: Block, found: _Fields) -> tuple[list[str], Ints]:
    """Return the names said, each once, behind an empty one, and which of them each field says."""
    start, length = found.start[found.names], (found.end - found.start)[found.names]
    if length.max(initial=0) <= 8:
        column = pa.array(words(block.byte, start) & KEPT[length]).dictionary_encode()
        said = [name.to_bytes(8, "little") for name in column.dictionary.to_pylist()]
    else:
        kept = np.ascontiguousarray(gather(block.text, start, NAME_BYTES) & _NAMED[length])
        named = pa.Array.from_buffers(pa.binary(NAME_BYTES), len(kept), [None, pa.py_buffer(kept)])
        column = named.dictionary_encode()
        said = column.dictionary.to_pylist()
    cleaned = [speaker_name(name) for name in said]
    names = {name: index for index, name in enumerate(dict.fromkeys(["", *cleaned]))}
    where = np.array([names[name] for name in cleaned], np.int64)
    return list(names), where[column.indices.to_numpy()]

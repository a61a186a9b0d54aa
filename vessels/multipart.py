"""Sentences to whole messages, in the order in which they are complete.

Of the sentences with one key (talker, number of parts, sequence, channel), a burst is what no pause of GROUP_LINES
lines parts. A burst that is nothing but whole messages, one after another, is joined with all others like it; any
other burst is gone through part by part in `groups`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

import numpy as np

from vessels.around import Surroundings, one_by_one
from vessels.block import KEPT, Block, Flags, Places, Words, gather, word, words
from vessels.clock import UNKNOWN
from vessels.groups import GROUP_LINES, Groups, Key, Part, Whole
from vessels.sentence import Sentences
from vessels.sixbit import LONGEST, Ints, Payloads, Sixes


@dataclass(frozen=True, slots=True)
class Messages:
    """n whole messages: the place of the first sentence and what was said round it."""

    offset: Ints
    time: Ints
    clock: Ints
    station: Ints
    simulated: Flags
    first: Ints
    """Its first sentence; -1 - i for number i of those put together in `groups`."""

    def __len__(self) -> int:
        return len(self.offset)

    def only(self, chosen: Any) -> Self:
        """Return the chosen messages."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Joined:
    """Messages in order of completion, their payloads, and those put together in `groups`."""

    messages: Messages
    payloads: Payloads
    wholes: Sequence[Whole]


def join(block: Block, sentences: Sentences, said: Surroundings, feed: Ints, groups: Groups) -> Joined:
    """Return the messages that these sound sentences complete; what stays open goes into `groups`.

    `feed` is the time that a time line gives each sentence, or UNKNOWN.
    """
    total = sentences.total.view(np.int64)
    single = np.flatnonzero(total == 1)
    several = np.flatnonzero(total > 1)
    extents = _Extents(single, single, sentences.payload[single], sentences.end[single])
    if not len(several):
        return _joined(block, sentences, said, extents, armour=block.byte)
    rows, clean = _bursts(block, sentences, said, several, groups.keys)
    runs, joined = _runs(block, sentences, rows[clean], total)
    _inherit_times(sentences, said, rows[clean])
    wholes, ends = _one_by_one(block, sentences, feed, np.sort(rows[~clean]), groups)
    payloads = [np.frombuffer(whole.payload, np.uint8) for whole in wholes]
    armour = np.concatenate((block.byte, joined, *payloads, np.full(LONGEST, ord("0"), np.uint8)))
    edges = len(block.byte) + len(joined) + np.cumsum([0, *map(len, payloads)])
    rest = _Extents(-1 - np.arange(len(wholes)), np.array(ends, np.int64), edges[:-1], edges[1:])
    every = [np.concatenate(columns) for columns in zip(extents, runs, rest, strict=True)]
    order = np.argsort(every[1], kind="stable")
    extents = _Extents(*(column[order] for column in every))
    return _joined(block, sentences, said, extents, armour=armour, wholes=wholes)


class _Extents(NamedTuple):
    """Of messages, their first and last sentence and where their payload begins and ends in the armour."""

    first: Ints
    last: Ints
    start: Places
    end: Places


def _joined(
    block: Block,
    sentences: Sentences,
    said: Surroundings,
    extents: _Extents,
    *,
    armour: Sixes,
    wholes: Sequence[Whole] = (),
) -> Joined:
    """Return messages, all of whose payloads lie in `armour`; `wholes` are those of them that `groups` put together."""
    first = extents.first
    bits = (extents.end - extents.start) * 6 - sentences.fill.view(np.int64)[extents.last]
    offset = sentences.begin[first] + block.shift
    messages = Messages(offset, said.time[first], said.clock[first], said.station[first], said.simulated[first], first)
    names = {name: index for index, name in enumerate(said.names)}
    for row in np.flatnonzero(first < 0).tolist():
        whole = wholes[-1 - first[row]]
        messages.offset[row] = whole.offset
        messages.time[row] = UNKNOWN if whole.around.time is None else whole.around.time
        messages.clock[row] = whole.around.clock
        messages.station[row] = names.setdefault(whole.around.station or "", len(names))
        messages.simulated[row] = whole.around.simulated
    said.names[:] = names
    return Joined(messages, Payloads(armour, extents.start, bits), wholes)


def _bursts(
    block: Block, sentences: Sentences, said: Surroundings, several: Ints, carried: set[Key]
) -> tuple[Ints, Flags]:
    """Return the parts sorted by key and burst, and which of them are of bursts of nothing but whole messages."""
    head, tail = _codes(block, sentences.only(several))
    order = np.lexsort((tail, head))
    rows, head, tail = several[order], head[order], tail[order]
    line = sentences.line[rows]
    opens = np.ones(len(rows), np.bool_)
    opens[1:] = (head[1:] != head[:-1]) | (tail[1:] != tail[:-1])
    known = np.zeros(len(rows), np.bool_)
    for key in carried:
        known |= (head == _code(key)[0]) & (tail == _code(key)[1])
    opens[1:] |= line[1:] - line[:-1] > GROUP_LINES
    burst = np.cumsum(opens) - 1
    begin = np.flatnonzero(opens)
    bad = known | ~_is_next(sentences, said, rows, np.arange(len(rows)) - begin[burst])
    length = np.diff(np.append(begin, len(rows)))
    broken = length % sentences.total.view(np.int64)[rows[begin]] != 0
    return rows, ~(broken | (np.bincount(burst[bad], minlength=len(begin)) > 0))[burst]


def _is_next(sentences: Sentences, said: Surroundings, rows: Ints, place: Ints) -> Flags:
    """Return which parts are what must follow in a burst of whole messages; `place` is theirs in the burst."""
    parts = sentences.only(rows)
    total, number = parts.total.view(np.int64), parts.number.view(np.int64)
    first = np.maximum(np.arange(len(rows)) - (number - 1), 0)
    fits = (place % total + 1 == number) & said.regular[rows]
    fits &= (number == total) | (parts.fill == 0)
    fits &= sentences.line[rows] - sentences.line[rows[first]] <= GROUP_LINES
    for known in (said.speaker, said.group):
        mine, opener = known[rows], known[rows[first]]
        fits &= (mine == opener) | (mine == 0) | (opener == 0)
    return np.asarray(fits)


def _codes(block: Block, sentences: Sentences) -> tuple[Words, Words]:
    """Return the keys as numbers: of talker and number of parts, of sequence and channel."""
    sequence = sentences.bang + 11
    size = sentences.payload - 1 - sequence
    return sentences.head, words(block.byte, sequence) & KEPT[size]


def _code(key: Key) -> tuple[int, int]:
    talker, total, sequence, channel = (part.encode("latin-1") for part in key)
    return word(b"!%b,%b" % (talker, total)), word(b"%b,%b" % (sequence, channel))


def _runs(block: Block, sentences: Sentences, parts: Ints, total: Ints) -> tuple[_Extents, Sixes]:
    """Return the messages that these parts, in order, are, and their payloads laid end to end."""
    place = np.flatnonzero(sentences.number[parts] == 1)
    count = total[parts[place]]
    length = (sentences.end - sentences.payload)[parts]
    edges = np.concatenate((np.zeros(1, np.int64), np.cumsum(length)))
    runs = _Extents(
        parts[place],
        parts[place + count - 1],
        edges[place] + len(block.byte),
        edges[place + count] + len(block.byte),
    )
    return runs, _laid_end_to_end(block, sentences.payload[parts], edges)


def _laid_end_to_end(block: Block, start: Places, edges: Ints) -> Sixes:
    """Return the bytes from each start, each behind the one before, so that they end at these edges.

    All are copied in the width of the longest: what is too much of one is overwritten by the next.
    """
    width = int(np.diff(edges).max(initial=1))
    laid = np.empty(int(edges[-1]) + width, np.uint8)
    view = np.ndarray((len(laid) - width + 1,), f"V{width}", laid, strides=(1,))
    view[edges[:-1]] = gather(block.text, start, width).view(view.dtype)[:, 0]
    return laid[: edges[-1]]


def _inherit_times(sentences: Sentences, said: Surroundings, parts: Ints) -> None:
    """Give first parts that have no time that of the first later part that has one."""
    timed = said.time[parts] != UNKNOWN
    if timed.all() or not timed.any():
        return
    later = np.minimum.accumulate(np.where(timed, np.arange(len(parts)), len(parts))[::-1])[::-1]
    begin = np.append(np.flatnonzero(sentences.number[parts] == 1), len(parts))
    inherits = begin[:-1][~timed[begin[:-1]] & (later[begin[:-1]] < begin[1:])]
    said.time[parts[inherits]] = said.time[parts[later[inherits]]]
    said.clock[parts[inherits]] = said.clock[parts[later[inherits]]]


def _one_by_one(
    block: Block, sentences: Sentences, feed: Ints, rows: Ints, groups: Groups
) -> tuple[list[Whole], list[int]]:
    """Put these parts into groups; return what they complete and the sentences that do."""
    wholes, ends = [], []
    for row in rows.tolist():
        whole = groups.add(_part(block, sentences, row, int(feed[row])))
        if whole is not None:
            wholes.append(whole)
            ends.append(row)
    return wholes, ends


def _part(block: Block, sentences: Sentences, row: int, feed: int) -> Part:
    """Return one sentence as a part of a message."""
    bang, end = int(sentences.bang[row]), int(sentences.end[row])
    talker, total, number, sequence, channel, payload = block.text[bang + 1 : end].decode("latin-1").split(",")
    return Part(
        int(sentences.begin[row]) + block.shift,
        int(block.line(sentences.line[row])),
        sentences.text(block, row),
        (talker, total, sequence, channel),
        number,
        payload,
        chr(block.text[end + 1]),
        one_by_one(block, sentences, row, feed),
    )

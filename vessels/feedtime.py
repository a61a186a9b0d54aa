"""Times that the feed itself says: Gatehouse lines (`$PGHP`) before a sentence, numbers beside it."""

from typing import Final

import numpy as np

from vessels.block import (
    COMMA,
    CR,
    DOLLAR,
    KEPT,
    STAR,
    Block,
    Flags,
    Places,
    checksum,
    integers,
    word,
    words,
)
from vessels.clock import SECOND, UNKNOWN, instant
from vessels.line import FIRST_EPOCH, LAST_EPOCH, LEAST_EPOCH, LONGEST_EPOCH, MAX_LINE, SCALES, TIME_LINE, feed_time
from vessels.sentence import Sentences
from vessels.sixbit import Ints

_PARTS: Final = 8  # of a time line: a number, year, month, day, hour, minute, second, thousandth
_EDGES: Final = word(bytes([DOLLAR, *[COMMA] * 7]))


def time_lines(block: Block, sentences: Sentences) -> tuple[Places, Ints]:
    """Return the places of the time lines and the time each says, UNKNOWN where it is spoilt."""
    lines = np.flatnonzero(block.byte.take(block.begin[:-1]) == DOLLAR)
    lines = lines[(words(block.byte, block.begin[lines]) & KEPT[len(TIME_LINE)]) == word(TIME_LINE)]
    lines = lines[block.end[lines] - block.begin[lines] <= MAX_LINE]
    beyond = np.append(sentences.begin, -1)
    lines = lines[
        beyond[np.searchsorted(sentences.begin, block.begin[lines])] != block.begin[lines]
    ]  # no sentence in it
    if not len(lines):
        return block.begin[lines], np.zeros(0, np.int64)
    times, regular = _times(block, lines)
    for row in np.flatnonzero(~regular).tolist():
        time = feed_time(block.text[block.begin[lines[row]] : block.end[lines[row]]])
        times[row] = UNKNOWN if time is None else time
    return block.begin[lines], times


def _times(block: Block, lines: Places) -> tuple[Ints, Flags]:
    """Return the times of time lines, and which have the regular form and no fault."""
    first = block.first_edge[lines]
    commas = block.edge[first[:, None] + np.arange(1, _PARTS + 2)]
    stars = np.append(np.flatnonzero(block.kind == STAR), len(block.kind) - 1)
    star = block.edge[stars[np.searchsorted(stars[:-1], first)]]
    regular = (words(block.kind, first) == _EDGES) & (block.kind[first[:, None] + [8, 9]] == COMMA).all(axis=1)
    regular &= (star > commas[:, -1]) & (star + 2 < block.end[lines])
    star = np.where(regular, star, commas[:, 0])
    regular &= block.exclusive_or(block.begin[lines] + 1, star) == checksum(words(block.byte, star + 1))
    regular &= commas[:, 2] - commas[:, 1] == 5  # a year has four digits
    value, good = integers(block, commas[:, :-1].ravel() + 1, commas[:, 1:].ravel())
    regular &= good.reshape(-1, _PARTS).all(axis=1)
    numbers = np.where(regular, value.astype(np.int64).reshape(-1, _PARTS).T, 0)
    time, dated = instant(list(numbers[1:7]))
    regular &= dated & (numbers[7] < 1000)
    return np.where(regular, time + numbers[7] * 1000, UNKNOWN), regular


def epochs(block: Block, start: Places, end: Places) -> Ints:
    """Return the microseconds of epochs in seconds, ms, us or ns, told apart by size; UNKNOWN where there is none."""
    digits = 16 if (end - start).max(initial=0) <= 16 else 24
    value, good = integers(block, start, end, digits)
    good &= end - start <= LONGEST_EPOCH
    time = np.full(len(value), UNKNOWN)
    for scale in SCALES:
        fits = good & (value >= FIRST_EPOCH * scale) & (value < LAST_EPOCH * scale)
        said = value[fits].astype(np.int64)
        time[fits] = said * (SECOND // scale) if scale <= SECOND else said // (scale // SECOND)
        good &= ~fits
        if not good.any():
            break
    return time


def beside(block: Block, sentences: Sentences) -> tuple[Ints, Flags]:
    """Return the time of numbers beside sentences, and where the form is regular.

    Regular is one number and a separator before the sentence and nothing behind it, or a comma and one number behind
    and nothing before.
    """
    before, after = sentences.bang - sentences.begin, sentences.end + 5
    close = sentences.close - (block.byte[sentences.close - 1] == CR)
    prefixed, suffixed = (before > 0) & (close == after), (before == 0) & (close > after)
    start = np.where(prefixed, sentences.begin, after + 1)
    end = np.where(prefixed, sentences.bang - 1, close)
    separator = block.byte[np.where(prefixed, end, after)]
    parted = (separator == COMMA) | (prefixed & ((separator == ord(" ")) | (separator == ord("\t"))))
    size = end - start
    regular = (prefixed | suffixed) & parted & (size >= LEAST_EPOCH) & (size <= LONGEST_EPOCH)
    regular &= integers(block, start, np.where(regular, end, start + 1), 24)[1]
    time = np.full(len(sentences), UNKNOWN)
    time[regular] = epochs(block, start[regular], end[regular])
    return time, regular

"""What is said round the sentences of a block: their own times, and the stations that heard them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vessels import feedtime, line, tags
from vessels.block import BACKSLASH, Block, Flags, Places
from vessels.clock import FEED, NONE, TAG, TAG_UNCHECKED, UNKNOWN
from vessels.line import SIMULATED, Around
from vessels.sentence import Sentences, has_nothing_behind
from vessels.sixbit import Ints

_UNHEARD: Final = 0  # the index of the name of a station that is not said


@dataclass(slots=True)
class Surroundings:
    """What is said round n sentences. Stations, trusted or not (`speaker`), are indexes of `names`; 0 is none."""

    time: Ints
    clock: Ints
    station: Ints
    speaker: Ints
    group: Ints
    regular: Flags
    """Whether `group` tells all that is said of the group."""
    names: list[str]

    @property
    def simulated(self) -> Flags:
        """Whether the speaker is one of a simulation."""
        return np.array([name.startswith(SIMULATED) for name in self.names], np.bool_)[self.speaker]


def survey(block: Block, sentences: Sentences, feed: Ints) -> Surroundings:
    """Return what is said round sentences; `feed` is the time that a time line gives each, or UNKNOWN."""
    count = len(sentences)
    station, speaker, group = np.zeros((3, count), np.int64)
    clock = np.where(feed == UNKNOWN, NONE, FEED)
    said = Surroundings(feed.copy(), clock, station, speaker, group, np.ones(count, np.bool_), [""])
    silent = has_nothing_behind(block, sentences)
    led = sentences.begin != sentences.bang
    tagged = np.flatnonzero(led & silent & (block.byte[sentences.begin] == BACKSLASH))
    if len(tagged):
        taken = _take_tags(block, sentences, tagged, said)
        led[taken] = False
    odd = np.flatnonzero(led | ~silent)
    if len(odd):
        odd = odd[~_take_numbers(block, sentences, odd, said)]
        _take_the_rest(block, sentences, odd, feed, said)
    return said


def _take_tags(block: Block, sentences: Sentences, rows: Places, said: Surroundings) -> Places:
    """Note the tag blocks before these sentences where they are regular; return where."""
    begin, line = sentences.begin[rows], sentences.line[rows]
    whole = block.begin[line] == begin
    rows, begin, line = rows[whole], begin[whole], line[whole]
    found = tags.read(block, begin, sentences.bang[rows], block.first_edge[line])
    said.names = found.names
    rows, time, speaker = rows[found.regular], found.time[found.regular], found.speaker[found.regular]
    good = found.good[found.regular]
    timed = time != UNKNOWN
    said.time[rows[timed]] = time[timed]
    said.clock[rows[timed]] = np.where(good, TAG, TAG_UNCHECKED)[timed]
    said.station[rows] = np.where(good, speaker, _UNHEARD)
    said.speaker[rows] = speaker
    said.group[rows] = found.group[found.regular]
    return rows


def _take_numbers(block: Block, sentences: Sentences, rows: Places, said: Surroundings) -> Flags:
    """Note the times of numbers beside these sentences where that is all there is; return where."""
    time, regular = feedtime.beside(block, sentences.only(rows))
    rows, time = rows[regular], time[regular]
    timed = (time != UNKNOWN) & (said.time[rows] == UNKNOWN)
    said.time[rows[timed]] = time[timed]
    said.clock[rows[timed]] = FEED
    return regular


def _take_the_rest(block: Block, sentences: Sentences, rows: Places, feed: Ints, said: Surroundings) -> None:
    """Note what is said round the sentences that have no regular form, one by one."""
    number = {name: index for index, name in enumerate(said.names)}
    for row in rows.tolist():
        one = one_by_one(block, sentences, row, int(feed[row]))
        said.time[row] = UNKNOWN if one.time is None else one.time
        said.clock[row] = one.clock
        said.station[row] = number.setdefault(one.station or "", len(number))
        said.speaker[row] = number.setdefault(one.speaker, len(number))
        said.regular[row] = not one.group
    said.names = list(number)


def one_by_one(block: Block, sentences: Sentences, row: int, feed: int) -> Around:
    """Return what is said round one sentence."""
    before = block.text[sentences.begin[row] : sentences.bang[row]]
    after = block.text[sentences.end[row] + 5 : sentences.close[row]]
    return line.around(before, after, None if feed == UNKNOWN else feed)

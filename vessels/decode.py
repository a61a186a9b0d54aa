"""Bytes in, report rows out: the one way into the product for everything heard on the radio.

A decoder is fed blocks of any size and gives the same rows however they are cut. Everything is done to all lines of a
block at once: `sentence` finds sentences by the pattern of their separators, `around` reads tags and times beside them,
`multipart` joins parts, `content` reads the fields that `ais` lays out, `clock` times the messages. What does not have
the regular form goes line by line, or part by part, through `line` and `groups`, to the same result.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vessels import ais, around, clock, content, others, sentence, sixbit, strings
from vessels.block import Block
from vessels.feedtime import time_lines
from vessels.groups import GROUP_LINES, Groups
from vessels.line import MAX_LINE, Reject
from vessels.multipart import Joined, Messages, join
from vessels.others import Other
from vessels.report import ORIGIN, REPORT, empty_reports

NO_TIME: Final = "no time"


@dataclass(slots=True)
class Counts:
    """What was read so far. `messages` counts what decodes rightly, by type, whether or not its time is known."""

    lines: int = 0
    sentences: int = 0
    messages: dict[int, int] = field(default_factory=Counter)
    rejects: dict[str, int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The outcome of one block: REPORT rows in order of arrival, what was refused, and, if asked for, the rest.

    `heard` (ORIGIN) tells of each of the rest when and by whom it was heard.
    """

    reports: pa.Table
    rejects: list[Reject]
    others: list[Other] = field(default_factory=list)
    heard: pa.Table = field(default_factory=ORIGIN.empty_table)


class Decoder:
    """Decodes one feed or file.

    `source` names it in every row and `file` its content. `start` (microseconds UTC) gives the minute of a file that
    has no time; `receive` is for live feeds: messages without a time take that of receipt. `state` is what another
    decoder's `state()` said: feeding goes on at its `offset`. With `all_types`, messages that become no report are read
    too, one by one, which is many times slower for those.
    """

    def __init__(
        self,
        source: str,
        file: str,
        *,
        start: int | None = None,
        receive: bool = False,
        state: Mapping[str, Any] | None = None,
        all_types: bool = False,
    ) -> None:
        state = state or {}
        self._all_types = all_types
        self._others: list[Other] = []
        self._heard = ORIGIN.empty_table()
        self.counts = Counts()
        self._source = source
        self._file = file
        self._receive = receive
        self._offset: int = state.get("offset", 0)
        self._skipping: bool = state.get("skipping", False)
        self._rest = b""
        self._same = strings.repeated(source, 0), strings.repeated(file, 0)  # constant columns, long enough so far
        self._lines: int = state.get("lines", 0)
        self._feed: int | None = state.get("feed")
        self._groups = Groups(state.get("groups", ()))
        self._clock = clock.Clock(start=start, state=state.get("clock"))

    def state(self) -> dict[str, Any]:
        """Return what a later decoder needs to go on, as JSON; `offset` is the first byte not yet used up."""
        return {
            "offset": self._offset,
            "skipping": self._skipping,
            "lines": self._lines,
            "feed": self._feed,
            "groups": self._groups.state(),
            "clock": self._clock.state(),
        }

    def feed(self, block: bytes, *, last: bool = False, received: int | None = None) -> Decoded:
        """Decode the lines that this block completes; with `last`, also an unfinished line and nothing more is awaited.

        `received` is the time of receipt, used by a decoder made with `receive`.
        """
        lines = self._whole_lines(block, last=last)
        rejects: list[Reject] = []
        reports = self._decode(lines, received if self._receive else None, rejects) if lines else empty_reports()
        self._groups.expire(self._lines + 1 if last else self._lines - GROUP_LINES)
        rejects += self._groups.rejects
        self._groups.rejects.clear()
        self.counts.rejects.update(Counter(refused.reason for refused in rejects))
        decoded = Decoded(reports, sorted(rejects), self._others, self._heard)
        self._others, self._heard = [], ORIGIN.empty_table()
        return decoded

    def _whole_lines(self, block: bytes, *, last: bool) -> Block | None:
        """Return the lines that end in this block, if any; keep the unfinished one for the next."""
        if self._skipping:
            block = self._skipped(block)
        end = block.rfind(b"\n") + 1
        rest = block[end:] if end else self._rest + block
        whole: list[Any] = [self._rest, memoryview(block)[:end]] if end else []
        used = len(self._rest) + end if end else 0
        if rest and (last or len(rest) > MAX_LINE):  # what is too long is refused before its end
            self._skipping = not last
            whole += [rest, b"\n"]
            used += len(rest)
            rest = b""
        self._rest = rest
        if not whole:
            return None
        lines = Block(whole, self._offset, self._lines)
        self._offset += used
        return lines

    def _skipped(self, data: bytes) -> bytes:
        """Return what follows the line that was refused as too long."""
        _, newline, rest = data.partition(b"\n")
        self._offset += len(data) - len(rest)
        self._skipping = not newline
        return rest

    def _decode(self, block: Block, received: int | None, rejects: list[Reject]) -> pa.Table:
        """Return the report rows of these lines; put what is refused to the rejects."""
        found, spoilt = sentence.find(block)
        rejects += spoilt
        self.counts.lines += len(block.end)
        self._lines += len(block.end)
        self.counts.sentences += len(found) + len(spoilt)
        feed = self._feed_times(block, found)
        faults = sentence.faults(block, found)
        if faults.any():
            wrong, sound = np.flatnonzero(faults), np.flatnonzero(faults == 0)
            rejects += found.rejects(block, wrong, [sentence.FAULTS[fault] for fault in faults[wrong].tolist()])
            found, feed = found.only(sound), feed[sound]
        said = around.survey(block, found, feed)
        joined = join(block, found, said, feed, self._groups)
        return self._reports(joined, _Refusal(block, found, joined, rejects), said.names, received)

    def _feed_times(self, block: Block, found: sentence.Sentences) -> sixbit.Ints:
        """Return the time that a time line gives each sentence, or UNKNOWN; keep one that is not yet used."""
        places, times = time_lines(block, found)
        if not len(places) and self._feed is None:
            return np.full(len(found), clock.UNKNOWN)
        carried = clock.UNKNOWN if self._feed is None else self._feed
        places, times = np.concatenate(([-1], places)), np.concatenate(([carried], times))
        latest = np.searchsorted(places, found.begin) - 1
        used = np.concatenate(([-1], latest))
        left = len(times) - 1
        self._feed = None if times[left] == clock.UNKNOWN or used[-1] == left else int(times[left])
        return np.where(latest > used[:-1], times[latest], clock.UNKNOWN)

    def _reports(self, joined: Joined, refuse: "_Refusal", names: list[str], received: int | None) -> pa.Table:
        """Return the report rows of these messages; refuse those that do not decode or have no time."""
        kinds, parts, reasons = ais.judge(joined.payloads)
        messages, payloads = joined.messages, joined.payloads
        if reasons.any():
            refuse(messages.only(reasons > 0), [ais.REASONS[reason] for reason in reasons[reasons > 0].tolist()])
            sound = reasons == 0
            messages, payloads, kinds, parts = messages.only(sound), payloads.only(sound), kinds[sound], parts[sound]
        counted = np.bincount(kinds)
        self.counts.messages.update({kind: int(counted[kind]) for kind in np.flatnonzero(counted).tolist()})
        forms = content.form(kinds, parts)
        index = np.flatnonzero(forms != content.NOTHING)
        read = content.Content(payloads.only(index), kinds[index], forms[index])
        seconds = np.full(len(kinds), -1, np.int64)
        seconds[index] = read.seconds()
        times, clocks = self._clock.tell(_said(payloads, kinds, messages, seconds), received)
        timed = times != clock.UNKNOWN
        if self._all_types:
            rest = np.flatnonzero((forms == content.NOTHING) & timed)
            self._others = others.read(payloads.only(rest), kinds[rest], messages.offset[rest])
            self._heard = pa.table(self._origin(messages, rest, names, times, clocks), schema=ORIGIN)
        asked = timed if self._all_types else timed | (forms == content.NOTHING)
        heard = self._origin(messages, index, names, times, clocks)
        table = pa.table([*heard, *read.columns()], schema=REPORT)
        if asked.all():
            return table
        refuse(messages.only(~asked), [NO_TIME] * int((~asked).sum()))
        return table.filter(pa.array(timed[index]))

    def _origin(
        self, messages: Messages, index: sixbit.Ints, names: list[str], times: sixbit.Ints, clocks: npt.NDArray[np.int8]
    ) -> list[pa.Array]:
        """Return when, where and by whom the chosen messages were heard (ORIGIN); stations are indexes of `names`."""
        count = len(index)
        if count > len(self._same[0]):
            self._same = strings.repeated(self._source, 2 * count), strings.repeated(self._file, 2 * count)
        heard = {
            "time": pa.array(times[index]),
            "clock": strings.chosen(clock.NAMES, clocks[index]),
            "source": self._same[0].slice(0, count),
            "station": strings.chosen(names, messages.station[index]),
            "receivers": pa.array(np.ones(count, np.int16)),
            "file": self._same[1].slice(0, count),
            "offset": pa.array(messages.offset[index]),
            "simulated": pa.array(messages.simulated[index]),
        }
        return [heard[name] for name in ORIGIN.names]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Refuses messages: notes the line that each began with."""

    block: Block
    found: sentence.Sentences
    joined: Joined
    rejects: list[Reject]

    def __call__(self, messages: Messages, reasons: list[str]) -> None:
        """Refuse these messages for these reasons."""
        seen, put_together = np.flatnonzero(messages.first >= 0), np.flatnonzero(messages.first < 0)
        why = [reasons[row] for row in seen.tolist()]
        self.rejects.extend(self.found.rejects(self.block, messages.first[seen], why))
        for row in put_together.tolist():
            whole = self.joined.wholes[-1 - messages.first[row]]
            self.rejects.append(Reject(whole.offset, reasons[row], whole.line))


def _said(payloads: sixbit.Payloads, kinds: sixbit.Ints, messages: Messages, seconds: sixbit.Ints) -> clock.Said:
    """Return what the messages say about their time."""
    base = np.full(len(kinds), clock.UNKNOWN, np.int64)
    stations = np.flatnonzero((kinds == ais.BASE_TYPES[0]) | (kinds == ais.BASE_TYPES[1]))
    time, dated = ais.base_time(sixbit.packed(payloads.only(stations).sixes(ais.DATE_BITS)))
    base[stations[dated]] = time[dated]
    return clock.Said(messages.time, messages.clock.astype(np.int8), seconds, base)

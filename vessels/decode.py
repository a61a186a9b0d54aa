"""Bytes in, report rows out: the one way into the product for everything heard on the radio.

A decoder is fed blocks of any size and gives the same rows however they are cut. Lines are taken apart in
`sentence`, parts joined in `multipart`, fields read per message type in `ais`, a block at a time; `clock` times them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vessels import ais, clock, sixbit
from vessels.content import read
from vessels.multipart import GROUP_LINES, Groups, Messages
from vessels.report import ORIGIN, REPORT
from vessels.sentence import MAX_LINE, Framer, Reject, Sentence, around, faults, reject

Rows = npt.NDArray[np.intp]

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
    """The outcome of one block: REPORT rows in order of arrival, and what was refused."""

    reports: pa.Table
    rejects: list[Reject]


class Decoder:
    """Decodes one feed or file.

    `source` names it in every row and `file` its content. `start` (microseconds UTC) gives the minute of a file that
    has no time; `receive` is for live feeds: messages without a time take that of receipt. `state` is what another
    decoder's `state()` said: feeding goes on at its `offset`.
    """

    def __init__(
        self,
        source: str,
        file: str,
        *,
        start: int | None = None,
        receive: bool = False,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        state = state or {}
        self.counts = Counts()
        self._source = source
        self._file = file
        self._receive = receive
        self._offset: int = state.get("offset", 0)
        self._skipping: bool = state.get("skipping", False)
        self._rest = b""
        self._framer = Framer(state.get("lines", 0), state.get("feed"))
        self._groups = Groups(state.get("groups", ()))
        self._clock = clock.Clock(start=start, state=state.get("clock"))

    def state(self) -> dict[str, Any]:
        """Return what a later decoder needs to go on, as JSON; `offset` is the first byte not yet used up."""
        return {
            "offset": self._offset,
            "skipping": self._skipping,
            "lines": self._framer.lines,
            "feed": self._framer.feed,
            "groups": self._groups.state(),
            "clock": self._clock.state(),
        }

    def feed(self, block: bytes, *, last: bool = False, received: int | None = None) -> Decoded:
        """Decode the lines that this block completes; with `last`, also an unfinished line and nothing more is awaited.

        `received` is the time of receipt, used by a decoder made with `receive`.
        """
        before = self._framer.lines
        sentences, rejects = self._frame(block, last=last)
        self.counts.sentences += len(sentences) + len(rejects)
        messages = self._messages(sentences, rejects)
        self._groups.expire(self._framer.lines + 1 if last else self._framer.lines - GROUP_LINES)
        rejects += self._groups.rejects
        self._groups.rejects.clear()
        reports = self._reports(messages, rejects, received if self._receive else None)
        self.counts.lines += self._framer.lines - before
        self.counts.rejects.update(Counter(refused.reason for refused in rejects))
        return Decoded(reports, sorted(rejects))

    def _frame(self, block: bytes, *, last: bool) -> tuple[list[Sentence], list[Reject]]:
        """Return the sentences of the lines that end in this block; keep the unfinished line for the next."""
        data = self._rest + block
        if self._skipping:
            data = self._skipped(data)
        whole, newline, rest = data.rpartition(b"\n")
        lines = whole.split(b"\n") if newline else []
        if rest and (last or len(rest) > MAX_LINE):  # the framer refuses what is too long before it has seen its end
            self._skipping = not last
            lines.append(rest)
            rest = b""
        found = self._framer.frame(lines, self._offset)
        self._offset += len(data) - len(rest)
        self._rest = rest
        return found

    def _skipped(self, data: bytes) -> bytes:
        """Return what follows the line that was refused as too long."""
        _, newline, rest = data.partition(b"\n")
        self._offset += len(data) - len(rest)
        self._skipping = not newline
        return rest

    def _messages(self, sentences: list[Sentence], rejects: list[Reject]) -> Messages:
        """Return the whole messages whose sentences are sound, in order of completion."""
        messages = Messages()
        for sentence, fault in zip(sentences, faults(sentences), strict=True):
            offset, _, line, feed, (before, _, total, _, payload, fill, _, after) = sentence
            if fault:
                rejects.append(reject(offset, fault, line))
            elif total == b"1":
                messages.add(offset, line, payload, int(fill), around(before, after, feed))
            else:
                self._groups.add(sentence, around(before, after, feed), messages)
        return messages

    def _reports(self, messages: Messages, rejects: list[Reject], received: int | None) -> pa.Table:
        """Return the report rows of these messages; refuse those that do not decode or have no time."""
        packed = sixbit.Payloads.of(messages.payload, np.array(messages.fill, np.int64))
        kinds, reasons = ais.judge(packed)
        rejects += messages.refuse(reasons)
        sound = reasons == ""
        packed, kinds, messages = packed.only(sound), kinds[sound], messages.only(sound)
        self.counts.messages.update(Counter(kinds.tolist()))
        content = read(packed, kinds, messages)
        index = content["message"].to_numpy()
        seconds = np.full(len(kinds), -1, np.int64)
        seconds[index] = content["utc_second"].fill_null(-1).to_numpy()
        times, clocks = self._clock.tell(_said(packed, kinds, messages, seconds), received)
        untimed = np.zeros(len(kinds), np.bool_)
        untimed[index] = times[index] == clock.UNKNOWN
        rejects += messages.refuse(np.where(untimed, NO_TIME, ""))
        known = ~untimed[index]
        content, index = content.filter(pa.array(known)), index[known]
        return pa.table([*self._origin(messages, index, times, clocks), *content.columns[:-1]], schema=REPORT)

    def _origin(
        self, messages: Messages, index: Rows, times: sixbit.Ints, clocks: npt.NDArray[np.int8]
    ) -> list[pa.Array]:
        """Return the columns of ORIGIN for the chosen messages."""
        rows = index.tolist()
        said = [messages.around[row] for row in rows]
        columns = {
            "time": pa.array(times[index]),
            "clock": pa.array(clock.NAMES).take(pa.array(clocks[index])),
            "source": pa.repeat(self._source, len(rows)),
            "station": pa.array([each.station for each in said], pa.string()),
            "receivers": pa.repeat(pa.scalar(1, pa.int16()), len(rows)),
            "file": pa.repeat(self._file, len(rows)),
            "offset": pa.array([messages.offset[row] for row in rows], pa.int64()),
            "simulated": pa.array([each.simulated for each in said], pa.bool_()),
        }
        return [columns[name] for name in ORIGIN.names]


def _said(packed: sixbit.Payloads, kinds: sixbit.Ints, messages: Messages, seconds: sixbit.Ints) -> clock.Said:
    """Return what the messages say about their time."""
    base = np.full(len(kinds), clock.UNKNOWN, np.int64)
    stations = np.flatnonzero(np.isin(kinds, ais.BASE_TYPES))
    time, dated = ais.base_time(packed.rows(stations, ais.DATE_BITS))
    base[stations[dated]] = time[dated]
    own = [clock.UNKNOWN if each.time is None else each.time for each in messages.around]
    clocks = [each.clock for each in messages.around]
    return clock.Said(np.array(own, np.int64), np.array(clocks, np.int8), seconds, base)

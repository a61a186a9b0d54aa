"""Messages of several sentences, put together without ever mixing two.

A part joins the group that was opened by a first part of the same talker, number of parts, sequence and channel, and
not by another station or in another tag group; where two are open, it joins neither. Parts come in order. A group that
is not complete within GROUP_LINES lines is given up, as is one whose first part comes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import compress
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vessels.sentence import REJECT_BYTES, Around, Reject, Sentence, reject

GROUP_LINES: Final = (
    64  # chosen: in real logs the next part is 1 line away (2 with time lines), sequences return after 91
)

INCOMPLETE: Final = "incomplete"


@dataclass(slots=True)
class Messages:
    """Whole payloads in columns, each with its first sentence's place and line and what was said round it."""

    offset: list[int] = field(default_factory=list)
    line: list[bytes] = field(default_factory=list)
    payload: list[bytes] = field(default_factory=list)
    fill: list[int] = field(default_factory=list)
    around: list[Around] = field(default_factory=list)

    def add(self, offset: int, line: bytes, payload: bytes, fill: int, said: Around) -> None:
        """Put a message at the end."""
        self.offset.append(offset)
        self.line.append(line)
        self.payload.append(payload)
        self.fill.append(fill)
        self.around.append(said)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Messages":
        """Return the chosen messages."""
        if chosen.all():
            return self
        return Messages(
            list(compress(self.offset, chosen)),
            list(compress(self.line, chosen)),
            list(compress(self.payload, chosen)),
            list(compress(self.fill, chosen)),
            list(compress(self.around, chosen)),
        )

    def refuse(self, reasons: npt.NDArray[np.str_]) -> list[Reject]:
        """Return a reject for each message whose reason is not empty."""
        bad = np.flatnonzero(reasons != "").tolist()
        return [reject(self.offset[row], str(reasons[row]), self.line[row]) for row in bad]


@dataclass(slots=True)
class _Group:
    key: tuple[str, ...]
    opened: int  # line number of the first part
    offset: int
    line: str
    parts: list[str]
    around: Around


class Groups:
    """The groups not yet complete. `rejects` gathers what is given up; the caller empties it."""

    def __init__(self, state: Sequence[Mapping[str, Any]] = ()) -> None:
        self._open = [_restored(saved) for saved in state]
        self.rejects: list[Reject] = []

    def state(self) -> list[dict[str, Any]]:
        """Return the open groups as JSON."""
        return [asdict(group) for group in self._open]

    def add(self, sentence: Sentence, said: Around, messages: Messages) -> None:
        """Take one part; put the message that it completes into `messages`."""
        offset, number, line, _, fields = sentence
        self.expire(number - GROUP_LINES)
        talker, total, part, sequence, channel, payload, fill = fields[1].decode("latin-1").split(",")
        key = (talker, total, sequence, channel)
        fits = [group for group in self._open if group.key == key and _together(group.around, said)]
        if part != total and fill != "0":  # its characters would not join the next part's bit by bit
            self.rejects.append(reject(offset, "fill bits", line))
        elif part == "1":
            self._give_up([group for group in fits if group.around.speaker == said.speaker])
            self._open.append(_Group(key, number, offset, line[:REJECT_BYTES].decode("latin-1"), [payload], said))
        elif len(fits) != 1 or len(fits[0].parts) != int(part) - 1:
            self.rejects.append(reject(offset, INCOMPLETE, line))
        else:
            self._join(fits[0], payload, said)
            if part == total:
                self._finish(fits[0], int(fill), messages)

    def _join(self, group: _Group, payload: str, said: Around) -> None:
        group.parts.append(payload)
        if group.around.time is None:
            group.around = group.around._replace(time=said.time, clock=said.clock)

    def _finish(self, group: _Group, fill: int, messages: Messages) -> None:
        self._open.remove(group)
        whole = "".join(group.parts).encode("latin-1")
        messages.add(group.offset, group.line.encode("latin-1"), whole, fill, group.around)

    def expire(self, before: int) -> None:
        """Give up the groups opened before this line number."""
        self._give_up([group for group in self._open if group.opened < before])

    def _give_up(self, groups: list[_Group]) -> None:
        for group in groups:
            self._open.remove(group)
            self.rejects.append(reject(group.offset, INCOMPLETE, group.line.encode("latin-1")))


def _together(one: Around, other: Around) -> bool:
    """Return whether two parts can be of one message: often only the first names its station and tag group."""
    pairs = ((one.speaker, other.speaker), (one.group, other.group))
    return all(not first or not second or first == second for first, second in pairs)


def _restored(saved: Mapping[str, Any]) -> _Group:
    return _Group(**{**saved, "key": tuple(saved["key"]), "around": Around(*saved["around"])})

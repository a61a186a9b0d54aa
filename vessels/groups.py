"""Messages of several sentences in any order and number, part by part, without ever mixing two.

A part joins the group that was opened by a first part of the same talker, number of parts, sequence and channel, and
not by another station or in another tag group; where two are open, it joins neither. Parts come in order. A group that
is not complete within GROUP_LINES lines is given up, as is one whose first part comes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from vessels.line import REJECT_BYTES, Around, Reject

GROUP_LINES: Final = (
    64  # chosen: in real logs the next part is 1 line away (2 with time lines), sequences return after 91
)

INCOMPLETE: Final = "incomplete"
Key = tuple[str, str, str, str]
"""Talker and sentence, number of parts, sequence, channel."""


class Part(NamedTuple):
    """One sentence of several: where it stands, its text, and its fields."""

    offset: int
    line_number: int
    line: bytes
    key: Key
    number: str
    payload: str
    fill: str
    around: Around


class Whole(NamedTuple):
    """A message put together: where its first sentence stands and its text, and what was said round the parts."""

    offset: int
    line: bytes
    payload: bytes
    fill: int
    around: Around


@dataclass(slots=True)
class _Group:
    key: Key
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

    @property
    def keys(self) -> set[Key]:
        """The keys that have an open group."""
        return {group.key for group in self._open}

    def state(self) -> list[dict[str, Any]]:
        """Return the open groups as JSON."""
        return [asdict(group) for group in self._open]

    def add(self, part: Part) -> Whole | None:
        """Take one part; return the message that it completes."""
        self.expire(part.line_number - GROUP_LINES)
        last = part.number == part.key[1]
        fits = [group for group in self._open if group.key == part.key and _together(group.around, part.around)]
        if not last and part.fill != "0":  # its characters would not join the next part's bit by bit
            self.rejects.append(Reject(part.offset, "fill bits", part.line[:REJECT_BYTES]))
        elif part.number == "1":
            self._give_up([group for group in fits if group.around.speaker == part.around.speaker])
            text = part.line[:REJECT_BYTES].decode("latin-1")
            self._open.append(_Group(part.key, part.line_number, part.offset, text, [part.payload], part.around))
        elif len(fits) != 1 or len(fits[0].parts) != int(part.number) - 1:
            self.rejects.append(Reject(part.offset, INCOMPLETE, part.line[:REJECT_BYTES]))
        else:
            self._join(fits[0], part)
            return self._finished(fits[0], int(part.fill)) if last else None
        return None

    def _join(self, group: _Group, part: Part) -> None:
        group.parts.append(part.payload)
        if group.around.time is None:
            group.around = group.around._replace(time=part.around.time, clock=part.around.clock)

    def _finished(self, group: _Group, fill: int) -> Whole:
        self._open.remove(group)
        whole = "".join(group.parts).encode("latin-1")
        return Whole(group.offset, group.line.encode("latin-1"), whole, fill, group.around)

    def expire(self, before: int) -> None:
        """Give up the groups opened before this line number."""
        self._give_up([group for group in self._open if group.opened < before])

    def _give_up(self, groups: list[_Group]) -> None:
        for group in groups:
            self._open.remove(group)
            self.rejects.append(Reject(group.offset, INCOMPLETE, group.line.encode("latin-1")))


def _together(one: Around, other: Around) -> bool:
    """Return whether two parts can be of one message: often only the first names its station and tag group."""
    pairs = ((one.speaker, other.speaker), (one.group, other.group))
    return all(not first or not second or first == second for first, second in pairs)


def _restored(saved: Mapping[str, Any]) -> _Group:
    return _Group(**{**saved, "key": tuple(saved["key"]), "around": Around(*saved["around"])})

"""Estimated times of arrival: 20 bits of a voyage report, a text in ours (ITU-R M.1371-5, table 52)."""

import re
from typing import Final

import numpy as np

from vessels.sixbit import Ints, Sixes

BITS: Final = 20

# Where month, day, hour and minute lie in the 20 bits of an ETA, and the values that say something.
_PARTS: Final = ((16, 4, 1, 12), (11, 5, 1, 31), (6, 5, 0, 23), (0, 6, 0, 59))
_ABSENT: Final = (0, 0, 24, 60)


LENGTH: Final = 11  # of "MM-DDThh:mm"


def texts(raw: Ints) -> tuple[Sixes, Ints]:
    """Return ETAs as ASCII texts, shape (messages, LENGTH), and the length of each, 0 where there is none."""
    text = np.tile(np.frombuffer(b"00-00T00:00", np.uint8), (len(raw), 1))
    whole = np.ones(len(raw), np.bool_)
    for place, (shift, width, low, high) in zip((0, 3, 6, 9), _PARTS, strict=True):
        part = (raw >> shift) & ((1 << width) - 1)
        whole &= (part >= low) & (part <= high)
        text[:, place] += (part // 10).astype(np.uint8)
        text[:, place + 1] += (part % 10).astype(np.uint8)
    length = np.where(whole, LENGTH, 0)
    partly = np.flatnonzero(~whole)
    kinds, index = np.unique(raw[partly], return_inverse=True)
    said = [(_text(kind) or "").encode() for kind in kinds.tolist()]
    text[partly] = np.array(said, f"S{LENGTH}").view(np.uint8).reshape(len(said), LENGTH)[index]
    length[partly] = np.array([len(each) for each in said], np.int64)[index]
    return text, length


def _text(raw: int) -> str | None:
    """Return an ETA as "MM-DDThh:mm"; a part that is not available or out of range is "-"; null when all are."""
    parts = [(raw >> shift) & ((1 << width) - 1) for shift, width, _, _ in _PARTS]
    said = [
        f"{part:02d}" if low <= part <= high else "-" for part, (_, _, low, high) in zip(parts, _PARTS, strict=True)
    ]
    month, day, hour, minute = said
    return f"{month}-{day}T{hour}:{minute}" if set(said) != {"-"} else None


_FORM: Final = re.compile(r"(\d\d|-)-(\d\d|-)T(\d\d|-):(\d\d|-)")


def bits(text: str | None) -> int:
    """Return the 20 bits of an ETA text as `texts` gives it; a text of another form is not available."""
    form = _FORM.fullmatch(text or "")
    parts = form.groups() if form else ("-",) * len(_PARTS)
    return sum(
        (absent if part == "-" else int(part)) << shift
        for part, absent, (shift, _, _, _) in zip(parts, _ABSENT, _PARTS, strict=True)
    )

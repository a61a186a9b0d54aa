"""Safety-related texts (types 12 and 14): as many characters as the message has room for."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from vessels.sixbit import Ints, Payloads, Sixes, ascii_of, characters, lengths

STARTS: Final[Mapping[int, int]] = {12: 72, 14: 40}  # bit where the text begins, ITU-R M.1371-5 tables 58 and 61


def texts(payloads: Payloads, kind: int) -> tuple[Sixes, Ints, Ints]:
    """Return the texts of messages of one type: in ASCII, shape (messages, longest), where each begins and ends.

    A text ends at its first `@` and loses the blanks round it.
    """
    count = np.maximum(payloads.bits - STARTS[kind], 0) // 6
    longest = int(count.max(initial=0))
    text = characters(payloads.sixes(STARTS[kind] + 6 * longest), STARTS[kind], longest)
    text = np.where(np.arange(longest) < count[:, None], text, 0)
    said = ascii_of(text)
    begin = np.logical_and.accumulate(said == ord(" "), axis=1).sum(axis=1)
    return said, begin, np.maximum(lengths(text), begin)

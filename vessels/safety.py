"""Safety-related texts (types 12 and 14), read by pyais: they are few and of any length."""

from typing import Final

import pyais
from pyais.messages import MessageType12, MessageType14

TEXT_END: Final = "@"  # six-bit value 0


def text(payload: bytes, fill: int) -> str | None:
    """Return the text of a type 12 or 14 payload up to its first `@`, without blanks round it; None if it is empty."""
    message = pyais.decode(b"!AIVDM,1,1,,A,%b,%d*00" % (payload, fill))
    assert isinstance(message, MessageType12 | MessageType14)
    return None if message.text is None else message.text.partition(TEXT_END)[0].strip(" ") or None

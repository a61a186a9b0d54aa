"""Names from zone files are text from strangers: what could steer a terminal or turn a line round is taken out."""

import unicodedata
from typing import Final

_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, bidi and zero-width marks, unassigned


def clean(text: str) -> str:
    """Return the text without control, bidi, zero-width and unassigned characters, runs of blanks made one."""
    return " ".join("".join(" " if c in "\t\r\n" else c for c in text if c in "\t\r\n" or _seen(c)).split())


def _seen(character: str) -> bool:
    """Tell whether a character is one that a reader sees."""
    return unicodedata.category(character) not in _UNSEEN

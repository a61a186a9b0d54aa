"""Radio text is hostile: what is taken out of it before anybody reads it.

Six-bit AIS text can hold only printable ASCII; tag blocks, list rows and people's notes can hold anything. Markup and
templates are not a matter of this file: whoever writes HTML escapes it there.
"""

import re
from typing import Final

# C0 and C1 controls; zero-width and invisible characters; bidirectional marks, embeddings, overrides and isolates
# (Unicode UAX #9); line and paragraph separators; soft hyphen; byte order mark; interlinear marks; tag characters;
# lone surrogates, which no UTF-8 file can hold.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_FORMULA: Final = ("=", "+", "-", "@")  # what makes a spreadsheet evaluate a cell (OWASP, CSV injection)


def clean(text: str) -> str:
    """Return the text without characters that move the cursor, hide, or turn the reading direction."""
    return _UNSAFE.sub("", text)


def csv_safe(text: str) -> str:
    """Return the text so that a spreadsheet shows it as text: an apostrophe stands before what could be a formula."""
    safe = clean(text)
    return f"'{safe}" if safe.lstrip(" ").startswith(_FORMULA) else safe

"""The headline of an alert: a fixed list of words filled into a rule's summary, by regex, once."""

import re
from collections.abc import Mapping
from typing import Final

from pipelines.rules.errors import nearest

WORDS: Final = {
    "name": "name, else MMSI",
    "mmsi": "MMSI, nine digits",
    "zone": "name of the zone, else the position",
    "duration": "length of the event so far",
    "sog_kn": "measured speed, knots",
    "start": "start, UTC",
    "kind": "kind of event",
    "flag": "country of the MMSI's first digits",
    "ship_type": "kind of ship",
    "beacon": "kind of beacon",
    "is": "'is' while it goes on, 'was' once it is over",
    "calls": "'is calling for help', once over 'called for help, last heard 05:34Z'",
}
_BRACED: Final = re.compile(r"\{([^{}]*)\}")


def checked(template: str) -> str:
    """Return the template if all its words are known; raises ValueError with the remedy."""
    for word in _BRACED.findall(template):
        if word not in WORDS:
            raise ValueError(f"there is no word {{{word}}}{nearest(word, WORDS)}; known are: {', '.join(WORDS)}")
    if "{" in _BRACED.sub("", template) or "}" in _BRACED.sub("", template):
        raise ValueError("a brace stands alone; write words as {name}")
    return template


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with its words filled in. What a value contains is never looked at again."""
    return _BRACED.sub(lambda found: values[found[1]], template)

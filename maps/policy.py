"""The content security policy of a page: it may run the code it came with and nothing else, above all not call out."""

import base64
import hashlib
import re
from typing import Final

_INLINE: Final = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def policy(html: str) -> str:
    """Return the meta element that allows exactly the inline scripts and styles of the page, by their hashes."""
    found = _INLINE.findall(html)
    scripts, styles = (
        " ".join(dict.fromkeys(_hash(code) for tag, code in found if tag == wanted)) for wanted in ("script", "style")
    )
    rules = (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'


def _hash(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode('ascii')}'"

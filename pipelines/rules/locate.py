"""Where in a TOML text a key stands. tomllib gives lines for broken syntax only; this finds them for broken content."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

Path = Sequence[str | int]

_HEADER: Final = re.compile(r"^\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(#.*)?$")
_KEY: Final = re.compile(r"""^\s*["']?([\w-]+)["']?\s*(\.|=)""")
_TRIPLE: Final = re.compile(r'"""|' + "'''")


def line_of(text: str, path: Path) -> int | None:
    """Return the line (from 1) of a key such as `("rule", 1, "severity")`, else of its table's header, else null.

    Inline tables are not looked into: the line of the key that holds them is returned.
    """
    best: tuple[int, int] | None = None
    for line, place in _places(text):
        depth = _shared(place, path)
        if depth == min(len(place), len(path)) and (best is None or depth > best[0]):
            best = depth, line
    return best[1] if best else None


def _places(text: str) -> Iterator[tuple[int, list[str | int]]]:
    """Yield each line that holds a header or a key, with the path it opens."""
    table: list[str | int] = []
    seen: Counter[str] = Counter()
    for line, content in _outside_long_texts(text):
        if header := _HEADER.match(content):
            names = [part.strip(" \"'") for part in header[2].split(".")]
            table = [*names]
            if header[1] == "[[":
                table.append(seen[header[2]])
                seen[header[2]] += 1
            yield line, table
        elif key := _KEY.match(content):
            yield line, [*table, key[1]]


def _outside_long_texts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines that do not begin inside a text of several lines."""
    inside = False
    for line, content in enumerate(text.splitlines(), 1):
        if not inside:
            yield line, content
        inside ^= len(_TRIPLE.findall(content)) % 2 == 1


def _shared(place: Path, path: Path) -> int:
    """Return how many steps of two paths agree from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(place, path, strict=False)))

"""Feeds: where sentences come from. One file per kind of source, and one line in the table."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from pipelines.errors import PipelineError
from pipelines.feeds.file import FileFeed

# scheme -> what opens it; a path has no scheme
FEEDS: Final[Mapping[str, Callable[[str], FileFeed]]] = {"": FileFeed}


def open_feed(source: str) -> FileFeed:
    """Return the feed for a source as typed: a path, or `-` for standard input."""
    scheme = match[1] if (match := re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", source)) else ""
    if scheme not in FEEDS:
        raise PipelineError(f"{source}: no feed reads {scheme}://; give the path of a file, or - for standard input")
    return FEEDS[scheme](source)

"""Feeds: where sentences come from. One file per kind of source, and one line in a table.

A feed is loaded when it is used: its library is installed only by those who need it.
"""

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, cast

from pipelines.errors import PipelineError
from pipelines.feeds.file import STDIN, FileFeed
from pipelines.feeds.live import LiveFeed

# scheme -> module:attribute; a path has no scheme. Sources that end, for `ingest`:
FEEDS: Final[Mapping[str, str]] = {"": "pipelines.feeds.file:FileFeed"}
# Sources that are listened to, for `watch`:
LIVE: Final[Mapping[str, str]] = {
    "": "pipelines.feeds.follow:file_feed",
    "file": "pipelines.feeds.follow:file_feed",
    "follow": "pipelines.feeds.follow:FollowFeed",
    "tcp": "pipelines.feeds.tcp:TcpFeed",
    "tcp-listen": "pipelines.feeds.tcp_listen:TcpListenFeed",
    "udp": "pipelines.feeds.udp:UdpFeed",
    "serial": "pipelines.feeds.serial_line:SerialFeed",
    "aiscatcher-udp": "pipelines.feeds.aiscatcher_udp:AisCatcherUdpFeed",
    "aiscatcher-http": "pipelines.feeds.aiscatcher_http:AisCatcherHttpFeed",
    "mqtt": "pipelines.feeds.mqtt:MqttFeed",
    "mqtts": "pipelines.feeds.mqtt:MqttFeed",
    "digitraffic": "pipelines.feeds.digitraffic:DigitrafficFeed",
    "aisstream": "pipelines.feeds.aisstream:AisstreamFeed",
    "ws": "pipelines.feeds.aisstream:AisstreamFeed",
    "wss": "pipelines.feeds.aisstream:AisstreamFeed",
}
_FILES: Final = ("", "file", "follow")  # these begin at an offset
_LIBRARIES: Final = ("paho", "websockets", "serial")


def open_feed(source: str) -> FileFeed:
    """Return the feed for a source as typed: a path, or `-` for standard input."""
    scheme = _scheme(source)
    if scheme not in FEEDS:
        remedy = (
            "listen to it with `voi watch`" if scheme in LIVE else "give the path of a file, or - for standard input"
        )
        raise PipelineError(f"{source}: no feed reads {scheme}:// to its end; {remedy}")
    return cast("FileFeed", _loaded(FEEDS[scheme])(source))


def open_live(url: str, offset: int = 0) -> LiveFeed:
    """Return the live feed for a URL, a path, or `-`; a file is read from `offset` on.

    Raises `PipelineError` for a URL that cannot be meant so, or where the feed's library is missing.
    """
    scheme = _scheme(url)
    if scheme not in LIVE:
        known = ", ".join(sorted(filter(None, LIVE)))
        raise PipelineError(f"{url}: no feed listens to {scheme}:; give a path, or one of {known}")
    feed = _loaded(LIVE[scheme])
    return cast("LiveFeed", feed(url, offset) if scheme in _FILES else feed(url))


def is_file(url: str) -> bool:
    """Tell whether a live source is a file: read again from where it was left, it lacks nothing."""
    return _scheme(url) in _FILES and url != STDIN


def _scheme(source: str) -> str:
    """Return what stands before `://`, or before `:` where we know it."""
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?", source)
    scheme = match[1].lower() if match else ""
    return scheme if match and (match[2] or scheme in LIVE) else ""


def _loaded(place: str) -> Any:
    module, _, attribute = place.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        raise PipelineError(f"this feed needs {error.name}: pip install 'voi[feeds]'") from error

"""What a source's URL says, checked: host, port, path and options. Secrets do not belong into it."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.errors import PipelineError
from pipelines.feeds.supervise import IDLE_S

LOOPBACK: Final = "127.0.0.1"
_ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart. `port` is 0 when the URL names none and the scheme has no usual one."""

    url: str
    host: str
    port: int
    path: str
    options: dict[str, str]

    @property
    def idle_s(self) -> float:
        """Return after how many seconds of silence the source counts as dead (`?idle=`)."""
        text = self.options.get("idle", str(IDLE_S))
        try:
            idle_s = float(text)
        except ValueError:
            idle_s = 0.0
        if not 0 < idle_s < float("inf"):
            raise PipelineError(f"{self.url}: idle={text} is no number of seconds above 0")
        return idle_s

    @property
    def place(self) -> tuple[str, int]:
        """Return host and port as sockets want them."""
        return self.host, self.port


class AtAddress:
    """What every feed at an address has of it: its name, where it is, and how long it may be silent."""

    def __init__(self, where: Address) -> None:
        self.name = where.url
        self.idle_s = where.idle_s
        self._address = where


class Listener(AtAddress):
    """A feed that waits for senders at an address of ours; a silent one is no reason to open it anew."""

    reopens = False

    def __init__(self, url: str) -> None:
        super().__init__(listening(url))


def address(url: str, options: Collection[str] = (), *, host: str = "", port: int = 0) -> Address:
    """Return what a URL says; `host` and `port` stand in for what it leaves out, `idle` is always an option.

    Raises `PipelineError` for a URL that cannot be meant so.
    """
    scheme, _, rest = url.partition("://")
    if "@" in re.split(r"[/?]", rest, maxsplit=1)[0]:  # the URL itself is not shown: it holds a secret
        raise PipelineError(f"{scheme}://…: no name or password in the URL; it would stand in logs and in the store")
    try:
        parts = urlsplit(url, allow_fragments=False)  # "#" is a topic's wildcard
        named, given = parts.hostname or host, port if parts.port is None else parts.port
    except ValueError as error:
        raise PipelineError(f"{url}: {error}; give host and port, such as {LOOPBACK}:10110") from error
    if not named or not given:
        raise PipelineError(f"{url}: give host and port, such as {scheme}://{named or LOOPBACK}:10110")
    return Address(url, named, given, unquote(parts.path), _options(url, parts.query, {*options, "idle"}))


def listening(url: str) -> Address:
    """Return where to listen: on loopback where no host is given, on every interface only with `?allow=any`."""
    found = address(url, ("allow",), host=LOOPBACK)
    if _is_any(found.host) and found.options.get("allow") != _ANY:
        raise PipelineError(
            f"{url}: anybody who reaches this machine could send ships; name one address, or add ?allow={_ANY}"
        )
    return found


def is_loopback(host: str) -> bool:
    """Return whether what is sent to a host stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _options(url: str, query: str, known: Collection[str]) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(options.keys() - known):
        raise PipelineError(f"{url}: no option {unknown[0]!r} here; there are {', '.join(sorted(known))}")
    return options

"""`aiscatcher-http://host:port/path`: AIS-catcher's HTTP POST (its option `-H URL`), plain or gzip.

The door is narrow: one path, JSON only (so that no web page can post without the browser asking first), bodies of
known and bounded length, unpacked to a bounded length, few connections, none longer than a minute.
"""

import re
import socket
import threading
import time
import zlib
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from pipelines.feeds.address import Listener
from pipelines.feeds.aiscatcher import Catcher
from pipelines.feeds.live import TURN_S, Outlet, Stop
from pipelines.feeds.wire import translated

BODY_BYTES: Final = 1 << 20  # 1 MiB, chosen: AIS-catcher posts some hundred messages at a time, 300 bytes each
UNPACKED_BYTES: Final = 1 << 23  # 8 MiB, chosen: JSON of AIS packs to an eighth or so
CONNECTIONS: Final = 16  # chosen
CONNECTION_S: Final = 60.0  # chosen
_GZIP: Final = 31  # zlib's window bits for a gzip stream
_PACKINGS: Final = ("identity", "gzip")
_JSON: Final = "application/json"
TOO_LARGE: Final = "body too large"

Refusal = tuple[HTTPStatus, str]
"""What is answered, and the reason that is counted, "" where there is none."""


class AisCatcherHttpFeed(Listener):
    """A small web server that takes messages. The sender waits for its answer, so it can wait."""

    can_wait = True

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Listen, and hand over what is posted."""
        with translated(self.name):
            door = _Door(self._address.place, self._address.path or "/", Catcher(self.name, outlet), outlet)
        with door:
            while not stop.is_set():
                door.handle_request()
                door.let_go(CONNECTION_S)
            door.let_go(0.0)


class _Door(ThreadingHTTPServer):
    """The server: a thread a connection, few of them."""

    daemon_threads = True
    block_on_close = False
    timeout = TURN_S  # of `handle_request`

    def __init__(self, place: tuple[str, int], path: str, catcher: Catcher, outlet: Outlet) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        self.path = path
        self.outlet = outlet
        self._catcher = catcher
        self._turn = threading.Lock()  # one body is taken at a time
        self._open: dict[Any, float] = {}
        super().__init__(place, _Post)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the library's signature
        """Let a connection in if there is room."""
        if len(self._open) >= CONNECTIONS:
            self.outlet.refuse("too many connections")
            return False
        self._open[request] = time.monotonic()
        return True

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection."""
        self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the library's signature
        """Count a connection that broke."""
        self.outlet.refuse("connection broken")

    def let_go(self, after_s: float) -> None:
        """Cut connections that are older, whatever they wait for."""
        before = time.monotonic() - after_s
        for request in [request for request, opened in list(self._open.items()) if opened <= before]:
            self._open.pop(request, None)
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:  # gone by itself
                continue

    def take(self, sender: str, body: bytes) -> None:
        """Take a body."""
        with self._turn:
            self._catcher.take(sender, [body])


class _Post(BaseHTTPRequestHandler):
    """One request."""

    server: _Door
    timeout = CONNECTION_S
    server_version = "voi"
    sys_version = ""

    def do_POST(self) -> None:
        """Take a body, or say why not."""
        status, reason = self._judged()
        if not reason:
            status, reason, body = self._body()
        if reason:
            self.server.outlet.refuse(reason)
        else:
            self.server.take(self.client_address[0], body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002, ARG002 - the library's signature
        """Count what is no request that we know."""
        self.server.outlet.refuse("http: bad request")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
        """Say nothing of requests."""

    @property
    def _packing(self) -> str:
        return self.headers.get("Content-Encoding", "identity").lower()

    def _judged(self) -> Refusal:
        """Return the answer to give if the body is not even read, and why."""
        length = self.headers.get("Content-Length", "")
        known = re.fullmatch(r"[0-9]{1,9}", length) is not None
        faults = (
            (self.path != self.server.path, HTTPStatus.NOT_FOUND, "http: other path"),
            (self.headers.get_content_type() != _JSON, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "http: not JSON"),
            (self._packing not in _PACKINGS, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "http: unknown encoding"),
            (not known, HTTPStatus.LENGTH_REQUIRED, "http: no length"),
            (known and int(length) > BODY_BYTES, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE),
        )
        return next(((status, reason) for wrong, status, reason in faults if wrong), (HTTPStatus.OK, ""))

    def _body(self) -> tuple[HTTPStatus, str, bytes]:
        """Return the answer to give, why the body is not taken (or ""), and the body unpacked."""
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return HTTPStatus.BAD_REQUEST, "http: body cut short", b""
        return (HTTPStatus.OK, "", body) if self._packing == _PACKINGS[0] else _unpacked(body)


def _unpacked(body: bytes) -> tuple[HTTPStatus, str, bytes]:
    """Return a gzip body unpacked, as `_Post._body`; it is never unpacked further than the limit."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacker.decompress(body, UNPACKED_BYTES)
    except zlib.error:
        return HTTPStatus.BAD_REQUEST, "http: damaged gzip", b""
    if unpacker.unconsumed_tail:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE, b""
    if not unpacker.eof:
        return HTTPStatus.BAD_REQUEST, "http: damaged gzip", b""
    return HTTPStatus.OK, "", unpacked

"""A TCP server that sends a story to whoever is connected, as a receiver does: by its own clock."""

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Self

TURN_S: Final = 0.02


class Broadcast(threading.Thread):
    """Sends `rate` lines a second. `sent` says when each line was sent, microseconds UTC.

    With `replay_s`, time goes on while nobody listens, and a new connection first hears what was sent in the last so
    many seconds; without, the server waits for a listener and repeats nothing.
    """

    def __init__(self, lines: Sequence[bytes], rate: float, replay_s: float | None) -> None:
        super().__init__(daemon=True)
        self.lines = lines
        self.sent: list[int] = []
        self._rate = rate
        self._replay_s = replay_s
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(TURN_S)
        self._done = threading.Event()
        self._listener: socket.socket | None = None
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()
        self._let_go()
        self._server.close()

    def over(self) -> bool:
        """Tell whether everything was sent."""
        return len(self.sent) == len(self.lines)

    def run(self) -> None:
        """Send what is due, again and again; a turn is as long as nobody knocks."""
        before = time.monotonic()
        due = 0.0
        while not self._done.is_set():
            with suppress(TimeoutError):
                self._let_in(self._server.accept()[0])
            now = time.monotonic()
            if self._listener is not None or self._replay_s is not None:
                due = min(due + (now - before) * self._rate, len(self.lines))
                self._send(int(due))
            before = now

    def _send(self, until: int) -> None:
        new = self.lines[len(self.sent) : until]
        self.sent += [time.time_ns() // 1000] * len(new)
        self._tell(new)

    def _let_in(self, connection: socket.socket) -> None:
        self._let_go()
        self._listener = connection
        if self._replay_s is not None:
            edge = time.time_ns() // 1000 - self._replay_s * 1_000_000
            self._tell([line for line, at in zip(self.lines, self.sent, strict=False) if at >= edge])

    def _tell(self, lines: Sequence[bytes]) -> None:
        try:
            if self._listener is not None:
                self._listener.sendall(b"".join(lines))
        except OSError:  # killed
            self._let_go()

    def _let_go(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = None

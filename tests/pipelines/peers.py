"""A TCP server on this machine for as long as a test needs it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

Serve = Callable[[socket.socket, threading.Event], None]
END_S: Final = 60  # how long a server may take to see that it is over


@contextmanager
def serving(serve: Serve) -> Iterator[str]:
    """Let a function serve who connects, in a thread, until the event it is given is set; give the URL."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server, done), daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join(END_S)

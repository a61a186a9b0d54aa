"""Feeds are heard here through what the watcher uses: an outlet, a supervisor, and a poll to a deadline."""

import getpass
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager

import pyarrow as pa
import pytest

from pipelines.feeds import open_live
from pipelines.feeds.live import Outlet, Reports, Sentences
from pipelines.feeds.supervise import Supervisor, World
from tests.conftest import program
from vessels.report import empty_reports

DEADLINE_S = 20.0
TURN_S = 0.02


def poll(condition, what, turn=lambda: None):
    """Ask until it is so, or fail at the deadline."""
    end = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"never came: {what()}"
        turn()
        pause.wait(TURN_S)


class Ear:
    """One feed being listened to, and all it handed over."""

    def __init__(self, feed, rows=200_000):
        self.feed = feed
        self.chunks = []
        self.stop = threading.Event()
        self.outlet = Outlet(self.stop, can_wait=feed.can_wait, rows=rows)
        # waits between attempts are cut short; what is waited for in tests is the other side
        self.supervisor = Supervisor(feed, self.outlet, self.stop, World(wait=lambda stop, _: stop.wait(TURN_S)))
        self._thread = threading.Thread(target=self.supervisor.run, daemon=True)
        self._thread.start()

    def take(self):
        self.chunks += self.outlet.take()

    def until(self, condition, what, turn=lambda: None):
        def both():
            self.take()
            turn()

        poll(condition, lambda: f"{what}; health: {self.health}", both)

    def data(self, source=None):
        return b"".join(
            chunk.data for chunk in self.chunks if isinstance(chunk, Sentences) and source in (None, chunk.source)
        )

    @property
    def sources(self):
        return {chunk.source for chunk in self.chunks}

    @property
    def reports(self):
        tables = [chunk.table for chunk in self.chunks if isinstance(chunk, Reports)]
        return pa.concat_tables([empty_reports(), *tables])

    @property
    def health(self):
        return self.supervisor.health()

    def until_data(self, data, source=None):
        self.until(lambda: self.data(source) == data, f"{data[:80]!r} of {source}")

    def until_state(self, *states):
        self.until(lambda: self.health.state in states, f"state {states}")

    def close(self):
        self.stop.set()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()
        self.take()


@pytest.fixture
def hear():
    """Listen to a URL: `hear(url)` gives an Ear; all are closed at the end, and must end soon after `stop`."""
    with ExitStack() as ears:

        def listen(url, **options):
            ear = Ear(open_live(url), **options)
            ears.callback(ear.close)
            return ear

        yield listen


@pytest.fixture
def port():
    """Return a port of loopback that was free a moment ago."""
    return free_port()


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def connected(port):
    """Connect to a door of loopback as soon as it is open."""
    found = []

    def knock():
        try:
            found.append(socket.create_connection(("127.0.0.1", port), DEADLINE_S))
        except ConnectionRefusedError:
            return False
        return True

    poll(knock, lambda: f"a listener on port {port}")
    with found[0] as sock:
        yield sock


@pytest.fixture
def knock():
    return connected


@contextmanager
def broker(folder, port, *options):
    """Run mosquitto on a port of loopback, open to all, forgetting everything."""
    config = folder / "mosquitto.conf"
    safe = ("allow_anonymous true", "persistence false", "log_dest none", f"user {getpass.getuser()}")
    config.write_text("\n".join([f"listener {port} 127.0.0.1", *options, *safe, ""]))
    order = [program("mosquitto", "/usr/sbin/mosquitto"), "-c", str(config)]
    process = subprocess.Popen(order, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connected(port):
            yield port
    finally:
        process.terminate()
        process.wait(DEADLINE_S)


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory):
    """Start a broker; return its port."""
    with broker(tmp_path_factory.mktemp("mosquitto"), free_port()) as port:
        yield port


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Make a certificate for `localhost` that vouches for itself; return its file and its key's."""
    folder = tmp_path_factory.mktemp("certificate")
    names = str(folder / "certificate.pem"), str(folder / "key.pem")
    order = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [program("openssl"), *order, *subject, "-out", names[0], "-keyout", names[1]], check=True, capture_output=True
    )
    return names

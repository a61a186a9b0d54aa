"""Open a page in headless Chromium and read what became of it: no driver, only the program and its switches."""

import json
import subprocess
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from maps.policy import policy

SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=3000",
)


BROWSER = "not an origin"  # who asks, in Chromium's account, where it calls home by itself and for no page


@dataclass(frozen=True)
class Opened:
    """The page after it ran, and every address that it asked any network for."""

    dom: str
    requests: list[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag in ("script", "style")

    def handle_endtag(self, _tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(data.strip())


def open_page(
    program: str, folder: Path, html: str, *, window: str = "1440,900", fragment: str = "", extra: tuple[str, ...] = ()
) -> Opened:
    """Return the page after three seconds of its own (virtual) time, without any network."""
    page, log = folder / "page.html", folder / "net.json"
    page.write_text(html, "utf-8")
    switches = [
        *SWITCHES,
        *extra,
        f"--user-data-dir={folder / 'profile'}",
        f"--log-net-log={log}",
        f"--window-size={window}",
    ]
    done = subprocess.run(
        [program, *switches, "--dump-dom", page.as_uri() + fragment], capture_output=True, timeout=100, check=True
    )
    return Opened(done.stdout.decode("utf-8"), _requests(log))


def _requests(log: Path) -> list[str]:
    """Return the addresses in Chromium's own account of its network use."""
    text = log.read_text("utf-8").rstrip().rstrip(",")
    events = json.loads(text if text.endswith("}") and '"polledData"' in text else text + "]}")["events"]
    asked = [event["params"] for event in events if "url" in event.get("params", {})]
    return [params["url"] for params in asked if params.get("initiator", BROWSER) != BROWSER]


def with_script(html: str, code: str) -> str:
    """Return the page with a script of the test's own that its policy allows."""
    head, _, rest = html.partition("<head>")
    rest = rest[rest.index(">") + 1 :].replace("</html>", f"<script>{code}</script></html>")
    changed = f"{head}<head>{rest}"
    return changed.replace("<head>", f"<head>{policy(changed)}", 1)


def account(dom: str) -> dict[str, str]:
    """Return what the page says of itself: the data attributes of <html>."""
    return {name[5:]: value or "" for name, value in tags(dom)[0][1].items() if name.startswith("data-")}


def tags(dom: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return all start tags with their attributes."""
    return _read(dom).tags


def texts(dom: str) -> list[str]:
    """Return the pieces of text outside scripts and styles."""
    return _read(dom).texts


def _read(dom: str) -> _Reader:
    reader = _Reader()
    reader.feed(dom)
    return reader

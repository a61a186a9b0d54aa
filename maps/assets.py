"""The fixed text of a page: Leaflet from its installed package, our own scripts and styles from `web/`."""

import base64
import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

# In reading order: one scope, so each file may use the functions of those before it.
SCRIPTS: Final = (
    "start.js",
    "unpack.js",
    "projection.js",
    "theme.js",
    "state.js",
    "words.js",
    "layer.js",
    "hatch.js",
    "coast.js",
    "zones.js",
    "graticule.js",
    "scale.js",
    "moment.js",
    "beyond.js",
    "tracks.js",
    "vessels.js",
    "alerts.js",
    "labels.js",
    "telling.js",
    "panel.js",
    "cards.js",
    "legend.js",
    "slider.js",
    "pointer.js",
    "permalink.js",
    "keys.js",
    "framing.js",
    "chart.js",
    "print.js",
    "main.js",
)
STYLES: Final = ("theme.css", "layout.css", "panel.css", "print.css")

_IMAGE: Final = re.compile(r"url\((images/[\w.-]+\.png)\)")


@cache
def leaflet_script() -> str:
    """Return Leaflet's code without the pointer to a source map, which a browser's tools would fetch."""
    code = _leaflet("leaflet.js").read_text("utf-8")
    return _inline(re.sub(r"\n//# sourceMappingURL=.*", "", code))


@cache
def leaflet_style() -> str:
    """Return Leaflet's styles with their images inlined."""
    return _IMAGE.sub(_data_uri, _leaflet("leaflet.css").read_text("utf-8"))


@cache
def script() -> str:
    """Return our own code as one strict function: nothing of it is global."""
    files = "\n".join(web_text(name) for name in SCRIPTS)
    return _inline(f'(() => {{\n"use strict";\n{files}\n}})();')


@cache
def style() -> str:
    """Return our own styles."""
    return "\n".join(web_text(name) for name in STYLES)


@cache
def body() -> str:
    """Return the fixed markup round the map: no data stands in it."""
    return web_text("body.html")


def web_text(name: str) -> str:
    """Return a file of ours."""
    return (resources.files("maps") / "web" / name).read_text("utf-8")


def _leaflet(name: str) -> Traversable:
    return resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet" / name


def _data_uri(image: re.Match[str]) -> str:
    encoded = base64.b64encode(_leaflet(image[1]).read_bytes()).decode("ascii")
    return f"url(data:image/png;base64,{encoded})"


def _inline(code: str) -> str:
    """Return code that cannot end the script element it stands in."""
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")

"""A map as one HTML file that needs no network: folium as the shell, Leaflet and our own canvas drawing inside.

folium 0.20 renders what it is given twice through Jinja, so a name with `{{ … }}` in it would run code on this machine.
Therefore no data enters any folium object: the shell is rendered empty and everything else is put in afterwards.
"""

from typing import Final

import folium

from maps.assets import body, leaflet_script, leaflet_style, script, style
from maps.document import data_json
from maps.errors import MapError
from maps.policy import policy
from maps.view import MapView

MAP_NAME: Final = "voi_map"  # of the element, and of the variable that the scripts take the map from
_MAX_ZOOM: Final = 16  # the coast is good to 10 m, positions to 1 m; further in nothing more is seen


class Shell(folium.Map):
    """An empty folium map that asks for Leaflet only. Its own lists leave those of folium.Map as they are."""

    default_js = [("leaflet", "leaflet.js")]  # noqa: RUF012  # folium declares instance variables; mypy minds
    default_css = [("leaflet_css", "leaflet.css")]  # noqa: RUF012

    def get_name(self) -> str:
        """Return a fixed name, so that equal data make equal pages."""
        return MAP_NAME


def render(view: MapView) -> str:
    """Return the whole page. Equal views give equal pages."""
    html = _shell()
    html = _put(html, "<html>", '<html lang="en">')
    html = _put(html, "initial-scale=1.0, maximum-scale=1.0, user-scalable=no", "initial-scale=1.0")
    html = _put(html, '<script src="leaflet.js"></script>', f"<script>{leaflet_script()}</script>")
    html = _put(html, '<link rel="stylesheet" href="leaflet.css"/>', f"<style>{leaflet_style()}</style>")
    html = _put(
        html,
        "</head>",
        f'<title>Vessels of interest</title><link rel="icon" href="data:,"><style>{style()}</style>\n</head>',
    )
    html = _put(html, "<body>", f"<body>\n{body()}")
    html = _put(html, "</html>", f"{_data(view)}\n<script>{script()}</script>\n</html>")
    return _put(html, "<head>", f"<head>\n{policy(html)}")


def _shell() -> str:
    shell = Shell(
        location=(36.0, 16.0),
        zoom_start=5,
        tiles=None,
        attribution_control=False,
        zoom_animation=False,
        zoom_snap=0.25,
        maxZoom=_MAX_ZOOM,
    )
    return str(shell.get_root().render())


def _data(view: MapView) -> str:
    return f'<script id="voi-data" type="application/json">{data_json(view)}</script>'


def _put(html: str, mark: str, text: str) -> str:
    """Return the page with the only `mark` replaced: never a pattern, so that text is taken as it is."""
    before, found, after = html.partition(mark)
    if not found:
        raise MapError(f"the folium shell has no {mark!r}: this folium version is not supported, install folium 0.20")
    return f"{before}{text}{after}"

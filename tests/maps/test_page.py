import base64
import hashlib
import json
import re

import folium
import pytest

from maps import page
from maps.errors import MapError
from maps.page import render
from tests.maps.browser import tags
from tests.maps.views import crowd, example, hostile

DATA = re.compile(r'<script id="voi-data" type="application/json">(.*?)</script>', re.DOTALL)


def test_equal_views_give_equal_pages() -> None:
    assert render(example()) == render(example())


def test_nothing_in_the_markup_points_outside_the_file() -> None:
    attributes = [value or "" for _, found in tags(render(example())) for value in found.values()]
    assert [value for value in attributes if "//" in value or value.startswith("leaflet")] == []
    assert "sourceMappingURL" not in render(example())


def test_styles_load_nothing_but_inlined_images() -> None:
    styles = "".join(re.findall(r"<style>(.*?)</style>", render(example()), re.DOTALL))
    assert [url for url in re.findall(r"url\(([^)]*)\)", styles) if not url.startswith(("data:image/png", "#"))] == []
    assert "@import" not in styles


def test_the_lists_of_folium_itself_stay_untouched() -> None:
    before = (list(folium.Map.default_js), list(folium.Map.default_css))
    render(example())
    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == before
    assert len(before[0]) > 1


def test_whatever_the_data_are_the_page_differs_in_the_data_block_only() -> None:
    calm, wild = render(example()), render(hostile())
    assert DATA.sub("", calm) == DATA.sub("", wild)
    assert calm != wild


def test_a_template_in_a_name_is_not_evaluated() -> None:
    block = DATA.search(render(hostile()))
    assert block
    assert json.loads(block[1])["subtitle"] == "{{7*7}}"


def test_the_policy_allows_exactly_the_inline_code_of_the_page() -> None:
    html = render(example())
    rules = dict(rule.strip().split(" ", 1) for rule in _policy(html).split(";"))
    for tag in ("script", "style"):
        codes = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        hashes = {
            "'sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() + "'" for code in codes
        }
        assert set(rules[f"{tag}-src"].split()) == hashes
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"


def test_the_policy_stands_before_everything_it_rules() -> None:
    html = render(example())
    assert html.index("Content-Security-Policy") < min(html.index("<script"), html.index("<style"), html.index("<link"))


def _policy(html: str) -> str:
    return next(
        found["content"] or "" for _, found in tags(html) if found.get("http-equiv") == "Content-Security-Policy"
    )


def test_the_page_credits_its_coast_and_its_library() -> None:
    assert "© OpenStreetMap contributors, ODbL · Leaflet" in render(example())


def test_two_hundred_thousand_positions_stay_below_three_megabytes() -> None:
    assert len(render(example(fixes=crowd(200_000))).encode()) < 3_000_000


def test_an_unknown_shell_is_refused_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_shell", lambda: "<html><head></head><body></body></html>")
    with pytest.raises(MapError, match="install folium"):
        render(example())

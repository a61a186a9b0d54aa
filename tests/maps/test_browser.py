"""What a real browser makes of a page, with no network to reach."""

import json
from pathlib import Path

import numpy as np
import pytest

from maps.assets import SCRIPTS, web_text
from maps.pack import pack_fixes
from maps.page import render
from maps.view import MapView, no_fixes
from tests.maps.browser import Opened, account, open_page, tags, texts, with_script
from tests.maps.unpacking import unpack_fixes
from tests.maps.views import HOSTILE_NAMES, START_US, crowd, example, hostile
from vessels.text import clean
from zones.packing import pack

pytestmark = pytest.mark.live

SQUARE = np.array([[10.0, 33.0], [12.5, 33.0], [12.5, 34.25], [10.0, 34.25], [10.0, 33.0]])
# Opens the first alert, searches the vessels, and leaves in the page's account what it found.
DRIVE = """
const seen = document.documentElement.dataset;
document.querySelector("#alert-list button").click();
seen.expanded = document.querySelector("#alert-list button").getAttribute("aria-expanded");
seen.details = document.querySelector("#alert-list .details").textContent;
seen.cried = document.getElementById("cried").textContent;
const search = document.getElementById("search");
search.value = "667011011";
search.dispatchEvent(new Event("input"));
seen.found = document.querySelectorAll("#vessel-list li").length;
document.querySelector("#vessel-list button").click();
seen.vessel = document.querySelector("#vessel-list .details").textContent;
document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
seen.now = document.getElementById("now").textContent;
seen.spoken = document.getElementById("time").getAttribute("aria-valuetext");
"""
MEASURE = """
const boxes = ["head", "voi_map", "clock", "side"].map((id) => document.getElementById(id).getBoundingClientRect());
const map = boxes[1], legend = document.getElementById("legend").getBoundingClientRect();
Object.assign(document.documentElement.dataset, {
  boxes: JSON.stringify(boxes.map((box) => [box.left, box.top, box.right, box.bottom])),
  wide: document.documentElement.scrollWidth - innerWidth,
  legend: legend.left >= map.left && legend.right <= map.right && legend.bottom <= map.bottom,
});
"""
BOUNDS = """
setTimeout(() => (document.documentElement.dataset.bounds = voi_map.getBounds().toBBoxString()), 1000);
"""
CHART = """
const seen = document.documentElement.dataset;
const rows = [...document.querySelectorAll("#zone-list .row")];
const row = rows.find((one) => one.textContent.startsWith("Gulf of Sirte"));
seen.row = row.textContent;
row.querySelector("button").click();
seen.details = row.querySelector(".details").textContent;
seen.facts = document.getElementById("facts").textContent;
for (const id of ["clock", "tabs"]) seen[id] = getComputedStyle(document.getElementById(id)).display;
seen.bounds = voi_map.getBounds().toBBoxString();
"""
UNHIDE = """
document.querySelectorAll("#legend input[data-layer]").forEach((box) => box.click());
setTimeout(() => {
  const beacon = document.querySelector(".beacon");
  Object.assign(document.documentElement.dataset, {
    boxes: document.querySelectorAll("#legend input:checked").length,
    hidden: beacon.hidden,
    pulse: getComputedStyle(beacon, "::before").animationName,
  });
}, 1000);
"""
UNPACK = """
const packed = JSON.parse(document.getElementById("packed").textContent);
const columns = { time: unpackColumn(packed.time), lat: unpackColumn(packed.lat), lon: unpackColumn(packed.lon) };
columns.sog = unpackKnown(packed.sog, 10);
columns.cog = unpackKnown(packed.cog, 1);
const plain = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, Array.from(column)]));
plain.rings = unpackRings(packed.rings).map((ring) => Array.from(ring.lon, (lon, i) => [lon, ring.lat[i]]));
document.documentElement.dataset.plain = JSON.stringify(plain);
"""


@pytest.fixture(scope="module")
def opened(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return open_page(chromium, tmp_path_factory.mktemp("calm"), with_script(render(example()), DRIVE))


@pytest.fixture(scope="module")
def attacked(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return open_page(chromium, tmp_path_factory.mktemp("wild"), with_script(render(hostile()), DRIVE))


def test_a_page_opens_without_an_error_a_breach_of_its_policy_or_a_request(opened: Opened) -> None:
    found = account(opened.dom)
    assert (found["errors"], found["violations"], found["requests"]) == ("0", "0", "0")
    assert opened.requests == []


def test_a_request_would_be_noticed(chromium: str, tmp_path: Path) -> None:
    picture = "http://example.org/x.png"
    assert picture in open_page(chromium, tmp_path, f'<html><body><img src="{picture}"></body></html>').requests


def test_a_script_that_did_not_come_with_the_page_does_not_run(chromium: str, tmp_path: Path) -> None:
    smuggled = render(example()).replace("</html>", "<script>document.documentElement.dataset.ran = 1</script></html>")
    found = account(open_page(chromium, tmp_path, smuggled).dom)
    assert "ran" not in found
    assert found["violations"] == "1"


def test_choosing_an_alert_opens_its_reasons_and_what_is_not_known(opened: Opened) -> None:
    found = account(opened.dom)
    assert found["expanded"] == "true"
    assert "Heard 42 times in 31 minutes." in found["details"]
    assert "Not known" in found["details"]


def test_distress_is_spoken_when_the_page_opens(opened: Opened) -> None:
    assert "MOB beacon 972123456" in account(opened.dom)["cried"]


def test_the_search_finds_a_vessel_and_shows_who_it_is(opened: Opened) -> None:
    found = account(opened.dom)
    assert found["found"] == "1"
    assert "ZARZIS" in found["vessel"]


def test_an_arrow_key_steps_five_minutes_and_the_slider_says_the_time(opened: Opened) -> None:
    found = account(opened.dom)
    assert found["now"] == found["spoken"] == "1 Jan 2026 23:55Z"


def test_hostile_names_appear_as_they_are_and_do_nothing(attacked: Opened) -> None:
    found = account(attacked.dom)
    assert (found["errors"], found["violations"], found["requests"]) == ("0", "0", "0")
    shown = texts(attacked.dom)
    assert [name for name in HOSTILE_NAMES if clean(name) not in shown] == []


def test_hostile_names_make_no_elements(opened: Opened, attacked: Opened) -> None:
    kinds = {tag for tag, _ in tags(opened.dom)}
    assert {tag for tag, _ in tags(attacked.dom)} == kinds
    assert "img" not in kinds
    title = attacked.dom.partition("<title>")[2].partition("</title>")[0]
    assert title.startswith("&lt;/script&gt;")


def test_a_chart_lists_its_zones_and_shows_no_traffic_and_no_clock(chromium: str, tmp_path: Path) -> None:
    wild = zip(HOSTILE_NAMES, example().zones, strict=False)
    own = [zone | {"id": f"own-{i}", "name": name, "kind": "user", "ring": None} for i, (name, zone) in enumerate(wild)]
    chart = example(chart=True, zones=[*example().zones, *own], fixes=no_fixes(), vessels=(), alerts=())
    opened = open_page(chromium, tmp_path, with_script(render(chart), CHART))
    found, shown = account(opened.dom), texts(opened.dom)
    assert (found["errors"], found["violations"], found["requests"], opened.requests) == ("0", "0", "0", [])
    assert [name for name in HOSTILE_NAMES if clean(name) not in shown] == []
    assert "33 strips of coast" in found["facts"]
    assert f"{len(own)} of your own" in found["facts"]
    assert found["row"] == "Gulf of Sirtedeparture12 and 24 nm"
    assert "ly-sirte-12, ly-sirte-24" in found["details"]
    assert (found["clock"], found["tabs"]) == ("none", "none")
    west, south, east, north = map(float, found["bounds"].split(","))
    assert (15 < west < 20 < east < 22, 29 < south < 31 < north < 33) == (True, True)


@pytest.mark.parametrize("window", ["1440,900", "800,600", "500,844"])
def test_map_lists_and_time_never_overlap(chromium: str, tmp_path: Path, window: str) -> None:
    found = account(open_page(chromium, tmp_path, with_script(render(example()), MEASURE), window=window).dom)
    boxes = json.loads(found["boxes"])
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert right - left > 200
        assert bottom - top > 30
        for other in boxes[i + 1 :]:
            assert other[0] >= right - 1 or other[2] <= left + 1 or other[1] >= bottom - 1 or other[3] <= top + 1
    assert found["wide"] == "0"
    assert found["legend"] == "true"


def test_the_browser_unpacks_what_python_packed(chromium: str, tmp_path: Path) -> None:
    fixes = example().fixes
    packed = pack_fixes(fixes, START_US)
    block = json.dumps(packed | {"rings": pack([SQUARE, SQUARE + 1])})
    data = f'<script id="packed" type="application/json">{block}</script>'
    html = f"<html><head></head><body>{data}<script>{web_text('unpack.js')}{UNPACK}</script></body></html>"
    plain = json.loads(account(open_page(chromium, tmp_path, html).dom)["plain"])
    wanted = unpack_fixes(packed, fixes.mmsi, START_US)
    assert plain["time"] == ((wanted.time_us - START_US) // 1_000_000).tolist()
    np.testing.assert_allclose(np.array(plain["lat"]) / 1e5, wanted.lat)
    np.testing.assert_allclose(np.array(plain["lon"]) / 1e5, wanted.lon)
    np.testing.assert_allclose(np.array(plain["sog"], float), wanted.sog_kn)
    np.testing.assert_allclose(np.array(plain["cog"], float), wanted.cog_deg)
    assert plain["rings"] == [SQUARE[1:].tolist(), (SQUARE[1:] + 1).tolist()]


def test_distress_stays_when_every_layer_is_switched_off(chromium: str, tmp_path: Path) -> None:
    found = account(open_page(chromium, tmp_path, with_script(render(example()), UNHIDE)).dom)
    assert (found["boxes"], found["hidden"], found["pulse"]) == ("0", "false", "pulse")


def test_who_asks_for_less_motion_gets_a_ring_that_does_not_pulse(chromium: str, tmp_path: Path) -> None:
    html = with_script(render(example()), UNHIDE)
    assert (
        account(open_page(chromium, tmp_path, html, extra=("--force-prefers-reduced-motion",)).dom)["pulse"] == "none"
    )


def test_a_link_brings_back_time_choice_and_theme(chromium: str, tmp_path: Path) -> None:
    link = "#at=34.2,12.9,9&time=2026-01-01T15:30:00Z&vessel=642012012&light=1"
    dom = open_page(chromium, tmp_path, render(example()), fragment=link).dom
    html = tags(dom)[0][1]
    assert html["class"] == "light"
    assert "1 Jan 2026 15:30Z" in texts(dom)
    assert any(text.endswith("(1 h 30 min before)") for text in texts(dom))


def test_the_page_says_how_far_it_was_thinned(chromium: str, tmp_path: Path) -> None:
    facts = texts(open_page(chromium, tmp_path, render(example(fixes=crowd(250_000)))).dom)
    assert any("250,000 positions, thinned to " in text for text in facts)


@pytest.mark.parametrize("window", ["1440,900", "1024,700", "500,844"])
def test_a_map_opens_with_everything_heard_in_view(chromium: str, tmp_path: Path, window: str) -> None:
    fixes = example().fixes
    found = account(open_page(chromium, tmp_path, with_script(render(example()), BOUNDS), window=window).dom)
    west, south, east, north = map(float, found["bounds"].split(","))
    assert west < fixes.lon.min() < fixes.lon.max() < east
    assert south < fixes.lat.min() < fixes.lat.max() < north


def test_an_empty_map_opens_and_says_that_silence_is_not_calm(chromium: str, tmp_path: Path) -> None:
    view = MapView(title="Nothing heard", start_us=START_US, end_us=START_US, coast=example().coast)
    opened = open_page(chromium, tmp_path, render(view))
    assert account(opened.dom)["errors"] == "0"
    assert any("silence is not calm" in text for text in texts(opened.dom))


def test_every_script_file_is_in_the_page() -> None:
    assert all(web_text(name) in render(example()) for name in SCRIPTS)

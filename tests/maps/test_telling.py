"""What cards, labels and paper say of an alert, read in a real browser at different times of the clock."""

from pathlib import Path
from typing import Any

import pytest

from maps.page import render
from maps.view import Alert
from pipelines.rules.durations import spoken
from tests.maps.browser import account, open_page, with_script
from tests.maps.views import START_US, crowd, example

pytestmark = pytest.mark.live

LAST, FIRST = "34°24.0\N{PRIME}N 013°04.8\N{PRIME}E", "34°21.6\N{PRIME}N 013°01.8\N{PRIME}E"
DISTRESS, GAP = "0000000000000001", "0000000000000002"
LOOK = """
const seen = document.documentElement.dataset;
const cards = [...document.querySelectorAll("#alert-list > li")];
seen.heads = cards.map((card) => card.querySelector(".row-head").textContent).join("|");
seen.later = cards.filter((card) => card.classList.contains("later")).length;
seen.tags = cards.filter((card) => card.querySelector(".row-head .sim")).length;
seen.open = [...document.querySelectorAll(".row.open .details")].map((one) => one.textContent).join("|");
seen.zone = [...document.querySelectorAll(".row.open small")].map((one) => one.textContent).join("|");
seen.scale = document.getElementById("scale").textContent;
seen.beyond = document.getElementById("beyond").hidden ? "" : document.getElementById("beyond").textContent;
"""
READ = "setTimeout(() => {" + LOOK + "}, 1000);"
# Notes every text that the canvases write from now on, while the map is drawn anew.
LISTEN = """
const written = [], write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...more) {
  written.push(text);
  return write.call(this, text, ...more);
};
document.querySelectorAll("#legend input[data-layer=tracks]").forEach((box) => box.click());
setTimeout(() => {
  const named = [...new Set(written)].filter((text) => text.includes("972123456"));
  document.documentElement.dataset.written = named.join("|");
}, 1000);
"""
PRINT = """
const root = document.documentElement, legend = document.getElementById("legend");
const state = () => [root.className, legend.open, voi_map.getSize().x, voi_map.getZoom()].join();
setTimeout(() => {
  const before = state();
  dispatchEvent(new Event("beforeprint"));
  root.dataset.during = [root.className, legend.open].join();
  root.dataset.printed = document.getElementById("printed").textContent;
  root.dataset.shown = getComputedStyle(document.querySelector(".row.open")).display;
  root.dataset.gone = getComputedStyle(document.querySelector(".row:not(.open)")).display;
  dispatchEvent(new Event("afterprint"));
  root.dataset.restored = state() === before;
}, 1000);
"""


def seen(chromium: str, folder: Path, fragment: str = "", code: str = READ, **changes: Any) -> dict[str, str]:
    return account(open_page(chromium, folder, with_script(render(example(**changes)), code), fragment=fragment).dom)


def test_a_distress_tells_its_last_position_and_where_it_was_first_heard(chromium: str, tmp_path: Path) -> None:
    found = seen(chromium, tmp_path, f"#alert={DISTRESS}")
    assert f"Last position{LAST} at 19:42Z" in found["open"]
    assert f"First heard1 Jan 2026 19:12Z at {FIRST}" in found["open"]
    assert f"{LAST} at 19:42Z" in found["heads"].split("|")[0]


def test_a_distress_lies_where_it_was_by_the_clock(chromium: str, tmp_path: Path) -> None:
    found = seen(chromium, tmp_path, f"#alert={DISTRESS}&time=2026-01-01T19:27:30Z")
    assert "at 19:26Z" in found["open"]
    assert LAST not in found["open"]
    assert "Lasting15 min so far" in found["open"]


def test_what_goes_on_has_lasted_so_far_and_says_when_the_rest_was_known(chromium: str, tmp_path: Path) -> None:
    found = seen(chromium, tmp_path, f"#alert={GAP}&time=2026-01-01T15:30:00Z")
    card = found["heads"].split("|")[1]
    assert "no report for 1 h 30 min so far after leaving" in card
    assert "going on" in card
    assert "known only at 1 Jan 2026 17:30Z" in found["open"]


def test_what_is_over_tells_its_whole_length(chromium: str, tmp_path: Path) -> None:
    found = seen(chromium, tmp_path, f"#alert={GAP}")
    assert "no report for 3 h 30 min after leaving" in found["heads"]
    assert "(3 h 30 min)" in found["open"]
    assert found["later"] == "0"


def test_what_lies_ahead_of_the_clock_is_dimmed_and_marked(chromium: str, tmp_path: Path) -> None:
    found = seen(chromium, tmp_path, "#time=2026-01-01T09:00:00Z")
    ahead = sum(alert["time_us"] > START_US + 9 * 3_600_000_000 for alert in example().alerts)
    assert found["later"] == str(ahead)
    assert sum("later" in card for card in found["heads"].split("|")) == ahead


def test_opening_the_card_of_what_lies_ahead_moves_the_clock_to_when_all_of_it_was_known(
    chromium: str, tmp_path: Path
) -> None:
    code = "document.querySelectorAll('#alert-list > li > button')[1].click();" + READ
    found = seen(chromium, tmp_path, "#time=2026-01-01T09:00:00Z", code)
    assert "1 Jan 2026 17:30Z (3 h 30 min)" in found["open"]
    assert "later" not in found["heads"].split("|")[1]


def test_a_card_says_simulated_by_a_tag_and_not_in_every_headline(chromium: str, tmp_path: Path) -> None:
    found = seen(chromium, tmp_path)
    assert found["tags"] == str(len(example().alerts))
    assert "SIMULATED" not in found["heads"]


def test_a_headline_that_only_claims_to_be_simulated_keeps_its_word(chromium: str, tmp_path: Path) -> None:
    alerts = [alert | {"simulated": False} for alert in example().alerts]
    found = seen(chromium, tmp_path, alerts=alerts)
    assert found["tags"] == "0"
    assert "SIMULATED: no report" in found["heads"]


def test_a_zone_is_named_with_its_id_behind_it(chromium: str, tmp_path: Path) -> None:
    zone = next(zone for zone in example().zones if zone["ring"] == 12)
    alerts = [alert | {"zone": zone["id"]} for alert in example().alerts]
    found = seen(chromium, tmp_path, f"#alert={GAP}", alerts=alerts)
    assert f"Zone{zone['name']}, 12 nm {zone['id']}" in found["open"]
    assert found["zone"] == zone["id"]


@pytest.mark.parametrize("fragment", ["", "#vessel=972123456", f"#alert={DISTRESS}"])
def test_a_distress_is_named_as_such_on_the_map_and_not_as_a_vessel_too(
    chromium: str, tmp_path: Path, fragment: str
) -> None:
    assert seen(chromium, tmp_path, fragment, LISTEN)["written"] == "DISTRESS 972123456"


def test_a_distress_is_named_also_where_no_place_is_free(chromium: str, tmp_path: Path) -> None:
    around = [
        example().alerts[1] | {"id": f"{i}", "lat": 34.4 + north, "lon": 13.08 + east}
        for i, (north, east) in enumerate((y / 100, x / 50) for y in range(-20, 21, 4) for x in range(-30, 31, 4))
    ]
    alerts = [example().alerts[0], *around]
    assert seen(chromium, tmp_path, "#at=34.4,13.08,8", LISTEN, alerts=alerts)["written"] == "DISTRESS 972123456"


def test_lengths_are_cut_off_as_in_the_alerts_own_sentences(chromium: str, tmp_path: Path) -> None:
    lengths = [40, 60, 3_599, 3_600, 3_660, 5_730, 86_399, 86_400, 90_000, 300_000]
    alerts = [_lasting(i, seconds) for i, seconds in enumerate(lengths)]
    code = "const texts = [];" + "".join(
        f"document.querySelectorAll('#alert-list button.row-head')[{i}].click();"
        "texts.push(document.querySelector('#alert-list .row.open .details').textContent);"
        for i in range(len(lengths))
    )
    code += "document.documentElement.dataset.texts = texts.join('|');"
    found = seen(chromium, tmp_path, code=code, alerts=alerts)["texts"]
    assert [seconds for seconds in lengths if f"({spoken(seconds)})" not in found] == []


def _lasting(number: int, seconds: int) -> Alert:
    times = {"time_us": START_US, "last_us": START_US + seconds * 1_000_000}
    return example().alerts[1] | times | {"id": str(number)}  # type: ignore[return-value]


def test_the_scale_is_in_nautical_miles(chromium: str, tmp_path: Path) -> None:
    assert seen(chromium, tmp_path, "#at=34,18,9")["scale"] == "10 nm"


def test_a_view_of_known_coast_needs_no_word_and_one_beyond_it_says_where_coast_is_known(
    chromium: str, tmp_path: Path
) -> None:
    assert seen(chromium, tmp_path, "#at=34,18,9")["beyond"] == ""
    assert (
        seen(chromium, tmp_path, "#at=31,18,6")["beyond"]
        == "Coast drawn only for 30°N\N{EN DASH}46°N, 6°W\N{EN DASH}37°E"
    )


def test_a_track_beyond_the_coast_says_so_wherever_one_looks(chromium: str, tmp_path: Path) -> None:
    fixes = crowd(20, vessels=2)
    fixes.lat[:] -= 30
    assert seen(chromium, tmp_path, "#at=34,18,9", fixes=fixes)["beyond"].startswith("Coast drawn only for")


def test_paper_has_the_legend_distress_in_words_and_the_open_card_and_the_screen_comes_back(
    chromium: str, tmp_path: Path
) -> None:
    found = seen(chromium, tmp_path, f"#alert={DISTRESS}", PRINT)
    assert found["during"] == "paper light,true"
    assert "Shown as of 2 Jan 2026 00:00Z." in found["printed"]
    assert f"DISTRESS 972123456. Last position {LAST} at 19:42Z; first heard 19:12Z at {FIRST}." in found["printed"]
    assert (found["shown"] != "none", found["gone"]) == (True, "none")
    assert found["restored"] == "true"

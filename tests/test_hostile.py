"""Text from outside, made to break things, goes the whole way: radio, list, zone layer; terminal, CSV and map."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tests.maps.browser import account, open_page, tags, texts, with_script
from tests.scenarios import GAP, shared_scenario
from vessels.encode import sentences

REPOSITORY = Path(__file__).resolve().parents[1]
RADIO_NAME = "<IMG SRC=X ONERROR=1"  # twenty characters of six-bit text
RADIO_DESTINATION = "=CMD' /C CALC'!A0"
WHY = "{{7*7}} {name.__class__} `a` ${7*7} </script><script>document.title='owned'</script> \x1b[31mred\u202e"
ZONE = "{{7*7}}<b onclick=alert(1)>`${7*7}`{name.__class__}\u202e\x1b[31m"
OPEN_EVERY_ALERT = """
document.querySelectorAll("#alert-list button").forEach((button) => button.click());
document.documentElement.dataset.title = document.title;
"""
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    reports = shared_scenario().reports
    said_by = zip(reports["mmsi"].to_pylist(), reports["msg_type"].to_pylist(), strict=True)
    mine = [mmsi == GAP and kind == 5 for mmsi, kind in said_by]
    for column, said in (("name", RADIO_NAME), ("destination", RADIO_DESTINATION)):
        values = [said if own else old for own, old in zip(mine, reports[column].to_pylist(), strict=True)]
        reports = reports.set_column(reports.column_names.index(column), column, pa.array(values, pa.string()))
    (folder / "feed.nmea").write_bytes(b"".join(sentences(reports, station="VOISIM1")))
    (folder / "layer.geojson").write_text(json.dumps(_layer()))
    voi(folder, "zones", "add", "layer.geojson", "--source", ZONE, "--licence", ZONE)
    voi(folder, "watchlist", "add", "--mmsi", str(GAP), "--why", WHY, "--name", WHY)
    voi(folder, "ingest", "feed.nmea")
    return folder


def _layer() -> dict[str, object]:
    ring = [[11.5, 33.0], [12.8, 33.0], [12.8, 33.8], [11.5, 33.8], [11.5, 33.0]]
    said = {"id": "mine", "name": ZONE, "kind": "user"}
    feature = {"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return {"type": "FeatureCollection", "features": [feature]}


def voi(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "import sys; from pipelines.cli import main; sys.exit(main())", *arguments]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "VOI_STORE": "store", "COLUMNS": "160"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "command",
    [("alerts", "list"), ("watchlist", "list"), ("zones", "list"), ("zones", "show", "mine"), ("events", "list")],
    ids=" ".join,
)
def test_nothing_reaches_a_terminal_that_drives_it(store: Path, command: tuple[str, ...]) -> None:
    table = voi(store, *command, "-f", "table")
    assert len(table) > 100
    assert DANGEROUS.search(table) is None


def test_names_and_notes_stand_literally_in_an_alert(store: Path) -> None:
    alerts = [json.loads(line) for line in voi(store, "alerts", "list", "-f", "jsonl").splitlines()]
    mine = [alert for alert in alerts if alert["watchlist_id"]]
    assert mine
    shown = voi(store, "alerts", "show", mine[0]["id"], "-f", "table")
    folded = " ".join(shown.split())
    assert RADIO_NAME in folded
    for literal in ("{{7*7}}", "{name.__class__}", "`a`", "${7*7}", "</script>"):
        assert literal in folded
    assert DANGEROUS.search(shown) is None


def test_a_spreadsheet_sees_no_formula(store: Path) -> None:
    tables = [voi(store, *command, "-f", "csv") for command in (("alerts", "list"), ("watchlist", "list"))]
    tables.append(voi(store, "sql", "SELECT name, destination FROM vessels", "-f", "csv"))
    cells = [cell for table in tables for row in csv.reader(io.StringIO(table)) for cell in row]
    assert any(RADIO_DESTINATION in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "@", "+", "\t"))] == []


@pytest.mark.live
def test_the_map_shows_them_as_text_and_runs_nothing(store: Path, chromium: str, tmp_path: Path) -> None:
    voi(store, "map", "-o", "map.html")
    page = with_script((store / "map.html").read_text("utf-8"), OPEN_EVERY_ALERT)
    opened = open_page(chromium, tmp_path, page)
    found = account(opened.dom)
    assert (found["errors"], found["violations"], found["requests"]) == ("0", "0", "0")
    assert opened.requests == []
    shown = "\n".join(texts(opened.dom))
    for literal in (RADIO_NAME, "{{7*7}}", "{name.__class__}", "${7*7}", "</script><script>"):
        assert literal in shown
    assert "owned" not in found["title"]
    assert [said for tag, said in tags(opened.dom) if tag == "b" or "onerror" in said or said.get("src") == "X"] == []

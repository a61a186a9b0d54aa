"""Layers of zones on the command line: added, counted, taken out, and refused without a trace."""

import json

import pytest

from pipelines.cli import main
from pipelines.cli.zones import LIST_COLUMNS
from pipelines.config import Settings
from pipelines.knowledge import Knowledge
from pipelines.store import layers, open_store
from pipelines.store.backup import backup, restore
from pipelines.store.state import STATE_FILE
from zones.zone import load_zones

SQUARE = [[10, 34], [11, 34], [11, 35], [10, 35], [10, 34]]
TERMS = ("--source", "drawn, 2026", "--licence", "CC0-1.0")


@pytest.fixture
def voi(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder, and return its exit code, rows and words."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        capsys.readouterr()
        code = main([*map(str, words), "--store", "store", "-f", "jsonl"])
        printed = capsys.readouterr()
        return code, [json.loads(line) for line in printed.out.splitlines()], printed.err

    return run


@pytest.fixture
def write(tmp_path):
    def write(file="mine.geojson", coordinates=SQUARE, **properties):
        geometry = {"type": "Polygon", "coordinates": [coordinates]}
        feature = {"type": "Feature", "properties": {"id": "box", "name": "Box"} | properties, "geometry": geometry}
        (tmp_path / file).write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
        return file

    return write


def there(root):
    with open_store(root, create=False) as store:
        return layers.every(store)


def test_an_added_layer_counts_and_stays_when_its_file_is_gone(voi, write, tmp_path):
    code, added, err = voi("zones", "add", write("my layer.geojson", name="{{7*7}} box"), *TERMS)
    assert (code, [zone["id"] for zone in added]) == (0, ["box"])
    assert "layer my-layer: 1 added; they count from the next ingest" in err
    (tmp_path / "my layer.geojson").unlink()
    assert voi("zones", "check", "34.5", "10.5")[1][0]["zones"] == ["box ({{7*7}} box)"]
    shown = voi("zones", "show", "box")[1][0]
    assert (shown["source"], shown["licence"], shown["layer"]) == ("drawn, 2026", "CC0-1.0", "my-layer")


def test_without_a_store_the_shipped_zones_are_in_force(voi, tmp_path):
    assert len(voi("zones", "list")[1]) == len(load_zones())
    assert not (tmp_path / "store").exists()


def test_a_layer_is_taken_out_by_its_name(voi, write):
    voi("zones", "add", write(), *TERMS)
    code, _, err = voi("zones", "remove", "mine")
    assert (code, "layer mine: removed" in err) == (0, True)
    assert len(voi("zones", "list")[1]) == len(load_zones())
    code, _, err = voi("zones", "remove", "mine")
    assert (code, "there is no layer 'mine'; added are: none" in err) == (2, True)


def test_who_added_a_layer_and_when_is_kept(voi, write, tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.cli.common.time.time_ns", lambda: 1_780_000_000_000_000_000)
    monkeypatch.setattr("pipelines.cli.common.getpass.getuser", lambda: "ana")
    voi("zones", "add", write(), *TERMS)
    assert [(layer["added_by"], layer["recorded_at"]) for layer in there(tmp_path / "store")] == [
        ("ana", 1_780_000_000_000_000)
    ]


BROKEN = {
    "self-crossing": [[12, 33], [13, 34], [13, 33], [12, 34], [12, 33]],
    "swapped": [[lat, lon] for lon, lat in SQUARE],
    "on land": [[33.4, 35.0], [33.6, 35.0], [33.6, 35.05], [33.4, 35.0]],
    "metres": [[1.3e6, 3.9e6], [1.4e6, 3.9e6], [1.4e6, 4e6], [1.3e6, 3.9e6]],
    "empty": [],
    "huge": [[-179, -80], [179, -80], [179, 80], [-179, 80], [-179, -80]],
}


@pytest.mark.parametrize("coordinates", BROKEN.values(), ids=BROKEN)
def test_a_broken_layer_changes_nothing(voi, write, tmp_path, coordinates):
    voi("zones", "add", write(), *TERMS)
    before = there(tmp_path / "store")
    code, added, err = voi("zones", "add", write("broken.geojson", coordinates, id="bad"), *TERMS)
    assert (code, added) == (2, [])
    assert "voi: broken.geojson: feature 1 (id 'bad'): " in err
    assert there(tmp_path / "store") == before


def test_a_broken_layer_makes_no_store(voi, write, tmp_path):
    assert voi("zones", "add", write(coordinates=BROKEN["on land"]), *TERMS)[0] == 2
    assert not (tmp_path / "store").exists()


def test_an_id_or_a_name_in_use_is_refused(voi, write, tmp_path):
    voi("zones", "add", write(), *TERMS)
    _, _, err = voi("zones", "add", write(id="mt-12"), *TERMS, "--layer", "other")
    assert "layer other: zone 'mt-12': that id is taken by the shipped zones" in err
    _, _, err = voi("zones", "add", write(), *TERMS, "--layer", "other")
    assert "layer other: zone 'box': that id is taken by mine" in err
    code, _, err = voi("zones", "add", write(), *TERMS)
    assert (code, "there is a layer 'mine' already; take it out with `voi zones remove mine`" in err) == (2, True)
    assert voi("zones", "add", write(), *TERMS, "--layer", "other", "--id-field", "none")[0] == 0
    assert [layer["name"] for layer in there(tmp_path / "store")] == ["mine", "other"]


@pytest.mark.parametrize("missing", ["--source", "--licence"])
def test_a_layer_needs_source_and_licence(voi, write, missing):
    terms = [word for pair in zip(TERMS[::2], TERMS[1::2], strict=True) if pair[0] != missing for word in pair]
    code, _, err = voi("zones", "add", write(), *terms)
    assert (code, f"Missing option '{missing}'" in err) == (2, True)


def test_a_new_layer_is_new_knowledge_so_that_all_is_read_anew(voi, write, tmp_path):
    before = Knowledge.of(Settings(), tmp_path / "store").version
    voi("zones", "add", write(), *TERMS)
    assert Knowledge.of(Settings(), tmp_path / "store").version != before
    voi("zones", "remove", "mine")
    assert Knowledge.of(Settings(), tmp_path / "store").version == before


def test_a_backup_holds_the_layers(voi, write, tmp_path):
    voi("zones", "add", write(), *TERMS)
    with open_store(tmp_path / "store", create=False) as store:
        backup(store, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "again")
    assert there(tmp_path / "again") == there(tmp_path / "store")


def test_a_store_of_the_schema_before_gains_a_place_for_layers(voi, write, tmp_path):
    voi("zones", "add", write(), *TERMS)
    with open_store(tmp_path / "store", create=False) as store:
        store.conn.executescript(
            "DROP TABLE layers; DROP TABLE corrections; DROP INDEX alerts_of_vessel; PRAGMA user_version = 2"
        )
    assert "run `voi store upgrade`" in voi("zones", "list")[2]
    assert voi("store", "upgrade")[0] == 0
    assert voi("zones", "add", write(), *TERMS)[0] == 0
    assert (tmp_path / "store" / STATE_FILE).is_file()


def test_a_list_of_zones_shows_the_layer():
    assert "layer" in [column.key for column in LIST_COLUMNS]


def test_zones_are_drawn_into_one_page(voi, write, tmp_path):
    voi("zones", "add", write(name="{{7*7}} box"), *TERMS)
    code, (drawn,), err = voi("zones", "draw", "-o", "all.html")
    page = (tmp_path / "all.html").read_text("utf-8")
    assert (code, drawn["bytes"], drawn["zones"]) == (0, len(page.encode()), len(load_zones()) + 1)
    assert "wrote all.html" in err
    assert '"{{7*7}} box"' in page
    assert "OpenStreetMap contributors, ODbL" in page


@pytest.mark.parametrize(
    ("name", "told"), [("nowhere/all.html", "there is no folder nowhere"), ("all.png", "call it all.html")]
)
def test_a_page_that_cannot_be_written_is_a_usage_error(voi, name, told):
    code, _, err = voi("zones", "draw", "-o", name)
    assert (code, told in err) == (2, True)

"""`voi zones learn`, over ships told in the sea language, as a person calls it."""

import json

import pytest

from pipelines.cli import main
from pipelines.config import Settings
from pipelines.knowledge import Knowledge
from pipelines.learned import zones_shown
from pipelines.simulate.sea import Ship
from pipelines.zoning import zones_in_force
from tests.scenarios import rows
from vessels.encode import sentences

ROADS = (33 + 5.5 / 60, 13 + 40.5 / 60)  # off Garabulli, in the middle of a cell
EVERY_S = 600
LEARNED = "anchorage-learned-3305n-1340e"


def sea(*, anchored):
    """Return the sentences of ships that anchor for seven hours, and of one that is heard until the day is over."""
    ships = [Ship(mmsi=636_999_200 + number, transponder="A", compass=False) for number in range(anchored)]
    lying = [ship.at(*ROADS, "04:00").anchor(hours=7).sail(to=[(33.6, 13.9)], kn=12) for ship in ships]
    late = Ship(mmsi=636_999_300).at(34.2, 15.0, "22:00").sail(to=[(34.2, 16.0)], kn=14)
    return b"".join(sentences(rows(*lying, late, every_s=EVERY_S), station="VOISIM1"))


@pytest.fixture
def voi(monkeypatch, capsys, tmp_path):
    """Run a command on a store in an empty folder, and return what it said on stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        assert main(list(words)) == 0
        printed = capsys.readouterr()
        return printed.out, printed.err

    return run


def listed(voi):
    return {row["id"]: row for row in map(json.loads, voi("zones", "list", "--kind", "anchorage")[0].splitlines())}


def ingested(voi, tmp_path, *, anchored):
    (tmp_path / "sea.nmea").write_bytes(sea(anchored=anchored))
    voi("ingest", "sea.nmea")


def test_ten_ships_at_anchor_teach_an_anchorage_that_is_listed_shown_and_drawn_as_learned(voi, tmp_path):
    ingested(voi, tmp_path, anchored=10)
    assert LEARNED not in listed(voi)
    out, err = voi("zones", "learn")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [LEARNED]
    assert "lay still for 6 h: 1; anchorages of them outside the listed harbours: 1" in err
    assert listed(voi)[LEARNED]["source"] == "learned from this store, 2026-06-01 to 2026-06-01; simulated"
    checked = json.loads(voi("zones", "check", *map(str, ROADS))[0])
    assert checked["zones"][0].startswith(LEARNED)
    voi("map", "-o", "map.html")
    assert "Learned anchorage" in (tmp_path / "map.html").read_text("utf-8")


def test_nine_ships_teach_nothing(voi, tmp_path):
    ingested(voi, tmp_path, anchored=9)
    out, err = voi("zones", "learn")
    assert out == ""
    assert "listed harbours: 0" in err


def test_what_decides_about_events_does_not_change_with_what_is_learned(voi, tmp_path):
    ingested(voi, tmp_path, anchored=10)
    store = tmp_path / "voi-store"
    before = Knowledge.of(Settings(), store).version
    voi("zones", "learn")
    assert len(zones_shown(store)) == len(zones_in_force(store)) + 1
    assert Knowledge.of(Settings(), store).version == before


def test_a_store_whose_only_day_goes_on_has_nothing_to_learn_from(voi, tmp_path):
    lines = sea(anchored=10).splitlines(keepends=True)
    (tmp_path / "sea.nmea").write_bytes(b"".join(lines[: len(lines) // 2]))
    voi("ingest", "sea.nmea")
    out, err = voi("zones", "learn")
    assert out == ""
    assert "no UTC day of this store is over yet" in err

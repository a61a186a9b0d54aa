import pytest
import shapely

from zones.coast import on_land
from zones.learned import Cell, learned_anchorages
from zones.ports import harbours

SPAN = "2026-06-01 to 2026-06-07"


def cell(lat, lon, vessels=12, *, simulated=False):
    return Cell(round(lat * 60), round(lon * 60), vessels, vessels + 3, simulated)


def test_a_cell_is_a_zone_of_one_minute_of_arc_that_says_it_is_learned():
    [zone] = learned_anchorages([Cell(33 * 60 + 5, 13 * 60 + 40, 12, 15, simulated=False)], SPAN)
    assert zone.kind == "anchorage"
    assert zone.source == f"learned from this store, {SPAN}"
    assert zone.id == "anchorage-learned-3305n-1340e"
    assert "12 vessels" in zone.name
    assert zone.geometry.equals(shapely.box(13 + 40 / 60, 33 + 5 / 60, 13 + 41 / 60, 33 + 6 / 60))


def test_cells_that_share_a_side_are_one_anchorage_named_after_the_busiest():
    minute = 1 / 60
    near = [cell(33.1, 13.5), cell(33.1, 13.5 + minute, 30), cell(33.1 + minute, 13.5 + minute)]
    far = cell(33.5, 13.5)
    one, other = learned_anchorages([*near, far], SPAN)
    assert "3 cells, 30 vessels" in one.name
    assert "1 cell, 12 vessels" in other.name
    assert one.id != other.id
    assert one.geometry.area == pytest.approx(3 * other.geometry.area)


def test_west_of_greenwich_the_corner_is_still_the_western_one():
    [zone] = learned_anchorages([Cell(36 * 60, -5 * 60 - 1, 10, 10, simulated=False)], SPAN)
    assert zone.id == "anchorage-learned-3600n-0501w"
    assert zone.geometry.bounds[2] == -5


def test_what_lies_in_a_listed_harbour_is_not_learned_again():
    piraeus = next(port for port in harbours() if port.name == "Piraeus")
    assert learned_anchorages([cell(piraeus.lat, piraeus.lon, 500)], SPAN) == ()


def test_a_simulated_store_teaches_simulated_anchorages():
    [zone] = learned_anchorages([cell(33.1, 13.5, simulated=True)], SPAN)
    assert zone.source.endswith("; simulated")


def test_no_cells_are_no_zones():
    assert learned_anchorages([], SPAN) == ()
    assert not on_land(33.1, 13.5)

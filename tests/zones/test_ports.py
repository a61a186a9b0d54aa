import csv
from collections import Counter

import numpy as np
import pytest

from zones.coast import DATA, on_land
from zones.distance import haversine_nm, shore_nm
from zones.ports import harbours, ports
from zones.shuttles import shuttles
from zones.zone import KINDS, load_zones

FARTHEST_NM = 2  # of a harbour from the coast, on either side
COASTAL_NM = 12
SAME_NM = 0.1  # the World Port Index is rounded to a minute, and copied to four decimals
AXES = ("latitude", "longitude")
MISSION = ("LY", "TR", "TN", "MT", "IT", "GR", "CY", "EG", "LB", "SY", "IL")


def columns(places):
    return np.array([place.lat for place in places]), np.array([place.lon for place in places])


def left_out():
    with (DATA / "ports_left_out.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def world_port_index(folder, *countries):
    with (folder / "ports" / "world_port_index.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["iso3"] in countries]
    return [row["label"] for row in rows], *(np.array([float(row[axis]) for row in rows]) for axis in AXES)


def test_every_harbour_lies_on_the_true_coast():
    radius = np.array([port.radius_nm for port in harbours()])
    away = shore_nm(*columns(harbours()))
    wrong = away >= np.minimum(radius, FARTHEST_NM)
    assert [port.name for port, far in zip(harbours(), wrong, strict=True) if far] == []


def test_roads_and_platforms_lie_on_water():
    offshore = [port for port in ports() if port.kind != "port"]
    assert [port.name for port, land in zip(offshore, on_land(*columns(offshore)), strict=True) if land] == []


def test_ports_are_well_formed_and_have_unique_ids_and_names():
    assert len({port.id for port in ports()}) == len(ports())
    assert [name for name, number in Counter(port.name for port in ports()).items() if number > 1] == []
    for port in ports():
        assert port.kind in KINDS
        assert port.source
        assert len(port.country) == 2
        assert 1 <= port.radius_nm <= 6


@pytest.mark.parametrize("name", ["Zuwarah", "Tripoli", "Mersin", "Bodrum", "Lampedusa", "Valletta", "Crotone"])
def test_the_harbours_of_the_mission_are_listed(name):
    assert name in {port.name for port in harbours()}


def test_every_country_of_the_mission_has_harbours_and_the_fields_off_libya_and_tunisia_are_listed():
    assert set(MISSION) <= {port.country for port in harbours()}
    assert {port.name for port in ports() if port.kind == "platform"} >= {"Bouri", "Sabratha platform", "Ashtart"}


def test_every_coastal_port_of_libya_and_turkiye_in_the_index_is_listed_or_left_out_for_a_reason(shared_data):
    names, lat, lon = world_port_index(shared_data, "LBY", "TUR")
    away = haversine_nm(lat[:, None], lon[:, None], *columns(ports())).min(axis=1)
    missing = (away > SAME_NM) & ~(shore_nm(lat, lon) > COASTAL_NM)  # where the coast is not known, distances are not
    named = {row["name"] for row in left_out() if row["known_from"] == "NGA World Port Index"}
    assert len(names) > 60
    assert {name for name, gone in zip(names, missing, strict=True) if gone} == named


def test_what_is_left_out_says_why_and_is_not_listed():
    assert all(row["reason"] and row["known_from"] for row in left_out())
    assert not {row["name"].lower() for row in left_out()} & {port.name.lower() for port in ports()}


def test_a_port_lies_over_the_coast_and_cuts_no_hole_into_it():
    strips = [zone for zone in load_zones() if zone.kind == "departure" and zone.ring == 12]
    over = {zone.id: zone for zone in load_zones()}
    libyan = [port for port in harbours() if port.country == "LY" and not on_land(port.lat, port.lon)]
    assert len(libyan) > 8
    for port in libyan:
        circle = over[port.id]
        under = [strip for strip in strips if strip.geometry.intersects(circle.geometry)]
        assert under
        assert all(circle.priority > strip.priority for strip in under)
        assert sum(strip.geometry.contains(circle.geometry.centroid) for strip in under) == 1


def test_a_shuttle_joins_two_different_listed_places_and_tells_its_source():
    assert {shuttle.kind for shuttle in shuttles()} == {"ferry", "supply"}
    assert all(shuttle.one != shuttle.other and shuttle.source for shuttle in shuttles())
    pairs = [frozenset((shuttle.one.id, shuttle.other.id)) for shuttle in shuttles()]
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("port-bodrum", "port-kos"),
        ("port-cesme", "port-chios"),
        ("port-kas", "port-kastellorizo"),
        ("port-tripoli", "platform-bouri"),
    ],
)
def test_the_shuttles_that_a_naive_rule_drowns_in_are_listed(one, other):
    assert {one, other} in [{shuttle.one.id, shuttle.other.id} for shuttle in shuttles()]

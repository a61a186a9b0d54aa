import numpy as np
import pytest

from zones.coast import in_box, on_land
from zones.distance import shore_nm
from zones.places import places
from zones.ports import harbours, ports
from zones.zone import KINDS


def columns(rows):
    return np.array([row.lat for row in rows]), np.array([row.lon for row in rows])


def test_every_port_lies_within_its_radius_of_the_coast():
    lat, lon = columns(harbours())
    assert (shore_nm(lat, lon) < [port.radius_nm for port in harbours()]).all()


def test_roads_and_platforms_lie_at_sea():
    lat, lon = columns([port for port in ports() if port.kind != "port"])
    assert not on_land(lat, lon).any()


def test_ports_are_well_formed_and_have_unique_ids():
    assert len({port.id for port in ports()}) == len(ports())
    for port in ports():
        assert port.kind in KINDS
        assert port.source
        assert len(port.country) == 2


@pytest.mark.parametrize("name", ["Zuwarah", "Tripoli", "Mersin", "Bodrum", "Lampedusa", "Valletta", "Crotone"])
def test_the_harbours_of_the_mission_are_listed(name):
    assert name in {port.name for port in harbours()}


def test_labels_lie_in_the_box_and_seas_on_water():
    assert in_box(*columns(places())).all()
    assert not on_land(*columns([place for place in places() if place.kind == "sea"])).any()
    assert on_land(*columns([place for place in places() if place.kind in ("country", "island")])).all()


def test_cities_lie_on_land_or_at_the_quay():
    lat, lon = columns([place for place in places() if place.kind == "city"])
    assert (on_land(lat, lon) | (shore_nm(lat, lon) < 1)).all()


def test_the_most_important_labels_come_first():
    ranks = [place.rank for place in places()]
    assert ranks == sorted(ranks)
    assert len({place.name for place in places() if place.kind == "sea"}) > 10

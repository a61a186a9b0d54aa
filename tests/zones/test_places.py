import numpy as np

from zones.coast import in_box, on_land
from zones.distance import shore_nm
from zones.places import places


def columns(rows):
    return np.array([row.lat for row in rows]), np.array([row.lon for row in rows])


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

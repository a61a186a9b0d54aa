from pipelines import mapping

ROW = {"first_seen": 1, "last_seen": 9, "id": "a", "mmsi": 970_000_000, "lat": 33.0, "lon": 12.0}


def drawn(**measured):
    return mapping._drawn(ROW | {"evidence": {"measured": measured}})


def test_an_alert_is_drawn_where_its_evidence_says_that_it_was_last_heard() -> None:
    alert = drawn(last_lat=33.9, last_lon=12.1, last_time=8)
    assert (alert["last_lat"], alert["last_lon"], alert["last_fix_us"]) == (33.9, 12.1, 8)


def test_a_last_position_of_which_a_part_is_not_known_is_none() -> None:
    assert not {"last_lat", "last_lon", "last_fix_us"} & set(drawn(last_lat=33.9, last_lon=None, last_time=8))


def test_an_alert_without_a_last_position_keeps_its_first() -> None:
    alert = drawn(duration_s=4)
    assert (alert["lat"], alert["lon"], alert["time_us"], alert["last_us"]) == (33.0, 12.0, 1, 9)
    assert "last_lat" not in alert

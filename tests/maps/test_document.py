import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.document import data_json, document
from maps.view import MapView, Vessel
from tests.maps.views import DAY_US, HOSTILE_NAMES, START_US, crowd, example, hostile
from vessels.text import clean


def named(name: str) -> MapView:
    vessel = Vessel(mmsi=1, name=name, family="cargo", flag=None, listed=False, simulated=False)
    return MapView(title=name, start_us=0, end_us=0, vessels=[vessel])


@given(st.text())
def test_no_text_can_leave_the_block_and_every_text_comes_back_clean(name: str) -> None:
    text = data_json(named(name))
    assert not set("<>&") & set(text)
    assert text.isascii()
    assert json.loads(text)["title"] == clean(name)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_is_data(name: str) -> None:
    assert json.loads(data_json(named(name)))["title"] == clean(name)


def test_numbers_that_are_not_json_are_refused() -> None:
    view = named("x")
    view.vessels[0]["length_m"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        data_json(view)


def test_alerts_stand_in_the_order_of_every_list_distress_first() -> None:
    alerts = document(example(alerts=example().alerts[::-1]))["alerts"]
    assert alerts[0]["class"] == "distress"
    assert [alert["severity"] for alert in alerts[1:]] == sorted(
        (alert["severity"] for alert in alerts[1:]), key=["extreme", "severe", "moderate", "minor", "unknown"].index
    )


def test_every_position_belongs_to_a_vessel_also_to_one_nobody_named() -> None:
    packed = document(example(fixes=crowd(1_000, vessels=10)))
    assert sum(packed["count"]) == 1_000
    assert len(packed["count"]) == len(packed["vessels"])
    counts = dict(zip((vessel["mmsi"] for vessel in packed["vessels"]), packed["count"], strict=True))
    assert counts[200_000_003] == 100
    assert counts[636092001] == 0


def test_simulated_data_are_called_so() -> None:
    assert document(example())["note"] == "SIMULATED"


def test_real_data_are_not_called_simulated() -> None:
    assert document(named("REAL"))["note"] == ""


def test_an_alert_beyond_the_span_widens_it_so_that_it_can_be_seen() -> None:
    alert = example().alerts[0] | {"time_us": START_US + 2 * DAY_US}
    packed = document(example(alerts=[alert]))
    assert packed["end"] * 1_000_000 == START_US + 2 * DAY_US


def test_an_alert_that_outlasts_the_positions_widens_the_span_so_that_it_can_end() -> None:
    alert = example().alerts[0] | {"last_us": START_US + 2 * DAY_US}
    assert document(example(alerts=[alert]))["end"] * 1_000_000 == START_US + 2 * DAY_US


def test_the_last_position_of_a_distress_goes_to_the_page_with_its_time_in_seconds() -> None:
    alert = document(example())["alerts"][0]
    assert (alert["last_lat"], alert["last_lon"]) == (34.4, 13.08)
    assert alert["last_fix"] * 1_000_000 == START_US + int(19.7 * 3_600_000_000)


def test_an_alert_without_a_last_position_says_none() -> None:
    assert "last_fix" not in document(example())["alerts"][1]


def test_how_long_an_alert_lasted_is_worked_out_before_its_times_lose_their_fractions() -> None:
    alert = example().alerts[0] | {"time_us": START_US + 900_000, "last_us": START_US + 5_700_100_000}
    packed = document(example(alerts=[alert]))["alerts"][0]
    assert (packed["last"] - packed["time"], packed["lasted"]) == (5_700, 5_699)


def test_more_positions_than_a_page_bears_are_thinned_and_the_page_says_how_many_there_were() -> None:
    packed = document(example(fixes=crowd(250_000)))
    assert packed["known"] == 250_000
    assert packed["drawn"] <= 200_000
    assert sum(packed["count"]) == packed["drawn"]


def test_a_thinned_track_shows_no_silence_that_was_not_there() -> None:
    packed = document(example(fixes=crowd(250_000, vessels=10)))
    assert packed["drawn"] < 250_000
    assert packed["silences"] == ""


def test_hostile_words_of_zones_and_places_are_cleaned_too() -> None:
    packed = document(hostile())
    for item in (*packed["zones"], *packed["places"], *packed["alerts"]):
        assert "\u202e" not in item.get("name", "")
        assert "\x1b" not in item.get("name", "")

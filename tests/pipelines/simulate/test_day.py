"""The demo day as told: every route on water, every plot in its rows, every quiet ship heard."""

from functools import cache

import numpy as np
import pyarrow.compute as pc
import pytest

from pipelines.simulate.day import truth, voyages
from pipelines.simulate.plots import watchlist
from pipelines.simulate.reshape import DAY_US, on_day
from pipelines.simulate.sea import MINUTE_US
from pipelines.simulate.speech import reports
from tests.scenarios import START, shared_scenario, story
from vessels.report import POSITION_SCALE
from zones.coast import crosses_land, on_land
from zones.geofence import Geofence
from zones.zone import load_zones

SHIPS = voyages()
IDS = [voyage.ship.name or str(voyage.ship.mmsi) for voyage in SHIPS]
PLANTED = [(voyage, item) for voyage in SHIPS for item in voyage.expected]


@cache
def said():
    return reports(SHIPS, start=START, every_s=60)


def positions(mmsi):
    table = said()
    mine = table.filter(pc.and_(pc.equal(table["mmsi"], mmsi), pc.is_valid(table["lat_e"])))
    return mine["time"].to_numpy(), mine["lat_e"].to_numpy() / POSITION_SCALE, mine["lon_e"].to_numpy() / POSITION_SCALE


@pytest.mark.parametrize("voyage", [*SHIPS, *story()], ids=[*IDS, *(f"scenario-{v.ship.mmsi}" for v in story())])
def test_no_route_crosses_land(voyage):
    _, lat, lon = voyage.corners()
    assert not crosses_land(lat[:-1], lon[:-1], lat[1:], lon[1:]).any()


def test_no_report_lies_on_land():
    told = said().filter(pc.is_in(said()["msg_type"], value_set=pc.cast([1, 3, 18, 19], "int8")))
    assert not on_land(told["lat_e"].to_numpy() / POSITION_SCALE, told["lon_e"].to_numpy() / POSITION_SCALE).any()


def test_every_ship_has_her_own_number():
    assert len({voyage.ship.mmsi for voyage in SHIPS}) == len(SHIPS) >= 60


def test_every_ship_but_the_beacons_sails_the_whole_day():
    spans = {(voyage.began, voyage.now) for voyage in SHIPS if voyage.ship.transponder != "S"}
    assert spans == {(0, DAY_US)}


def test_the_next_day_begins_where_the_last_one_ended():
    lasting = [voyage for voyage in SHIPS if voyage.ship.transponder != "S"]
    assert all(on_day(voyage, 1).origin == voyage.here for voyage in lasting)
    assert all(np.allclose(on_day(voyage, 1).here, on_day(voyage, 2).origin) for voyage in lasting)


def test_what_a_ship_says_of_herself_fits_into_ais():
    for voyage in SHIPS:
        ship = voyage.ship
        texts = (ship.name, ship.callsign, ship.destination)
        assert all(len(text or "") <= most for text, most in zip(texts, (20, 7, 20), strict=True))
        assert all(32 <= ord(letter) < 96 and letter != "@" for letter in "".join(text or "" for text in texts))


@pytest.mark.parametrize("voyage", [v for v in SHIPS if v.silences], ids=lambda v: v.ship.name)
def test_a_planted_gap_is_a_real_silence(voyage):
    ((begin, end),) = voyage.silences
    times, _, _ = positions(voyage.ship.mmsi)
    longest = np.argmax(np.diff(times))
    (item,) = (item for item in voyage.expected if item.kind == "gap")
    assert end - begin <= times[longest + 1] - times[longest] < end - begin + 2 * MINUTE_US
    assert item.start <= times[longest] - START <= item.end


def test_only_ships_with_a_planted_gap_fall_silent():
    dark = {voyage.ship.mmsi for voyage in SHIPS if voyage.silences}
    assert dark == {item.mmsi for item in truth().planted if item.kind == "gap"}


@pytest.mark.parametrize(
    ("voyage", "item"), [plot for plot in PLANTED if plot[1].zone], ids=lambda x: getattr(x, "kind", None)
)
def test_a_plot_happens_in_the_zone_it_names(voyage, item):
    times = np.arange(max(item.start, voyage.began), min(item.end, voyage.now), MINUTE_US)
    zones = load_zones()
    rows, found = Geofence(zones).inside(*voyage.where(times))
    inside = np.zeros(len(times), bool)
    inside[rows[[zones[index].zone == item.zone for index in found]]] = True
    if item.kind in ("zone_exit", "zone_entry"):
        assert (inside[0], inside[-1]) == ((True, False) if item.kind == "zone_exit" else (False, True))
    else:
        assert inside.all()


def test_every_planted_kind_the_product_promises_is_there():
    kinds = {item.kind for item in truth().planted}
    assert kinds == {"distress", "gap", "loitering", "drifting", "zone_exit", "zone_entry", "sighting"}
    assert {item.rule for item in truth().planted} >= {"watchlist", "watchlist-by-name", "distress-test"}


def test_a_vessel_is_planted_or_quiet_and_never_both():
    told = truth()
    planted, quiet = {item.mmsi for item in told.planted}, {item.mmsi for item in told.quiet}
    assert not planted & quiet
    assert planted | quiet == {voyage.ship.mmsi for voyage in SHIPS}


def test_the_watchlist_names_vessels_that_sail():
    ships = {voyage.ship.mmsi: voyage.ship for voyage in SHIPS}
    by_imo, by_mmsi, by_name = watchlist()
    assert by_imo.imo in {ship.imo for ship in ships.values()}
    assert by_mmsi.mmsi in ships
    assert by_name.name.upper().removeprefix("M/V ") in {ship.name for ship in ships.values()}


def test_names_that_would_break_a_page_or_a_spreadsheet_sail_too():
    names = {voyage.ship.name for voyage in SHIPS}
    assert any(name and name.startswith("=") for name in names)
    assert any(name and name.startswith("<") for name in names)


def test_more_days_repeat_the_plots_but_sight_nobody_anew():
    one, three = truth(1), truth(3)
    sighted = sum(item.kind == "sighting" for item in one.planted)
    assert len(three.planted) == 3 * len(one.planted) - 2 * sighted
    assert three.quiet == one.quiet


def test_the_truth_file_speaks_in_plain_dates():
    document = truth().document(START)
    assert document["simulated"] is True
    beacon = next(item for item in document["planted"] if item["rule"] == "distress")
    assert (beacon["start"], beacon["end"]) == ("2026-06-01T04:30:00Z", "2026-06-01T05:45:00Z")
    assert set(beacon) == {"kind", "mmsi", "name", "start", "end", "zone", "rule", "note"}


def test_the_shared_scenario_plants_its_gap_where_it_says():
    scenario = shared_scenario()
    (gap,) = (item for item in scenario.planted if item.kind == "gap")
    times = np.sort(scenario.reports.filter(pc.equal(scenario.reports["mmsi"], gap.mmsi))["time"].to_numpy())
    longest = np.argmax(np.diff(times))
    assert np.diff(times).max() > 90 * MINUTE_US
    assert gap.start <= times[longest] <= gap.end

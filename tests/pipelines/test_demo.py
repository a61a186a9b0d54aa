"""`voi demo`: everything planted is found, nothing else is disturbed."""

import json

import pytest

from pipelines.cli import main


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "sea"
    assert main(["demo", str(folder)]) == 0
    return folder


@pytest.fixture
def alerts(done, capsys):
    main(["alerts", "list", "--store", str(done / "store")])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def truth(done):
    return json.loads((done / "nmea" / "truth.json").read_text("utf-8"))


def test_a_demo_leaves_nmea_truth_store_and_map(done):
    assert {path.name for path in done.iterdir()} == {"nmea", "store", "map.html"}
    assert "SIMULATED" in (done / "map.html").read_text("utf-8")


@pytest.mark.parametrize("kind", ["distress", "gap", "loitering", "zone_exit", "sighting"])
def test_a_demo_raises_an_alert_of_each_kind(alerts, kind):
    assert kind in {alert["event_kind"] for alert in alerts}


def test_every_planted_alert_is_raised(alerts, truth):
    planted = [(item["rule"], item["mmsi"]) for item in truth["planted"] if item["rule"]]
    raised = {(alert["rule"], alert["mmsi"]) for alert in alerts}
    assert planted
    assert [item for item in planted if item not in raised] == []


def test_nothing_moderate_or_worse_is_raised_for_the_quiet(alerts, truth):
    quiet = {item["mmsi"] for item in truth["quiet"]}
    assert quiet
    loud = [alert for alert in alerts if alert["severity"] not in ("minor", "unknown")]
    assert [alert["headline"] for alert in loud if alert["mmsi"] in quiet] == []


def test_a_demo_may_be_run_again_but_not_into_a_folder_of_others(done, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("keep me")
    assert main(["demo", str(tmp_path)]) == 2
    assert "holds other things" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_a_demo_takes_no_store_of_yours(tmp_path, capsys):
    assert main(["demo", str(tmp_path / "x"), "--store", str(tmp_path / "y")]) == 2
    assert "FOLDER" in capsys.readouterr().err

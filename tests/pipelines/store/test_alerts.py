import pytest

from pipelines.errors import PipelineError
from pipelines.store import alerts
from tests.pipelines.store.samples import MMSI, START, alert


def test_an_alert_comes_back_in_the_words_of_the_contract(store):
    alerts.save(store, [alert(reasons=("silent for 95 min",), zones=("ly-west",), evidence={"rows": 2})])
    (row,) = alerts.every(store)
    assert row["class"] == "interest"
    assert row["reasons"] == ["silent for 95 min"]
    assert row["evidence"] == {"rows": 2}
    assert (row["state"], row["outcome"], row["first_seen"]) == ("open", None, START)
    assert "alert_class" not in row


def test_a_later_revision_replaces_what_is_said_and_keeps_the_analysts_part(store):
    alerts.save(store, [alert(headline="a gap"), alert(headline="a longer gap")])
    with store.transaction() as conn:
        conn.execute("UPDATE alerts SET state = 'acknowledged', assignee = 'ana', outcome = 'seen', snoozed_until = 5")
    alerts.save(store, [alert(headline="a gap of 95 min")])
    (row,) = alerts.every(store)
    assert row["headline"] == "a gap of 95 min"
    assert (row["state"], row["assignee"], row["outcome"], row["snoozed_until"]) == ("acknowledged", "ana", "seen", 5)


def test_a_withdrawn_alert_stays_and_says_so_and_the_analysts_state_returns_with_it(store):
    alerts.save(store, [alert()])
    with store.transaction() as conn:
        conn.execute("UPDATE alerts SET state = 'in_progress'")
    alerts.save(store, [alert(withdrawn=True)])
    assert alerts.every(store)[0]["state"] == "withdrawn"
    alerts.save(store, [alert()])
    assert alerts.every(store)[0]["state"] == "in_progress"


def test_distress_comes_first_then_severity_then_the_newest(store):
    named = {
        "old": alert("r1", severity="severe"),
        "new": alert("r2", severity="severe", first_seen=START + 9),
        "minor": alert("r3", severity="minor"),
        "sos": alert("r4", alert_class="distress", severity="unknown", first_seen=START - 9),
    }
    alerts.save(store, named.values())
    expected = [named[name].id for name in ("sos", "new", "old", "minor")]
    assert [row["id"] for row in alerts.every(store)] == expected


def test_an_alert_is_found_by_the_beginning_of_its_id(store):
    kept = alert()
    alerts.save(store, [kept])
    assert alerts.find(store, kept.id[:6].upper())["id"] == kept.id


def test_the_alerts_that_stand_are_found_by_id_vessel_kind_and_time(store):
    sos = alert("distress", event_kind="distress", mmsi=MMSI + 1, severity="extreme", last_seen=START + 9)
    gone = alert("distress", "e2", event_kind="distress", mmsi=MMSI + 1, withdrawn=True)
    kept = alert()
    alerts.save(store, [kept, sos, gone])
    standing = alerts.Standing(store)
    assert [each.id in standing for each in (kept, sos, gone)] == [True, True, False]
    assert alerts.severities(store, [kept.id, sos.id, gone.id]) == {kept.id: "moderate", sos.id: "extreme"}
    assert alerts.ids_of(store, [MMSI + 1, 5]) == {sos.id}
    assert [row["id"] for row in alerts.standing_of(store, "distress", [MMSI, MMSI + 1])] == [sos.id]
    assert [row["id"] for row in alerts.standing_since(store, "distress", START + 9)] == [sos.id]
    assert alerts.standing_since(store, "distress", START + 10) == []


@pytest.mark.parametrize("prefix", ["", "abc", "zzzzzz", "%%%%", "____"])
def test_an_id_that_names_no_alert_is_refused(store, prefix):
    alerts.save(store, [alert()])
    with pytest.raises(PipelineError, match=r"voi alerts list|at least 4"):
        alerts.find(store, prefix)


def test_an_id_that_may_be_two_alerts_is_refused_with_both(store):
    alerts.save(store, [alert(id="abcd1111"), alert(id="abcd2222")])
    with pytest.raises(PipelineError, match="abcd1111, abcd2222"):
        alerts.find(store, "abcd")

"""Alerting: which events become alerts, what the alerts say, and what becomes of them."""

# ruff: noqa: RUF001 - minutes of arc have a sign of their own, and ranges a dash

from dataclasses import dataclass, replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.alerting import Calls, Context, Running, alerts_for, provisional
from pipelines.rules.reading import load
from vessels.alert import alert_id
from vessels.event import Event, track_key
from vessels.matching import Watchlist
from vessels.report import POSITION_SCALE, REPORT
from vessels.watchlist import Entry

MINUTE, HOUR = 60_000_000, 3_600_000_000
NOON = 1_780_315_200_000_000  # 2026-06-01T12:00:00Z
NIGHT = NOON + 12 * HOUR
SHIP, TUG, BEACON = 636_999_011, 271_999_086, 970_100_107
IMO = 9_187_629
HERE = (33.1, 12.2)


@dataclass(frozen=True)
class Place:
    """What alerting reads of a zone."""

    id: str
    name: str
    kind: str
    ring: int | None
    priority: int
    source: str = "Natural Earth"
    source_version: str = "5.1"


ZONES = {
    zone.id: zone
    for zone in (
        Place("ly-west-12", "Zuwarah coast", "departure", 12, 20),
        Place("ly-west-24", "Zuwarah coast", "departure", 24, 10),
        Place("it-lamp-12", "Lampedusa", "arrival", 12, 20),
        Place("port-tip", "Tripoli", "port", None, 40),
        Place("bouri", "Bouri field", "platform", None, 30),
    )
}
VESSELS = {
    SHIP: {"imo": IMO, "name": "ARTAVIL", "callsign": "9HA12", "ship_type": 70, "length_m": 88},
    TUG: {"imo": None, "name": "ROMORKOR", "callsign": None, "ship_type": 52, "length_m": 30},
}
NOBODY = {"imo": None, "name": None, "callsign": None, "ship_type": None, "length_m": None}
STATICS = pa.schema(
    [
        ("imo", pa.int32()),
        ("name", pa.string()),
        ("callsign", pa.string()),
        ("ship_type", pa.int16()),
        ("length_m", pa.int16()),
    ]
)
SHIPPED = load()
RECEPTION = "whether our receivers covered this place"


def context(*, vessels=VESSELS, entries=(), rules=None, **given):
    def identities(mmsi, time):
        return pa.Table.from_pylist([vessels.get(int(one), NOBODY) for one in mmsi], schema=STATICS)

    return Context(
        ruleset=rules or SHIPPED, zones=ZONES, identities=identities, watchlist=Watchlist(entries), **given
    )  # fmt: skip


def event(kind="loitering", mmsi=SHIP, start=NOON, zones=("ly-west-24", "ly-west-12"), measured=None, **given):
    behaviour = kind if kind in ("loitering", "drifting") else ""
    thresholds = {"for_s": 7200.0, "keep_for_s": 1200.0} if behaviour else {"silence_s": 1800.0}
    evidence = {
        "measured": {"duration_s": 7500.0, "sog_mean_kn": 0.62} if measured is None else measured,
        "thresholds": thresholds,
        "not_known": ["reception"],
        "rows": 14,
        "first_row": {"file": "abcdef0123456789", "offset": 100},
        "last_row": {"file": "abcdef0123456789", "offset": 900},
    }
    defaults = {
        "decided": start + 2 * HOUR,
        "lat": HERE[0],
        "lon": HERE[1],
        "evidence": evidence,
        "behaviour": behaviour,
    }
    return Event(kind=kind, key=track_key(mmsi), start=start, zones=zones, **{**defaults, **given})


def closed(opened, *, after=3 * HOUR, **evidence):
    facts = {**opened.evidence, "measured": {**opened.evidence["measured"], **evidence}}
    return opened.closed(end=opened.start + after, decided=opened.start + after + 20 * MINUTE, evidence=facts)


def by_rule(alerts):
    return {alert.rule: alert for alert in alerts}


def rules_of(tmp_path, **rule):
    """Return a rule set of one rule on loitering."""
    lines = {"id": "mine", "on": "loitering", "severity": "minor", "summary": "{name}", "why": "a test", **rule}
    behaviour = '[[behaviour]]\nname = "loitering"\nwhile = "sog_kn < 2"\nfor = "2h"\nsource = "a test"\n[[rule]]\n'
    path = tmp_path / "rules.toml"
    path.write_text(behaviour + "\n".join(f"{key} = '''{value}'''" for key, value in lines.items()), "utf-8")
    return load(path)


# --- raising ----------------------------------------------------------------------------------------------------------


def test_an_event_raises_one_alert_a_rule_and_names_the_zone_of_highest_priority():
    (alert,) = alerts_for([event()], context())
    assert (alert.rule, alert.zone, alert.zones) == (
        "loitering-departure-coast",
        "ly-west-12",
        ("ly-west-12", "ly-west-24"),
    )
    assert alert.id == alert_id("loitering-departure-coast", event().id)
    assert (alert.severity, alert.alert_class, alert.mmsi, alert.name, alert.imo) == (
        "moderate",
        "interest",
        SHIP,
        "ARTAVIL",
        IMO,
    )


def test_a_zone_in_which_the_rule_does_not_apply_is_not_named_even_with_priority(tmp_path):
    rules = rules_of(tmp_path, where="zone_ring = 24")
    (alert,) = alerts_for([event()], context(rules=rules))
    assert (alert.zone, alert.zones) == ("ly-west-24", ("ly-west-12", "ly-west-24"))


def test_an_event_where_it_does_not_matter_raises_nothing():
    assert alerts_for([event(zones=()), event(zones=("it-lamp-12",), start=NOON + HOUR)], context()) == []


def test_a_rule_without_where_alerts_in_no_zone_too():
    (alert,) = alerts_for([event("drifting", zones=())], context())
    assert (alert.rule, alert.zone, alert.alert_class) == ("drifting", None, "safety")
    assert "33°06.0′N 012°12.0′E" in alert.headline


def test_a_zone_that_is_no_longer_known_is_left_out():
    (alert,) = alerts_for([event(zones=("gone-12", "ly-west-12"))], context())
    assert alert.zones == ("ly-west-12",)


def test_unless_keeps_an_alert_back_and_is_told_when_it_did_not_apply():
    assert alerts_for([event(mmsi=TUG)], context()) == []
    (alert,) = alerts_for([event()], context())
    (suppression,) = alert.suppressions
    assert suppression == (
        "It would be kept back if role is one of (rescue, authority, pilot, tug, offshore-supply) "
        "or port is among the zone kinds or anchorage is among the zone kinds. "
        "Here: no working role by its ship type, zone kinds departure."
    )


def test_a_crossing_is_about_its_own_zone_only():
    left = event(
        "zone_exit", start=NIGHT, zone="ly-west-12", zones=("ly-west-24",), end=NIGHT, measured={"sog_kn": 7.0}
    )
    unknown = replace(left, key=track_key(672_999_051))
    assert by_rule(alerts_for([left], context())) == {}
    (alert,) = alerts_for([unknown], context())
    assert (alert.rule, alert.zone, alert.severity) == ("left-departure-coast", "ly-west-12", "minor")
    assert alerts_for([replace(unknown, zone="ly-west-24", zones=("ly-west-12",))], context()) == []


def test_leaving_by_day_is_no_news():
    left = event("zone_exit", mmsi=672_999_051, zone="ly-west-12", end=NOON)
    assert alerts_for([left], context()) == []


def test_no_events_raise_nothing():
    assert alerts_for([], context()) == []


def test_events_that_no_rule_hears_raise_nothing(tmp_path):
    assert alerts_for([event("gap")], context(rules=rules_of(tmp_path))) == []


@pytest.mark.parametrize(
    ("what", "vessel"),
    [
        (event(mmsi=1), {"ship_type": 51}),
        (event("drifting", mmsi=1), {"ship_type": 51}),
        (event("drifting", mmsi=1), {"ship_type": 55}),
        (event("drifting", mmsi=1, zones=("bouri",)), {"ship_type": 90}),
        (event("drifting", mmsi=1, zones=("bouri",)), {"ship_type": 71}),
        (event(mmsi=1, zones=("ly-west-12", "port-tip")), {"ship_type": 80}),
        (event(mmsi=1), {"ship_type": 30}),
        (event("gap", mmsi=1, measured={"sog_before_kn": 12.0}), {"ship_type": 60}),
        (event("gap", mmsi=1, measured={"sog_before_kn": 0.2}), {"ship_type": 80}),
        (event("gap", mmsi=1, zones=("ly-west-12", "port-tip"), measured={"sog_before_kn": 4.0}), {}),
        (event("gap", mmsi=1, zones=(), measured={"sog_before_kn": 12.0}), {}),
        (event("zone_exit", mmsi=1, zone="ly-west-12", start=NIGHT, end=NIGHT), {"ship_type": 30}),
        (event("sighting", mmsi=1), {}),
    ],
)
def test_who_has_business_there_raises_nothing_moderate_or_worse(what, vessel):
    alerts = alerts_for([what], context(vessels={1: {**NOBODY, **vessel}}))
    assert all(alert.severity == "minor" for alert in alerts)


@pytest.mark.parametrize(
    ("what", "vessel", "rule"),
    [
        (event(mmsi=1), {}, "loitering-departure-coast"),
        (event("drifting", mmsi=1, zones=("bouri",)), {"ship_type": 30}, "drifting"),
        (event("gap", mmsi=1, measured={"sog_before_kn": 6.0}), {"ship_type": 30}, "gap-departure-coast"),
        (event("gap", mmsi=1, measured={}), {}, "gap-departure-coast"),
    ],
)
def test_what_an_analyst_waits_for_is_moderate(what, vessel, rule):
    assert by_rule(alerts_for([what], context(vessels={1: {**NOBODY, **vessel}})))[rule].severity == "moderate"


# --- what becomes of an alert -----------------------------------------------------------------------------------------


def test_a_later_revision_updates_the_same_alert():
    opened = event()
    (alert,) = alerts_for([opened, closed(opened)], context())
    assert (alert.first_seen, alert.last_seen) == (NOON, NOON + 3 * HOUR)
    assert "loitered for 3 h" in alert.headline
    (alert,) = alerts_for([opened], context())
    assert alert.last_seen == opened.decided
    assert "loitered for more than 2 h" in alert.headline


def test_an_alert_stays_when_a_later_revision_no_longer_meets_the_rule(tmp_path):
    rules = rules_of(tmp_path, where="sog_kn < 1")
    opened, gone_fast = event(), closed(event(), sog_mean_kn=1.5)
    (alert,) = alerts_for([opened, gone_fast], context(rules=rules))
    assert not alert.withdrawn
    assert alert.last_seen == NOON + 3 * HOUR
    assert alert.headline == "ARTAVIL (no longer so)"
    assert any("no longer meets the rule" in reason for reason in alert.reasons)
    assert alerts_for([gone_fast], context(rules=rules)) == []
    assert alerts_for([gone_fast], context(rules=rules, raised={alert.id})) == [alert]


def test_a_rule_may_first_apply_to_a_later_revision(tmp_path):
    rules = rules_of(tmp_path, where="duration_s > 10000")
    assert alerts_for([event()], context(rules=rules)) == []
    assert len(alerts_for([event(), closed(event())], context(rules=rules))) == 1


def test_a_withdrawn_event_withdraws_its_alert():
    gone = replace(event(), status="withdrawn")
    (alert,) = alerts_for([event(), gone], context())
    assert alert.withdrawn
    assert any("The event was withdrawn" in reason for reason in alert.reasons)
    (again,) = alerts_for([gone], context(raised={alert.id}))
    assert (again.id, again.withdrawn) == (alert.id, True)
    assert alerts_for([gone], context()) == []


def test_an_alert_follows_the_event_that_supersedes_its_own():
    first, late = event(), event(start=NOON - 10 * MINUTE)
    second = replace(late, supersedes=first.id)
    gone = replace(first, status="withdrawn")
    rule_id = alert_id("loitering-departure-coast", first.id)
    for revisions in ([gone, second], [second, gone]):
        (alert,) = alerts_for(revisions, context(raised={rule_id}))
        assert (alert.id, alert.withdrawn, alert.event_id) == (rule_id, False, second.id)
    third = replace(event(start=NOON - 20 * MINUTE), supersedes=second.id)
    (alert,) = alerts_for([third], context(first_of={second.id: first.id}))
    assert alert.id == rule_id
    (alert,) = alerts_for([second, third], context())
    assert alert.id == rule_id


def test_an_alert_stays_withdrawn_when_the_event_that_supersedes_does_not_raise_it():
    elsewhere = replace(event(start=NOON - HOUR, zones=()), supersedes=event().id)
    gone = replace(event(), status="withdrawn")
    (alert,) = alerts_for([elsewhere, gone], context(raised={alert_id("loitering-departure-coast", event().id)}))
    assert alert.withdrawn


@given(st.lists(st.integers(0, 3), max_size=3), st.integers(0, 3))
@settings(max_examples=15, deadline=None)
def test_where_a_batch_of_revisions_is_cut_does_not_matter(order, cut):
    opened = [event(start=NOON + n * 5 * HOUR) for n in range(4)]
    revisions = [revision for n in order for revision in (opened[n], closed(opened[n]))]
    whole = {alert.id: alert for alert in alerts_for(revisions, context())}
    stored = {alert.id: alert for alert in alerts_for(revisions[:cut], context())}
    stored |= {alert.id: alert for alert in alerts_for(revisions[cut:], context(raised=set(stored)))}
    assert stored == whole


# --- what an alert says -----------------------------------------------------------------------------------------------


def test_the_reasons_can_be_read_and_checked_by_a_stranger():
    (alert,) = alerts_for([event(), closed(event(), duration_s=10_800.0)], context())
    version = next(rule.version for rule in SHIPPED.rules if rule.id == alert.rule)
    assert alert.rule_version == version
    why, measured, place, who, otherwise = alert.reasons
    assert why.startswith("Ships waited off the coast before taking people on (Ezadeen, December 2014)")
    assert measured == (
        "Loitering from 2026-06-01 12:00:00Z to 2026-06-01 15:00:00Z, 3 h (looked for: 2 h and more); "
        "speed 0.62 kn on average. 14 messages say so."
    )
    assert place == (
        "At 33°06.0′N 012°12.0′E, in Zuwarah coast, 12 nm ring (zone ly-west-12, departure; "
        "drawn from Natural Earth 5.1); also in Zuwarah coast, 24 nm ring."
    )
    assert who == (
        "Known of it at 2026-06-01 15:20:00Z: MMSI 636999011, IMO number 9187629, name ARTAVIL, "
        "call sign 9HA12, flag LR, cargo (type 70), 88 m long."
    )
    assert otherwise == (
        "There would be no alert if the duration had stayed below 2 h, "
        "or if this were not so: zone kind is departure and ship type is not 30."
    )
    assert alert.evidence["measured"]["sog_mean_kn"] == 0.62


def test_the_rule_stands_in_the_evidence_as_written_with_the_values_it_was_tested_on():
    (alert,) = alerts_for([event()], context())
    assert alert.evidence["rule"]["where"] == {
        "condition": "zone_kind = 'departure' and coalesce(ship_type, 0) <> 30",
        "values": {"ship_type": 70, "zone_kind": "departure"},
    }
    assert alert.evidence["rule"]["unless"]["values"] == {"role": None, "zone_kinds": ["departure"]}


def measured_sentence(what, **given):
    (alert, *_) = alerts_for([what], context(**given))
    return alert.reasons[1]


def test_an_episode_tells_the_values_it_took_and_what_was_looked_for():
    facts = {
        "duration_s": 7500.0,
        "sog_min_kn": 0.2,
        "sog_mean_kn": 0.501,
        "sog_max_kn": 0.8,
        "cog_heading_min_deg": 53.9,
        "cog_heading_mean_deg": 75.1,
        "cog_heading_max_deg": 96.0,
        "nav_status": 2,
        "net_nm": 1.25,
        "interruptions": 1,
    }
    drift = event("drifting", measured=facts)
    limits = {"for_s": 1800.0, "sog_below_kn": 2.0, "cog_heading_at_least_deg": 45.0, "cog_heading_at_most_deg": 135.0}
    sentence = measured_sentence(replace(drift, evidence={**drift.evidence, "thresholds": limits}))
    assert sentence == (
        "Drifting from 2026-06-01 12:00:00Z on, for 2 h so far (looked for: 30 min and more); "
        "speed 0.2–0.8 kn, 0.5 kn on average (looked for: under 2 kn); "
        "heading and course differ by 53.9–96°, 75° on average (looked for: 45 to 135°); "
        "navigational status 2 (not under command) throughout; "
        "1.25 nm between the first and the last place; 1 short interruption. 14 messages say so."
    )


def test_a_zone_that_was_left_is_told_with_the_zones_a_vessel_is_in_now():
    left = event("zone_exit", mmsi=1, start=NIGHT, end=NIGHT, zone="ly-west-12", zones=("ly-west-24",), measured={})
    (alert,) = alerts_for([left], context())
    assert alert.reasons[1] == (
        "Left Zuwarah coast, 12 nm ring (ly-west-12) at 2026-06-02 00:00:00Z; "
        "then in Zuwarah coast, 24 nm ring (ly-west-24)."
    )
    assert alert.reasons[2] == "At 33°06.0′N 012°12.0′E, in Zuwarah coast, 24 nm ring (ly-west-24)."
    gone = replace(left, zones=())
    assert alerts_for([gone], context())[0].reasons[1].endswith("then in no zone.")


def test_a_zone_that_was_passed_through_is_told_as_seen_by_nobody():
    passed = event("zone_cross", start=NIGHT, end=NIGHT, zone="ly-west-24", zones=(), confidence="medium", measured={})
    (alert,) = alerts_for([passed], context(entries=[Entry(id="w-7", why="a test", imo=IMO)]))
    assert alert.reasons[1] == (
        "Passed, if it sailed straight, through Zuwarah coast, 24 nm ring (ly-west-24) before 2026-06-02 00:00:00Z; "
        "then in no zone."
    )
    assert alert.reasons[2] == "At 33°06.0′N 012°12.0′E, in no zone."


@pytest.mark.parametrize(
    ("measured", "words"),
    [({}, "not heard in the last 24 h before, or this is the start of your data"), ({"unheard_s": 9e4}, "1 d 1 h")],
)
def test_a_sighting_says_how_long_the_vessel_was_not_heard(measured, words):
    seen = event("sighting", measured=measured)
    seen = replace(seen, evidence={**seen.evidence, "thresholds": {"unheard_s": 86400.0}, "not_known": ["unheard_s"]})
    (alert,) = alerts_for([seen], context(entries=[Entry(id="w-7", why="a test", imo=IMO)]))
    assert words in alert.reasons[1]
    assert alert.not_known == ()


def test_a_silence_says_how_fast_the_vessel_was_and_where_it_was_heard_again():
    facts = {"silence_s": 7200.0, "sog_before_kn": 11.0, "sog_after_kn": 0.4, "distance_nm": 14.2, "implied_kn": 7.1}
    silent = event("gap", measured={"silence_s": 1800.0, "sog_before_kn": 11.0})
    assert measured_sentence(silent) == (
        "Silent since 2026-06-01 12:00:00Z, not heard again so far (30 min and more is told); speed 11 kn before."
    )
    over = silent.closed(end=NOON + 2 * HOUR, decided=NOON + 2 * HOUR, evidence={**silent.evidence, "measured": facts})
    assert measured_sentence(over) == (
        "Silent from 2026-06-01 12:00:00Z to 2026-06-01 14:00:00Z, 2 h (30 min and more is told); "
        "heard again, 14.2 nm away, 7.1 kn if it sailed straight; speed 11 kn before, 0.4 kn after."
    )


def test_what_is_not_known_is_said():
    (alert,) = alerts_for([event("drifting", mmsi=1)], context())
    assert alert.not_known == (RECEPTION, "IMO number", "name", "call sign", "flag", "ship type", "length")
    assert alert.headline.startswith("MMSI 000000001 is drifting")


def test_what_was_simulated_says_so_first():
    (alert,) = alerts_for([event(simulated=True)], context())
    assert alert.simulated
    assert alert.headline.startswith("SIMULATED: ARTAVIL has loitered")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("{{7*7}}", "{{7*7}}"),
        ("{name.__class__}", "{name.__class__}"),
        ("{mmsi}", "{mmsi}"),
        ("%s%n \\g<1> \\1", "%s%n \\g<1> \\1"),
        ("<IMG SRC=X ONERROR=A>", "<IMG SRC=X ONERROR=A>"),
        ("\x1b[31mRED\x07", "[31mRED"),
        ("A\u202eB\u200bC", "ABC"),
        ("[bold]X[/bold]", "[bold]X[/bold]"),
        ("`id` $(id)", "`id` $(id)"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_hostile_name_is_shown_as_it_is_or_without_what_cannot_be_shown(name, shown):
    vessels = {SHIP: {**VESSELS[SHIP], "name": name}}
    listed = [Entry(id="w-1", name=name, mmsi=SHIP, why=f"note {name}")]
    alerts = by_rule(alerts_for([event(), event("sighting")], context(vessels=vessels, entries=listed)))
    loitering, listed = alerts["loitering-departure-coast"], alerts["watchlist"]
    assert loitering.headline == f"{shown} has loitered for more than 2 h at 0.6 kn off Zuwarah coast"
    assert any(f"name {shown}," in reason for reason in loitering.reasons)
    assert any(f"Listed because: note {shown}." in reason for reason in listed.reasons)
    texts = [text for alert in alerts.values() for text in (alert.headline, *alert.reasons, *alert.suppressions)]
    assert not any("\x1b" in text or "\u202e" in text or "49" in text for text in texts)


# --- watchlist --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "rule", "severity", "grade"),
    [
        ({"imo": IMO}, "watchlist", "moderate", "A"),
        ({"mmsi": SHIP}, "watchlist", "moderate", "B"),
        ({"name": "M/V ARTAVIL", "callsign": "9HA12"}, "watchlist", "moderate", "B"),
        ({"name": "ARTAVIL", "flag": "LR"}, "watchlist-by-name", "minor", "C"),
        ({"name": "ARTAVIL"}, "watchlist-by-name", "minor", "D"),
    ],
)
def test_a_listed_vessel_alerts_as_strongly_as_it_matches(entry, rule, severity, grade):
    listed = [Entry(id="w-7", why="seen in March", **entry)]
    (alert,) = alerts_for([event("sighting", zones=())], context(entries=listed))
    assert (alert.rule, alert.severity, alert.watchlist_id) == (rule, severity, "w-7")
    (sentence,) = [reason for reason in alert.reasons if reason.startswith("Watchlist: ")]
    assert f"Grade {grade}: " in sentence
    assert (
        sentence.endswith("on list own, entry w-7. Listed because: seen in March.") or "nothing else agrees" in sentence
    )


def test_another_hull_with_the_same_name_is_no_match():
    listed = [Entry(id="w-7", why="a test", imo=9_074_729, name="ARTAVIL")]
    assert alerts_for([event("sighting", zones=())], context(entries=listed)) == []


def test_the_identity_known_later_raises_the_alert_of_the_sighting():
    heard = event("sighting", mmsi=1, zones=())
    listed = [Entry(id="w-7", why="a test", imo=IMO)]
    assert alerts_for([heard], context(entries=listed)) == []
    known = context(entries=listed, vessels={1: {**NOBODY, "imo": IMO}})
    (alert,) = alerts_for([heard.closed(end=NOON, decided=NOON + 7 * MINUTE, evidence=heard.evidence)], known)
    assert alert.rule == "watchlist"


def test_a_listed_vessel_alerts_on_the_outer_ring_and_in_ports_but_not_in_every_zone():
    listed = [Entry(id="w-7", why="a test", imo=IMO)]
    zones = ("ly-west-12", "ly-west-24", "it-lamp-12", "port-tip", "bouri")
    entered = [event("zone_entry", zone=zone, zones=(zone,), end=NOON) for zone in zones]
    alerts = alerts_for(entered, context(entries=listed))
    assert [alert.zone for alert in alerts] == ["ly-west-24", "it-lamp-12", "port-tip"]


def test_an_entry_that_has_run_out_alerts_no_more():
    listed = [Entry(id="w-7", why="a test", imo=IMO, valid_to=NOON - 1)]
    assert alerts_for([event("sighting")], context(entries=listed)) == []


# --- distress ---------------------------------------------------------------------------------------------------------


def reports(*rows):
    """Return decoded reports of (mmsi, time, nav_status, position known)."""
    plain = [
        {
            "mmsi": mmsi,
            "time": time,
            "msg_type": 1,
            "nav_status": status,
            "lat_e": round(HERE[0] * POSITION_SCALE) if fixed else None,
            "lon_e": round(HERE[1] * POSITION_SCALE) if fixed else None,
            "file": "abcdef0123456789",
            "offset": 7,
            "simulated": False,
        }
        for mmsi, time, status, fixed in rows
    ]
    return pa.Table.from_pylist(plain, schema=REPORT)


def test_a_beacon_is_raised_at_once_with_the_id_that_its_event_will_have():
    (alert,) = provisional(reports((BEACON, NOON + MINUTE, 14, True), (BEACON, NOON, 14, False)), context())
    sequenced = Event(kind="distress", key=track_key(BEACON), start=NOON, decided=NOON, lat=None, lon=None)
    assert alert.id == alert_id("distress", sequenced.id)
    assert (alert.alert_class, alert.severity, alert.urgency) == ("distress", "extreme", "immediate")
    assert alert.headline == "AIS-SART 970100107 is calling for help, 33°06.0′N 012°12.0′E"
    assert (alert.first_seen, alert.last_seen) == (NOON, NOON + MINUTE)


def call(measured, **given):
    defaults = {"beacon": "sart", "test": False, "active_rows": 14}
    return event("distress", mmsi=BEACON, zones=(), measured={**defaults, **measured}, **given)


def test_a_call_is_headed_by_where_it_was_last_and_the_first_position_is_told_beside():
    last = {"last_lat": 33.2, "last_lon": 12.3, "last_time": NOON + HOUR}
    (alert,) = alerts_for([call(last)], context())
    assert (alert.lat, alert.lon) == HERE
    assert alert.headline == "AIS-SART 970100107 is calling for help, 33°12.0′N 012°18.0′E"
    assert alert.reasons[1].startswith("AIS-SART, active, not a test: 14 messages, from 2026-06-01 12:00:00Z on")
    assert alert.reasons[2] == (
        "Last position 33°12.0′N 012°18.0′E at 2026-06-01 13:00:00Z (first 33°06.0′N 012°12.0′E), in no zone."
    )


def test_a_call_that_is_over_is_told_in_the_past():
    (alert,) = alerts_for([call({}, end=NOON + HOUR, status="closed")], context())
    assert alert.headline == "AIS-SART 970100107 called for help, last heard 13:00Z, 33°06.0′N 012°12.0′E"


def test_a_ship_that_sends_the_status_of_a_beacon_is_told_as_a_likely_mistake():
    (alert,) = alerts_for([call({"beacon": "ship", "active_rows": 1})], context())
    assert "reports navigational status 14 (AIS-SART, MOB or EPIRB active): 1 message" in alert.reasons[1]
    assert "often set by mistake" in alert.reasons[1]


def test_a_beacon_without_a_position_is_raised_too():
    (alert,) = provisional(reports((BEACON, NOON, 14, False)), context())
    assert alert.headline.endswith("position unknown")
    assert "position" in alert.not_known


def test_a_ship_with_the_status_of_distress_is_raised_and_others_are_not():
    (alert,) = provisional(reports((SHIP, NOON, 14, True), (TUG, NOON, 0, True), (1, NOON, None, True)), context())
    assert (alert.mmsi, alert.name, alert.rule) == (SHIP, "ARTAVIL", "distress")
    assert alert.headline.startswith("ship 636999011 is calling for help")
    assert provisional(reports((TUG, NOON, 0, True)), context()) == []


def test_a_beacon_under_test_is_shown_as_a_test():
    (alert,) = provisional(reports((BEACON, NOON, None, True)), context())
    assert (alert.rule, alert.severity, alert.alert_class) == ("distress-test", "minor", "safety")
    assert alert.headline.startswith("TEST of AIS-SART 970100107")


def calling(first, last):
    calls = Calls()
    calls.add(BEACON, Running("abc", "of another event", "distress", first, last, proved=True))
    return calls


def test_a_running_distress_is_prolonged_and_not_raised_anew():
    calls = calling(NOON - 20 * MINUTE, NOON - 10 * MINUTE)
    (alert,) = provisional(reports((BEACON, NOON, 14, True)), context(calls=calls))
    assert (alert.id, alert.first_seen, alert.last_seen) == ("abc", NOON - 20 * MINUTE, NOON)


def test_the_ordered_event_keeps_the_id_of_the_provisional_alert_it_overlaps():
    calls = calling(NOON, NOON + 5 * MINUTE)
    sequenced = event(
        "distress", mmsi=BEACON, start=NOON - MINUTE, decided=NOON, measured={"beacon": "sart", "test": False}
    )
    (alert,) = alerts_for([sequenced], context(calls=calls))
    assert (alert.id, alert.first_seen, alert.last_seen) == ("abc", NOON - MINUTE, NOON)
    assert alert.zone == "ly-west-12"


def test_a_distress_long_after_another_is_an_alert_of_its_own():
    calls = calling(NOON - 2 * HOUR, NOON - 31 * MINUTE)
    (alert,) = provisional(reports((BEACON, NOON, 14, True)), context(calls=calls))
    assert alert.id != "abc"


def test_a_proved_call_is_forgotten_when_no_row_in_order_can_touch_it_and_recalled_from_the_store():
    calls = calling(NOON - 2 * HOUR, NOON - HOUR)
    late = event("distress", mmsi=BEACON, start=NOON - HOUR, decided=NOON - HOUR)
    calls.forget(NOON)
    assert calls.of("distress", late).alert_id == "abc"
    calls.forget(NOON + 1)
    assert calls.of("distress", late) is None
    kept = {"id": "abc", "event_id": "e", "rule": "distress", "first_seen": NOON - 2 * HOUR, "last_seen": NOON - HOUR}
    calls.recall([{**kept, "mmsi": BEACON}])
    assert calls.of("distress", late).alert_id == "abc"


def test_a_call_of_which_no_event_was_told_is_not_forgotten():
    calls = Calls([{"id": "abc", "event_id": "e", "rule": "distress", "first_seen": 5, "last_seen": 6, "mmsi": BEACON}])
    calls.forget(NOON)
    assert calls.unproved(5) == {}
    assert calls.unproved(6) == {"abc": "e"}
    calls.prove({"e"})
    assert calls.unproved(6) == {}


def test_nothing_is_raised_at_once_but_distress():
    assert provisional(REPORT.empty_table(), context()) == []


@given(st.permutations(range(6)))
@settings(max_examples=15, deadline=None)
def test_the_order_in_which_distress_rows_arrive_does_not_matter(order):
    rows = [(BEACON, NOON + n * MINUTE, 14, n > 1) for n in range(3)] + [
        (SHIP, NOON + n * HOUR, 14, True) for n in range(3)
    ]
    told = provisional(reports(*(rows[n] for n in order)), context())
    assert told == provisional(reports(*rows), context())
    assert len(told) == len({alert.id for alert in told}) == 4


def test_many_events_are_asked_about_in_one_go():
    many = [event(mmsi=200_000_000 + n, start=NOON + n) for n in range(200)]
    alerts = alerts_for(many, context())
    assert [alert.event_id for alert in alerts] == [each.id for each in many]
    assert len({alert.id for alert in alerts}) == 200

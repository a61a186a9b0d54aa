"""The commands over one small simulated sea, as a person or a script calls them."""

import csv
import io
import json
import os

import pyarrow.compute as pc
import pytest

from pipelines.cli import main
from pipelines.simulate.writing import Simulated
from tests.scenarios import BEACON, LOITERER, shared_scenario
from vessels.encode import sentences

HOSTILE = "=HYPERLINK(1)\x1b[2J\u202e{{7*7}}<img src=x onerror=alert(1)></script>`id`{name.__class__}"
LOITERER_IMO = "9599901"
LOITERER_NAME = "SIM BORAK"


@pytest.fixture(scope="module")
def sea(tmp_path_factory):
    """A folder with sea.nmea, ingested into `store`, the loiterer on the watchlist for a hostile reason."""
    folder = tmp_path_factory.mktemp("sea")
    reports = shared_scenario().reports
    reports = reports.filter(pc.not_equal(reports["msg_type"], 14))
    (folder / "sea.nmea").write_bytes(b"".join(sentences(reports, station="VOISIM1")))
    store = ["--store", str(folder / "store")]
    assert main(["watchlist", "add", "--imo", LOITERER_IMO, "--why", HOSTILE, *store]) == 0
    assert main(["ingest", str(folder / "sea.nmea"), *store]) == 0
    return folder


@pytest.fixture
def voi(sea, monkeypatch, capsys, tmp_path):
    """Run a command on the sea from an empty folder, and return its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words, store=sea / "store"):
        capsys.readouterr()
        monkeypatch.setenv("VOI_STORE", str(store))
        code = main(list(map(str, words)))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def rows(printed):
    return [json.loads(line) for line in printed.splitlines()]


def test_a_second_ingest_of_the_same_file_adds_nothing(voi, sea):
    code, out, _ = voi("ingest", sea / "sea.nmea", "-f", "json")
    summary = json.loads(out)
    assert (code, summary["rows_added"]) == (0, 0)
    assert summary["sources"][0]["state"] == "read before"


def test_an_ingest_tells_lines_messages_and_time_span(voi, sea, tmp_path):
    code, out, _ = voi("ingest", sea / "sea.nmea", "-f", "json", store=tmp_path / "new")
    summary = json.loads(out)
    assert code == 0
    assert summary["lines"] == summary["sentences"] > 2000
    assert sum(summary["messages"].values()) == summary["rows_added"]
    assert summary["first_time"].startswith("2026-06-01T00:0")
    assert summary["events"]["distress"] == 1
    assert summary["alerts"]["extreme"] == 1


def test_an_ingest_on_a_terminal_is_a_table_of_sources_and_totals(voi, sea, tmp_path):
    _, out, _ = voi("ingest", sea / "sea.nmea", "-f", "table", store=tmp_path / "new")
    assert "sea.nmea" in out
    assert "vessels" in out


def test_a_missing_source_fails_and_the_others_are_read(voi, sea, tmp_path):
    code, out, err = voi("ingest", "nothing.nmea", sea / "sea.nmea", "-f", "json", store=tmp_path / "new")
    assert code == 3
    assert json.loads(out)["rows_added"] > 2000
    assert "nothing.nmea" in err


def test_a_file_in_which_nothing_is_accepted_fails(voi, tmp_path):
    (tmp_path / "noise.nmea").write_text("hello\n!AIVDM,1,1,,A,broken,0*00\n")
    code, _, err = voi("ingest", "noise.nmea", store=tmp_path / "new")
    assert code == 3
    assert "nothing was accepted" in err


def test_a_log_that_grew_by_half_a_line_is_no_failure(voi, sea, tmp_path):
    content = (sea / "sea.nmea").read_bytes()
    end = content.index(b"\n", len(content) // 2) + 1
    for length in (end, end + 20):
        (tmp_path / "log.nmea").write_bytes(content[:length])
        code, out, _ = voi("ingest", "log.nmea", "-f", "json", store=tmp_path / "new")
    assert (code, json.loads(out)["rows_added"]) == (0, 0)


def test_more_rejects_than_allowed_fail(voi, sea, tmp_path):
    text = (sea / "sea.nmea").read_bytes()
    (tmp_path / "bad.nmea").write_bytes(text + b"!AIVDM,1,1,,A,broken,0*00\n" * 300)
    code, _, err = voi("ingest", "bad.nmea", "--max-reject", "5", store=tmp_path / "new")
    assert code == 3
    assert "more than 5 %" in err


def test_alerts_lead_with_distress(voi):
    code, out, _ = voi("alerts", "list")
    listed = rows(out)
    assert code == 0
    assert (listed[0]["class"], listed[0]["mmsi"]) == ("distress", BEACON)
    assert {"interest", "safety"} <= {alert["class"] for alert in listed}
    assert listed[0]["first_seen"].endswith("Z")


@pytest.mark.parametrize(
    "filters", [["--class", "safety"], ["--min-severity", "extreme"], ["--since", "2030-01-01"], ["--since", "1s"]]
)
def test_open_distress_cannot_be_filtered_away(voi, filters):
    _, out, _ = voi("alerts", "list", *filters)
    assert rows(out)[0]["class"] == "distress"


def test_alerts_are_filtered_by_severity_and_class(voi):
    _, out, _ = voi("alerts", "list", "--min-severity", "moderate", "--class", "interest")
    assert {(alert["severity"], alert["class"]) for alert in rows(out)[1:]} == {("moderate", "interest")}


def test_the_table_of_alerts_shows_short_ids_that_are_accepted_everywhere(voi):
    _, out, _ = voi("alerts", "list")
    first = rows(out)[0]["id"]
    _, table, _ = voi("alerts", "list", "-f", "table")
    assert first[:8] in table
    assert first not in table
    _, out, _ = voi("alerts", "show", first[:8])
    assert json.loads(out)["id"] == first


def test_an_alert_reads_as_an_argument(voi):
    _, out, _ = voi("alerts", "list", "--class", "interest")
    loitering = next(alert for alert in rows(out) if alert["event_kind"] == "loitering")
    code, page, _ = voi("alerts", "show", loitering["id"], "-f", "table")
    assert code == 0
    for heading in ("Rule", "Who", "Where", "When", "Why", "Why not", "Not known", "Evidence"):
        assert f"\n  {heading} " in page
    assert loitering["rule_version"] in page
    assert f"byte {loitering['evidence']['first_row']['offset']:,}" in page
    assert "sea.nmea" in page
    assert "A cue for a person, never proof." in page


def test_an_unknown_alert_is_refused_with_the_way_to_the_list(voi):
    code, _, err = voi("alerts", "show", "ffffffff")
    assert code == 2
    assert "voi alerts list" in err


def test_events_are_filtered_by_kind_mmsi_and_span(voi):
    _, out, _ = voi("events", "list", "--kind", "loitering", "--mmsi", LOITERER)
    (event,) = rows(out)
    assert (event["kind"], event["mmsi"], event["vessel"]) == ("loitering", LOITERER, LOITERER_NAME)
    assert event["evidence"]["rows"] > 1
    _, out, _ = voi("events", "list", "--kind", "loitering", "--mmsi", LOITERER, "--until", "2026-06-01T01:00Z")
    assert out == ""


def test_sql_answers_one_select(voi):
    code, out, _ = voi("sql", f"SELECT name, imo, last_seen FROM vessels WHERE mmsi = {LOITERER}")
    (vessel,) = rows(out)
    assert code == 0
    assert (vessel["name"], str(vessel["imo"])) == (LOITERER_NAME, LOITERER_IMO)
    assert vessel["last_seen"].endswith("Z")


@pytest.mark.parametrize("query", ["DROP VIEW vessels", "SELECT 1; SELECT 2", "SELECT * FROM '/etc/passwd'", "SELEC"])
def test_sql_refuses_anything_else(voi, query):
    code, out, err = voi("sql", query)
    assert (code, out) == (2, "")
    assert err.startswith("voi: ")


def test_sql_without_rows_keeps_its_header_in_csv(voi):
    _, out, _ = voi("sql", "SELECT mmsi, name FROM vessels WHERE false", "-f", "csv")
    assert out == "mmsi,name\n"


def test_status_counts_what_the_store_holds(voi):
    code, out, _ = voi("status", "-f", "json")
    status = json.loads(out)
    assert code == 0
    assert status["vessels"] == status["simulated_vessels"] == 7
    assert status["rows"]["positions"] > 1000
    assert next(iter(status["open_alerts"])) == "distress"
    assert status["watchlist_entries"] == 1
    assert status["sources"][0]["source"].endswith("sea.nmea")
    assert status["problems"] == []


def test_rows_dated_years_ahead_and_the_stations_that_sent_them_are_told(voi, sea, tmp_path):
    reports = shared_scenario().reports
    last = reports.slice(len(reports) - 1)
    ahead = last.set_column(0, "time", pc.add(last["time"], 10**15))
    lines = sentences(reports, station="VOISIM1")
    lines.insert(-1, sentences(ahead, station="VOISIM2")[0])
    (tmp_path / "feed.nmea").write_bytes(b"".join(lines))
    _, out, err = voi("ingest", "feed.nmea", "-f", "json", store=tmp_path / "new")
    assert json.loads(out)["waiting"] == 1
    assert "1 row is dated far after all others and waits until something confirms its date" in err
    code, out, _ = voi("status", "-f", "json", store=tmp_path / "new")
    status = json.loads(out)
    assert (code, status["waiting"]) == (0, 1)
    ((station, source, ahead_s, since, messages),) = (clock.values() for clock in status["clocks"])
    assert (station, source, messages) == ("VOISIM2", "feed.nmea", 1)
    assert ahead_s == pytest.approx(10**9, abs=60)
    assert since.startswith("2026-06-01T")
    _, out, _ = voi("status", "-f", "table", store=tmp_path / "new")
    assert "station with a doubtful clock" in out


TABLE = "when;ship;y;x\n2026-06-01 12:00:00;247000001;33.1;12.1\n2026-06-01 12:05:00;247000001;33.1;12.2\n"
MAPPED = ["--map", "when=time", "--map", "ship=mmsi", "--map", "y=lat", "--map", "x=lon"]


@pytest.fixture
def tables(voi, tmp_path):
    """Ingest table.csv with some options into a store of its own; return exit code, summary and what was said."""
    (tmp_path / "table.csv").write_text(TABLE)

    def read(*options):
        code, out, err = voi("ingest", "table.csv", *options, "-f", "json", store=tmp_path / "tables")
        return code, json.loads(out or "{}"), err

    return read


def test_any_table_is_read_when_its_columns_are_told_and_how_is_said(tables):
    code, summary, err = tables(*MAPPED, "--zone", "Europe/Rome")
    assert (code, summary["rows_added"]) == (0, 2)
    assert summary["first_time"] == "2026-06-01T10:00:00Z"
    assert "table.csv: columns as given by --map; times that name no zone are read as Europe/Rome" in err
    assert "Europe/Rome" in summary["sources"][0]["read_as"]


def test_a_table_read_with_another_zone_or_other_columns_is_another_input(tables):
    tables(*MAPPED)
    assert tables(*MAPPED)[1]["sources"][0]["state"] == "read before"
    _, summary, _ = tables(*MAPPED, "--zone", "Europe/Rome")
    assert (summary["sources"][0]["state"], summary["rows_added"]) == ("read", 2)
    _, summary, _ = tables(*(word.replace("y=lat", "x=lat").replace("x=lon", "y=lon") for word in MAPPED))
    assert summary["rows_added"] == 2


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 3, "nothing was accepted"),
        ([*MAPPED, "--map", "speed=sog_kn"], 3, "--map: no column speed; its columns are when, ship, y, x"),
        ([*MAPPED, "--map", "y=speed"], 2, "write COLUMN=FIELD, each column once"),
        (["--map", "when"], 2, "write COLUMN=FIELD"),
        ([*MAPPED, "--map", "v=speed"], 2, "--map: there is no field speed; there are mmsi"),
        (["--map", "time=when"], 2, "the column stands first; write --map when=time"),
        ([*MAPPED, "--zone", "Nowhere"], 2, "--zone: time zone 'Nowhere' is not known; give UTC or a name"),
        (["--preset", "dma"], 3, "preset dma does not fit; its columns are when, ship, y, x; say what they mean"),
        (["--preset", "noaaa"], 2, "'noaaa' is not one of"),
    ],
)
def test_what_cannot_be_meant_of_a_table_names_option_column_and_remedy(tables, options, code, said):
    found, _, err = tables(*options)
    assert (found, said in err) == (code, True)


def test_a_preset_that_was_never_tried_says_so(voi, tmp_path):
    (tmp_path / "new.csv").write_text("mmsi,base_date_time,longitude,latitude\n247000001,2025-01-01 00:00:00,12,33\n")
    for preset in ("noaa-2025", "auto"):
        _, _, err = voi("ingest", "new.csv", "--preset", preset, store=tmp_path / preset)
        assert "never tried on a real file: check some rows" in err


def test_what_was_read_of_a_table_is_counted_in_rows(voi, tables, tmp_path):
    tables(*MAPPED)
    code, out, _ = voi("status", "-f", "json", store=tmp_path / "tables")
    (source,) = json.loads(out)["sources"]
    assert (code, source["rows_read"], source["bytes_read"]) == (0, 2, None)


def test_standard_input_is_no_table(voi, tmp_path):
    _, _, err = voi("ingest", "-", *MAPPED, store=tmp_path / "new")
    assert "-: no such file; --preset and --map read tables that lie in files" in err


def test_a_damaged_store_is_told_and_ends_with_5(voi, sea, tmp_path):
    voi("ingest", sea / "sea.nmea", store=tmp_path / "new")
    next((tmp_path / "new").rglob("*.parquet")).unlink()
    code, out, _ = voi("store", "check", store=tmp_path / "new")
    assert (code, rows(out)[0]["kind"]) == (5, "fault")
    code, out, _ = voi("status", "-f", "json", store=tmp_path / "new")
    assert (code, len(json.loads(out)["problems"]) > 0) == (1, True)


def test_a_file_damaged_within_is_a_problem_told_in_one_line(voi, sea, tmp_path):
    voi("ingest", sea / "sea.nmea", store=tmp_path / "new")
    for path in (tmp_path / "new" / "events").rglob("*.parquet"):
        content = bytearray(path.read_bytes())
        content[4 : len(content) // 2] = bytes(len(content) // 2 - 4)
        path.write_bytes(content)
    code, out, _ = voi("status", "-f", "json", store=tmp_path / "new")
    (problem, *_) = json.loads(out)["problems"]
    assert code == 1
    assert "\n" not in problem
    code, _, err = voi("sql", "SELECT evidence FROM events", store=tmp_path / "new")
    assert (code, err.count("\n")) == (5, 1)


def test_status_ends_with_1_when_something_is_wrong(voi, tmp_path):
    store = tmp_path / "new"
    voi("watchlist", "add", "--name", "A1", "--why", "x", store=store)
    assert voi("status", store=store)[0] == 0
    store.chmod(0o755)
    code, out, _ = voi("status", "-f", "json", store=store)
    assert code == 1
    assert "chmod 700" in json.loads(out)["problems"][0]


def test_a_sound_store_is_checked_with_0(voi):
    code, out, err = voi("store", "check", "-f", "json")
    assert (code, json.loads(out)) == (0, [])
    assert "0 faults" in err


def test_a_folder_that_is_no_store_is_a_usage_error(voi, tmp_path):
    code, _, err = voi("alerts", "list", store=tmp_path / "nothing")
    assert code == 2
    assert "--store" in err


def test_a_watchlist_entry_goes_through_its_life(voi, tmp_path):
    store = tmp_path / "new"
    code, out, _ = voi("watchlist", "add", "--mmsi", "671000001", "--why", "seen off Zuwarah", store=store)
    entry = json.loads(out)
    assert (code, entry["mmsi"], entry["matches"]) == (0, 671000001, [])
    assert rows(voi("watchlist", "list", store=store)[1])[0]["id"] == entry["id"]
    assert json.loads(voi("watchlist", "show", entry["id"][:6], store=store)[1])["why"] == "seen off Zuwarah"
    assert voi("watchlist", "remove", entry["id"], store=store)[0] == 0
    assert voi("watchlist", "list", store=store)[1] == ""
    assert json.loads(voi("watchlist", "show", entry["id"], store=store)[1])["removed_at"].endswith("Z")


def test_adding_tells_which_vessels_of_the_last_days_match(voi, sea, tmp_path):
    store = tmp_path / "new"
    voi("ingest", sea / "sea.nmea", store=store)
    _, out, err = voi("watchlist", "add", "--imo", LOITERER_IMO, "--why", "x", store=store)
    (sentence,) = json.loads(out)["matches"]
    assert f"{LOITERER_NAME} (MMSI {LOITERER:09d}): Grade A" in sentence
    assert "1 vessel of the last 30 days match" in err


@pytest.mark.parametrize("words", [["--imo", "9599902", "--why", "x"], ["--why", "x"], ["--mmsi", "1"]])
def test_a_wrong_identity_is_refused(voi, words):
    assert voi("watchlist", "add", *words)[0] == 2


def test_a_watchlist_goes_out_and_comes_back(voi, tmp_path):
    voi("watchlist", "export", "-o", "list.csv")
    code, out, _ = voi("watchlist", "import", "list.csv", store=tmp_path / "new")
    assert (code, [row["action"] for row in rows(out)]) == (0, ["added"])
    assert voi("watchlist", "export", store=tmp_path / "new")[1] == (tmp_path / "list.csv").read_text("utf-8")


def test_a_dry_run_writes_nothing(voi, tmp_path):
    (tmp_path / "list.csv").write_text("IMO_NO\n9187629\n9187628\n")
    code, out, err = voi("watchlist", "import", "list.csv", "--map", "imo=IMO_NO", "--dry-run", store=tmp_path / "new")
    assert (code, [row["action"] for row in rows(out)]) == (0, ["added", "rejected"])
    assert "nothing was written" in err
    assert voi("watchlist", "list", store=tmp_path / "new")[1] == ""


def test_an_import_that_takes_nothing_ends_with_3(voi, tmp_path):
    (tmp_path / "list.csv").write_text("imo\n9187628\n")
    assert voi("watchlist", "import", "list.csv", store=tmp_path / "new")[0] == 3


def test_a_file_of_another_encoding_is_refused_with_the_remedy(voi, tmp_path):
    (tmp_path / "list.csv").write_bytes("name\nŞEHİT\n".encode("iso8859-9"))
    code, _, err = voi("watchlist", "import", "list.csv", store=tmp_path / "new")
    assert (code, "save it as UTF-8" in err) == (2, True)


def test_a_mapping_to_no_column_of_ours_is_a_usage_error(voi, tmp_path):
    (tmp_path / "list.csv").write_text("imo\n")
    assert voi("watchlist", "import", "list.csv", "--map", "colour=IMO")[0] == 2


@pytest.mark.parametrize("form", ["table", "csv", "jsonl", "json"])
@pytest.mark.parametrize("words", [["watchlist", "list"], ["sql", "SELECT * FROM watchlist"], ["alerts", "list"]])
def test_a_hostile_reason_is_literal_or_stripped_everywhere(voi, words, form):
    _, out, _ = voi(*words, "-f", form)
    assert not set(out) & set("\x1b\u202e")
    if words[0] != "alerts" and form != "table":
        assert "{{7*7}}<img src=x onerror=alert(1)></script>`id`{name.__class__}" in out
    if form == "csv":
        assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(out)) for cell in row)


def test_zones_are_listed_and_shown(voi):
    _, out, _ = voi("zones", "list", "--kind", "departure")
    zones = rows(out)
    assert len(zones) == 22
    _, out, _ = voi("zones", "show", zones[0]["id"])
    shown = json.loads(out)
    assert shown["source"]
    assert shown["geometry"]["type"] in ("Polygon", "MultiPolygon")


def test_a_position_is_checked_against_all_zones(voi):
    _, out, _ = voi("zones", "check", "33.06", "13.0")
    checked = json.loads(out)
    assert any(zone.startswith("ly-west-24") for zone in checked["zones"])
    assert (checked["on_land"], 5 < checked["shore_nm"] < 24) == (False, True)
    assert json.loads(voi("zones", "check", "40.0", "-5.5")[1])["on_land"] is True


def test_an_unknown_zone_is_a_usage_error(voi):
    assert voi("zones", "show", "atlantis")[0] == 2


def test_rules_and_behaviours_are_listed_and_shown(voi):
    listed = {row["name"]: row for row in rows(voi("rules", "list")[1])}
    assert listed["distress"]["severity"] == "extreme"
    assert {row["type"] for row in listed.values()} == {"rule", "rule, built in", "behaviour"}
    shown = json.loads(voi("rules", "show", "loitering")[1])
    assert shown["for_us"] == 2 * 3600 * 1_000_000
    assert "sog_kn" in shown["while"]
    assert voi("rules", "show", "nothing")[0] == 2


def test_a_shown_behaviour_speaks_of_hours_on_a_terminal(voi):
    assert "2 h" in voi("rules", "show", "loitering", "-f", "table")[1]


def test_the_columns_of_conditions_are_listed(voi):
    known = {(row["in"], row["name"]) for row in rows(voi("rules", "columns")[1])}
    assert {("while", "sog_kn"), ("where, unless", "zone_kind")} <= known


def test_the_shipped_rules_have_no_fault(voi):
    assert voi("rules", "check")[0] == 0


def test_a_broken_rule_file_is_told_with_its_line_and_ends_with_1(voi, tmp_path):
    (tmp_path / "rules.toml").write_text('[[behaviour]]\nname = "x"\nwhile = "now() > 1"\nfor = "2h"\nsource = "y"\n')
    code, out, _ = voi("rules", "check", "rules.toml")
    (finding,) = rows(out)
    assert (code, finding["level"], finding["line"]) == (1, "error", 3)


def test_a_broken_rule_file_stops_an_ingest(voi, sea, tmp_path):
    (tmp_path / "rules.toml").write_text("[[rule]]\n")
    code, _, err = voi("ingest", sea / "sea.nmea", "--rules", "rules.toml", store=tmp_path / "new")
    assert (code, "rules.toml" in err) == (2, True)


def test_a_map_is_written_for_its_owner_alone(voi, tmp_path):
    code, out, _ = voi("map", "-o", "sea.html")
    page = tmp_path / "sea.html"
    assert code == 0
    assert json.loads(out)["positions"] > 1000
    assert page.stat().st_mode & 0o077 == 0
    assert LOITERER_NAME in page.read_text("utf-8")


def test_a_map_of_the_watchlist_holds_the_listed_and_those_in_distress(voi, tmp_path):
    voi("map", "-o", "sea.html", "--watchlist")
    page = (tmp_path / "sea.html").read_text("utf-8")
    assert LOITERER_NAME in page
    assert str(BEACON) in page
    assert "SIM FERRY" not in page


def test_a_map_into_no_folder_is_a_usage_error(voi):
    assert voi("map", "-o", "nowhere/map.html")[0] == 2


def test_a_simulation_tells_its_files_and_what_to_do_next(voi, tmp_path, monkeypatch):
    asked = {}

    def write(out, **options):
        asked.update(options)
        return Simulated((out / "west.nmea",), out / "truth.json", 7, 2)

    monkeypatch.setattr("pipelines.cli.simulate.write", write)
    code, out, err = voi("simulate", "sea", "--seed", "3", "--days", "2", "--start", "2026-01-01")
    assert (code, json.loads(out)["truth"]) == (0, "sea/truth.json")
    assert "voi ingest sea/west.nmea" in err
    assert (asked["seed"], asked["days"], asked["start"]) == (3, 2, 1_767_225_600_000_000)


@pytest.mark.parametrize("words", [["alerts", "list", "--since", "soon"], ["ingest", "x", "--start", "24h"]])
def test_a_time_that_is_none_is_a_usage_error(voi, words):
    code, _, err = voi(*words)
    assert (code, "2026-03-01T06:00Z" in err) == (2, True)


def test_messages_without_a_time_are_told_with_the_remedy(voi, tmp_path):
    (tmp_path / "bare.nmea").write_text("!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23\n")
    code, _, err = voi("ingest", "bare.nmea", store=tmp_path / "new")
    assert code == 3
    assert "1 message had no time; run again" in err
    assert "--start 20" in err
    code, _, err = voi("ingest", "bare.nmea", "--start", "2026-03-01T06:00Z", store=tmp_path / "new")
    assert (code, "--start" in err) == (0, False)


def test_reasons_for_rejects_are_told_in_words_on_a_terminal(voi, tmp_path):
    (tmp_path / "noise.nmea").write_text("!AIVDM,1,1,,A,broken,0*00\n")
    assert "wrong checksum" in voi("ingest", "noise.nmea", "-f", "table", store=tmp_path / "new")[1]
    assert json.loads(voi("ingest", "noise.nmea", store=tmp_path / "other")[1])["rejects"] == {"checksum": 1}


def test_a_kind_of_event_that_nothing_makes_is_refused_with_the_nearest(voi):
    code, _, err = voi("events", "list", "--kind", "gapp")
    assert code == 2
    assert "did you mean 'gap'" in err


def test_events_name_the_zone_that_was_entered_or_left(voi):
    left = rows(voi("events", "list", "--kind", "zone_exit")[1])
    assert left
    assert all(event["zone"] for event in left)


def test_where_the_coast_is_not_known_land_is_not_either(voi):
    code, out, err = voi("zones", "check", "51", "3")
    assert (code, json.loads(out)["on_land"]) == (0, None)
    assert "outside the area where the coast is known (30 to 46 N, 6 W to 37 E)" in err


def test_an_entry_is_found_by_every_identity(voi, tmp_path):
    store = tmp_path / "new"
    identity = ("--imo", "9187629", "--mmsi", "636999011", "--callsign", "9HA12", "--name", "BLUE SKY M")
    voi("watchlist", "add", *identity, "--why", "x", store=store)
    voi("watchlist", "add", "--name", "OTHER", "--why", "x", store=store)
    for asked in ("9187629", "IMO 9187629", "636999011", "9ha12", "m/v blue sky m"):
        assert json.loads(voi("watchlist", "show", asked, store=store)[1])["name"] == "BLUE SKY M"
    assert voi("watchlist", "remove", "9187629", store=store)[0] == 0
    assert [entry["name"] for entry in rows(voi("watchlist", "list", store=store)[1])] == ["OTHER"]


def test_an_identity_of_several_entries_lists_them(voi, tmp_path):
    store = tmp_path / "new"
    for mmsi in ("636999011", "636999012"):
        voi("watchlist", "add", "--name", "TWIN", "--mmsi", mmsi, "--why", "x", store=store)
    ids = [entry["id"] for entry in rows(voi("watchlist", "list", store=store)[1])]
    code, _, err = voi("watchlist", "show", "twin", store=store)
    assert code == 2
    assert all(entry_id in err for entry_id in ids)


def test_adding_a_listed_vessel_anew_tells_the_reason_it_had(voi, tmp_path):
    store = tmp_path / "new"
    voi("watchlist", "add", "--mmsi", "636999011", "--why", "first", store=store)
    _, _, err = voi("watchlist", "add", "--mmsi", "636999011", "--why", "second", store=store)
    assert "changed (was: first)" in err


def test_a_review_in_the_past_is_refused(voi, tmp_path):
    words = ("watchlist", "add", "--name", "A1", "--why", "x", "--review-by", "2020-01-01")
    code, _, err = voi(*words, store=tmp_path / "new")
    assert code == 2
    assert "2020-01-01 is past" in err


def test_an_import_says_how_many_rows_gave_no_reason(voi, tmp_path):
    (tmp_path / "list.csv").write_text("name,why\nALFA,because\n")
    assert "no reason" not in voi("watchlist", "import", "list.csv", store=tmp_path / "new")[2]
    (tmp_path / "bare.csv").write_text("name\nBRAVO\n")
    assert "1 row said no reason" in voi("watchlist", "import", "bare.csv", store=tmp_path / "new")[2]


def test_a_map_is_written_over_nothing_but_a_file(voi, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    code, _, err = voi("map", "-o", "pipe")
    assert code == 2
    assert "no regular file" in err


def test_a_query_of_an_unknown_table_names_the_views(voi):
    code, _, err = voi("sql", "SELECT * FROM ships")
    assert code == 2
    assert "the views are positions, static_reports" in err
    assert err.count("\n") == 1


def test_decimals_are_numbers_in_every_format(voi):
    query = "SELECT -1.5::DECIMAL(4, 1) AS cold, sum(-5::HUGEINT) AS sum"
    assert json.loads(voi("sql", query)[1]) == {"cold": -1.5, "sum": -5}
    assert voi("sql", query, "-f", "csv")[1] == "cold,sum\n-1.5,-5\n"

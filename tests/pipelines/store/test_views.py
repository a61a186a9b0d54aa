from contextlib import closing
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from pipelines.errors import NoStoreError, PipelineError, StoreError
from pipelines.store import open_store, read, resume, views, watchlist
from pipelines.store.flush import commit
from tests.pipelines.store.samples import DAY, START, S, alert, event, flush, report
from vessels.ais import rot_deg_min

MMSI = 211_000_001
DATE = datetime(2026, 6, 1, tzinfo=UTC)

# CONTRACT, "Views (DuckDB)"
PROMISED = {
    "positions": "time mmsi track_id lat lon sog_kn cog_deg heading_deg rot_deg_min nav_status msg_type source station"
    " verdict file offset",
    "static_reports": "time mmsi imo name callsign ship_type length_m beam_m draught_m destination eta",
    "events": "id kind track_id mmsi other_mmsi vessel_id start end lat lon zones status supersedes confidence"
    " simulated evidence revision",
    "alerts": "id class rule rule_version event_id event_kind mmsi vessel_id imo name severity urgency certainty"
    " first_seen last_seen lat lon zone zones headline reasons not_known suppressions watchlist_id simulated state"
    " outcome assignee snoozed_until",
    "watchlist": "id name imo mmsi callsign flag why valid_from valid_to review_by recorded_at added_by",
    "vessels": "mmsi imo name callsign ship_type first_seen last_seen lat lon sog_kn cog_deg",
}


def asked(store, sql):
    return views.query(store.root, sql).to_pylist()


@pytest.mark.parametrize("name", PROMISED)
def test_a_view_over_an_empty_store_has_its_columns_and_no_rows(store, name):
    table = views.query(store.root, f"SELECT * FROM {name}")
    assert table.num_rows == 0
    assert set(PROMISED[name].split()) <= set(table.column_names)


@pytest.mark.parametrize("name", PROMISED)
def test_a_view_has_the_same_types_with_rows_and_without(store, name):
    empty = views.query(store.root, f"SELECT * FROM {name}").schema
    fill(store)
    table = views.query(store.root, f"SELECT * FROM {name}")
    assert table.num_rows > 0
    assert table.schema.equals(empty)


def fill(store):
    snapshot = {**dict.fromkeys(resume.IDENTITIES.names), "mmsi": MMSI, "time": START, "name": "NAJMA", "length_m": 24}
    rows = [
        report(START, lat_e=19_830_000, lon_e=7_200_000, sog_e=63, cog_e=905, rot_e=20, nav_status=0, utc_second=0),
        report(START + DAY, lat_e=-1, lon_e=-1, heading_deg=90),
        report(START + S, msg_type=5, name="NAJMA", to_bow_m=20, to_stern_m=4, to_port_m=7, draught_e=35),
        report(START + 2 * S, msg_type=14, text="PAN PAN"),
    ]
    entry = dict.fromkeys(("name", "mmsi", "callsign", "flag", "valid_to", "review_by"))
    commit(
        store,
        flush(
            *rows,
            events=[
                event(zones=("ly-west",)),
                event(zones=("ly-west",)).closed(end=START + S, decided=START, evidence={}),
            ],
            alerts=[alert(zones=("ly-west",), reasons=("silent",), imo=9_074_729)],
            identities=pa.Table.from_pylist([snapshot], resume.IDENTITIES),
        ),
    )
    fields = {"imo": 9_074_729, "why": "told", "source_list": "own", "valid_from": START, "recorded_at": START}
    watchlist.add(store, [{**entry, **fields, "id": "w-1", "added_by": "ana"}])


def test_positions_are_read_in_degrees_knots_and_utc(store):
    fill(store)
    row = asked(store, "SELECT * FROM positions ORDER BY time LIMIT 1")[0]
    assert (row["lat"], row["lon"], row["sog_kn"], row["cog_deg"]) == (33.05, 12.0, 6.3, 90.5)
    assert row["time"] == DATE
    assert row["time"].utcoffset().total_seconds() == 0
    assert (row["mmsi"], row["track_id"], row["heading_deg"]) == (MMSI, "211000001/1", None)


def test_turns_are_read_as_the_codec_reads_them(store):
    turns = list(range(-127, 128))
    commit(store, flush(*(report(START + k * S, rot_e=turn) for k, turn in enumerate(turns)), report(START - S)))
    found = views.query(store.root, "SELECT rot_deg_min FROM positions ORDER BY time")["rot_deg_min"]
    assert found[0].as_py() is None
    np.testing.assert_allclose(found[1:].to_numpy(), rot_deg_min(turns))


def test_static_reports_are_read_in_metres_and_a_hull_without_size_has_none(store):
    fill(store)
    row = asked(store, "SELECT * FROM static_reports")[0]
    assert (row["name"], row["length_m"], row["beam_m"], row["draught_m"]) == ("NAJMA", 24, 7, 3.5)
    commit(store, flush(report(START + 9 * S, msg_type=24, callsign="5AB")))
    assert asked(store, "SELECT length_m, beam_m FROM static_reports WHERE callsign = '5AB'") == [
        {"length_m": None, "beam_m": None}
    ]


def test_an_event_is_shown_once_as_it_was_last_told_with_its_revision(store):
    fill(store)
    (row,) = asked(store, 'SELECT status, revision, "end", zones FROM events')
    assert (row["status"], row["revision"], row["zones"]) == ("closed", 1, ["ly-west"])
    assert row["end"].timestamp() * S == START + S


def test_alerts_and_watchlist_are_read_from_the_state_file(store):
    fill(store)
    (row,) = asked(store, "SELECT class, state, imo, first_seen, reasons FROM alerts")
    assert row == {"class": "interest", "state": "open", "imo": 9_074_729, "first_seen": DATE, "reasons": ["silent"]}
    assert asked(store, "SELECT imo, valid_from FROM watchlist") == [{"imo": 9_074_729, "valid_from": DATE}]
    watchlist.remove(store, "w-1", at=START)
    assert asked(store, "SELECT * FROM watchlist") == []


def test_a_vessel_is_its_last_identity_its_last_position_and_when_it_was_heard(store):
    fill(store)
    (row,) = asked(store, "SELECT * FROM vessels")
    assert (row["name"], row["length_m"], row["heading_deg"]) == ("NAJMA", 24, 90)
    assert row["lat"] == pytest.approx(-1 / 600_000)
    assert ((row["first_seen"] - DATE).days, (row["last_seen"] - DATE).days) == (0, 1)


def test_a_view_stands_for_the_store_at_the_time_it_was_made(store):
    with closing(views.connect(store)) as con:
        commit(store, flush(report(START)))
        assert con.sql("SELECT * FROM positions").to_arrow_table().num_rows == 0
    assert len(asked(store, "FROM positions")) == 1


def test_a_store_in_a_folder_with_a_quote_in_its_name_can_be_asked(tmp_path):
    with open_store(tmp_path / "o'brien ]", create=True) as store:
        commit(store, flush(report(START)))
        assert len(asked(store, "FROM positions")) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "COPY (SELECT 1) TO '{root}/out.csv'",
        "ATTACH '/tmp/other.db'",
        "SELECT 1; SELECT 2",
        "SET enable_external_access = true",
        "CREATE TABLE t AS SELECT 1",
        "DROP VIEW positions",
        "INSTALL httpfs",
        "SELECT * FROM store",
        "SELECT * FROM read_parquet('http://localhost/x.parquet')",
        "SELECT * FROM read_blob('{root}/state.sqlite')",
        "SELECT * FROM read_text('{root}/positions/../writer.lock')",
        "SELECT * FROM glob('{root}/*')",
        "",
        "SELECT",
    ],
)
def test_what_is_no_select_over_the_store_is_refused(store, sql):
    with pytest.raises(PipelineError, match="query: "):
        views.query(store.root, sql.format(root=store.root))
    assert not (store.root / "out.csv").exists()


def test_a_query_that_needs_more_than_memory_writes_nothing_to_the_disk(store):
    assert asked(store, "SELECT current_setting('temp_directory') AS folder") == [{"folder": ""}]


def test_duckdbs_own_words_are_told(store):
    with pytest.raises(PipelineError, match="sog_kn"):
        views.query(store.root, "SELECT speed, sog_kn FROM positions WHERE sgo_kn > 2")


def test_asking_a_folder_that_is_no_store_is_an_error(tmp_path):
    with pytest.raises(NoStoreError):
        views.query(tmp_path / "none", "SELECT 1")


def test_a_store_that_lost_a_segment_says_how_to_look(store):
    commit(store, flush(report(START)))
    for row in store.rows("SELECT path FROM segments"):
        (store.root / row["path"]).unlink()
    with pytest.raises(StoreError, match="voi store check"):
        views.connect(store)
    with pytest.raises(StoreError, match="voi store check"):
        read.reports_of(store, [MMSI])

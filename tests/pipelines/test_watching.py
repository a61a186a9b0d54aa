"""The watchlist's door: what is refused and with which remedy, and CSV that comes back as it went out."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.output import write_csv
from pipelines.store.state import open_store
from pipelines.watching import COLUMNS, EntryError, checked, compare, read_csv, record, screen

NOW = 1_780_272_000_000_000
DEFAULTS = {"source_list": "own", "recorded_at": NOW, "added_by": "anna"}


def rows(text, mapping=None, naming="auto"):
    return read_csv(io.StringIO(text), mapping or {}, naming)


def imported(text, kept=(), mapping=None, naming="auto", **defaults):
    old = {entry.id: entry for entry in kept}
    return list(compare(rows(text, mapping, naming), old, DEFAULTS | defaults))


def exported(entries):
    stream = io.StringIO()
    write_csv(stream, COLUMNS, map(record, entries))
    return stream.getvalue()


def test_an_entry_is_tidied_as_it_comes_in():
    entry = checked(
        {"imo": "IMO 9187629", "name": " M/V  Blue\nSky M ", "callsign": "9h-ab 1", "flag": "mt", "why": "x"}
    )
    assert (entry.imo, entry.name, entry.callsign, entry.flag) == (9187629, "M/V Blue Sky M", "9HAB1", "MT")


def test_the_same_identity_on_the_same_list_has_the_same_id():
    first, second = (checked({"imo": "9187629", "why": why}) for why in ("a", "b"))
    other = checked({"imo": "9187629", "why": "a", "source_list": "partners"})
    assert first.id == second.id != other.id


def test_a_review_date_is_a_day():
    entry = checked({"name": "A1", "why": "x", "review_by": "2026-12-01T13:45Z"})
    assert record(entry)["review_by"] == "2026-12-01"


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"why": "x"}, "give at least one"),
        ({"name": "BLUE SKY M"}, "say why"),
        ({"imo": "9187628", "why": "x"}, "9187629 would be right"),
        ({"imo": "918762", "why": "x"}, "7 digits"),
        ({"mmsi": "12345678", "why": "x"}, "9 digits"),
        ({"mmsi": "123456789", "why": "x"}, "by mistake"),
        ({"name": "---", "why": "x"}, "no letter or digit"),
        ({"name": "A1", "flag": "Malta", "why": "x"}, "two letters"),
        ({"name": "A1", "why": "x", "review_by": "soon"}, "2026-03-01"),
        ({"name": "A1", "why": "x", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "exchange"),
    ],
)
def test_what_could_never_match_or_means_nothing_is_refused_with_a_remedy(given, remedy):
    with pytest.raises(EntryError, match=remedy):
        checked(given)


def test_columns_are_known_by_other_usual_headings():
    (change,) = imported("Vessel Name;IMO_NO;Flag State;Remarks\nBLUE SKY M;9187629;mt;seen twice\n")
    entry = change.entry
    assert (change.action, entry.name, entry.imo, entry.flag, entry.why) == (
        *("added", "BLUE SKY M", 9187629, "MT", "seen twice"),
    )


def test_a_column_is_named_with_map():
    (change,) = imported("schiff,nummer\nBLUE SKY M,9187629\n", mapping={"name": "schiff", "imo": "nummer"})
    assert (change.entry.name, change.entry.imo) == ("BLUE SKY M", 9187629)


def test_a_mapped_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(EntryError, match="it has schiff, nummer"):
        imported("schiff,nummer\nA,1\n", mapping={"imo": "IMO"})


def test_a_file_without_any_identity_is_refused_with_the_remedy():
    with pytest.raises(EntryError, match="--map imo=COLUMN"):
        imported("a,b\n1,2\n")


def test_exact_naming_takes_only_our_own_headings():
    with pytest.raises(EntryError, match="no column tells an identity"):
        imported("IMO_NO\n9187629\n", naming="csv")


def test_a_bad_row_is_rejected_with_its_line_and_the_others_are_taken():
    changes = imported("imo,why\n9187629,x\n9187628,y\n\n,z\n")
    assert [(change.line, change.action) for change in changes] == [(2, "added"), (3, "rejected"), (5, "rejected")]
    assert "check digit" in changes[1].reason


def test_the_same_vessel_twice_in_a_file_is_rejected_the_second_time():
    first, second = imported("imo\n9187629\n9187629\n")
    assert (first.action, second.action) == ("added", "rejected")
    assert "line 2" in second.reason


def test_a_second_import_of_the_same_file_changes_nothing():
    text = "imo,name,why\n9187629,BLUE SKY M,x\n"
    (first,) = imported(text)
    (second,) = imported(text, [first.entry], recorded_at=NOW + 5, added_by="bert")
    assert (second.action, second.entry) == ("unchanged", first.entry)


def test_a_change_is_told_by_its_columns():
    (first,) = imported("imo,name,why\n9187629,BLUE SKY M,x\n")
    (second,) = imported(f"id,imo,name,why,flag\n{first.entry.id},9187629,RED SKY M,x,MT\n", [first.entry])
    assert (second.action, second.reason) == ("changed", "name, flag")
    assert second.entry.id == first.entry.id


def test_columns_that_a_file_lacks_stay_as_they_were():
    kept = checked({"imo": "9187629", "why": "x", "review_by": "2026-12-01", **DEFAULTS})
    (change,) = imported("imo,flag\n9187629,MT\n", [kept])
    assert change.entry.why == "x"
    assert change.entry.review_by == kept.review_by


def test_rows_go_to_the_list_that_was_named_unless_they_name_one():
    changes = imported("imo,list\n9187629,\n9074729,theirs\n", source_list="partners")
    assert [change.entry.source_list for change in changes] == ["partners", "theirs"]


def test_a_row_without_reason_says_which_list_it_is_on():
    (change,) = imported("imo\n9187629\n", source_list="partners")
    assert change.entry.why == "on the list partners"


TEXTS = st.text(max_size=30)
ENTRIES = st.fixed_dictionaries(
    {"name": TEXTS.map("N{}".format), "why": TEXTS.map("{}w".format)},
    optional={
        "mmsi": st.integers(201_000_001, 775_999_999).filter(lambda mmsi: mmsi % 100_000),
        "callsign": st.text("ABCDEFGH123", min_size=3, max_size=7),
        "flag": st.sampled_from(["MT", "LY"]),
        "source_list": TEXTS,
        "valid_from": st.integers(0, NOW),
        "review_by": st.just("2026-12-01"),
    },
)


@given(st.lists(ENTRIES, max_size=5))
def test_an_export_comes_back_as_the_same_entries(given):
    entries = {entry.id: entry for entry in (checked(DEFAULTS | each) for each in given)}
    changes = imported(exported(entries.values()), naming="csv", recorded_at=NOW + 5, added_by="bert")
    assert {change.entry.id: change.entry for change in changes if change.entry} == entries
    assert {change.action for change in changes} <= {"added"}


@given(st.lists(ENTRIES, max_size=5))
def test_an_export_read_into_the_same_list_changes_nothing(given):
    entries = {entry.id: entry for entry in (checked(DEFAULTS | each) for each in given)}
    changes = imported(exported(entries.values()), entries.values(), recorded_at=NOW + 5, added_by="bert")
    assert {change.action for change in changes} <= {"unchanged"}


@pytest.mark.parametrize("name", ["=1+1", "+A", "-A", "@SUM(A1)", "'=A1", "''=A1"])
def test_a_formula_is_guarded_on_the_way_out_and_itself_on_the_way_in(name):
    entry = checked({"name": name, "why": "x", **DEFAULTS})
    text = exported([entry])
    assert not {f",{sign}" for sign in "=+-@"} & {text[at : at + 2] for at in range(len(text))}
    (change,) = imported(text)
    assert change.entry == entry


def test_a_new_entry_is_screened_against_the_vessels_heard_lately(tmp_path):
    entry = checked({"imo": "9187629", "why": "x", **DEFAULTS})
    day = 86_400_000_000
    with open_store(tmp_path / "store", create=True) as store:
        assert screen(store, [entry]) == []
        heard = "INSERT INTO latest (mmsi, first_seen, last_seen, simulated) VALUES (?, ?, ?, 0)"
        said = "INSERT INTO identities (mmsi, time, imo, name) VALUES (?, ?, ?, ?)"
        with store.transaction() as conn:
            conn.execute("INSERT INTO meta VALUES ('watermark', ?)", (str(NOW),))
            conn.execute(heard, (671000001, NOW - 40 * day, NOW - 29 * day))
            conn.execute(heard, (671000002, NOW - 40 * day, NOW - 31 * day))
            conn.execute(said, (671000001, NOW - 40 * day, None, "OTHER"))
            conn.execute(said, (671000001, NOW - 30 * day, 9187629, "SABINA"))
            conn.execute(said, (671000002, NOW - 40 * day, 9187629, "OLD"))
        ((identity, match),) = screen(store, [entry])
    assert (identity.mmsi, identity.name, match.grade) == (671000001, "SABINA", "A")


def test_an_entry_may_be_changed_by_what_is_given():
    entry = checked({"imo": "9187629", "why": "x"})
    assert checked({"why": "y"}, entry) == replace(entry, why="y")

"""Matching: what counts as the same ship, how well, and the sentence that says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vessels.matching import Identity, Watchlist, compare, fold, folds
from vessels.watchlist import Entry, entry_id

NOW = 1_780_000_000_000_000
IMO, OTHER_IMO = 9_187_629, 9_074_729
MMSI = 247_320_160


def entry(**given):
    return Entry(**{"id": "w-1", "why": "a test", **given})


def seen(**given):
    return Identity(**{"mmsi": MMSI, "time": NOW, **given})


def grade(listed, observed):
    match = compare(listed, observed)
    return match and match.grade


@pytest.mark.parametrize(
    ("listed", "observed"),
    [
        ("M/V BLUE SKY M", "BLUE SKY M"),
        ("F/V BLUE SKY M", "BLUE SKY M"),
        ("M.V. Blue Sky M", "BLUE SKY M"),
        ("mv blue sky m", "BLUE  SKY M"),
        ("S/Y NADIR", "NADIR"),
        ("TUG HERKULES", "HERKULES"),
        ("STAR 1", "STAR I"),
        ("STAR 01", "STAR 1"),
        ("STAR-1", "STAR 1"),
        ("ŞEHİT MEHMET", "SEHIT MEHMET"),
        ("L'AVENTURE", "LAVENTURE"),
        ("L\u2019AVENTURE", "L'AVENTURE"),
        ("ΑΓΙΟΣ ΜΗΝΑΣ", "AGIOS MINAS"),
        ("MEDITERRANEAN EXPLORER II", "MEDITERRANEAN EXPLOR"),
        ("M/V MEDITERRANEAN EXPLORER", "MEDITERRANEAN EXPLOR"),
    ],
)
def test_names_that_mean_the_same_ship_fold_alike(listed, observed):
    assert fold(observed) in folds(listed)


@pytest.mark.parametrize(
    ("listed", "observed"),
    [
        ("BLUE SKY M", "BLUE SKY N"),
        ("BLUE SKY M", "BLUE SKY"),
        ("BLUE SKY M", "SKY BLUE M"),
        ("STAR 1", "STAR 2"),
        ("LADY R", "LADY K"),
        ("MV", "MT"),
        ("TUG", "YACHT"),
        ("EXPLORER", "EXPLOR"),
    ],
)
def test_names_of_different_ships_do_not(listed, observed):
    assert fold(observed) not in folds(listed)


def test_a_prefix_goes_only_when_a_name_follows():
    assert fold("M/T") == "M T"
    assert fold("TUG") == "TUG"
    assert fold("MVUMA") == "MVUMA"


def test_the_arabic_article_is_no_part_of_a_name():
    assert fold("السفينة") == fold("سفينة")


@given(st.text(max_size=40))
def test_a_folded_name_is_plain_and_folding_again_changes_nothing_but_prefixes(name):
    folded = fold(name)
    assert set(folded) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
    assert folded == " ".join(folded.split())


@pytest.mark.parametrize(
    ("listed", "observed", "expected"),
    [
        ({"imo": IMO}, {"imo": IMO}, "A"),
        ({"imo": IMO, "name": "ARTAVIL"}, {"imo": IMO, "name": "OTHER"}, "A"),
        ({"imo": IMO, "mmsi": MMSI, "name": "ARTAVIL"}, {"imo": OTHER_IMO, "name": "ARTAVIL"}, "X"),
        ({"imo": 1_234_567, "name": "ARTAVIL"}, {"imo": 1_234_567, "name": "OTHER"}, None),
        ({"imo": IMO + 1, "name": "ARTAVIL"}, {"imo": IMO, "name": "ARTAVIL"}, "D"),
        ({"mmsi": MMSI}, {}, "B"),
        ({"mmsi": MMSI, "name": "ARTAVIL"}, {"name": "OTHER"}, "B"),
        ({"mmsi": 123_456_789}, {"mmsi": 123_456_789}, None),
        ({"mmsi": 111_111_111}, {"mmsi": 111_111_111}, None),
        ({"callsign": "9HA-12", "name": "ARTAVIL"}, {"callsign": "9ha12", "name": "M/V ARTAVIL"}, "B"),
        ({"callsign": "9HA12"}, {"callsign": "9HA12"}, "D"),
        ({"name": "ARTAVIL", "flag": "MT"}, {"name": "ARTAVIL", "flag": "MT"}, "C"),
        ({"name": "ARTAVIL", "flag": "MT"}, {"name": "ARTAVIL", "flag": "TR"}, "D"),
        ({"name": "ARTAVIL"}, {"name": "ARTAVIL"}, "D"),
        ({"name": "ARTAVIL", "flag": "MT"}, {"name": "OTHER", "flag": "MT"}, None),
        ({"name": "!!!"}, {"name": "???"}, None),
        ({"name": "ARTAVIL"}, {}, None),
    ],
)
def test_the_grade_follows_from_what_agrees(listed, observed, expected):
    assert grade(entry(**listed), seen(**observed)) == expected


def test_a_sentence_says_what_agrees_where_and_what_differs():
    match = compare(entry(imo=IMO, name="ARTAVIL", flag="IR"), seen(imo=IMO, name="X", flag="CM"))
    assert match.sentence == (
        "Grade A: IMO 9187629 on list own, entry w-1; name differs (ARTAVIL → X); flag differs (IR → CM)"
    )


def test_a_sentence_says_when_a_number_stands_alone():
    assert compare(entry(mmsi=MMSI), seen()).sentence.endswith(
        "MMSI 247320160 on list own, entry w-1; nothing else agrees"
    )


def test_a_sentence_carries_no_control_characters():
    match = compare(entry(imo=IMO, name="\x1b[31mRED"), seen(imo=IMO, name="{{7*7}}\u202e"))
    assert "\x1b" not in match.sentence
    assert "\u202e" not in match.sentence
    assert "{{7*7}}" in match.sentence


def test_the_list_gives_the_best_match_first_and_no_conflict():
    listed = Watchlist(
        [
            entry(id="w-name", name="ARTAVIL"),
            entry(id="w-mmsi", mmsi=MMSI),
            entry(id="w-imo", imo=IMO),
            entry(id="w-twin", imo=OTHER_IMO, name="ARTAVIL"),
        ]
    )
    observed = seen(imo=IMO, name="ARTAVIL")
    assert [(m.grade, m.entry.id) for m in listed.all(observed)] == [("A", "w-imo"), ("B", "w-mmsi"), ("D", "w-name")]
    assert listed.best(observed).entry.id == "w-imo"


def test_an_entry_counts_only_while_it_is_valid():
    listed = Watchlist([entry(mmsi=MMSI, valid_from=NOW, valid_to=NOW + 10)])
    assert [bool(listed.best(seen(time=NOW + offset))) for offset in (-1, 0, 10, 11)] == [False, True, True, False]


def test_a_listed_name_longer_than_the_air_allows_is_found():
    listed = Watchlist([entry(name="M/V MEDITERRANEAN EXPLORER II")])
    assert listed.best(seen(name="MEDITERRANEAN EXPLOR")).grade == "D"


def test_an_empty_list_matches_nobody():
    assert Watchlist([]).best(seen(name="ARTAVIL", imo=IMO)) is None


NAMES = st.sampled_from(["ARTAVIL", "M/V ARTAVIL", "BLUE SKY M", "STAR I", "STAR 1", "!!!", None])
SOMEBODY = st.fixed_dictionaries(
    {
        "imo": st.sampled_from([IMO, OTHER_IMO, 1_234_567, None]),
        "callsign": st.sampled_from(["9HA12", "9ha-12", "TC1", None]),
        "name": NAMES,
        "flag": st.sampled_from(["MT", "TR", None]),
    }
)


@given(st.lists(st.tuples(SOMEBODY, st.sampled_from([MMSI, 123_456_789, None])), max_size=6), SOMEBODY)
def test_the_index_finds_exactly_what_comparing_every_entry_finds(listed, observed):
    entries = [entry(id=f"w-{n}", mmsi=mmsi, **given) for n, (given, mmsi) in enumerate(listed)]
    vessel = seen(**observed)
    one_by_one = {each.id: match.grade for each in entries if (match := compare(each, vessel)) and match.grade != "X"}
    assert {match.entry.id: match.grade for match in Watchlist(entries).all(vessel)} == one_by_one


def test_the_same_identity_on_the_same_list_has_one_id():
    same = {"imo": IMO, "mmsi": None, "callsign": None, "name": "ARTAVIL"}
    assert entry_id(**same, source_list="own") == entry_id(**same, source_list="own")
    assert entry_id(**same, source_list="own") != entry_id(**same, source_list="eu")


def test_an_entry_is_made_of_a_stored_row():
    row = {"id": "w-9", "why": "seen off Zuwarah", "imo": IMO, "removed_at": None}
    assert Entry.of(row) == Entry(id="w-9", why="seen off Zuwarah", imo=IMO)

"""The condition language: what passes, what is refused and how, and that nothing outside it gets through."""

import re
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rules.columns import EVENT_COLUMNS, ROW_COLUMNS
from pipelines.rules.errors import ConditionError
from pipelines.rules.language import Condition, check
from pipelines.store.sandbox import sandbox

SANDBOX = sandbox()


def condition(text: str) -> Condition:
    return check(text, ROW_COLUMNS, SANDBOX)


def refusal(text: str) -> str:
    with pytest.raises(ConditionError) as caught:
        condition(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "sog_kn < 2 and not in_port and not in_anchorage and coalesce(nav_status, 15) not in (1, 5)",
        "sog_kn between 0.5 and 3 or sog_kn not between 1e1 and 20.25",
        "flag is null or flag is not null",
        "flag in ('LY', 'TR') and class = 'B'",
        "list_contains(zone_kinds, 'departure')",
        "angle_diff(cog_deg, heading_deg) > 45 and abs(rot_deg_min) >= 1",
        "least(port_nm, shore_nm, 5) <> greatest(1, -2)",
        "(lat + lon) * 2 - 1 > -lon / 3 % 4",
        "night = true or false",
        "night",
        "mmsi = 18446744073709551616",
        "flag = 'it''s'",
        "ship_type is null /* a note */",
        "sog_kn\n  < 2",
    ],
)
def test_what_the_contract_names_is_in_the_language(text):
    assert condition(text).text == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("repeat('x', 1000000000) = 'x'", "repeat"),
        ("now() > time", "now"),
        ("random() < 0.5", "random"),
        ("sog_kn < (select 1)", "subquery"),
        ("exists (select 1)", "subquery"),
        ("mmsi in (select 1)", "subquery"),
        ("count(*) > 1", "count"),
        ("sum(sog_kn) > 1", "sum"),
        ("sum(sog_kn) over () > 1", "window"),
        ("row_number() over () > 1", "window"),
        ("read_csv('/etc/passwd') is null", "read_csv"),
        ("read_text('/etc/passwd') is null", "read_text"),
        ("getenv('HOME') is null", "getenv"),
        ("sog_kn::int < 2", "cast"),
        ("cast(sog_kn as varchar) = '2'", "cast"),
        ("try_cast(sog_kn as int) < 2", "cast"),
        ("'t'::boolean", "cast"),
        ("case when night then true end", "case"),
        ("list_filter(zone_kinds, lambda x: x = 'port') is null", "list_filter"),
        ("*", "*"),
        ("columns('sog.*') > 1", "*"),
        ("sog_kn < ?", "parameter"),
        ("sog_kn < $1", "parameter"),
        ("#1 > 2", "position"),
        ("flag like 'L%'", "~~"),
        ("flag || 'x' = 'LYx'", "||"),
        ("sog_kn ^ 2 > 4", "^"),
        ("sog_kn // 2 > 4", "//"),
        ("sog_kn is distinct from 2", "distinct from"),
        ("zone_kinds[1] = 'port'", "array extract"),
        ("'port' in zone_kinds", "contains"),
        ("abs(distinct sog_kn) > 1", "abs"),
        ("abs(sog_kn) filter (where night) > 1", "abs"),
        ("abs(sog_kn order by lat) > 1", "abs"),
        ("main.abs(sog_kn) > 1", "abs"),
        ("try(sog_kn > 1)", "operator try"),
        ("interval 1 day > time", "to_days"),
        ("(1, 2) = (1, 2)", "row"),
        ("[1] = [1]", "list_value"),
        ("{'a': 1} is null", "struct_pack"),
        ("mmsi = any([1])", "subquery"),
    ],
)
def test_what_the_contract_does_not_name_is_refused_by_its_name(text, named):
    message = refusal(text)
    assert named in message.lower()
    assert "allowed are: columns, constants" in message


@pytest.mark.parametrize(
    "text",
    [
        "true) from read_csv('/etc/passwd') --",
        "true) from range(3) --",
        "true) where (true",
        "true) limit (1",
        "true) group by (night",
        "true) union select (true",
        "true), (false",
        "true, false",
        "true); select (true",
        "true); drop table x; --",
        "distinct true",
        "true as other",
        "true) using sample (1",
        "true) qualify (true",
        "true) order by (1",
    ],
)
def test_a_condition_cannot_grow_into_a_statement(text):
    refusal(text)


def test_a_refusal_names_the_column_in_the_condition():
    assert refusal("sog_kn < 2 and now() > time").startswith("column 16: ")
    assert refusal("flag = 'ä' and now() > time").startswith("column 16: ")
    assert refusal("sog_kn < 2 and").startswith("column 15: ")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("sgo_kn < 2", "did you mean 'sog_kn'?"),
        ("SOG_KN < 2", "did you mean 'sog_kn'?"),
        ("anglediff(cog_deg, lat) > 2", "did you mean 'angle_diff'?"),
        ("list_contains(zone_kinds, 'departur')", "did you mean 'departure'?"),
        ("class = 'C'", "it holds A, B"),
        ("xyzzy > 1", "voi rules columns"),
        ("batch.sog_kn > 1", "no column 'batch.sog_kn'"),
        ("current_date > time", "no column 'current_date'"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(text, hint):
    assert hint in refusal(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sog_kn < 'two'", "a number and a text cannot be compared"),
        ("flag > 3", "a number and a text cannot be compared"),
        ("zone_kinds = 'port'", "a list of texts and a text cannot be compared"),
        ("mmsi = 1e999", "this constant is neither"),
        ("not sog_kn", "but true or false is needed"),
        ("sog_kn", "but true or false is needed"),
        ("'yes'", "but true or false is needed"),
        ("abs(flag) > 1", "this is a text, but a number is needed"),
        ("flag + 1 > 2", "a number is needed"),
        ("abs(1, 2) > 1", "takes 1 value(s), not 2"),
        ("list_contains(zone_kinds)", "a list and a text"),
        ("list_contains(flag, 'L')", "but a list of texts is needed"),
        ("coalesce(sog_kn, 'none') = 'none'", "cannot be compared"),
        ("", "empty"),
        ("  \n", "empty"),
        ("night\x00", "no control characters"),
        ("night " + "and night " * 300, "at most 2000"),
        ("not " * 400 + "night", "nested too deeply"),
    ],
)
def test_types_and_sizes_are_checked(text, problem):
    assert problem in refusal(text)


def test_the_columns_read_are_known():
    assert condition("sog_kn < 2 and not in_port or sog_kn > lat").columns == ("in_port", "lat", "sog_kn")


@pytest.mark.parametrize(
    ("text", "blind"),
    [
        ("not (sog_kn < 2 or night)", ("sog_kn",)),
        ("nav_status not in (1, 5)", ("nav_status",)),
        ("ship_type <> 30", ("ship_type",)),
        ("ship_type not between 60 and 69", ("ship_type",)),
        ("not in_port", ()),
        ("coalesce(nav_status, 15) not in (1, 5)", ()),
        ("coalesce(sog_kn, port_nm) <> 1", ("port_nm", "sog_kn")),
        ("ship_type is null or ship_type <> 30", ()),
        ("sog_kn is not null and (ship_type is not null and ship_type not in (30, 52))", ()),
        ("coalesce(ship_type, 0) = 52 or ship_type <> 30", ("ship_type",)),
        ("coalesce(ship_type, 0) <> 52 and (ship_type <> 30 or nav_status <> 1)", ("nav_status", "ship_type")),
        ("sog_kn < 2", ()),
    ],
)
def test_a_negated_test_of_a_column_that_can_be_null_is_noticed(text, blind):
    assert condition(text).blind == blind


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("sog_kn < 2 and 3 >= port_nm", {"sog_below_kn": 2, "port_at_most_nm": 3}),
        ("sog_kn between 0.3 and 5", {"sog_at_least_kn": 0.3, "sog_at_most_kn": 5}),
        ("angle_diff(cog_deg, heading_deg) > 45", {"cog_heading_above_deg": 45}),
        ("angle_diff(cog_deg, 90) > 45 or abs(sog_kn) > 3", {}),
        ("sog_kn < 2 or (night and sog_kn < 5)", {}),
    ],
)
def test_what_a_quantity_is_held_against_is_noticed(text, limits):
    assert condition(text).limits == limits


def test_how_far_course_and_heading_differ_is_a_quantity_of_its_own():
    assert condition("angle_diff(heading_deg, cog_deg) > 45").quantities == ("cog_heading_deg",)


def test_a_fallback_word_of_coalesce_need_not_be_one_of_the_columns_own():
    check("coalesce(role, 'none') not in ('none', 'rescue')", EVENT_COLUMNS, SANDBOX)
    with pytest.raises(ConditionError, match="did you mean 'rescue'"):
        check("coalesce(role, 'none') = 'resque'", EVENT_COLUMNS, SANDBOX)


# --- properties -------------------------------------------------------------------------------------------------------

NUMBERS = st.sampled_from(["sog_kn", "lat", "nav_status", "2", "0.5", "-1", "0", "1e300", "null"])
NUMBER = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/%"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["abs({})", "least({}, 1)", "greatest(2, {})", "coalesce({}, 3)"]), inner).map(
            lambda t: t[0].format(t[1])
        ),
        st.tuples(inner, inner).map(lambda t: f"angle_diff({t[0]}, {t[1]})"),
    ),
    max_leaves=6,
)
TEST = st.one_of(
    st.tuples(NUMBER, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), NUMBER).map(" ".join),
    st.tuples(NUMBER, NUMBER, NUMBER).map(lambda t: f"{t[0]} between {t[1]} and {t[2]}"),
    st.tuples(NUMBER, NUMBER, NUMBER).map(lambda t: f"{t[0]} not in ({t[1]}, {t[2]})"),
    NUMBER.map(lambda number: f"{number} is null"),
    st.sampled_from(["night", "true", "flag = 'LY'", "list_contains(zone_kinds, 'port')"]),
)
FLAG = st.recursive(
    TEST,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda flag: f"not ({flag})"),
    ),
    max_leaves=6,
)
ROW = (
    "SELECT 1.5::DOUBLE AS sog_kn, 33::DOUBLE AS lat, NULL::DOUBLE AS nav_status, TRUE AS night, "
    "NULL::VARCHAR AS flag, []::VARCHAR[] AS zone_kinds"
)


@given(FLAG)
@settings(max_examples=150, deadline=None)
def test_every_sentence_of_the_language_is_accepted_and_runs_without_failing(text):
    value = SANDBOX.sql(f"SELECT {condition(text).sql} FROM ({ROW})").fetchall()
    assert value[0][0] in (True, False, None)


WORDS = [
    *("sog_kn", "night", "flag", "zone_kinds", "1", "'a'", "null", "true", "(", ")", "(", ")", ",", "and", "or", "not"),
    *("in", "is", "between", "<", "=", "+", "-", "*", ".", "::", "int", "[", "]", "abs", "coalesce", "list_contains"),
    *("repeat", "now", "random", "read_csv", "sum", "count", "select", "from", "where", "over", "case", "when", "then"),
    *("end", "exists", "lambda", "x", ":", "--", ";", "#1", "?", "$1", "interval", "cast", "as", "union", "any", "all"),
    *("distinct", "filter", "order", "by", "collate", "nocase", "try", "columns", "unnest", "struct_pack", "{", "}"),
]
# What the checked SQL may consist of: our own signs and functions, quoted columns, quoted texts, numbers.
OWN_SQL = re.compile(
    r"""(?:[(),+*/%<>=. -]|AND|OR|NOT|IN|IS|NULL|TRUE|FALSE|BETWEEN|"[a-z_]+"|'(?:[^']|'')*'|\d+(?:\.\d+)?e[+-]?\d+"""
    r"""|abs|least|greatest|coalesce|nullif|list_contains)*"""
)


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=30))
@settings(max_examples=600, deadline=None)
def test_nothing_outside_the_language_reaches_the_engine(text):
    try:
        sql = condition(text).sql
    except ConditionError:
        return
    assert OWN_SQL.fullmatch(sql), sql


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
@settings(deadline=None)
def test_a_text_constant_stays_a_text_whatever_it_holds(text):
    written = "'" + text.replace("'", "''") + "'"
    sql = condition(f"flag = {written}").sql
    with closing(sandbox()) as connection:
        connection.execute("CREATE TEMP TABLE t AS SELECT ?::VARCHAR AS flag", [text])
        assert connection.sql(f"SELECT {sql} FROM t").fetchall() == [(True,)]

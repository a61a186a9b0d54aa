from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.detect.register import IDENTITY, REGISTER, as_of, extend, snapshots, without
from tests.pipelines.detect.reports import at, fix, released, static

EMPTY = REGISTER.empty_table()
SHIP, OTHER = 247000001, 247000002


def known(register, mmsi, minutes):
    return as_of(register, [mmsi], [at(minutes)]).to_pylist()[0]


def test_what_a_ship_says_is_known_from_then_on():
    register = extend(EMPTY, released([static(5, SHIP, name="NAJMA", imo=9074729)]))
    assert known(register, SHIP, 4)["name"] is None
    assert known(register, SHIP, 5)["name"] == "NAJMA"
    assert known(register, SHIP, 500)["imo"] == 9074729


def test_a_field_that_a_message_does_not_carry_keeps_its_last_value():
    parts = [static(0, SHIP, msg_type=24, name="NAJMA"), static(1, SHIP, msg_type=24, callsign="3V1001", ship_type=30)]
    assert known(extend(EMPTY, released(parts)), SHIP, 2) | {"eta": None} == {
        **dict.fromkeys(IDENTITY.names),
        "name": "NAJMA",
        "callsign": "3V1001",
        "ship_type": 30,
    }


def test_two_parts_heard_at_one_time_make_one_snapshot():
    parts = [static(0, SHIP, msg_type=24, name="NAJMA"), static(0, SHIP, msg_type=24, callsign="3V1001")]
    register = extend(EMPTY, released(parts))
    assert register.num_rows == 1
    assert (known(register, SHIP, 0)["name"], known(register, SHIP, 0)["callsign"]) == ("NAJMA", "3V1001")


def test_a_new_name_is_known_from_its_own_time_and_the_old_one_before():
    register = extend(EMPTY, released([static(0, SHIP, name="OLD"), static(10, SHIP, name="NEW")]))
    assert [known(register, SHIP, m)["name"] for m in (0, 9, 10, 11)] == ["OLD", "OLD", "NEW", "NEW"]


def test_saying_the_same_again_adds_nothing():
    rows = [static(m, SHIP, name="NAJMA", destination="SFAX") for m in range(0, 60, 6)]
    assert extend(EMPTY, released(rows)).num_rows == 1


def test_lengths_are_the_sums_of_the_antenna_s_distances_and_draught_is_metres():
    rows = [static(0, SHIP, to_bow_m=70, to_stern_m=18, to_port_m=6, to_starboard_m=7, draught_e=54)]
    identity = known(extend(EMPTY, released(rows)), SHIP, 0)
    assert (identity["length_m"], identity["beam_m"], identity["draught_m"]) == (88, 13, 5.4)


def test_half_a_hull_gives_no_length():
    assert known(extend(EMPTY, released([static(0, SHIP, to_bow_m=70)])), SHIP, 0)["length_m"] is None


def test_vessels_do_not_lend_each_other_what_they_said():
    register = extend(EMPTY, released([static(0, SHIP, name="NAJMA", imo=1), static(1, OTHER, name="BORAK")]))
    assert known(register, OTHER, 2)["imo"] is None
    assert known(register, 247000003, 2)["name"] is None


def test_position_messages_say_nothing_of_identity():
    assert extend(EMPTY, released([fix(0)])).equals(EMPTY)


def test_answers_stand_in_the_order_of_the_questions():
    register = extend(EMPTY, released([static(0, SHIP, name="NAJMA"), static(5, OTHER, name="BORAK")]))
    found = as_of(register, [OTHER, SHIP, OTHER], [at(9), at(9), at(4)])
    assert found["name"].to_pylist() == ["BORAK", "NAJMA", None]


def test_an_empty_register_knows_nobody():
    assert as_of(EMPTY, [SHIP], [at(0)]).to_pylist() == [dict.fromkeys(IDENTITY.names)]


def test_snapshots_are_what_is_to_be_stored_of_new_rows():
    first = extend(EMPTY, released([static(0, SHIP, name="NAJMA")]))
    new = snapshots(first, released([static(6, SHIP, name="NAJMA"), static(12, SHIP, callsign="3V1001")]))
    assert new.select(["time", "name", "callsign"]).to_pylist() == [
        {"time": at(12), "name": "NAJMA", "callsign": "3V1001"}
    ]


def test_a_vessel_can_be_taken_out_to_be_read_anew():
    register = extend(EMPTY, released([static(0, SHIP, name="NAJMA"), static(0, OTHER, name="BORAK")]))
    assert without(register, [SHIP])["mmsi"].to_pylist() == [OTHER]


messages = st.builds(
    static,
    st.integers(0, 12),
    st.sampled_from([SHIP, OTHER]),
    name=st.sampled_from([None, "A", "B"]),
    destination=st.sampled_from([None, "SFAX", "GELA"]),
    draught_e=st.sampled_from([None, 30, 31]),
)


@settings(max_examples=60)
@given(rows=st.lists(messages, max_size=20), cuts=st.sets(st.integers(0, 13), max_size=5))
def test_any_split_of_the_rows_gives_the_same_register(rows, cuts):
    register, begin = EMPTY, -1
    for end in [*sorted(cuts), 100]:
        register = extend(register, released([r for r in rows if at(begin) <= r["time"] < at(end)]))
        begin = end
    assert register.equals(extend(EMPTY, released(rows)))


@settings(max_examples=60)
@given(rows=st.lists(messages, max_size=20), mmsi=st.sampled_from([SHIP, OTHER, 1]), minutes=st.integers(-1, 14))
def test_it_agrees_with_reading_the_messages_one_by_one(rows, mmsi, minutes):
    expected = dict.fromkeys(IDENTITY.names)
    for r in released(rows).to_pylist():
        if r["mmsi"] == mmsi and r["time"] <= at(minutes):
            told = {"name": r["name"], "destination": r["destination"]}
            told["draught_m"] = None if r["draught_e"] is None else r["draught_e"] / 10
            expected |= {field: value for field, value in told.items() if value is not None}
    assert known(extend(EMPTY, released(rows)), mmsi, minutes) == expected

"""Messages of several sentences: put together, never mixed."""

from tests.vessels.nmea import VOYAGE, checked, decode, position, reasons, rows, sentence, tag

ONE, TWO = VOYAGE
PAYLOADS = tuple(line.split(b",")[5] for line in VOYAGE)


def part(number: int, *, sequence: int = 3, channel: str = "B", total: int = 2, talker: str = "AI") -> bytes:
    """Return one part of the voyage report under another key."""
    fill = 2 if number == total else 0
    return checked(
        b"%bVDM,%d,%d,%d,%b,%b,%d"
        % (talker.encode(), total, number, sequence, channel.encode(), PAYLOADS[number - 1], fill)
    )


def names(*lines: bytes) -> list[str]:
    return decode(*lines).reports["name"].to_pylist()


def test_other_sentences_may_stand_between_two_parts():
    assert [row["msg_type"] for row in rows(ONE, position(), b"$GPRMC,x*00", TWO)] == [1, 5]


def test_parts_of_another_sequence_channel_talker_or_total_never_join():
    for other in (part(2, sequence=4), part(2, channel="A"), part(2, talker="BS"), part(2, total=3)):
        assert reasons(ONE, other) == ["incomplete", "incomplete"]


def test_groups_that_interleave_are_told_apart():
    assert len(names(part(1, sequence=1), part(1, sequence=2), part(2, sequence=1), part(2, sequence=2))) == 2


def test_a_second_part_without_a_first_is_refused():
    assert reasons(TWO) == ["incomplete"]


def test_parts_that_come_in_the_wrong_order_are_refused():
    assert reasons(TWO, ONE) == ["incomplete", "incomplete"]


def test_a_first_part_is_given_up_when_its_key_opens_again():
    decoded = decode(ONE, ONE, TWO)
    assert [(refused.offset, refused.reason) for refused in decoded.rejects] == [(0, "incomplete")]
    assert decoded.reports["offset"].to_pylist() == [len(ONE) + 1]


def test_a_group_is_given_up_after_64_lines():
    assert len(names(ONE, *[b""] * 63, TWO)) == 1
    assert reasons(ONE, *[b""] * 64, TWO) == ["incomplete", "incomplete"]


def test_parts_of_two_stations_never_join():
    first, second = tag(b"s:one,c:1700049600"), tag(b"s:two,c:1700049600")
    assert reasons(first + ONE, second + TWO) == ["incomplete", "incomplete"]
    both = decode(first + ONE, second + ONE, first + TWO, second + TWO)
    assert both.reports["station"].to_pylist() == ["one", "two"]


def test_a_part_that_could_belong_to_two_stations_joins_neither():
    first, second = tag(b"s:one,c:1700049600"), tag(b"s:two,c:1700049600")
    assert reasons(first + ONE, second + ONE, TWO) == ["incomplete"] * 3


def test_parts_of_two_tag_groups_never_join():
    assert reasons(tag(b"g:1-2-17,c:1700049600") + ONE, tag(b"g:2-2-18") + TWO) == ["incomplete", "incomplete"]
    assert len(names(tag(b"g:1-2-17,c:1700049600") + ONE, tag(b"g:2-2-17") + TWO)) == 1


def test_the_tag_block_of_the_first_part_times_the_whole():
    (row,) = rows(tag(b"s:malta,c:1700049605") + ONE, TWO, start=None)
    assert (row["time"], row["clock"], row["station"]) == (1_700_049_605_000_000, "tag", "malta")


def test_a_first_part_with_fill_bits_would_shift_the_rest_and_is_refused():
    spoilt = sentence(PAYLOADS[0], 2, parts=b"2,1,3,B")
    assert reasons(spoilt, TWO) == ["fill bits", "incomplete"]


def test_messages_of_three_parts_are_joined():
    payload = b"".join(PAYLOADS)
    lines = [sentence(payload[at : at + 30], 2 * (at == 60), parts=b"3,%d,1,A" % (at // 30 + 1)) for at in (0, 30, 60)]
    assert names(*lines) == ["MT.MITCHELL"]

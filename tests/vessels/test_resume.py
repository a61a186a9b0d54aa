"""Laws of the decoder: blocks and restarts do not matter, and nothing that is received breaks it."""

import json
import random

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from tests.vessels.nmea import (
    CLASS_A,
    NOON,
    SECOND,
    VOYAGE,
    base,
    checked,
    decode,
    position,
    saved,
    sentence,
    static_a,
    tag,
    text14,
)
from vessels.decode import Decoder
from vessels.report import REPORT

FILE = "f" * 16
GATEHOUSE = checked(b"PGHP,1,2023,11,15,12,0,5,250,247,,2470001,1,2B", b"$")
KINDS = st.sampled_from(
    [
        CLASS_A,
        *VOYAGE,
        tag(b"g:1-2-7,s:one,c:1700049605") + VOYAGE[0],
        tag(b"g:2-2-7") + VOYAGE[1],
        tag(b"s:two,c:1700049610000") + position(kind=3, second=9),
        b"1700049611 " + position(mmsi=1),
        static_a("LADY J") + b",r003669946,1700049612",
        base(2023, 11, 15, 12, 0, 14),
        base(2023, 11, 15, 12, 7, 14),
        position(second=58),
        position(second=2),
        static_a("NO SECOND"),
        text14("MAYDAY"),
        GATEHOUSE,
        b"",
        b"# comment",
        CLASS_A + b"\r",
        CLASS_A[:30],
        CLASS_A[:-2] + b"00",
        b"!" * 5000,
        position() + b" " + position(kind=2),
    ]
)


def mutated(line: bytes, seed: int) -> bytes:
    """Return the line with a few bytes changed, lost or added."""
    chance = random.Random(seed)
    spoilt = bytearray(line)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(spoilt))
        spoilt[at : at + chance.randint(0, 2)] = chance.choice(
            [b"", b"!", b",", b"*", b"\\", b"\xff", b"\x00", b"9", b"\n"]
        )
    return bytes(spoilt)


LINES = st.lists(KINDS | st.builds(mutated, KINDS, st.integers(0, 2**32)), max_size=25)


def fed(content: bytes, cuts: list[int], restarts: set[int], start: int | None):
    """Return rows and rejects of the content fed in pieces, some decoders replaced by one made from a saved state."""
    decoder = Decoder("test", FILE, start=start)
    reports, rejects, at = [REPORT.empty_table()], [], 0
    for end in [*sorted(cut for cut in cuts if cut < len(content)), len(content)]:
        decoded = decoder.feed(content[at:end], last=end == len(content))
        reports.append(decoded.reports)
        rejects += decoded.rejects
        at = end
        if end in restarts and end < len(content):
            state = saved(decoder)
            decoder, at = Decoder("test", FILE, start=start, state=state), state["offset"]
    return pa.concat_tables(reports), sorted(rejects)


CUTS = st.lists(st.integers(0, 1500), max_size=6)


@given(LINES, CUTS, CUTS, st.none() | st.just(NOON))
def test_any_cut_and_any_restart_gives_the_same_rows_and_rejects(lines, cuts, restarts, start):
    content = b"\n".join(lines)
    whole = Decoder("test", FILE, start=start).feed(content, last=True)
    reports, rejects = fed(content, cuts + restarts, set(restarts), start)
    assert reports.equals(whole.reports)
    assert rejects == whole.rejects


def test_byte_by_byte_with_a_restart_after_each_gives_the_same_rows():
    off = base(2023, 11, 15, 12, 7, 14)
    lines = GATEHOUSE, static_a("A"), VOYAGE[0], position(second=58), off, VOYAGE[1], off, static_a("B"), CLASS_A, b""
    content = b"\n".join(lines)
    everywhere = list(range(1, len(content)))
    reports, rejects = fed(content, everywhere, set(everywhere), None)
    assert reports.equals(decode(*lines, start=None).reports)
    assert [time // SECOND - NOON // SECOND for time in reports["time"].to_pylist()] == [5, -2, -2, 434, 435]
    assert rejects == []


@given(LINES)
def test_counts_agree_with_what_comes_out(lines):
    decoder = Decoder("test", "f", start=NOON)
    decoded = decoder.feed(b"\n".join(lines), last=True)
    assert sum(decoder.counts.rejects.values()) == len(decoded.rejects)
    assert sum(decoder.counts.messages.values()) >= decoded.reports.num_rows
    json.dumps(decoder.state())


@given(st.binary(max_size=300))
@example(b"\\s:\xff\xfe,c:1700049605*7F\\" + position())
@example(b"$PGHP,1,99999,3,18,9,19,9,499,219,,2190048,1,28*23")
def test_arbitrary_bytes_break_nothing(junk):
    assert decode(junk, junk + position(), position() + junk).reports.schema == REPORT


@given(st.integers(0, 63), st.lists(st.integers(0, 1), min_size=32, max_size=1100), st.integers(0, 5))
def test_arbitrary_payloads_of_every_type_break_nothing(kind, bits, fill):
    digits = f"{kind:06b}" + "".join(map(str, bits))
    values = [int(digits[at : at + 6].ljust(6, "0"), 2) for at in range(0, len(digits), 6)]
    payload = bytes(value + 48 if value < 40 else value + 56 for value in values)
    decoded = decode(sentence(payload, fill))
    assert decoded.reports.num_rows + len(decoded.rejects) <= 1
    for row in decoded.reports.to_pylist():
        assert row["msg_type"] == kind
        assert row["lat_e"] is None or abs(row["lat_e"]) <= 54_000_000
        assert row["name"] is None or set(row["name"]) <= set(map(chr, range(32, 96)))


def test_an_unfinished_line_waits_for_its_end():
    decoder = Decoder("test", "f", start=NOON)
    assert decoder.feed(CLASS_A[:20]).reports.num_rows == 0
    assert decoder.state()["offset"] == 0
    assert decoder.feed(CLASS_A[20:] + b"\n").reports.num_rows == 1
    assert decoder.state()["offset"] == len(CLASS_A) + 1


def test_an_endless_line_takes_no_memory_and_the_next_line_is_read():
    decoder = Decoder("test", "f", start=NOON)
    rejects = [refused.reason for _ in range(50) for refused in decoder.feed(b"!" * 1000).rejects]
    assert rejects == ["too long"]
    resumed = Decoder("test", FILE, start=NOON, state=saved(decoder))
    for each in (decoder, resumed):
        assert each.feed(b"!\n" + CLASS_A, last=True).reports["offset"].to_pylist() == [50_002]


def test_a_group_grows_old_over_a_restart():
    decoder = Decoder("test", FILE, start=NOON)
    decoder.feed(VOYAGE[0] + b"\n" * 40)
    resumed = Decoder("test", FILE, start=NOON, state=saved(decoder))
    assert [refused.reason for refused in resumed.feed(b"\n" * 30).rejects] == ["incomplete"]

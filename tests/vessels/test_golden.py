"""Committed sentences of every type that is decoded give, to the last bit, the integers they were made of."""

import pytest
from pyais import decode as pyais_decode

from tests.vessels.golden import BASE, GOLDEN, SHIP
from tests.vessels.nmea import NOON
from vessels.ais import OTHERS
from vessels.decode import Decoder
from vessels.report import CONTENT

TYPES = [pytest.param(int(kind.rstrip("AB")), *said, id=kind) for kind, said in GOLDEN.items()]


def content(lines: tuple[bytes, ...]) -> dict[str, int | str]:
    """Return what the one message of these lines says, without what is not available."""
    decoded = Decoder("test", "f", start=NOON, all_types=True).feed(b"\n".join(lines), last=True)
    assert decoded.rejects == []
    rows = decoded.reports.select(CONTENT.names).to_pylist()
    rows += [other.said | {"msg_type": other.msg_type} for other in decoded.others]
    (row,) = rows
    return {name: value for name, value in row.items() if value is not None}


@pytest.mark.parametrize(("kind", "lines", "said"), TYPES)
def test_every_integer_is_the_one_that_was_sent(kind, lines, said):
    sender = BASE if kind in (4, 11) else SHIP
    assert content(lines) == said | {"msg_type": kind, "mmsi": sender}


@pytest.mark.parametrize(("kind", "lines", "said"), TYPES)
def test_pyais_agrees_on_the_place(kind, lines, said):
    message = pyais_decode(*lines)
    assert message.msg_type == kind
    if "lat_e" in said:
        assert (message.lat, message.lon) == pytest.approx((said["lat_e"] / 600_000, said["lon_e"] / 600_000), abs=1e-6)


def test_there_is_one_of_every_type_that_is_decoded():
    reported = {"1", "2", "3", "5", "9", "12", "14", "18", "19", "24A", "24B", "27"}
    assert set(GOLDEN) == reported | {str(kind) for kind in OTHERS}

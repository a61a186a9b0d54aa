import os

import pytest

pytestmark = pytest.mark.live

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"


@pytest.fixture
def pair():
    """Two ends of a wire: where the receiver writes, and the path of the line that we open."""
    master, slave = os.openpty()
    yield master, os.ttyname(slave)
    os.close(slave)
    os.close(master)


@pytest.mark.parametrize("form", ["serial:{}?baud=38400", "serial:{}", "serial://{}?baud=9600&idle=60"])
def test_a_receiver_on_a_serial_line_is_heard(hear, pair, form):
    master, path = pair
    ear = hear(form.format(path))
    ear.until(lambda: ear.data().endswith(LINE * 2), "lines", lambda: os.write(master, LINE))
    assert ear.health.state == "live"


def test_a_receiver_that_is_pulled_out_is_told_and_awaited(hear):
    master, slave = os.openpty()
    ear = hear(f"serial:{os.ttyname(slave)}")
    ear.until(lambda: LINE in ear.data(), "a line", lambda: os.write(master, LINE))
    os.close(slave)
    os.close(master)
    ear.until(lambda: ear.health.reconnects > 1, "attempts")
    assert ear.health.error.startswith("serial:")


def test_a_silent_receiver_is_opened_anew(hear, pair):
    ear = hear(f"serial:{pair[1]}?idle=0.2")
    ear.until(lambda: ear.health.reconnects >= 2, "attempts")
    ear.until_state("silent")

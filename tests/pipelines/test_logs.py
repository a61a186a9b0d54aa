"""Logs: on stderr, text or JSON, without secrets and without anything that drives a terminal."""

import json

import pytest
import structlog

from pipelines.logs import configure


@pytest.fixture(autouse=True)
def _restored():
    yield
    structlog.reset_defaults()


def logged(capsys, *, form="json", level="info"):
    configure(level, form)
    log = structlog.get_logger()
    log.debug("quiet")
    log.info("read \x1b[2J", name="\u202eX\n\x9b1m", api_token="abc", rows=3)
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


def test_json_lines_carry_level_time_and_values(capsys):
    (line,) = logged(capsys).splitlines()
    record = json.loads(line)
    assert (record["event"], record["level"], record["rows"]) == ("read [2J", "info", 3)
    assert record["timestamp"].endswith("Z")


def test_text_and_json_hold_no_control_character_and_no_secret(capsys):
    for form in ("text", "json"):
        printed = logged(capsys, form=form)
        assert not set(printed) & set("\x1b\x9b\u202e")
        assert "abc" not in printed
        assert len(printed.splitlines()) == 1


def test_a_pipe_gets_json_by_itself(capsys):
    assert json.loads(logged(capsys, form="auto"))["event"]


def test_what_lies_below_the_level_is_not_logged(capsys):
    assert logged(capsys, level="error") == ""


def fail():
    raise ValueError("bad \x1b[2J name")


def test_a_traceback_keeps_its_lines_and_loses_what_drives_a_terminal(capsys):
    configure("info", "json")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("failed")
    record = json.loads(capsys.readouterr().err)
    assert "bad [2J name" in record["exception"]
    assert len(record["exception"].splitlines()) > 2

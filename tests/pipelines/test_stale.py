"""What a watch that was killed did not hear is told at the next start, and counted."""

from pathlib import Path

import pytest

from pipelines.feeds.live import Health
from pipelines.stale import UNHEARD, Stale, unheard_s
from pipelines.store import alerts
from pipelines.store.state import Store, open_store, set_meta

S = 1_000_000
START = 1_780_272_000 * S
URL = "tcp://127.0.0.1:2000"


@pytest.fixture
def store(tmp_path: Path):
    with open_store(tmp_path / "store", create=True) as opened:
        yield opened


def health(state):
    return Health(state, START, START, 0, 0, {}, None)


def left(store: Store, state: str, heard: int, url: str = URL) -> None:
    """Leave a store as the last flush of a watch does."""
    note = Stale(store).look({url: health(state)}, {url: heard}, heard)
    with store.transaction() as conn:
        for key, value in note.items():
            set_meta(conn, key, value)


def unheard(store: Store):
    return [alert for alert in alerts.every(store) if alert["rule"] == UNHEARD]


def test_a_feed_that_a_watch_left_open_was_not_heard_from_its_last_flush_to_the_next_start(store: Store) -> None:
    left(store, "live", START)
    Stale(store).begin({URL: health("waiting")}, START + 41 * S)
    (alert,) = unheard(store)
    assert (alert["first_seen"], alert["last_seen"]) == (START, START + 41 * S)
    assert alert["headline"] == f"feed {URL} was not heard for 41 s: its watch had ended without being stopped"


def test_a_feed_that_was_stopped_is_not_told(store: Store) -> None:
    left(store, "ended", START)
    Stale(store).begin({URL: health("waiting")}, START + 41 * S)
    assert unheard(store) == []


@pytest.mark.parametrize("url", ["follow:/var/log/ais.nmea", "/data/day.nmea"])
def test_a_file_lacks_nothing_since_it_is_read_again(store: Store, url: str) -> None:
    left(store, "live", START, url)
    Stale(store).begin({url: health("waiting")}, START + 41 * S)
    assert unheard(store) == []


def test_a_watch_killed_before_its_first_flush_is_told_from_its_start(store: Store) -> None:
    Stale(store).begin({URL: health("waiting")}, START)
    Stale(store).begin({URL: health("waiting")}, START + 5 * S)
    (alert,) = unheard(store)
    assert (alert["first_seen"], alert["last_seen"]) == (START, START + 5 * S)


def test_seconds_not_heard_add_up_for_each_feed(store: Store) -> None:
    for at in (START, START + 100 * S):
        left(store, "live", at)
        Stale(store).begin({URL: health("waiting")}, at + 41 * S)
        left(store, "ended", at + 50 * S)
    assert unheard_s(store) == {URL: 82}

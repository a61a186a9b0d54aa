import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import FeedError
from pipelines.feeds.live import BrokenError, Outlet, RefusedError, Sentences
from pipelines.feeds.supervise import HEALTHY_S, IDLE_S, LEAST_S, LONGEST_S, Supervisor, World, supervise

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"


class Time:
    """A clock that only goes on when somebody waits."""

    def __init__(self, chance=1.0, attempts=10**6):
        self.now = 1000.0
        self.chance = chance
        self.waits = []
        self.attempts = attempts

    def wait(self, _, seconds):
        self.waits.append(seconds)
        self.now += seconds
        return len(self.waits) >= self.attempts

    @property
    def world(self):
        return World(
            clock=lambda: self.now, now=lambda: round(self.now * 1e6), chance=lambda: self.chance, wait=self.wait
        )


class Feed:
    """Does in its attempts what the script says; the last is repeated."""

    name = "tcp://test"
    can_wait = True
    idle_s = IDLE_S
    reopens = True

    def __init__(self, time, *script):
        self.time = time
        self.script = list(script)
        self.attempts = 0

    def run(self, outlet, stop):
        self.attempts += 1
        act = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        act(outlet, stop, self.time)


def refused(outlet, stop, time):
    raise ConnectionRefusedError("connection refused")


def wrong_key(outlet, stop, time):
    raise RefusedError("wrong key")


def speaks(seconds):
    def act(outlet, stop, time):
        for _ in range(round(seconds)):
            time.now += 1
            outlet.put(Sentences(LINE, round(time.now * 1e6), Feed.name))
        raise FeedError("closed by the other side")

    return act


def silent(outlet, stop, time):
    while not stop.is_set():
        time.now += 1


def ends(outlet, stop, time):
    return


def supervised(time, *script, **attributes):
    feed = Feed(time, *script)
    vars(feed).update(attributes)
    return Supervisor(
        feed, Outlet(threading.Event(), can_wait=True, clock=time.world.clock), threading.Event(), time.world
    )


def test_waiting_doubles_up_to_a_minute():
    time = Time(attempts=9)
    supervised(time, refused).run()
    assert time.waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(st.floats(0, 1, exclude_max=True))
def test_waiting_has_full_jitter_and_is_never_a_tight_loop(chance):
    time = Time(chance, attempts=9)
    supervised(time, refused).run()
    assert time.waits == [max(LEAST_S, chance * most) for most in (1, 2, 4, 8, 16, 32, 60, 60, 60)]


def test_a_refusal_is_not_asked_again_soon():
    time = Time(attempts=2)
    supervised(time, wrong_key).run()
    assert time.waits == [LONGEST_S, LONGEST_S]


def test_a_connection_that_was_healthy_for_a_minute_makes_the_next_wait_short():
    time = Time(attempts=6)
    supervised(time, refused, refused, refused, speaks(HEALTHY_S), refused).run()
    assert time.waits == [1, 2, 4, 1, 2, 4]


def test_a_connection_that_failed_sooner_does_not():
    time = Time(attempts=5)
    supervised(time, refused, refused, refused, speaks(HEALTHY_S - 1), refused).run()
    assert time.waits == [1, 2, 4, 8, 16]


def test_a_half_open_connection_is_opened_anew_after_the_idle_time():
    time = Time(attempts=2)
    supervisor = supervised(time, silent)
    supervisor.run()
    assert supervisor.feed.attempts == 2
    assert time.now == pytest.approx(1000 + 2 * (IDLE_S + 1) + 1 + 2)
    assert "silent for 120 s" in supervisor.health().error


def test_a_silent_feed_says_so_even_when_it_was_opened_anew():
    time = Time()
    states = []

    def silent_then_asked(outlet, stop, time):
        states.append(supervisor.health().state)
        silent(outlet, stop, time)

    supervisor = supervised(time, silent_then_asked, silent_then_asked, ends)
    supervisor.run()
    assert states == ["waiting", "silent"]


def test_a_listener_that_hears_nothing_is_silent_and_stays_open():
    time = Time()
    seen = []

    def listens(outlet, stop, time):
        time.now += 10 * IDLE_S
        seen.append((stop.is_set(), supervisor.health().state))

    supervisor = supervised(time, listens, reopens=False)
    supervisor.run()
    assert seen == [(False, "silent")]
    assert time.waits == []


def test_health_tells_what_a_feed_is_doing():
    time = Time()
    seen = []

    def looks(outlet, stop, time):
        seen.append(supervisor.health())
        outlet.put(Sentences(LINE, 7, Feed.name))
        seen.append(supervisor.health())
        outlet.put(Sentences(b"<html>\n" * 200, 8, Feed.name))
        seen.append(supervisor.health())
        raise FeedError("closed")

    def looks_again(outlet, stop, time):
        seen.append(supervisor.health())

    supervisor = supervised(time, looks, looks_again)
    supervisor.run()
    seen.append(supervisor.health())
    assert [health.state for health in seen] == ["waiting", "live", "garbage", "garbage", "ended"]
    assert [health.last_message for health in seen] == [None, 7, 7, 7, 7]
    assert [health.reconnects for health in seen] == [0, 0, 0, 1, 1]
    assert [health.error for health in seen] == [None, None, None, "closed", "closed"]


def test_health_says_since_when():
    time = Time()
    supervisor = supervised(time, ends)
    time.now = 1050.0
    assert supervisor.health().since == 1000_000_000
    supervisor.run()
    assert supervisor.health().since == 1050_000_000
    time.now = 3000.0
    assert supervisor.health().since == 1050_000_000


def test_a_feed_that_floods_is_dropping_until_a_minute_after():
    time = Time()
    states = []

    def floods(outlet, stop, time):
        for at in range(5):
            outlet.put(Sentences(LINE, at, Feed.name))
        states.append(supervisor.health().state)
        time.now += 61
        outlet.take()
        outlet.put(Sentences(LINE, 9, Feed.name))
        states.append(supervisor.health().state)

    supervisor = supervised(time, floods)
    supervisor.outlet = Outlet(threading.Event(), can_wait=False, rows=3, clock=time.world.clock)
    supervisor.run()
    assert states == ["dropping", "live"]
    assert supervisor.health().dropped == 2


def test_an_error_nobody_foresaw_is_told_and_the_feed_tried_again():
    time = Time()

    def breaks(outlet, stop, time):
        raise ZeroDivisionError

    supervisor = supervised(time, breaks, ends)
    supervisor.run()
    assert supervisor.feed.attempts == 2
    assert supervisor.health().error == "ZeroDivisionError"


def test_a_source_that_is_broken_for_good_is_not_tried_again():
    time = Time()

    def broken(outlet, stop, time):
        raise BrokenError("damaged")

    supervisor = supervised(time, broken)
    supervisor.run()
    assert (supervisor.health().state, supervisor.health().error) == ("ended", "damaged")
    assert time.waits == []


def test_a_strangers_words_in_an_error_do_nothing_to_a_terminal():
    def says(outlet, stop, time):
        raise FeedError("closed: \x1b[2J\u202e" + "x" * 10_000)

    supervisor = supervised(Time(), says, ends)
    supervisor.run()
    assert supervisor.health().error.startswith("closed: [2Jxxx")
    assert len(supervisor.health().error) == 500


def test_a_feed_runs_in_a_thread_of_its_own_until_the_stop():
    stop = threading.Event()
    outlet = Outlet(stop, can_wait=True)

    def speaks_and_waits(outlet, stop, time):
        outlet.put(Sentences(LINE, 7, Feed.name))
        while not stop.wait(20):
            pass

    supervisor = supervise(Feed(Time(), speaks_and_waits), outlet, stop)
    assert outlet.bell.wait(20)
    assert supervisor.health().state == "live"
    stop.set()
    supervisor.join(20)
    assert supervisor.health().state == "ended"

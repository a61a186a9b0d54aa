"""Feeds that have gone quiet: said in the store for `voi status`, and as an alert, since silence must not look calm.

A watch that was killed is silence too. Every flush notes how far each feed was heard, a clean stop that they have
ended: what the next watch finds open was not heard from there until now, unless it can be read again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from pipelines.feeds import is_file
from pipelines.feeds.live import Health
from pipelines.store import alerts
from pipelines.store.state import Store, set_meta
from vessels.alert import Alert, alert_id
from vessels.event import digest

NOTE: Final = "feeds"  # the store's memory of how every feed was at the last flush
KIND: Final = "feed_stale"
RULE: Final = "feed-stale"
UNHEARD: Final = "feed-unheard"
QUIET: Final = ("silent", "down", "garbage")  # states in which nothing usable comes
NOBODY: Final = 0  # a feed has no MMSI
SECOND_US: Final = 1_000_000
GONE_US: Final = 60 * SECOND_US  # chosen: a watch flushes every 2 s; one that has not for a minute is no more


class Stale:
    """Watches the health of feeds from flush to flush."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._quiet: dict[str, int] = {}  # feed -> since when, µs UTC

    def begin(self, feeds: Mapping[str, Health], now: int) -> None:
        """Note that feeds are listened to; raise an alert for those that a killed watch had left and cannot read again.

        `now` is the time of the clock on the wall, microseconds UTC, here and below.
        """
        noted = self._store.meta(NOTE) or {"feeds": {}}
        left = {
            url: health for url, health in noted["feeds"].items() if health["state"] != "ended" and not is_file(url)
        }
        alerts.save(self._store, [_unheard(url, health.get("heard", noted["at"]), now) for url, health in left.items()])
        with self._store.transaction() as conn:
            set_meta(conn, NOTE, _note(feeds, dict.fromkeys(feeds, now), now))

    def look(self, feeds: Mapping[str, Health], heard: Mapping[str, int], now: int) -> dict[str, Any]:
        """Raise an alert for every feed that has just gone quiet; return what is to be noted with the flush.

        `heard`: up to when what was received from each is in this flush, microseconds UTC.
        """
        quiet = {url: health.since for url, health in feeds.items() if health.state in QUIET}
        new = [url for url in quiet if url not in self._quiet]
        if new:
            alerts.save(self._store, [_alert(url, feeds[url]) for url in new])
        self._quiet = quiet
        return {NOTE: _note(feeds, heard, now)}


def problems(store: Store, now: int) -> list[str]:
    """Return what is wrong with the feeds that were watched last, as sentences."""
    noted = store.meta(NOTE) or {"at": now, "feeds": {}}
    running = {url: health for url, health in noted["feeds"].items() if health["state"] != "ended"}
    if running and now - noted["at"] > GONE_US:
        return [f"the watch of {', '.join(running)} has not written for {(now - noted['at']) // SECOND_US:,} s"]
    return [f"feed {url} is {health['state']}" for url, health in running.items() if health["state"] in QUIET]


def unheard_s(store: Store) -> dict[str, int]:
    """Return for how many seconds each feed was not heard because its watch was killed."""
    spans: Counter[str] = Counter()
    for alert in alerts.every(store):
        if alert["rule"] == UNHEARD:
            spans[alert["evidence"]["feed"]] += alert["last_seen"] - alert["first_seen"]
    return {url: -(-span // SECOND_US) for url, span in spans.items()}


def _note(feeds: Mapping[str, Health], heard: Mapping[str, int], now: int) -> dict[str, Any]:
    return {"at": now, "feeds": {url: {**asdict(health), "heard": heard[url]} for url, health in feeds.items()}}


def _alert(url: str, health: Health) -> Alert:
    said = health.error or "nothing usable was heard"
    return _of_feed(
        RULE,
        url,
        (health.since, health.since),
        severity="moderate",
        urgency="immediate",
        headline=f"feed {url} is {health.state}: {said}",
        reasons=(
            f"The feed is {health.state}. {said}.",
            "While it is, no silence of a vessel can be told from its own.",
        ),
    )


def _unheard(url: str, since: int, now: int) -> Alert:
    seconds = f"{(now - since) / SECOND_US:,.0f} s"
    return _of_feed(
        UNHEARD,
        url,
        (since, now),
        severity="minor",
        urgency="past",
        headline=f"feed {url} was not heard for {seconds}: its watch had ended without being stopped",
        reasons=(
            "What it sent in that time is not in the store, unless it was repeated since.",
            "No silence of a vessel in that time can be told from ours.",
        ),
    )


def _of_feed(rule: str, url: str, span: tuple[int, int], **more: Any) -> Alert:
    """Return an alert about a feed itself; `span` is when, microseconds UTC."""
    event = digest(KIND, url, span[0])
    return Alert(
        id=alert_id(rule, event),
        alert_class="system",
        rule=rule,
        rule_version=digest(rule, 1),
        event_id=event,
        event_kind=KIND,
        mmsi=NOBODY,
        first_seen=span[0],
        last_seen=span[1],
        lat=None,
        lon=None,
        certainty="observed",
        evidence={"feed": url},
        **more,
    )

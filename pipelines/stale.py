"""Feeds that have gone quiet: said in the store for `voi status`, and as an alert, since silence must not look calm."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from pipelines.feeds.live import Health
from pipelines.store import alerts
from pipelines.store.state import Store
from vessels.alert import Alert, alert_id
from vessels.event import digest

NOTE: Final = "feeds"  # the store's memory of how every feed was at the last flush
KIND: Final = "feed_stale"
RULE: Final = "feed-stale"
QUIET: Final = ("silent", "down", "garbage")  # states in which nothing usable comes
NOBODY: Final = 0  # a feed has no MMSI
SECOND_US: Final = 1_000_000
GONE_US: Final = 60 * SECOND_US  # chosen: a watch flushes every 2 s; one that has not for a minute is no more


class Stale:
    """Watches the health of feeds from flush to flush."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._quiet: dict[str, int] = {}  # feed -> since when, µs UTC

    def look(self, feeds: Mapping[str, Health], now: int) -> dict[str, Any]:
        """Raise an alert for every feed that has just gone quiet; return what is to be noted with the flush.

        `now` is the time of the clock on the wall, microseconds UTC.
        """
        quiet = {url: health.since for url, health in feeds.items() if health.state in QUIET}
        new = [url for url in quiet if url not in self._quiet]
        if new:
            alerts.save(self._store, [_alert(url, feeds[url]) for url in new])
        self._quiet = quiet
        return {NOTE: {"at": now, "feeds": {url: asdict(health) for url, health in feeds.items()}}}


def problems(store: Store, now: int) -> list[str]:
    """Return what is wrong with the feeds that were watched last, as sentences."""
    noted = store.meta(NOTE) or {"at": now, "feeds": {}}
    running = {url: health for url, health in noted["feeds"].items() if health["state"] != "ended"}
    if running and now - noted["at"] > GONE_US:
        return [f"the watch of {', '.join(running)} has not written for {(now - noted['at']) // SECOND_US:,} s"]
    return [f"feed {url} is {health['state']}" for url, health in running.items() if health["state"] in QUIET]


def _alert(url: str, health: Health) -> Alert:
    said = health.error or "nothing usable was heard"
    return Alert(
        id=alert_id(RULE, digest(KIND, url, health.since)),
        alert_class="system",
        rule=RULE,
        rule_version=digest(RULE, 1),
        event_id=digest(KIND, url, health.since),
        event_kind=KIND,
        mmsi=NOBODY,
        first_seen=health.since,
        last_seen=health.since,
        lat=None,
        lon=None,
        severity="moderate",
        urgency="immediate",
        certainty="observed",
        headline=f"feed {url} is {health.state}: {said}",
        reasons=(
            f"The feed is {health.state}. {said}.",
            "While it is, no silence of a vessel can be told from its own.",
        ),
    )

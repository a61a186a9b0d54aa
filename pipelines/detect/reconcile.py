"""Reconciling: from what was told of some tracks to what should have been told, now that late rows are known."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from vessels.event import Event

# How far apart the starts of an event and of its successor may lie when they do not overlap.
NEAR_US: Final = 6 * 3600 * 1_000_000  # 6 h, chosen: rows come late by minutes (feeds) or hours (satellite passes)


def changes(old: Iterable[Event], new: Iterable[Event]) -> list[Event]:
    """Return the revisions that turn what was told (`old`) into what a refold tells (`new`), both in order of telling.

    New and changed events are told in their last revision; vanished ones are withdrawn. A new event that takes the
    place of a withdrawn one (the same kind on the same track and zone, overlapping or else starting near it)
    supersedes it, so that the alert and what analysts did with it go on.
    """
    told = {event.id: event for event in old}
    true = {event.id: event for event in new}
    gone = [event for id_, event in told.items() if id_ not in true and event.status != "withdrawn"]
    fresh = [event for id_, event in true.items() if id_ not in told]
    heirs = _heirs(gone, fresh)
    withdrawn = [replace(event, status="withdrawn") for event in gone]
    added = [replace(event, supersedes=heirs.get(event.id)) for event in fresh]
    revised = [replace(event, supersedes=told[id_].supersedes) for id_, event in true.items() if id_ in told]
    return withdrawn + added + [event for event in revised if event != told[event.id]]


def _heirs(gone: list[Event], fresh: list[Event]) -> dict[str, str]:
    """Return which new event supersedes which withdrawn one: the nearest pairs first, each event in one pair."""
    pairs = sorted(
        (_distance(before, after), after.start, after.id, before.id)
        for after in fresh
        for before in gone
        if _subject(before) == _subject(after)
    )
    heirs: dict[str, str] = {}
    for (apart, near), _, after, before in pairs:
        close = near <= NEAR_US or not apart
        if close and after not in heirs and before not in heirs.values():
            heirs[after] = before
    return heirs


def _subject(event: Event) -> tuple[str, str, int, int | None, str]:
    return event.kind, event.behaviour, event.key, event.other_key, event.zone


def _distance(one: Event, other: Event) -> tuple[bool, int]:
    """Return whether the spans of two events lie apart, and how far their starts do; an open event has no end."""
    first, second = sorted((one, other), key=lambda event: event.start)
    return first.end is not None and first.end < second.start, second.start - first.start

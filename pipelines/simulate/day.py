"""The demo day: central and eastern Mediterranean, an ordinary sea with a few planted stories in it."""

from pipelines.simulate.plots import plots, watchlist
from pipelines.simulate.reshape import on_day
from pipelines.simulate.sea import Voyage
from pipelines.simulate.traffic import traffic
from pipelines.simulate.truth import Truth


def voyages(day: int = 0) -> tuple[Voyage, ...]:
    """Return everything that sails on day 0, 1, 2 …; times count from the beginning of day 0."""
    return tuple(on_day(voyage, day) for voyage in (*traffic(), *plots()))


def truth(days: int = 1) -> Truth:
    """Return what is planted in so many days."""
    story = [voyage for day in range(days) for voyage in voyages(day)]
    quiet = {voyage.calm.mmsi: voyage.calm for voyage in story if voyage.calm}
    return Truth(
        planted=tuple(item for voyage in story for item in voyage.expected),
        quiet=tuple(quiet.values()),
        watchlist=watchlist(),
    )

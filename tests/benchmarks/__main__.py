"""`make bench`: one table; every line is our CPU time against a peer's on the same input, in this run."""

from collections.abc import Callable
from itertools import chain
from time import process_time

from rich.console import Console
from rich.table import Table

from tests.benchmarks import decoding, geofencing

ROUNDS = 3
LONG_S = 5  # a round that takes longer is not repeated


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the median round, after one that warms up; of a long one, those of the first."""
    warm = once(work)
    return warm if warm > LONG_S else sorted(once(work) for _ in range(ROUNDS))[ROUNDS // 2]


def once(work: Callable[[], object]) -> float:
    before = process_time()
    work()
    return process_time() - before


def main() -> None:
    table = Table("what", "peer", "items", "ours, items/s", "peer, items/s", "ratio", box=None)
    for what, peer, items, ours, theirs in chain(decoding.contests(), geofencing.contests()):
        mine, other = seconds(ours), seconds(theirs)
        table.add_row(what, peer, f"{items:,}", f"{items / mine:,.0f}", f"{items / other:,.0f}", f"{other / mine:.1f}x")
    Console().print(table)


main()

"""`make bench`: one table; every line is our CPU time against a peer's on the same input, in this run."""

from collections.abc import Callable
from time import process_time

from rich.console import Console
from rich.table import Table

from tests.benchmarks import decoding, geofencing

ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the median round, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        before = process_time()
        work()
        taken.append(process_time() - before)
    return sorted(taken)[ROUNDS // 2]


def main() -> None:
    table = Table("what", "peer", "items", "ours, items/s", "peer, items/s", "ratio", box=None)
    for what, peer, items, ours, theirs in (*decoding.contests(), *geofencing.contests()):
        mine, other = seconds(ours), seconds(theirs)
        table.add_row(what, peer, f"{items:,}", f"{items / mine:,.0f}", f"{items / other:,.0f}", f"{other / mine:.1f}x")
    Console().print(table)


main()

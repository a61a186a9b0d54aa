"""Progress on stderr, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from pipelines.output import talk


@contextmanager
def bars() -> Iterator[Callable[[str], Callable[[float], None]]]:
    """Show steps under way; the block begins a step by its name and gets a function to tell the finished share."""
    screen = talk()
    name = TextColumn("{task.description}", markup=False)
    columns = (name, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        yield lambda doing: partial(_tell, progress, progress.add_task(doing, total=1.0))


@contextmanager
def bar(doing: str) -> Iterator[Callable[[float], None]]:
    """Show one step under way."""
    with bars() as step:
        yield step(doing)


def _tell(progress: Progress, task: TaskID, share: float) -> None:
    progress.update(task, completed=share)

"""`voi simulate`: NMEA of an invented sea, with the truth beside it."""

from pathlib import Path

import click

from pipelines.cli.common import Moment, settings_command
from pipelines.cli.progress import bar
from pipelines.config import Settings
from pipelines.output import say, show_one
from pipelines.simulate.writing import simulate as write


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed: other noise, the same story.")
@click.option("--days", type=click.IntRange(1), default=1, show_default=True, help="How many days.")
@click.option("--start", type=Moment(), help="First midnight, UTC; default 2026-06-01.")
@settings_command
def simulate(settings: Settings, out: Path, seed: int, days: int, start: int | None) -> None:
    """Write simulated NMEA with the truth beside it.

    OUT is a folder. Ships and events are invented and say so; truth.json tells what must be found.
    """
    with bar("simulating") as progress:
        written = write(out, seed=seed, days=days, start=start, progress=progress)
    files = [str(path) for path in written.files]
    say(f"next: voi ingest {' '.join(files)}")
    show_one(
        {"files": files, "truth": str(written.truth_path), "sentences": written.sentences, "vessels": written.vessels},
        settings.format,
    )

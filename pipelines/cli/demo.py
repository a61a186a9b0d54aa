"""`voi demo`: a simulated day, from NMEA to alerts and a map."""

import shlex
from pathlib import Path

import click

from pipelines.cli.alerts import show_alerts
from pipelines.cli.common import resolved_settings, settings_command
from pipelines.cli.progress import bars
from pipelines.config import Settings
from pipelines.demo import Demo
from pipelines.demo import demo as run
from pipelines.output import say


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default="voi-demo")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed: other noise, the same story.")
@settings_command
def demo(settings: Settings, folder: Path, seed: int) -> None:
    """Simulate a day and run it, from NMEA to alerts and a map.

    Everything is written into FOLDER (default ./voi-demo), the store too; your own store is left alone.
    """
    if resolved_settings().origins["store"] == "flag":
        raise click.UsageError("the demo makes its own store; say where with FOLDER instead of --store")
    with bars() as steps:
        done = run(folder, settings=settings, seed=seed, steps=steps)
    counts = done.summary.readings
    sentences = sum(reading.sentences for reading in counts)
    say(f"{sentences:,} sentences of {len(counts)} feeds, {done.summary.vessels} vessels, {done.summary.rows:,} rows")
    say("")
    first = show_alerts(done.store, settings.format)
    say(_next(done, first))


def _next(done: Demo, alert_id: str) -> str:
    """Return what to do after the demo, as commands to paste."""
    store = f"--store {shlex.quote(str(done.store))}"
    query = "SELECT name, mmsi, ship_type, last_seen FROM vessels ORDER BY name"
    return "\n".join(
        (
            "",
            f"Simulated: invented ships, invented distress. What was planted stands in {done.truth}.",
            "",
            f"  open {done.page} in a browser",
            f"  voi alerts show {alert_id} {store}   why it was raised, and what speaks against it",
            f"  voi events list {store}",
            f'  voi sql "{query}" {store}',
            "  voi ingest YOUR.nmea   your own AIS, into ./voi-store",
        )
    )

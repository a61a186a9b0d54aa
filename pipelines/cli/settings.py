"""`voi settings`: the schema of the settings, with the value in force and where it came from."""

from collections.abc import Iterator
from typing import Any

import click

from pipelines.cli.common import resolved_settings, settings_command
from pipelines.config import Resolved, Settings, variable
from pipelines.output import Column, show

COLUMNS = (
    Column("key", wrap=False),
    Column("value"),
    Column("from", under="value"),
    Column("variable", under="key"),
    Column("meaning"),
)


@click.command()
@settings_command
def settings(settings: Settings) -> None:
    """List what can be set, to what it is set, and where.

    A flag wins over the VOI_* variable, the variable over voi.toml, voi.toml over the default. A key of voi.toml is
    named as here: store = "/data/voi".
    """
    show(_rows(resolved_settings()), settings.format, COLUMNS)


def _rows(resolved: Resolved) -> Iterator[dict[str, Any]]:
    values = resolved.settings.model_dump(mode="json")
    for key, field in Settings.model_fields.items():
        yield {
            "key": key,
            "value": values[key],
            "from": resolved.origins[key],
            "variable": variable(key),
            "default": field.get_default() and str(field.get_default()),
            "meaning": field.description,
        }

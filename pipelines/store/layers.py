"""Layers of zones in the state file: GeoJSON text by the name of the layer. Times are microseconds UTC."""

from typing import Any

from pipelines.errors import PipelineError
from pipelines.store.state import Store


def check_free(store: Store, name: str) -> None:
    """Raise `PipelineError` where there is a layer of that name."""
    if any(layer["name"] == name for layer in every(store)):
        raise PipelineError(
            f"there is a layer {name!r} already; take it out with `voi zones remove {name}`, or give this one another"
            " name with --layer"
        )


def add(store: Store, name: str, body: str, *, recorded_at: int, added_by: str) -> None:
    """Keep a new layer, whose name is free."""
    with store.transaction() as conn:
        conn.execute("INSERT INTO layers VALUES (?, ?, ?, ?)", (name, body, recorded_at, added_by))


def every(store: Store) -> list[dict[str, Any]]:
    """Return the layers in the order they were added."""
    return store.rows("SELECT * FROM layers ORDER BY recorded_at, name")


def remove(store: Store, name: str) -> None:
    """Take a layer out; `PipelineError` where there is none of that name."""
    there = [layer["name"] for layer in every(store)]
    if name not in there:
        raise PipelineError(f"there is no layer {name!r}; added are: {', '.join(there) or 'none'}")
    with store.transaction() as conn:
        conn.execute("DELETE FROM layers WHERE name = ?", (name,))

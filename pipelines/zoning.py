"""The zones in force: the shipped ones, and the layers that were added to a store."""

from collections.abc import Iterable
from pathlib import Path

from pipelines.errors import NoStoreError
from pipelines.store import layers
from pipelines.store.state import Store, open_store
from zones.errors import ZoneError
from zones.layer import geojson_features
from zones.writing import to_geojson
from zones.zone import Zone, load_zones, zones_of


def zones_in_force(root: Path) -> tuple[Zone, ...]:
    """Return the shipped zones and those added to the store in `root`; without a store the shipped ones alone."""
    try:
        store = open_store(root, create=False)
    except NoStoreError:
        return load_zones()
    with store:
        return _with_layers(store)


def add_layer(root: Path, name: str, zones: Iterable[Zone], *, recorded_at: int, added_by: str) -> None:
    """Keep the zones of a new layer in the store in `root`, made where it is missing.

    Raises `ZoneError` where an id is in use, `PipelineError` where the name is; then nothing was changed.
    """
    added = tuple(zones)
    with open_store(root, create=True) as store:
        layers.check_free(store, name)
        _joined(_with_layers(store), name, added)
        layers.add(store, name, to_geojson(added), recorded_at=recorded_at, added_by=added_by)


def remove_layer(root: Path, name: str) -> None:
    """Take a layer out of the store in `root`; `PipelineError` where there is none of that name."""
    with open_store(root, create=False) as store:
        layers.remove(store, name)


def _with_layers(store: Store) -> tuple[Zone, ...]:
    zones = load_zones()
    for layer in layers.every(store):
        origin = f"layer {layer['name']}"
        zones = _joined(zones, layer["name"], zones_of(geojson_features(layer["body"], origin), origin))
    return zones


def _joined(zones: tuple[Zone, ...], layer: str, added: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """Return all zones; refuse an id that two of them share."""
    taken = {zone.id: zone.layer or "the shipped zones" for zone in zones}
    for zone in added:
        if zone.id in taken:
            raise ZoneError(
                f"layer {layer}: zone {zone.id!r}: that id is taken by {taken[zone.id]}; give the feature another,"
                " or add the layer without its ids: --id-field none"
            )
    return (*zones, *added)

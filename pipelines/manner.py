"""How sources are to be read, as it was asked for: their clock, and what the columns of decoded archives mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pipelines.feeds.moments import check_zone
from pipelines.feeds.presets import AUTO, check_mapping, check_name

UTC: Final = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What was asked for.

    `start` (µs UTC) times sentences that have no time; with `all_types`, messages that are no reports are kept too.
    With a `preset` other than auto, or a `mapping` (column to field, which stands in its place), every source is read
    as a table. `zone` is that of a table's times that say none.

    Raises `PipelineError` for what cannot be meant of any source.
    """

    start: int | None = None
    all_types: bool = False
    preset: str = AUTO
    mapping: Mapping[str, str] = field(default_factory=dict)
    zone: str = UTC

    def __post_init__(self) -> None:
        check_name(self.preset)
        check_zone(self.zone)
        if self.mapping:
            check_mapping(self.mapping)

    @property
    def of_tables(self) -> bool:
        """Tell whether every source is to be read as a table, whatever its header."""
        return self.preset != AUTO or bool(self.mapping)

    @property
    def of_sentences(self) -> str:
        """Return what tells one reading of the same sentences from another."""
        started = [] if self.start is None else [f"start={self.start}"]
        return ",".join([*started, *(["all-types"] if self.all_types else [])])

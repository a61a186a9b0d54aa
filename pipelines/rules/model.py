"""What a rule file holds: behaviours, rules and detector parameters, each checked as it is read."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
)

from pipelines.detect.evidence import qualified
from pipelines.detect.mmsi_clone import LEAST_ROWS as CLONED_ROWS
from pipelines.detect.mmsi_clone import MAX_SILENCE_US as CLONED_US
from pipelines.detect.position_spoofing import LEAST_ROWS as SPOOFED_ROWS
from pipelines.detect.position_spoofing import MAX_SILENCE_US as SPOOFED_US
from pipelines.detect.reach import AIRCRAFT_KN, FAST_KN, SHIP_KN
from pipelines.rules import durations
from pipelines.rules.columns import EVENT_COLUMNS, ROW_COLUMNS, Column
from pipelines.rules.language import Condition, check
from pipelines.rules.summary import checked
from pipelines.rules.walk import LIMITS
from vessels.alert import AlertClass, Certainty, Severity, Urgency
from vessels.event import digest

BUILT_IN: Final = ("distress", "distress-test")  # rules that no file can change or drop: a call for help is always told
GAP_US: Final = 30 * 60 * durations.SECOND_US  # 30 min: 1800 s of datAcron's gap
SILENCE_US: Final = 30 * 60 * durations.SECOND_US  # chosen: as long as a gap; satellite sources need longer
_NOT_ADDED: Final = {"time", "mmsi", "lat", "lon", "cog_deg", "heading_deg"}  # no sum or mean means anything
_OF_THE_LIST: Final = {"listed", "grade"}  # columns that the watchlist fills
UNHEARD_US: Final = 24 * 3600 * durations.SECOND_US  # 24 h: CONTRACT "Events", sighting


def _condition(text: object, columns: tuple[Column, ...], info: ValidationInfo) -> Condition:
    if not isinstance(text, str):
        raise ValueError("a condition is a text: put it in quotes")  # noqa: TRY004 - pydantic reports ValueError
    return check(text, columns, (info.context or {})["sandbox"])


def _of_row(text: object, info: ValidationInfo) -> Condition:
    return _condition(text, ROW_COLUMNS, info)


def _of_event(text: object, info: ValidationInfo) -> Condition:
    return _condition(text, EVENT_COLUMNS, info)


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


_AS_WRITTEN = PlainSerializer(lambda condition: condition and " ".join(condition.text.split()))
RowCondition = Annotated[Condition, PlainValidator(_of_row), _AS_WRITTEN]
EventCondition = Annotated[Condition | None, PlainValidator(_of_event), _AS_WRITTEN]
Duration = Annotated[int, PlainValidator(durations.parse)]
Speed = Annotated[float, Field(gt=0, le=1000)]
Count = Annotated[int, Field(ge=1)]
Text = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """A table of a rule file: no unknown keys, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def version(self) -> str:
        """Digest of what is written: it changes with the content, not with the layout of the file."""
        return digest(self.model_dump(mode="json", by_alias=True))


class Behaviour(Part):
    """Something a vessel does for a while; the generic episode detector finds it. Durations are microseconds."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    while_: RowCondition = Field(alias="while", description="condition on one position")
    for_us: Duration = Field(alias="for", description="how long it must last")
    keep_for_us: Duration = Field(0, alias="keep_for", description="how long it may fail before the episode ends")
    max_silence_us: Duration = Field(SILENCE_US, alias="max_silence", description="longest silence within an episode")
    source: Text = Field(description="where the numbers come from")

    @property
    def reads(self) -> tuple[str, ...]:
        """The quantities that an episode tells: speed, and every number that the condition reads and that adds up."""
        numbers = {column.name for column in ROW_COLUMNS if column.type == "number"} - _NOT_ADDED
        read = [name for name in self.while_.columns if name in numbers]
        return tuple(dict.fromkeys(["sog_kn", *read, *self.while_.quantities]))

    @property
    def limits(self) -> Mapping[str, float]:
        """What the condition holds them against, by the name of the threshold."""
        told = {qualified(name, word) for name in self.reads for word in LIMITS.values()}
        return {name: limit for name, limit in self.while_.limits.items() if name in told}


class Rule(Part):
    """What makes an event somebody's business, and how much."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    on: Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1, description="kinds of event")]
    alert_class: AlertClass = Field("interest", alias="class", description="distress and safety come before interest")
    severity: Severity
    urgency: Urgency = "expected"
    certainty: Certainty = "likely"
    where: EventCondition = Field(None, description="condition on the event in one zone")
    unless: EventCondition = Field(None, description="what makes it nobody's business after all")
    summary: Annotated[Text, AfterValidator(checked)] = Field(description="headline with {words}")
    why: Text = Field(description="why this is worth somebody's time, and where the numbers come from")


class Gap(Part):
    """Parameters of the gap detector."""

    threshold_us: Duration = Field(GAP_US, alias="threshold", description="silence that makes a gap")


class Sighting(Part):
    """Parameters of the sighting detector."""

    unheard_us: Duration = Field(UNHEARD_US, alias="unheard", description="absence that makes the next row a sighting")


class Gate(Part):
    """Parameters of the gate, which decides what may be believed."""

    ship_kn: Speed = Field(SHIP_KN, description="most speed of a ship")
    fast_kn: Speed = Field(FAST_KN, description="most speed of what may be a fast craft")
    aircraft_kn: Speed = Field(AIRCRAFT_KN, description="most speed of an aircraft")


class PositionSpoofing(Part):
    """Parameters of the detector of refused positions."""

    least_rows: Count = Field(SPOOFED_ROWS, alias="rows", description="refused positions that make an event")
    max_silence_us: Duration = Field(SPOOFED_US, alias="max_silence", description="time without one that ends it")


class MmsiClone(Part):
    """Parameters of the detector of two hulls under one number."""

    least_rows: Count = Field(CLONED_ROWS, alias="rows", description="positions in turn that make an event")
    max_silence_us: Duration = Field(CLONED_US, alias="max_silence", description="time without one that ends it")


class Detectors(Part):
    """Parameters of the detectors written in Python."""

    gate: Gate = Gate.model_validate({})
    gap: Gap = Gap.model_validate({})
    sighting: Sighting = Sighting.model_validate({})
    position_spoofing: PositionSpoofing = PositionSpoofing.model_validate({})
    mmsi_clone: MmsiClone = MmsiClone.model_validate({})


class Ruleset(Part):
    """A whole rule file."""

    behaviours: tuple[Behaviour, ...] = Field((), alias="behaviour")
    rules: tuple[Rule, ...] = Field((), alias="rule")
    detectors: Detectors = Field(Detectors.model_validate({}), alias="detector")

    def about_the_list(self) -> Self:
        """Return the same with only those rules that ask whether a vessel is on the watchlist."""
        asking = (rule for rule in self.rules if rule.where and _OF_THE_LIST & set(rule.where.columns))
        return self.model_copy(update={"rules": tuple(asking)})


def keys_of(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return the keys that the table at a path (`("rule", 0)`) of a rule file may hold."""
    model: Any = Ruleset
    tables: dict[str, type[Part]] = {"behaviour": Behaviour, "rule": Rule, "detector": Detectors}
    for step in path:
        if isinstance(step, str):
            model = tables.get(step) or model.model_fields[step].annotation
    return tuple(field.alias or name for name, field in model.model_fields.items())

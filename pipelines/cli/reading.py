"""One alert read as an argument: what, who, where, when, why, why not, what is not known, by what rule and evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipelines.output import Row, iso, moment, text_of
from pipelines.position import position
from vessels.text import clean

CUE: Final = "A cue for a person, never proof."
_WORK: Final = ("assignee", "outcome", "snoozed_until")  # the analyst's part
LINE: Final = 100  # characters in which prose is easily read; chosen
SEVERITY_STYLES: Final[Mapping[str, str]] = {
    "extreme": "bold white on red",
    "severe": "bold red",
    "moderate": "yellow",
    "minor": "cyan",
}


def severity_style(alert: Row) -> str:
    """Return the colour in which an alert's severity is printed."""
    return SEVERITY_STYLES.get(str(alert["severity"]), "")


def read(alert: Row, sources: Mapping[str, str], screen: Console) -> None:
    """Print the alert on a terminal; `sources` are the names that files were read by."""
    argument = _argument(_points(alert, sources))
    page = Group(_banner(alert), "", _headline(alert), "", argument, Text(CUE, style="italic"))
    screen.print(Padding(page, (1, 2)), width=min(screen.width, LINE))


def _banner(alert: Row) -> Text:
    about = f"{alert['class']} · {alert['state']} · urgency {alert['urgency']} · certainty {alert['certainty']}"
    simulated = ("  SIMULATED", "bold magenta") if alert["simulated"] else ""
    return Text.assemble((f" {alert['severity']} ".upper(), severity_style(alert)), f"  {about}", simulated)


def _headline(alert: Row) -> Text:
    return Text(clean(str(alert["headline"])), style="bold")


def _argument(points: Iterable[tuple[str, Sequence[RenderableType]]]) -> Table:
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, lines in points:
        for number, line in enumerate(lines):
            table.add_row("" if number else label, line)
        table.add_row("", "")
    return table


def _points(alert: Row, sources: Mapping[str, str]) -> Iterator[tuple[str, Sequence[RenderableType]]]:
    """Yield each point of the argument with its lines; a point with nothing to say is said to have nothing."""
    yield "Who", [_plain(_who(alert))]
    yield "Where", [_plain(line) for line in _where(alert)]
    yield "When", [_plain(_when(alert))]
    yield "Why", [_item(reason) for reason in alert["reasons"]]
    yield "Why not", [_item(tested) for tested in alert["suppressions"]] or [_plain("no exception was to be tested")]
    yield "Not known", [_plain(", ".join(alert["not_known"]) or "nothing that was asked for")]
    yield "Rule", [_plain(line) for line in _rule(alert)]
    yield "Evidence", [_plain(line) for line in _evidence(alert["evidence"], sources)]
    yield "Reference", [_plain(line) for line in _reference(alert)]


def words(name: str) -> str:
    """Return a kind's name as words."""
    return name.replace("_", " ")


def _plain(text: str) -> Text:
    return Text(clean(text))


def _item(sentence: str) -> Table:
    """Return a bullet whose further lines hang under the first."""
    item = Table.grid(padding=(0, 1), pad_edge=False)
    item.add_row("•", _plain(str(sentence)))
    return item


def _who(alert: Row) -> str:
    parts = [alert["name"] or "name not known", f"MMSI {alert['mmsi']:09d}"]
    if alert["imo"]:
        parts.append(f"IMO {alert['imo']}")
    if alert["watchlist_id"]:
        parts.append(f"watchlist entry {alert['watchlist_id']}")
    return ", ".join(parts)


_OUTSIDE: Final = {"zone_exit": "leaving", "zone_cross": "having passed through"}


def _where(alert: Row) -> Iterator[str]:
    """Yield where it was last, where it was first, and the zones of the latter."""
    measured = alert["evidence"].get("measured", {})
    first = place(alert["lat"], alert["lon"])
    if "last_time" in measured:
        last = place(measured["last_lat"], measured["last_lon"])
        yield f"last position {last} at {_at(measured['last_time'])}"
        yield f"first position {first}"
    else:
        yield first
    others = ", ".join(zone for zone in alert["zones"] if zone != alert["zone"])
    if alert["event_kind"] in _OUTSIDE:
        yield f"{_OUTSIDE[alert['event_kind']]} {alert['zone']}; now in {others or 'no zone'}"
    else:
        yield f"in {alert['zone']}" + (f", also in {others}" if others else "") if alert["zone"] else "in no zone"


def place(lat: float | None, lon: float | None) -> str:
    """Return a position in degrees and minutes, and in decimal degrees for pasting."""
    if lat is None or lon is None:
        return "not known"
    return f"{position(lat, lon)} ({lat:.5f}, {lon:.5f})"


def _at(us: int) -> str:
    time = moment(us)
    assert time is not None
    return iso(time)


def _when(alert: Row) -> str:
    first, last = iso(alert["first_seen"]), iso(alert["last_seen"])
    return first if first == last else f"{first} to {last}"


def _rule(alert: Row) -> Iterator[str]:
    """Yield the rule and its conditions as written, each with the values it was tested on."""
    yield f"{alert['rule']} (version {alert['rule_version']}), on {words(str(alert['event_kind']))}"
    for key, tested in alert["evidence"].get("rule", {}).items():
        yield f"{key} {tested['condition']}"
        said = (f"{name} = {text_of(name, value) or 'null'}" for name, value in tested["values"].items())
        yield f"with {', '.join(said)}"


def _evidence(evidence: Mapping[str, Any], sources: Mapping[str, str]) -> Iterator[str]:
    rows = evidence.get("rows", 0)
    yield f"{rows:,} message{'' if rows == 1 else 's'}"
    places = {title: row for title, key in (("first", "first_row"), ("last", "last_row")) if (row := evidence.get(key))}
    if len(places) > 1 and places["first"] == places["last"]:
        places = {"its": places["first"]}
    for title, row in places.items():
        name = sources.get(row["file"], "not at hand")
        yield f"{title} sentence: byte {row['offset']:,} of file {row['file']} ({name})"


def _reference(alert: Row) -> Iterator[str]:
    yield f"alert {alert['id']}, event {alert['event_id']}"
    yield from (f"{words(key)}: {text_of(key, alert[key])}" for key in _WORK if alert[key])

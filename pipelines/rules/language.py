"""The condition language: what a rule may say, checked on the parsed tree and written out anew.

DuckDB parses the text and `walk.py` goes through the tree; what is not named there is refused with its column in the
condition. What is run later is never the text but SQL written from the tree: what the walk did not see, the engine
will not see either. All numbers are doubles, so that no row can make a condition overflow or fail.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pipelines.rules.columns import Column
from pipelines.rules.errors import ConditionError
from pipelines.rules.tree import Node
from pipelines.rules.vocabulary import ALLOWED, PREFIX
from pipelines.rules.walk import Walk

_LONGEST: Final = 2000  # characters of a condition; chosen: a page, and far below the parser's limits
_ALONE: Final[Mapping[str, Any]] = {  # what a SELECT of nothing but its items looks like
    "type": "SELECT_NODE",
    "modifiers": [],
    "cte_map": {"map": []},
    "where_clause": None,
    "group_expressions": [],
    "group_sets": [],
    "aggregate_handling": "STANDARD_HANDLING",
    "having": None,
    "sample": None,
    "qualify": None,
}


class Parser(Protocol):
    """What parses: a DuckDB connection, best a sandbox."""

    def execute(self, query: str, parameters: Any) -> Any:
        """Run one statement."""
        ...


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition: the text as written, the SQL made from its tree, and the columns it reads.

    `blind` are nullable columns inside a negated test: where one is null, the test counts as false, not as true.
    `quantities` are what it measures beyond columns, `limits` what it holds quantities against, by the name of the
    threshold (`sog_below_kn`).
    """

    text: str
    sql: str
    columns: tuple[str, ...]
    blind: tuple[str, ...]
    quantities: tuple[str, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)


def check(text: str, columns: Iterable[Column], connection: Parser) -> Condition:
    """Return the condition checked against the columns; `connection` is a sandbox and only parses.

    Raises ConditionError with the column in the condition and what is allowed.
    """
    walk = Walk(text, columns)
    try:
        root = _parsed(text, connection, walk)
        sql = walk.flag(root)
    except RecursionError:
        raise ConditionError("the condition is nested too deeply: split it into two rules") from None
    blind = set().union(*walk.negated)
    limits = {name: limit for name, limit in walk.limits.items() if math.isfinite(limit)}
    return Condition(text, sql, tuple(sorted(walk.read)), tuple(sorted(blind)), tuple(sorted(walk.quantities)), limits)


def _parsed(text: str, connection: Parser, walk: Walk) -> Node:
    """Return the one expression that the text makes, sure that the statement holds nothing beside it."""
    if not text.strip():
        raise ConditionError("the condition is empty: leave the key out instead")
    if len(text) > _LONGEST or any(ord(sign) < ord(" ") and sign not in "\t\n" for sign in text):
        raise ConditionError(f"a condition has at most {_LONGEST} characters and no control characters")
    answer = _tree(f"{PREFIX}{text})", connection)
    if answer["error"]:
        position = {"query_location": int(answer["position"])} if "position" in answer else {}
        raise walk.refusal(position, f"{answer['error_message']}; allowed are: {ALLOWED}")
    statements = answer["statements"]
    node = statements[0]["node"] if len(statements) == 1 else {}
    if not _is_one_item(node):
        raise ConditionError(f"this is more than one condition; allowed are: {ALLOWED}")
    expression: Node = node["select_list"][0]
    return expression


def _tree(statement: str, connection: Parser) -> dict[str, Any]:
    [[text]] = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [statement]).fetchall()
    tree: dict[str, Any] = json.loads(text)
    return tree


def _is_one_item(node: Node) -> bool:
    """Tell whether a statement is a SELECT of one item with an empty FROM and no clause."""
    source = node.get("from_table", {})
    empty = source.get("type") == "EMPTY" and source.get("sample") is None
    return empty and len(node["select_list"]) == 1 and all(node.get(key) == value for key, value in _ALONE.items())

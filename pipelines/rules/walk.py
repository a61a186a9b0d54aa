"""The walk over a condition's tree: every kind of node that the language has, and no other."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Final, Literal

from pipelines.detect.evidence import qualified
from pipelines.rules.columns import Column, Type
from pipelines.rules.errors import ConditionError, nearest
from pipelines.rules.tree import Node, arguments, constant, names
from pipelines.rules.vocabulary import (
    ALLOWED,
    ARITHMETIC,
    COMPARISONS,
    FIXED,
    FUNCTIONS,
    PREFIX,
    SPOKEN,
    TYPE_WORDS,
    VARIADIC,
)

COG_HEADING: Final = "cog_heading_deg"  # how far course and heading differ: angle_diff of both
_DRIFT: Final = {"cog_deg", "heading_deg"}
LIMITS: Final = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NULL_TESTS: Final = ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL")


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of a condition: its SQL, its type (null goes with all), its column, text or number if it is just that.

    `quantity` names what is measured: a column of numbers, or how far course and heading differ.
    """

    sql: str
    type: Type | Literal["null"]
    column: Column | None = None
    word: str | None = None
    number: float | None = None
    quantity: str | None = None


class Walk:
    """One walk over one condition; notes on the way which columns are read and how."""

    def __init__(self, text: str, columns: Iterable[Column]) -> None:
        self._written = f"{PREFIX}{text})".encode()
        self._columns = {column.name: column for column in columns}
        self.read: set[str] = set()
        self.negated: list[set[str]] = []  # for each negated test: nullable columns whose null it does not deal with
        self.minded: set[str] = set()  # columns whose null the test at hand deals with
        self.quantities: set[str] = set()  # what is measured, beyond columns
        self.limits: dict[str, float] = {}  # what quantities are held against, NaN where that is said twice

    def refusal(self, node: Node, problem: str) -> ConditionError:
        """Return the error that says where in the condition the node stands."""
        start = node.get("query_location", len(self._written))
        place = ""
        if len(PREFIX) <= start < len(self._written):
            place = f"column {len(self._written[:start].decode(errors='ignore')) - len(PREFIX) + 1}: "
        return ConditionError(f"{place}{problem}")

    def foreign(self, node: Node, what: str) -> ConditionError:
        """Return the error that something is not in the language, and what is."""
        return self.refusal(node, f"{what} is not in the language; allowed are: {ALLOWED}")

    def term(self, node: Node) -> Term:
        """Return the term of a node, or refuse it."""
        reader = _READERS.get(node["class"])
        if reader is None or node["alias"]:
            raise self._unknown(node)
        return reader(self, node)

    def flag(self, node: Node) -> str:
        """Return the SQL of a node that must be true or false."""
        return self._typed(node, "flag").sql

    def number(self, node: Node) -> str:
        """Return the SQL of a node that must be a number."""
        return self._typed(node, "number").sql

    def column(self, node: Node) -> Term:
        """Read a column of the catalogue."""
        name = ".".join(node["column_names"])
        column = self._columns.get(name)
        if column is None:
            hint = nearest(name, self._columns) or " (`voi rules columns` lists them)"
            raise self.refusal(node, f"there is no column '{name}'{hint}")
        self.read.add(name)
        return Term(f'"{name}"', column.type, column, quantity=name if column.type == "number" else None)

    def constant(self, node: Node) -> Term:
        """Read a number, a text, true, false or null."""
        value = constant(node)
        if value is None:
            return Term("NULL", "null")
        if isinstance(value, bool):
            return Term(str(value).upper(), "flag")
        if isinstance(value, str):
            return Term("'" + value.replace("'", "''") + "'", "text", word=value)
        if isinstance(value, float) and math.isfinite(value):
            return Term(f"{value:.17e}", "number", number=value)
        raise self.refusal(node, "this constant is neither a number, a text, true, false nor null")

    def cast(self, node: Node) -> Term:
        """Read `true` and `false`, which DuckDB 1.5 parses as a cast that stands nowhere in the text."""
        child, target = node["child"], node.get("cast_type") or {}
        value = constant(child) if child["class"] == "CONSTANT" else None
        if target.get("id") != "BOOLEAN" or value not in ("t", "f") or node["query_location"] < len(self._written):
            raise self._unknown(node)
        return Term("TRUE" if value == "t" else "FALSE", "flag")

    def comparison(self, node: Node) -> Term:
        """Read a comparison of two terms of one type."""
        sign = COMPARISONS.get(node["type"])
        if sign is None:
            raise self._unknown(node)
        with self._denied(node) if sign == "<>" else nullcontext():
            left, right = self._comparable(node, (node["left"], node["right"]))
        self._limit(left, sign, right)
        self._limit(right, _TURNED.get(sign, ""), left)
        return Term(f"({left.sql} {sign} {right.sql})", "flag")

    def between(self, node: Node) -> Term:
        """Read `x between a and b`."""
        value, lower, upper = self._comparable(node, (node["input"], node["lower"], node["upper"]))
        self._limit(value, ">=", lower)
        self._limit(value, "<=", upper)
        return Term(f"({value.sql} BETWEEN {lower.sql} AND {upper.sql})", "flag")

    def conjunction(self, node: Node) -> Term:
        """Read `and` and `or`."""
        word = {"CONJUNCTION_AND": " AND ", "CONJUNCTION_OR": " OR "}[node["type"]]
        before = len(self.negated)
        sql = word.join(self.flag(child) for child in node["children"])
        minded = {name for child in node["children"] if child["type"] in _NULL_TESTS for name in names(child)}
        self.negated[before:] = [blind - minded for blind in self.negated[before:]]
        return Term(f"({sql})", "flag")

    def operator(self, node: Node) -> Term:
        """Read `not`, `in`, `is null` and `coalesce`."""
        reader = _OPERATORS.get(node["type"])
        if reader is None:
            raise self._unknown(node)
        return reader(self, node)

    def negation(self, node: Node) -> Term:
        """Read `not x` and `x not between a and b`."""
        limits = dict(self.limits)
        with self._denied(node):
            sql = f"(NOT {self.flag(node['children'][0])})"
        self.limits = limits
        return Term(sql, "flag")

    def membership(self, node: Node) -> Term:
        """Read `x in (a, b)` and `x not in (a, b)`."""
        negated = node["type"] == "COMPARE_NOT_IN"
        with self._denied(node) if negated else nullcontext():
            value, *others = self._comparable(node, node["children"])
        word = "NOT IN" if negated else "IN"
        return Term(f"({value.sql} {word} ({', '.join(other.sql for other in others)}))", "flag")

    def null_test(self, node: Node) -> Term:
        """Read `x is null` and `x is not null`."""
        term = self.term(node["children"][0])
        if term.column:
            self.minded.add(term.column.name)
        word = "NULL" if node["type"] == "OPERATOR_IS_NULL" else "NOT NULL"
        return Term(f"({term.sql} IS {word})", "flag")

    def coalesce(self, node: Node) -> Term:
        """Read `coalesce(x, y)`: the first that is not null."""
        terms, kind = self._alike(node, node["children"])
        columns = [term.column for term in terms if term.column]
        if terms[-1].type != "null" and not (terms[-1].column and terms[-1].column.nullable):
            self.minded |= {column.name for column in columns}
        sql = f"coalesce({', '.join(term.sql for term in terms)})"
        if len(columns) != 1 or not columns[0].words:
            return Term(sql, kind)
        words = columns[0].words + tuple(term.word for term in terms if term.word is not None)
        return Term(sql, kind, replace(columns[0], words=words))

    def function(self, node: Node) -> Term:
        """Read a function or an arithmetic sign, plainly called."""
        name = node["function_name"]
        extras = (node["filter"], node["order_bys"]["orders"], node["distinct"], node["schema"], node["catalog"])
        values = arguments(node)
        if any(extras) or values is None:
            raise self.foreign(node, f"this way of calling {name}")
        if node["is_operator"]:
            return self._sign(node, name, values)
        if name == "list_contains":
            return self._contains(node, values)
        return self._call(node, name, values)

    def _sign(self, node: Node, name: str, values: list[Node]) -> Term:
        if name in ("-", "+") and len(values) == 1:
            return Term(f"({name} {self.number(values[0])})", "number")
        if name not in ARITHMETIC:
            raise self.foreign(node, f"the sign {name}")
        return Term(ARITHMETIC[name].format(*map(self.number, values)), "number")

    def _call(self, node: Node, name: str, values: list[Node]) -> Term:
        if name in VARIADIC and values:
            return Term(f"{name}({', '.join(map(self.number, values))})", "number")
        count, form = FIXED.get(name, (None, ""))
        if count is None:
            raise self.foreign(node, f"the function {name}{nearest(name, FUNCTIONS)}")
        if len(values) != count:
            raise self.refusal(node, f"{name} takes {count} value(s), not {len(values)}")
        terms = [self._typed(value, "number") for value in values]
        drift = {term.quantity for term in terms} == _DRIFT
        self.quantities |= {COG_HEADING} if drift else set()
        sql = form.format(*(term.sql for term in terms))
        return Term(sql, "number", quantity=COG_HEADING if drift else None)

    def _contains(self, node: Node, values: list[Node]) -> Term:
        if len(values) != len(("list", "text")):
            raise self.refusal(node, "list_contains takes a list and a text")
        listed, word = self._typed(values[0], "texts"), self._typed(values[1], "text")
        self._know(node, listed.column, [word])
        return Term(f"list_contains({listed.sql}, {word.sql})", "flag")

    def _typed(self, node: Node, wanted: Type) -> Term:
        term = self.term(node)
        if term.type not in (wanted, "null"):
            raise self.refusal(node, f"this is {TYPE_WORDS[term.type]}, but {TYPE_WORDS[wanted]} is needed")
        return term

    def _alike(self, node: Node, parts: Iterable[Node]) -> tuple[list[Term], Type | Literal["null"]]:
        """Return the terms of parts that must be of one type, and that type."""
        terms = [self.term(part) for part in parts]
        types = {term.type for term in terms} - {"null"}
        if len(types) > 1 or "texts" in types:
            raise self.refusal(node, f"{' and '.join(sorted(TYPE_WORDS[each] for each in types))} cannot be compared")
        return terms, types.pop() if types else "null"

    def _comparable(self, node: Node, parts: Iterable[Node]) -> list[Term]:
        terms, _ = self._alike(node, parts)
        for term in terms:
            self._know(node, term.column, terms)
        return terms

    def _know(self, node: Node, column: Column | None, terms: Iterable[Term]) -> None:
        """Refuse a text that the column can never hold: the test could never be true."""
        for word in (term.word for term in terms if column and column.words):
            assert column is not None
            if word is not None and word not in column.words:
                hint = nearest(word, column.words) or f" (it holds {', '.join(column.words)})"
                raise self.refusal(node, f"{column.name} is never '{word}'{hint}")

    @contextmanager
    def _denied(self, node: Node) -> Iterator[None]:
        """Note the nullable columns that a negated test, read within, does not deal with."""
        outer, self.minded = self.minded, set()
        yield
        known = (self._columns.get(name) for name in names(node))
        self.negated.append({column.name for column in known if column and column.nullable} - self.minded)
        self.minded |= outer

    def _limit(self, measured: Term, sign: str, limit: Term) -> None:
        """Note what a quantity is held against: `sog_kn < 2` as `sog_below_kn`."""
        if measured.quantity and limit.number is not None and sign in LIMITS:
            name = qualified(measured.quantity, LIMITS[sign])
            self.limits[name] = limit.number if self.limits.get(name, limit.number) == limit.number else math.nan

    def _unknown(self, node: Node) -> ConditionError:
        kind = SPOKEN.get(node["class"], node["type"].lower().replace("_", " "))
        return self.foreign(node, kind)


_READERS: Final[Mapping[str, Callable[[Walk, Node], Term]]] = {
    "COLUMN_REF": Walk.column,
    "CONSTANT": Walk.constant,
    "CAST": Walk.cast,
    "COMPARISON": Walk.comparison,
    "BETWEEN": Walk.between,
    "CONJUNCTION": Walk.conjunction,
    "OPERATOR": Walk.operator,
    "FUNCTION": Walk.function,
}
_OPERATORS: Final[Mapping[str, Callable[[Walk, Node], Term]]] = {
    "OPERATOR_NOT": Walk.negation,
    "COMPARE_IN": Walk.membership,
    "COMPARE_NOT_IN": Walk.membership,
    "OPERATOR_IS_NULL": Walk.null_test,
    "OPERATOR_IS_NOT_NULL": Walk.null_test,
    "OPERATOR_COALESCE": Walk.coalesce,
}

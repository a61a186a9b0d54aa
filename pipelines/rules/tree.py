"""Nodes of the trees that DuckDB's `json_serialize_sql` makes, and where its versions 1.5 and 2.0 differ."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]


def arguments(node: Node) -> list[Node] | None:
    """Return the values that a function is called with, or null when one of them is named."""
    if "arguments" not in node:
        return list(node["children"])
    named = any(argument["name"] for argument in node["arguments"])
    return None if named else [argument["expression"] for argument in node["arguments"]]


def constant(node: Node) -> object:
    """Return a constant's value: 2.0 keeps its text, 1.5 its value. Numbers become floats; what is foreign, `()`."""
    if "literal" in node:
        kind, text = node["literal"]["kind"], node["literal"]["text"]
        readers: dict[str, Callable[[str], object]] = {
            "INTEGER": lambda digits: float(digits.replace("_", "")),
            "NUMERIC": lambda digits: float(digits.replace("_", "")),
            "STRING": str,
            "BOOLEAN": lambda word: word == "true",
            "NULL_LITERAL": lambda _: None,
        }
        return readers[kind](text) if kind in readers else ()
    value = node["value"]
    plain = value.get("value")
    if value["is_null"] or value["type"]["id"] == "VARCHAR":
        return None if value["is_null"] else plain
    if isinstance(plain, Mapping):  # 128 bits in two halves
        plain = plain["upper"] * 2**64 + plain["lower"]
    scale = (value["type"]["type_info"] or {}).get("scale", 0)
    return plain / 10**scale if isinstance(plain, (int, float)) else ()


def names(tree: object) -> Iterator[str]:
    """Yield every column named in a tree."""
    if isinstance(tree, Mapping):
        if "column_names" in tree:
            yield ".".join(tree["column_names"])
        for branch in tree.values():
            yield from names(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from names(branch)

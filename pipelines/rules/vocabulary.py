"""The words and signs of the condition language, as DuckDB's tree names them and as SQL writes them."""

from typing import Final

PREFIX: Final = "SELECT ("
ALLOWED: Final = (
    "columns, constants, = <> < <= > >=, and, or, not, in (...), between, is null, "
    "+ - * / %, coalesce, abs, least, greatest, angle_diff, list_contains"
)
COMPARISONS: Final = {
    "COMPARE_EQUAL": "=",
    "COMPARE_NOTEQUAL": "<>",
    "COMPARE_LESSTHAN": "<",
    "COMPARE_LESSTHANOREQUALTO": "<=",
    "COMPARE_GREATERTHAN": ">",
    "COMPARE_GREATERTHANOREQUALTO": ">=",
}
ARITHMETIC: Final = {
    "+": "({} + {})",
    "-": "({} - {})",
    "*": "({} * {})",
    # a division by zero is unknown, not infinite: infinity would exceed every threshold
    "/": "({} / nullif({}, 0e0))",
    "%": "({} % nullif({}, 0e0))",
}
FIXED: Final = {  # functions with a fixed number of values
    "abs": (1, "abs({})"),
    "angle_diff": (2, "(180e0 - abs(abs({} - {}) % 360e0 - 180e0))"),  # the smaller angle, 0 to 180 degrees
}
VARIADIC: Final = ("least", "greatest")
FUNCTIONS: Final = (*FIXED, *VARIADIC, "list_contains", "coalesce")
TYPE_WORDS: Final = {
    "number": "a number",
    "text": "a text",
    "flag": "true or false",
    "texts": "a list of texts",
    "null": "null",
}
SPOKEN: Final = {
    "SUBQUERY": "a subquery",
    "WINDOW": "a window function",
    "CAST": "a cast",
    "CASE": "case",
    "LAMBDA": "a lambda",
    "PARAMETER": "a parameter",
    "STAR": "*",
    "POSITIONAL_REFERENCE": "a position (#1)",
}

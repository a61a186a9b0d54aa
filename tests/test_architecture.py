"""The house keeps its floors: who may import whom, and where each library lives."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
FLOORS = {
    "vessels": {"vessels"},
    "zones": {"zones"},
    "maps": {"maps", "vessels", "zones"},
    "pipelines": {"pipelines", "maps", "vessels", "zones"},
}
HOMES = {
    "pyais": "vessels",
    "geopandas": "zones",
    "shapely": "zones",
    "pyproj": "zones",
    "folium": "maps",
    "branca": "maps",
    "paho": "pipelines/feeds",
    "serial": "pipelines/feeds",
    "websockets": "pipelines/feeds",
    "duckdb": "pipelines/store",
    "sqlite3": "pipelines/store",
}
# The tables that load what they name only when it is used.
LOADERS = {"pipelines/cli/__init__.py", "pipelines/feeds/__init__.py"}


def _imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node, node.module


def _hidden(tree: ast.AST) -> Iterator[ast.stmt]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))


def breaches(path: str, source: str) -> list[str]:
    """Return what a file, named by its path from the top, breaks of the rules of the house."""
    tree = ast.parse(source)
    floor = path.split("/", maxsplit=1)[0]
    found = []
    for node, module in _imports(tree):
        top = module.split(".")[0]
        if top in FLOORS and top not in FLOORS[floor]:
            found.append(f"{path}:{node.lineno} {floor} imports {module}")
        if top in HOMES and not path.startswith(HOMES[top] + "/"):
            found.append(f"{path}:{node.lineno} {top} lives in {HOMES[top]}/")
    if path not in LOADERS:
        found += [f"{path}:{node.lineno} an import inside a function" for node in _hidden(tree)]
    return found


def _files() -> list[Path]:
    return sorted(path for floor in FLOORS for path in (REPOSITORY / floor).rglob("*.py"))


def test_every_file_keeps_the_floors_and_the_homes_of_libraries() -> None:
    files = _files()
    assert len(files) > 40
    found = [breaches(path.relative_to(REPOSITORY).as_posix(), path.read_text("utf-8")) for path in files]
    assert [breach for each in found for breach in each] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("vessels/decode.py", "from zones.coast import land\n"),
        ("maps/page.py", "import duckdb\n"),
        ("pipelines/run.py", "def run():\n    from maps.page import render\n    return render\n"),
    ],
    ids=["a floor reached upward", "a library away from home", "an import hidden in a function"],
)
def test_a_deliberate_breach_is_found(path: str, source: str) -> None:
    assert len(breaches(path, source)) == 1


def test_nothing_but_the_four_floors_tests_and_plain_files_stand_at_the_top() -> None:
    folders = {path.name for path in REPOSITORY.iterdir() if path.is_dir() and not path.name.startswith((".", "voi-"))}
    assert folders - {"dist", "build"} == {"vessels", "zones", "maps", "pipelines", "tests"}


def test_the_wheel_ships_the_four_floors_and_nothing_else() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(FLOORS)

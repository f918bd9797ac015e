"""The layers: who may import whom, what stays out of the pure part, and how large a thing may grow."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("flows", "storage", "admin", "bot")
# package -> what no module of it may import
FORBIDDEN = {
    "flows": {"storage", "bot", "admin", "flask", "sqlalchemy", "twilio", "telegram"}
    | {"os", "time", "random", "secrets", "socket", "requests", "httpx"},
    "storage": {"bot", "admin", "flask", "twilio", "telegram"},
    "admin": {"bot", "twilio", "telegram"},
    "bot": {"admin"},
}
COMPOSITION_ROOT = "bot/app.py"
# the rooms of flows: each knows only those before it
ROOMS = (
    "errors",
    "guessing",
    "folding",
    "sms",
    "notation",
    "phrases",
    "tongues",
    "language",
    "talking",
    "checks",
    "framework",
    "loader",
)
ROOMS += ("rehearsing", "translating", "xlsform", "cost", "picture")
CLOCKS = {"now", "utcnow", "today"}
MAX_LINES, MAX_FUNCTION = 250, 40


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the four packages: its path from the root, and what is in it."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())


def imported(tree: ast.Module) -> set[str]:
    """The top names of all that is imported, inside functions too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add((node.module or "").partition(".")[0])
    return names


def calls(tree: ast.Module) -> Iterator[ast.Attribute]:
    """The methods that are called: ``session.commit()`` gives ``session.commit``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


@pytest.mark.parametrize("package", PACKAGES)
def test_the_arrow_points_one_way(package: str) -> None:
    wrong = {
        path: found
        for path, tree in MODULES.items()
        if path.startswith(f"{package}/") and path != COMPOSITION_ROOT
        if (found := imported(tree) & FORBIDDEN[package])
    }
    assert wrong == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_the_flows_knows_only_those_before_it(room: str) -> None:
    """Who reads from the first to the last never meets a name that comes later."""
    known = set(ROOMS[: ROOMS.index(room) + 1])
    met = {
        node.module.split(".")[1]
        for path, tree in MODULES.items()
        if path.removeprefix("flows/").removesuffix(".py").split("/")[0] == room
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flows.")
        if node.module
    }
    assert met <= known


def test_every_room_of_the_flows_has_its_place() -> None:
    rooms = {
        path.split("/")[1].removesuffix(".py") for path in MODULES if path.startswith("flows/")
    }
    assert rooms - {"__init__"} == set(ROOMS)


def test_the_flows_know_no_clock() -> None:
    """The day is passed in: ``date.today()`` and its like are called by nobody."""
    told = [
        f"{path}:{call.lineno}"
        for path, tree in MODULES.items()
        if path.startswith("flows/")
        for call in calls(tree)
        if call.attr in CLOCKS
        and isinstance(call.value, ast.Name | ast.Attribute)
        and ast.unparse(call.value).split(".")[-1] in ("date", "datetime")
    ]
    assert told == []


def test_the_storage_never_commits() -> None:
    told = [
        f"{path}:{call.lineno}"
        for path, tree in MODULES.items()
        if path.startswith("storage/")
        for call in calls(tree)
        if call.attr == "commit"
    ]
    assert told == []


def test_no_module_is_too_long() -> None:
    lengths = {
        path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in MODULES
    }
    assert {
        path: length
        for path, length in lengths.items()
        if length > MAX_LINES and "/migrations/versions/" not in path
    } == {}


def test_no_function_is_too_long() -> None:
    assert {
        f"{path}:{node.name}": length
        for path, tree in MODULES.items()
        if "/migrations/versions/" not in path
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION
    } == {}


def test_every_module_says_what_it_is_for_in_words_of_its_own() -> None:
    """An empty ``__init__.py`` has nothing to say."""
    said = {path: ast.get_docstring(tree) for path, tree in MODULES.items() if tree.body}
    assert [path for path, words in said.items() if not words] == []
    assert [words for words, count in Counter(said.values()).items() if count > 1] == []

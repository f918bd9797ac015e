"""The documents: what a newcomer reads names every setting, command and make target that there is."""

import ast
import re
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from storage.exports.formats import FORMATS

ROOT = Path(__file__).parent.parent
READERS = {"text", "url", "one_of", "number", "checked", "wrong"}
NAME = re.compile(r"[A-Z][A-Z_]+")
TARGET = re.compile(r"^([a-z-]+):.*## ", re.MULTILINE)
UNFINISHED = re.compile(rb"\b(TO" + rb"DO|FIX" + rb"ME)\b")
MADE = {"build", "dist", "instance", "node_modules"}  # folders that are not written by hand
WRITTEN = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".html",
    ".css",
    ".js",
    ".toml",
    ".txt",
    ".mako",
    ".svg",
    "",
}


def document(name: str) -> str:
    path = ROOT / name
    assert path.is_file(), f"there is no {name}"
    return path.read_text(encoding="utf-8")


def settings() -> list[str]:
    """The names that the settings read: arguments of the reader, and tuples of names."""
    parts = sorted((ROOT / "bot" / "settings").glob("*.py"))
    trees = [ast.parse(part.read_text(encoding="utf-8")) for part in parts]
    words: list[ast.expr] = []
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words += node.args[:1] if node.func.attr in READERS else []
        elif isinstance(node, ast.Tuple):
            words += node.elts
    said = {word.value for word in words if isinstance(word, ast.Constant)}
    levels = {"DEBUG", "INFO", "WARNING", "ERROR"}  # values, not names
    return sorted(name for name in said - levels if isinstance(name, str) and NAME.fullmatch(name))


def test_the_settings_are_found() -> None:
    assert {"DATABASE_URL", "TESTIMONY_KEYS", "TWILIO_FROM", "PORT"} <= set(settings())


@pytest.mark.parametrize("name", settings())
def test_the_readme_names_every_setting(name: str) -> None:
    assert f"`{name}`" in document("README.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command: str) -> None:
    assert re.search(rf"testimony {command}\b", document("README.md"))


@pytest.mark.parametrize("target", TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
def test_the_readme_names_every_target_of_make(target: str) -> None:
    assert re.search(rf"make {target}\b", document("README.md"))


@pytest.mark.parametrize("package", ["flows", "storage", "bot", "admin"])
def test_the_guide_for_contributors_names_the_packages(package: str) -> None:
    assert re.search(rf"\b{package}/", document("CONTRIBUTING.md"))


def test_nothing_is_left_for_later() -> None:
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") or part in MADE for part in parts[:-1])
        if not hidden and path.suffix in WRITTEN and path.is_file():
            found += (
                [path.relative_to(ROOT).as_posix()] if UNFINISHED.search(path.read_bytes()) else []
            )
    assert found == []


@pytest.mark.parametrize("form", FORMATS)
def test_the_guide_to_exports_names_every_format_with_its_endings(form: str) -> None:
    row = re.search(rf"^\| `{form}` \|.*$", document("docs/exports.md"), re.MULTILINE)
    assert row is not None
    assert f"`{FORMATS[form].ending}`" in row[0]

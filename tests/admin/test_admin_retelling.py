"""What other packages say to a page is known to it: each of their sentences, and each deed of the audit log."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import speaking
from town import STREET

from admin.deeds import DEEDS, deed_name
from admin.marks import plainly
from admin.retelling import CLASHING, SAYINGS, STAYING, pattern, retold, sentence
from bot.lately import TOO_MANY
from flows import load
from flows.talking.conversation import HELD

ROOT = Path(__file__).parents[2]
FLOW = load(STREET)
MACHINES = ("an automatic reply", "from a short code or a company")  # bot.lately
NAMED = "something"  # what a sentence names, where it is read from the source


def trees(*packages: str) -> Iterator[ast.Module]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"))


def text_of(node: ast.AST | None, tree: ast.Module) -> str | None:
    """A text as it would be said; None for what is no text in the source."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else NAMED for one in node.values
        )
    if isinstance(node, ast.Name):
        for one in tree.body:
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == node.id:
                return text_of(one.value, tree)
    return None


def errors(name: str, *packages: str) -> Iterator[str]:
    """What the errors of a name say, wherever they are raised."""
    for tree in trees(*packages):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(name) and node.args:
                told = text_of(node.args[0], tree)
                assert told is not None, ast.unparse(node)
                yield told


def told_in(path: str, function: str, kind: type[ast.Return | ast.Yield]) -> list[str]:
    """What a function gives its caller to tell."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    (found,) = (
        one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == function
    )
    given = (text_of(one.value, tree) for one in ast.walk(found) if isinstance(one, kind))
    return [one for one in given if one]


def attentions() -> Iterator[str]:
    """Why a person should look at a message."""
    for tree in trees("flows", "bot"):
        for node in ast.walk(tree):
            named = isinstance(node, ast.keyword) and node.arg == "attention"
            put = (
                isinstance(node, ast.Assign) and ast.unparse(node.targets[0])[-10:] == ".attention"
            )
            if isinstance(node, ast.keyword | ast.Assign) and (named or put):
                yield from filter(None, [text_of(node.value, tree)])


SAID = [
    *errors("StaffError", "storage", "admin"),
    *errors("Unfit", "storage"),
    *told_in("flows/talking/moving.py", "_stays", ast.Return),
    *told_in("flows/checks/catalog.py", "clashes", ast.Yield),
]


def known(told: str) -> list[str]:
    return [one for one in SAYINGS if pattern(one).fullmatch(told)]


@pytest.mark.parametrize("told", SAID)
def test_what_another_package_says_to_a_page_is_known(told):
    assert len(known(told)) == 1, "add it to admin/retelling.py"


@pytest.mark.parametrize("saying", SAYINGS)
def test_what_is_known_is_said_somewhere(saying):
    assert any(pattern(saying).fullmatch(told) for told in SAID), "nobody says this any more"


@pytest.mark.parametrize("told", sorted({*attentions(), HELD, TOO_MANY, *MACHINES}))
def test_why_a_person_should_look_is_known(app, told):
    with app.test_request_context():
        assert plainly(told, FLOW, "en") != told, "add it to admin/marks.py"


def test_the_sources_were_read_at_all():
    assert (len(STAYING), len(CLASHING)) == (6, 5)
    assert list(attentions())
    assert len(SAID) > 20


class TestRetelling:
    def test_it_keeps_what_is_named_and_says_the_rest(self, app):
        with speaking(app, "es"):
            assert retold("the new version does not speak vi") == "la versión nueva no habla vi"
            assert sentence("choose a role") == "Elija un papel."

    def test_of_several_reasons_to_look_each_is_said(self, app):
        with speaking(app, "es"):
            told = plainly("care: danger, self_harm; no usable answer to street", FLOW, "es")
            assert told == (
                "Por sus palabras, puede que alguien esté en peligro y puede que alguien quiera hacerse daño; "
                "No se pudo entender como respuesta a “¿En qué calle vive?”"
            )

    def test_what_is_not_known_is_shown_as_it_came(self, app):
        with speaking(app, "es"):
            assert retold("ValueError at engine.py:12") == "ValueError at engine.py:12"

    def test_a_name_that_comes_first_keeps_its_letters(self, app):
        with app.test_request_context():
            told = sentence("ana@example.org is a staff member already")
            assert told == "ana@example.org is a staff member already."

    def test_what_is_named_is_never_taken_for_a_place_to_fill(self, app):
        with speaking(app, "es"):
            told = retold("“%(least)s%s” is not an e-mail address")
            assert told == "“%(least)s%s” no es una dirección de correo"


def deeds() -> Iterator[str]:
    """Every name under which something is written to the audit log."""
    for tree in trees("storage", "admin", "bot"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called in ("audit.record", "record") and len(node.args) > 2:
                yield from _names(node.args[2], tree)
            elif called in ("_note", "_audit", "_record", "_tell", "_told"):
                named = [one.value for one in node.keywords if one.arg == "action"]
                yield from (
                    one.value
                    for one in (*node.args, *named)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )


def _names(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name):
        for one in ast.walk(tree):
            if isinstance(one, ast.Assign) and node.id in ast.unparse(one.targets[0]):
                for value in ast.walk(one.value):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield value.value


@pytest.mark.parametrize("deed", sorted(set(deeds())))
def test_every_deed_of_the_audit_log_has_its_words(deed):
    assert deed in DEEDS, "add it to admin/deeds.py"


def test_a_deed_of_an_older_program_keeps_its_name():
    assert re.fullmatch("stamped", deed_name("stamped"))

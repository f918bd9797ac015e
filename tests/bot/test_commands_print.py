"""``testimony flows print``: a survey as a form, for everybody or for one meeting."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from bot.commands.flows.print import print_
from storage import meetings, staff
from storage.db import Database
from storage.meetings import Facts
from storage.staff import Role
from tests.bot.conftest import ON_SQLITE
from tests.storage.material import NOW, source

Run = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "small.yaml"
    found.write_text(source(), encoding="utf-8")
    return found


@pytest.fixture
def run(environ: dict[str, str]) -> Run:
    def run(*words: object) -> Result:
        words = tuple(str(word) for word in words)
        return CliRunner(env=environ).invoke(print_, words, catch_exceptions=False)

    return run


def head(file: Path) -> str:
    return " ".join(PdfReader(file).pages[0].extract_text().split())


def code_of(database: Database, flow: str) -> str:
    facts = Facts(flow, "Town hall", "Library", "Us", NOW, NOW + timedelta(hours=2), "UTC", ())
    with database.writing() as session:
        owner = staff.add_staff(session, "a@b.c", "correct horse battery", Role.OWNER, NOW)
        known = meetings.get(session, meetings.add(session, facts, owner.id, NOW))
    assert known is not None
    return known.code


@ON_SQLITE
def test_it_prints_a_file(run: Run, path: Path, tmp_path: Path) -> None:
    result = run(path, "-o", tmp_path / "form.pdf", "--language", "es")
    assert (result.exit_code, result.stdout) == (0, f"Printed: {tmp_path / 'form.pdf'}\n")
    assert "What happened?" in head(tmp_path / "form.pdf")


@ON_SQLITE
def test_a_meeting_stands_at_its_head(
    run: Run, path: Path, tmp_path: Path, database: Database
) -> None:
    code = code_of(database, "small")
    result = run(path, "-o", tmp_path / "form.pdf", "--meeting", code.lower())
    assert result.exit_code == 0, result.output
    assert "Town hall" in head(tmp_path / "form.pdf")
    assert code in head(tmp_path / "form.pdf")


@ON_SQLITE
def test_another_surveys_meeting_is_refused(
    run: Run, path: Path, tmp_path: Path, database: Database
) -> None:
    code = code_of(database, "other")
    result = run(path, "-o", tmp_path / "form.pdf", "--meeting", code)
    assert (result.exit_code, result.stderr) == (
        1,
        f"The meeting {code} is about other, not small.\n",
    )
    assert run(path, "-o", tmp_path / "form.pdf", "--meeting", "K4T7R").exit_code == 1


@ON_SQLITE
@pytest.mark.parametrize(
    "words", [("-o", "form.txt"), ("-o", "none/form.pdf"), ("-o", "f.pdf", "--language", "fr")]
)
def test_what_cannot_be_is_wrong_use(run: Run, path: Path, words: tuple[str, ...]) -> None:
    assert run(path, *words).exit_code == 2

"""``testimony export`` in every format: chosen by name or ending, written whole, with its digest and its reason."""

import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import masks, staff, translations
from storage.db import Database
from storage.exports import register
from storage.exports.formats import available
from storage.models import AnswerRow, AuditEvent
from tests.bot.test_commands_export import read
from tests.bot.test_commands_shell import run
from tests.storage.exporting import folder_of, two
from tests.storage.material import NOW

FORMS = sorted(available())


@pytest.fixture
def told(database: Database) -> Database:
    two(database)
    return database


def events(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as session:
        rows = session.scalars(
            select(AuditEvent).where(AuditEvent.action.like("export%")).order_by(AuditEvent.id)
        )
        return [(row.action, row.detail) for row in rows]


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("csv", "sav")])
def test_every_format_is_one_whole_file_with_its_digest(
    url: str, told: Database, tmp_path: Path, form: str
) -> None:
    folder = folder_of(tmp_path)
    path = folder / "answers.out"
    result = run("export", "small", "-o", path, "--format", form, DATABASE_URL=url)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"{path}: 2 interviews")
    assert [(one.name, one.stat().st_mode & 0o777) for one in folder.iterdir()] == [
        ("answers.out", 0o600)
    ]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert f"SHA-256 {digest}" in result.stderr
    (first, detail), (second, about) = events(told)
    assert (first, detail) == ("export", {"export": 1, "rows": 2, "format": form})
    assert (second, about["sha256"]) == ("export_file", digest)


def test_the_ending_chooses_the_format(url: str, told: Database, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    run("export", "small", "-o", path, DATABASE_URL=url)
    assert [json.loads(line)["interview"] for line in path.read_bytes().splitlines()] == [1, 2]


def test_an_ending_that_names_nothing_is_wrong_use(sqlite_url: str, tmp_path: Path) -> None:
    result = run("export", "small", "-o", tmp_path / "answers.xls", DATABASE_URL=sqlite_url)
    assert (result.exit_code, list(tmp_path.glob("answers*"))) == (2, [])
    assert "--format csv|xlsx|" in result.stderr


@pytest.mark.parametrize("word", ["--identified", "--exact"])
def test_who_wants_to_know_people_says_why(
    url: str, told: Database, tmp_path: Path, word: str
) -> None:
    path = tmp_path / "answers.csv"
    refused = run("export", "small", "-o", path, word, DATABASE_URL=url)
    assert (refused.exit_code, path.exists(), events(told)) == (2, False, [])
    run("export", "small", "-o", path, word, "--reason", "to call back", DATABASE_URL=url)
    assert events(told)[0][1] == {
        **{"export": 1, "rows": 2, "format": "csv"},
        word.lstrip("-"): True,
    }
    with told.reading() as session:
        assert register.reasons(session, [1]) == {1: "to call back"}
    first = read(path)[0]
    assert (first["call"], first["where"]) == (
        ("'+14045550188", "33.75 -84.39")
        if word == "--identified"
        else ("(withheld)", "33.748997 -84.387985")
    )


def test_masked_words_and_translations_come_when_they_are_asked_for(
    url: str, told: Database, tmp_path: Path
) -> None:
    with told.writing() as session:
        who = staff.add_staff(
            session, "c@example.org", "long enough to be one", staff.Role.COORDINATOR, NOW
        ).id
        answer = session.scalars(select(AnswerRow.id).where(AnswerRow.question == "said")).first()
        assert answer is not None
        masks.put(session, answer, (5, 7), who, "", NOW)
        translations.save(session, answer, "es", "=1+1, dijo █████", who, NOW)
    path = tmp_path / "answers.jsonl"

    def said(*options: str) -> dict[str, object]:
        result = run("export", "small", "-o", path, *options, DATABASE_URL=url)
        assert result.exit_code == 0, result.stderr
        found: dict[str, object] = json.loads(path.read_bytes().splitlines()[0])["answers"]
        return found

    assert "he said" not in str(said())
    with_both = said("--identified", "--behind", "--reason", "a court", "--translation", "es")
    assert with_both["said"] == "=1+1, he said"
    assert with_both["said/translation/es"] == "=1+1, dijo █████"
    alone = run("export", "small", "-o", path, "--behind", "--reason", "why", DATABASE_URL=url)
    assert (alone.exit_code, "--identified" in alone.stderr) == (2, True)


def test_by_default_nobody_is_identified_and_the_columns_stay(
    url: str, told: Database, tmp_path: Path
) -> None:
    path = tmp_path / "answers.csv"
    run("export", "small", "-o", path, DATABASE_URL=url)
    first = read(path)[0]
    assert list(first)[-5:] == ["where", "call", "papers", "incidents", "quote"]
    assert (first["call"], first["papers"]) == ("(withheld)", "(withheld)")
    assert b"404" not in path.read_bytes()


def test_a_scope_leaves_out_the_words_of_who_said_no(
    url: str, told: Database, tmp_path: Path
) -> None:
    path = tmp_path / "answers.csv"
    run("export", "small", "-o", path, "--scope", "quote", DATABASE_URL=url)
    assert [row["said"] for row in read(path)] == ["'=1+1, he said", ""]
    assert events(told)[0][1]["scope"] == "quote"


def test_labels_come_in_a_language_of_the_flow(url: str, told: Database, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    run("export", "small", "-o", path, "--labels", "--language", "es", DATABASE_URL=url)
    assert [row["¿Qué hogar?"] for row in read(path)] == ["Piso", "Casa"]
    result = run("export", "small", "-o", path, "--labels", "--language", "fr", DATABASE_URL=url)
    assert (result.exit_code, "en, es" in result.stderr) == (2, True)


def test_the_language_of_interviews_is_a_filter(url: str, told: Database, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    words = ("--labels", "--language", "es", "--language-of", "es")
    result = run("export", "small", "-o", path, *words, DATABASE_URL=url)
    assert result.stdout.startswith(f"{path}: 0 interviews.")
    assert events(told)[0][1] == {
        **{"export": 1, "rows": 0, "format": "csv"},
        **{"language": "es", "labels": "es"},
    }


def test_the_files_of_one_export_are_placed_together_or_not_at_all(
    url: str, told: Database, tmp_path: Path
) -> None:
    """The table of a repeat cannot be read: then that of the interviews does not appear either."""
    with told.writing() as session:
        row = session.scalars(select(AnswerRow).where(AnswerRow.question == "what")).first()
        assert row is not None
        row.words = b"\x01damaged"
    folder = folder_of(tmp_path)
    result = run("export", "small", "-o", folder / "answers.csv", DATABASE_URL=url)
    assert (result.exit_code, list(folder.iterdir()), events(told)) == (2, [], [])


def test_what_a_killed_export_left_is_in_nobody_s_way(sqlite_url: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / f".answers.csv.{os.getpid()}").write_text("half", encoding="utf-8")
    run("flows", "publish", DATABASE_URL=sqlite_url)
    path = folder / "answers.csv"
    result = run("export", "three-questions", "-o", path, DATABASE_URL=sqlite_url)
    assert (result.exit_code, [one.name for one in folder.iterdir()]) == (0, ["answers.csv"])
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_file_of_csv_is_told_with_its_digest(
    url: str, told: Database, tmp_path: Path
) -> None:
    path = tmp_path / "answers.csv"
    result = run("export", "small", "-o", path, DATABASE_URL=url)
    beside = tmp_path / "answers-incidents.csv"
    assert result.stdout == f"{path}: 2 interviews.\n{beside}: 3 of incidents.\n"
    found = [hashlib.sha256(one.read_bytes()).hexdigest() for one in (path, beside)]
    assert re.findall(r"SHA-256 (\w+)", result.stderr) == found
    assert [detail["sha256"] for action, detail in events(told) if action == "export_file"] == found


def test_codes_come_with_the_themes_of_the_flows_folder(
    url: str, told: Database, tmp_path: Path
) -> None:
    path, flows = tmp_path / "answers.csv", folder_of(tmp_path)
    asked = ("export", "small", "-o", path, "--with-codes")
    result = run(*asked, DATABASE_URL=url)
    assert result.exit_code == 0, result.stderr
    assert "themes" in path.read_text(encoding="utf-8-sig").splitlines()[0]
    (flows / "themes.yaml").write_text("themes: {}")
    result = run(*asked, DATABASE_URL=url, FLOWS_DIR=str(flows))
    assert result.exit_code == 1
    assert "themes.yaml:1:9: “themes” is empty" in result.stderr

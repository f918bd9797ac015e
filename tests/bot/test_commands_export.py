"""``testimony export``: the whole file or none, for its owner's eyes alone, and written down."""

import csv
import os
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.db import Database, open_database
from storage.library import Library
from storage.models import AnswerRow, AuditEvent
from tests.bot.test_commands_shell import run
from tests.conftest import KEY
from tests.storage.material import publish, source, tell

QUESTIONS = (
    "  said: {type: text, label: What happened?}\n  people: {type: integer, label: How many?}\n"
)
REPEATED = """  times:
    repeat: Another time?
    max: 3
    questions:
      when: {type: text, label: When was it?}
"""


@pytest.fixture
def told(database: Database) -> Database:
    """Two testimonies: one by text message, one in Telegram."""
    publish(database, source(QUESTIONS))
    shelf = Library()
    tell(database, shelf, "SMALL", "yes", "=1+1, he said\n“so”", "3")
    tell(database, shelf, "SMALL", "yes", "SKIP", address="5501", channel="telegram")
    return database


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def events(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as session:
        rows = session.scalars(select(AuditEvent).where(AuditEvent.action == "export"))
        return [(row.subject, row.detail) for row in rows]


def test_the_answers_go_into_a_file(url: str, told: Database, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    result = run("export", "small", "-o", path, DATABASE_URL=url)
    assert (result.exit_code, result.stdout) == (0, f"{path}: 2 interviews.\n")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfinterview,flow,version,")
    first, second = read(path)
    assert (first["said"], first["people"]) == ("'=1+1, he said\n“so”", "3")
    assert (second["said"], second["people"], second["channel"]) == ("(refused)", "", "telegram")
    assert events(told) == [("flow:small", {"export": 1, "rows": 2, "format": "csv"})]


def test_the_file_is_its_owners_alone_and_nothing_lies_beside_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    run("flows", "publish", DATABASE_URL=sqlite_url)
    path = folder / "answers.csv"
    path.write_text("an older one, readable by all", encoding="utf-8")
    path.chmod(0o644)
    result = run("export", "city-testimony", "-o", path, DATABASE_URL=sqlite_url)
    assert (result.exit_code, result.stdout) == (0, f"{path}: 0 interviews.\n")
    assert [(one.name, one.stat().st_mode & 0o777) for one in folder.iterdir()] == [
        ("answers.csv", 0o600)
    ]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--channel", "telegram"), 1),
        (("--status", "complete"), 1),
        (("--status", "declined"), 0),
        (("--language", "en"), 2),
        (("--language", "es"), 0),
        (("--since", "2026-05-31", "--until", "2026-05-31"), 2),
        (("--since", "2026-06-01"), 0),
        (("--until", "2026-05-30"), 0),
        (("--until", "9999-12-31"), 2),
    ],
)
def test_a_filter_narrows_what_is_written(
    sqlite_url: str, tmp_path: Path, words: tuple[str, ...], count: int
) -> None:
    database = opened(sqlite_url)
    path = tmp_path / "answers.csv"
    result = run("export", "small", "-o", path, *words, DATABASE_URL=sqlite_url)
    database.close()
    assert result.exit_code == 0
    assert len(read(path)) == count


def opened(url: str) -> Database:
    database = open_database(url, [KEY])
    publish(database, source(QUESTIONS))
    shelf = Library()
    tell(database, shelf, "SMALL", "yes", "words", "3")
    tell(database, shelf, "SMALL", "yes", "SKIP", address="5501", channel="telegram")
    return database


def test_an_unknown_flow_makes_no_file(url: str, told: Database, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    result = run("export", "city", "-o", folder / "answers.csv", DATABASE_URL=url)
    assert result.exit_code == 1
    assert result.stderr == (
        "No flow “city” was ever published. Name one of: testimony flows list\n"
    )
    assert list(folder.iterdir()) == []
    assert events(told) == []


@pytest.mark.parametrize("place", ["nowhere/answers.csv", "a-file/answers.csv", "a-folder"])
def test_a_place_that_cannot_hold_a_file_is_wrong_use(
    sqlite_url: str, tmp_path: Path, place: str
) -> None:
    (tmp_path / "a-file").write_text("", encoding="utf-8")
    (tmp_path / "a-folder").mkdir()
    run("flows", "publish", DATABASE_URL=sqlite_url)
    result = run("export", "city-testimony", "-o", tmp_path / place, DATABASE_URL=sqlite_url)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", ["pipe", "link", "dangling"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_no_plain_file_is_refused_and_stays_as_it_is(
    url: str, told: Database, tmp_path: Path, kind: str, form: str
) -> None:
    """A file was put in its place: for root of /dev/null as well."""
    place, other = tmp_path / f"out.{form}", tmp_path / "other"
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(other)
    if kind == "link":
        other.write_text("mine", encoding="utf-8")
    before = place.lstat()
    result = run("export", "small", "-o", place, DATABASE_URL=url)
    assert (result.exit_code, result.stderr) == (
        2,
        f"{place} is a device, a pipe or a link, and no plain file: name another.\n",
    )
    assert place.lstat() == before
    assert events(told) == []


def test_the_second_table_is_not_put_over_a_link_either(url: str, tmp_path: Path) -> None:
    database = open_database(url, [KEY])
    publish(database, source(REPEATED))
    database.close()
    (tmp_path / "out-times.csv").symlink_to(tmp_path / "other")
    result = run("export", "small", "-o", tmp_path / "out.csv", DATABASE_URL=url)
    assert result.exit_code == 1
    assert "out-times.csv cannot be written: there is a device, a pipe, a" in result.stderr
    assert [path.name for path in tmp_path.glob("out*")] == ["out-times.csv"]


def test_nothing_is_written_into_a_file_called_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export", "small", "-o", "-", "--format", "csv", DATABASE_URL="sqlite:///x.db")
    assert (result.exit_code, result.stderr) == (
        2,
        "Nothing is written to standard output here: name a file.\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told_and_not_counted(
    url: str, told: Database, tmp_path: Path
) -> None:
    path = tmp_path / f"{'a' * 300}.csv"  # too long a name, for whoever runs the tests
    result = run("export", "small", "-o", path, DATABASE_URL=url)
    assert (result.exit_code, result.stderr) == (
        1,
        f"{path} cannot be written: File name too long\n",
    )
    assert events(told) == []


def test_what_cannot_be_opened_leaves_the_older_file_as_it_was(
    url: str, told: Database, tmp_path: Path
) -> None:
    """A damaged value, or the wrong keys: half a file would be taken for the whole."""
    with told.writing() as session:
        session.execute(update(AnswerRow).values(words=b"\x01damaged"))
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "answers.csv"
    path.write_text("older", encoding="utf-8")
    result = run("export", "small", "-o", path, DATABASE_URL=url)
    assert result.exit_code in (1, 2)
    assert "TESTIMONY_KEYS" in result.stderr
    assert [(one.name, one.read_text(encoding="utf-8")) for one in folder.iterdir()] == [
        ("answers.csv", "older")
    ]
    assert events(told) == []

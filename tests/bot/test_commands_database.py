"""Commands and their database: brought up to date, and told plainly what is wrong with it."""

from pathlib import Path

import pytest

from storage import schema
from tests.bot.test_commands_shell import KEYS, run, spawn
from tests.conftest import at, create, drop

# every command that works on the database, with as little as it takes
ALL = [
    ("flows", "list"),
    ("flows", "publish"),
    ("export", "city-testimony", "-o", "export.csv"),
    ("staff", "add", "ana@example.org"),
    ("staff", "password", "ana@example.org"),
    ("keys", "rotate"),
    ("serve",),
    ("worker",),
    ("telegram", "poll"),
]
NOBODY_LISTENS = "postgresql://someone:hunter2@127.0.0.1:1/testimony"


def test_the_database_is_made_and_then_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'testimony.db'}"
    first, second = (run("db", "upgrade", DATABASE_URL=url) for _ in range(2))
    assert (first.exit_code, first.stdout) == (0, f"The database went to {schema.head()}.\n")
    assert (second.exit_code, second.stdout) == (0, f"The database is at {schema.head()}.\n")
    assert (tmp_path / "new" / "testimony.db").stat().st_mode & 0o777 == 0o600


def test_a_postgresql_database_is_made_too(postgres_server: str) -> None:
    create(postgres_server, "upgraded")
    try:
        result = run("db", "upgrade", DATABASE_URL=at(postgres_server, "upgraded"))
        assert (result.exit_code, result.stdout) == (0, f"The database went to {schema.head()}.\n")
    finally:
        drop(postgres_server, "upgraded")


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_database_without_tables_is_told_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words, DATABASE_URL="sqlite:///empty.db", TELEGRAM_BOT_TOKEN="1:x")
    assert result.exit_code == 1
    assert result.stderr == (
        "The database has no tables yet. Make them with: testimony db upgrade\n"
    )


@pytest.mark.parametrize("words", [*ALL, ("db", "upgrade"), ("start",)], ids=" ".join)
def test_a_database_that_is_away_is_told_in_one_line_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words, DATABASE_URL=NOBODY_LISTENS, TELEGRAM_BOT_TOKEN="1:x")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("The database postgresql+psycopg://someone:***@127.0.0.1:1/testimony ")
    assert "hunter2" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_password_in_the_query_of_an_address_is_not_told_either() -> None:
    url = "postgresql://someone@127.0.0.1:1/testimony?password=hunter2"
    result = run("flows", "list", DATABASE_URL=url)
    assert result.exit_code == 1
    assert "hunter2" not in result.output


@pytest.mark.parametrize("words", [("flows", "list"), ("db", "upgrade"), ("start",)], ids=" ".join)
@pytest.mark.parametrize("place", ["a-file/testimony.db", "a-folder"])
def test_a_file_that_cannot_be_made_is_told_in_one_line(
    tmp_path: Path, words: tuple[str, ...], place: str
) -> None:
    (tmp_path / "a-file").write_text("", encoding="utf-8")
    (tmp_path / "a-folder").mkdir()
    result = run(*words, DATABASE_URL=f"sqlite:///{tmp_path / place}")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("The database ")


def test_what_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database at all\n" * 100, encoding="utf-8")
    result = run("flows", "list", DATABASE_URL=f"sqlite:///{tmp_path / 'notes.txt'}")
    assert result.exit_code == 1
    assert result.stderr.endswith("cannot be used: file is not a database\n")


@pytest.mark.parametrize("words", [*ALL, ("db", "upgrade"), ("start",)], ids=" ".join)
def test_a_wrong_setting_is_told_by_its_name(words: tuple[str, ...]) -> None:
    result = run(*words, PORT="http", LOG_LEVEL="loud")
    assert result.exit_code == 2
    assert sorted(line.split()[0] for line in result.stderr.splitlines()) == ["LOG_LEVEL", "PORT"]


def test_keys_that_cannot_be_made_are_told(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file where the folder should be", encoding="utf-8")
    done = spawn(tmp_path, "flows", "list")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("instance/keys.env cannot be made or read: ")


def test_a_fresh_folder_gets_its_keys_and_database(tmp_path: Path) -> None:
    done = spawn(tmp_path, "db", "upgrade")
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "instance").iterdir()}
    assert made == {"keys.env": 0o600, "testimony.db": 0o600}


def test_a_command_as_a_process_of_its_own_ends_as_it_does_here(tmp_path: Path) -> None:
    done = spawn(tmp_path, "flows", "list", DATABASE_URL=NOBODY_LISTENS, **KEYS)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr

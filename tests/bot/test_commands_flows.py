"""``testimony flows``: every mistake with its place and its cure, and all flows published or none."""

import hashlib
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.settings import SURVEYS
from storage.db import Database, open_database
from storage.models import AuditEvent, FlowVersion
from tests.bot.test_commands_shell import run
from tests.storage.material import source

QUESTION = "  name: {type: text, label: Your name?}\n"


def write(folder: Path, name: str, questions: str = QUESTION, keyword: str = "") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(source(questions, name, keyword or name.upper()), encoding="utf-8")
    return path


def published(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(FlowVersion.flow).order_by(FlowVersion.flow)))


def test_good_flows_are_told_to_be_good(tmp_path: Path) -> None:
    one, two = (
        write(tmp_path, "one"),
        write(tmp_path, "two", QUESTION + "  n: {type: note, label: N}\n"),
    )
    result = run("flows", "check", one, two)
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if ": good (" in line] == [
        f"{one}: good (1 questions; SMS segments of the consent: 1 in en, 1 in es)",
        f"{two}: good (1 questions; SMS segments of the consent: 1 in en, 1 in es)",
    ]


def test_the_flows_that_ship_are_checked_when_none_is_named() -> None:
    result = run("flows", "check")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{SURVEYS / 'city-testimony.yaml'}: good (")


def test_a_mistake_is_told_with_its_place_and_its_cure(tmp_path: Path) -> None:
    path = write(tmp_path, "one", "  name: {type: txet, label: Your name?}\n")
    result = run("flows", "check", path)
    assert result.exit_code == 1
    assert "good" not in result.stdout
    assert result.stderr.splitlines() == [
        f"{path}:9:16: there is no type “txet”",
        "    Did you mean text?",
        "",
        "1 mistake.",
    ]


def test_the_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "one", "  name: {type: txet, label: A?}\n  name: {type: text, label: B?}\n")
    write(tmp_path, "two", "  age: {type: integr, label: C?}\n  name: {type: text, lable: D?}\n")
    write(tmp_path, "three")
    result = run("flows", "check", tmp_path)
    assert result.exit_code == 1
    assert f"{tmp_path / 'one.yaml'}:10:3: " in result.stderr
    assert f"{tmp_path / 'two.yaml'}:9:15: " in result.stderr
    assert f"{tmp_path / 'two.yaml'}:10:22: " in result.stderr
    assert result.stderr.splitlines()[-1].endswith(" mistakes.")


@pytest.mark.parametrize("name", ["nowhere.yaml", "empty"])
def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    result = run("flows", "check", tmp_path / name)
    assert result.exit_code == 2
    assert str(tmp_path / name) in result.stderr


def test_a_file_that_cannot_be_read_is_a_mistake_like_others(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "latin.yaml").write_bytes("flow: caf\xe9\n".encode("latin-1"))
    result = run("flows", "check", tmp_path)
    assert result.exit_code == 1
    assert f"{tmp_path / 'folder.yaml'}:1:1: cannot be read: Is a directory" in result.stderr
    assert f"{tmp_path / 'latin.yaml'}:1:10: this is not UTF-8 text" in result.stderr
    assert "2 mistakes." in result.stderr


def test_two_flows_may_not_start_with_the_same_word(tmp_path: Path) -> None:
    one, two = write(tmp_path, "one", keyword="RIGHTS"), write(tmp_path, "two", keyword="rights")
    result = run("flows", "check", one, two)
    assert result.exit_code == 1
    assert f"{two}:4:1: the keyword “rights” also starts one" in result.stderr


def test_a_keyword_may_not_be_an_answer_in_another_flow(tmp_path: Path) -> None:
    """Else an answer would put the interview aside and begin the other."""
    one = write(tmp_path, "one", keyword="POLICE")
    result = run("flows", "check", SURVEYS / "city-testimony.yaml", one)
    assert result.exit_code == 1
    assert f"{one}:4:1: the keyword “police” is an answer in city-testimony" in result.stderr


def test_two_files_may_not_hold_the_same_flow(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    one, old = write(tmp_path, "one"), write(tmp_path / "old", "one", keyword="OLD")
    result = run("flows", "check", one, old)
    assert result.exit_code == 1
    assert f"{old}:1:1: {one} holds a flow one too" in result.stderr


def test_a_file_that_is_named_twice_is_one_file(tmp_path: Path) -> None:
    one = write(tmp_path, "one")
    result = run("flows", "check", tmp_path, one)
    assert (result.exit_code, result.stderr) == (0, "")


def test_publishing_makes_flows_current_once(url: str, database: Database, tmp_path: Path) -> None:
    one, two = write(tmp_path, "one"), write(tmp_path, "two")
    result = run("flows", "publish", one, two, DATABASE_URL=url)
    assert result.exit_code == 0
    version = hashlib.sha256(one.read_bytes()).hexdigest()[:12]
    assert result.stdout.splitlines()[0] == f"Published one ({version})."
    assert published(database) == ["one", "two"]
    again = run("flows", "publish", one, two, DATABASE_URL=url)
    assert again.stdout.splitlines() == ["one is current already.", "two is current already."]
    with database.reading() as session:
        subjects = session.scalars(select(AuditEvent.subject).order_by(AuditEvent.id)).all()
    assert subjects == ["flow:one", "flow:two"]


def test_nothing_is_published_when_one_flow_is_bad(
    url: str, database: Database, tmp_path: Path
) -> None:
    write(tmp_path, "a-good-one")
    bad = write(tmp_path, "bad", "  name: {type: txet, label: Your name?}\n")
    result = run("flows", "publish", tmp_path, DATABASE_URL=url)
    assert result.exit_code == 1
    assert f"{bad}:9:16: there is no type “txet”" in result.stderr
    assert result.stderr.endswith("Nothing was published.\n")
    assert published(database) == []


def test_nothing_is_published_when_two_flows_collide(
    url: str, database: Database, tmp_path: Path
) -> None:
    write(tmp_path, "one", keyword="RIGHTS")
    write(tmp_path, "two", keyword="RIGHTS")
    assert run("flows", "publish", tmp_path, DATABASE_URL=url).exit_code == 1
    assert published(database) == []


def test_a_flow_may_not_take_the_word_of_one_that_is_published(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Published one after the other is no different from published together."""
    one, two = write(tmp_path, "one", keyword="RIGHTS"), write(tmp_path, "two", keyword="RIGHTS")
    assert run("flows", "publish", one, DATABASE_URL=sqlite_url).exit_code == 0
    result = run("flows", "publish", two, DATABASE_URL=sqlite_url)
    assert result.exit_code == 1
    assert "the keyword “rights” also starts one" in result.stderr


@pytest.mark.parametrize("change", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_is_stored_is_what_was_hashed(
    sqlite_url: str, tmp_path: Path, change: str, mark: str
) -> None:
    """However an editor ends its lines, and whether or not it puts a mark before them."""
    path = write(tmp_path, "one")
    text = mark + path.read_text(encoding="utf-8").replace("\n", change)
    path.write_bytes(text.encode())
    assert run("flows", "publish", path, DATABASE_URL=sqlite_url).exit_code == 0
    listed = run("flows", "list", DATABASE_URL=sqlite_url).stdout.split("\t")
    with_version = run("flows", "publish", path, DATABASE_URL=sqlite_url)
    assert with_version.stdout == "one is current already.\n"
    stored = stored_source(sqlite_url)
    assert hashlib.sha256(stored.encode()).hexdigest()[:12] == listed[1]


def stored_source(url: str) -> str:
    with closing(open_database(url, [bytes(32)])) as database, database.reading() as session:
        return session.scalars(select(FlowVersion.source)).one()


def test_the_published_flows_are_listed(url: str, database: Database, tmp_path: Path) -> None:
    empty = run("flows", "list", DATABASE_URL=url)
    assert (empty.exit_code, empty.stdout) == (
        0,
        "No flow is published. Publish those that ship with: testimony flows publish\n",
    )
    run("flows", "publish", write(tmp_path, "one"), write(tmp_path, "two"), DATABASE_URL=url)
    lines = run("flows", "list", DATABASE_URL=url).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["one", "two"]
    assert all(line.endswith(" UTC\t0 under way") for line in lines)


def test_a_folder_of_the_deployments_own_takes_the_place_of_what_ships(
    sqlite_url: str, tmp_path: Path
) -> None:
    write(tmp_path, "one")
    given = {"DATABASE_URL": sqlite_url, "FLOWS_DIR": str(tmp_path)}
    assert run("flows", "publish", **given).stdout.startswith("Published one (")
    assert run("flows", "list", **given).stdout.startswith("one\t")


def test_the_themes_of_a_folder_are_checked_with_its_flows(tmp_path: Path) -> None:
    small = (
        "flow: small\ntitle: Small\nlanguages: [en]\nkeywords: [SMALL]\ncontact: We, 404-555-0100\n"
    )
    small += "consent: {label: May we ask?, declined: Good bye.}\nclosing: Thanks.\n"
    small += "questions:\n  said: {type: text, label: What happened?, theme: waters}\n"
    (tmp_path / "small.yaml").write_text(small)
    assert "there is no theme “waters”" in run("flows", "check", tmp_path).stderr
    themes = tmp_path / "themes.yaml"
    themes.write_text("languages: [en]\nthemes:\n  waters: {label: Waters}\n")
    assert run("flows", "check", tmp_path).exit_code == 0
    themes.write_text("languages: [en]\nthemes:\n  waters: {lable: Waters}\n")
    result = run("flows", "check", tmp_path)
    assert result.exit_code == 1
    assert "themes.yaml:3:12: there is no “lable” here\n    Did you mean label?" in result.stderr

"""``testimony flows publish`` and its neighbours: gates, moving people along, going back, transcripts."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.db import Database
from storage.library import Library
from storage.models import AuditEvent, InterviewRow
from tests.bot.test_commands_flows import published, write
from tests.bot.test_commands_shell import run
from tests.storage.material import tell

FIRST = "  name: {type: text, label: Your name?}\n  last: {type: text, label: Last?}\n"
SECOND = FIRST.replace("Last?", "And the last?")
HALF = "  name: {type: text, label: {en: Your name?}}\n  last: {type: text, label: {en: Last?, es: ¿Y?}}\n"


def asked(database: Database) -> list[tuple[int, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(InterviewRow).order_by(InterviewRow.id))
        return [(row.flow_version_id, row.asked) for row in rows]


def audited(database: Database, action: str) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.subject).where(AuditEvent.action == action)))


def test_a_language_that_lacks_a_text_stops_publishing(
    url: str, database: Database, tmp_path: Path
) -> None:
    path = write(tmp_path, "one", HALF)
    result = run("flows", "publish", path, DATABASE_URL=url)
    assert result.exit_code == 1
    assert f"{path}: es: 1 text is missing (questions.name.label)." in result.stderr
    assert "Nothing was published." in result.stderr
    assert published(database) == []
    allowed = run("flows", "publish", path, "--allow-untranslated", DATABASE_URL=url)
    assert allowed.exit_code == 0
    assert published(database) == ["one"]


def test_people_under_way_stay_on_their_version(
    url: str, database: Database, tmp_path: Path
) -> None:
    run("flows", "publish", write(tmp_path, "one", FIRST), DATABASE_URL=url)
    tell(database, Library(), "ONE", "yes", "Ana")
    before = asked(database)
    run("flows", "publish", write(tmp_path, "one", SECOND), DATABASE_URL=url)
    assert asked(database) == before
    assert "\t1 under way" in run("flows", "list", DATABASE_URL=url).stdout


def test_people_under_way_are_moved_when_that_is_wanted(
    url: str, database: Database, tmp_path: Path
) -> None:
    run("flows", "publish", write(tmp_path, "one", FIRST), DATABASE_URL=url)
    tell(database, Library(), "ONE", "yes", "Ana")
    ((old, _),) = asked(database)
    result = run("flows", "publish", write(tmp_path, "one", SECOND), "--migrate", DATABASE_URL=url)
    assert result.stdout.splitlines()[1] == "Moved 1 interview of one under way."
    ((new, waits),) = asked(database)
    assert (new != old, waits) == (True, None)
    tell(database, Library(), "what?")
    assert asked(database) == [(new, "last")]
    assert audited(database, "migrate") == ["flow:one"]


def test_an_earlier_version_is_made_current_again(
    url: str, database: Database, tmp_path: Path
) -> None:
    run("flows", "publish", write(tmp_path, "one", FIRST), DATABASE_URL=url)
    first = run("flows", "list", DATABASE_URL=url).stdout.split("\t")[1]
    run("flows", "publish", write(tmp_path, "one", SECOND), DATABASE_URL=url)
    result = run("flows", "rollback", "one", DATABASE_URL=url)
    assert result.stdout.startswith(f"one is at {first} again (it was at ")
    assert run("flows", "list", DATABASE_URL=url).stdout.split("\t")[1] == first
    assert audited(database, "rollback") == ["flow:one"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("two",), "No flow “two” was ever published."),
        (("one",), "one has only one version."),
        (("one", "--version", "zz"), "one has only one version."),
    ],
)
def test_there_must_be_a_version_to_go_back_to(
    url: str, database: Database, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    run("flows", "publish", write(tmp_path, "one", FIRST), DATABASE_URL=url)
    result = run("flows", "rollback", *words, DATABASE_URL=url)
    assert (result.exit_code, result.stderr.startswith(told)) == (1, True)


def test_a_version_is_named_by_the_first_letters_of_its_hash(
    url: str, database: Database, tmp_path: Path
) -> None:
    hashes = []
    for questions in (FIRST, SECOND, FIRST + SECOND.replace("name:", "a:").replace("last:", "b:")):
        run("flows", "publish", write(tmp_path, "one", questions), DATABASE_URL=url)
        hashes.append(run("flows", "list", DATABASE_URL=url).stdout.split("\t")[1])
    wrong = run("flows", "rollback", "one", "--version", "zz", DATABASE_URL=url)
    assert f"They are: {hashes[1]}, {hashes[0]}." in wrong.stderr
    run("flows", "rollback", "one", "--version", hashes[0][:6], DATABASE_URL=url)
    assert run("flows", "list", DATABASE_URL=url).stdout.split("\t")[1] == hashes[0]


def transcript(folder: Path, *lines: str) -> Path:
    path = folder / "one" / "first.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_transcript_that_goes_otherwise_stops_publishing(
    url: str, database: Database, tmp_path: Path
) -> None:
    path = write(tmp_path, "one", FIRST)
    told = transcript(tmp_path, "today: 2026-05-31", "> ONE\n< Something else")
    result = run("flows", "publish", path, DATABASE_URL=url)
    assert result.exit_code == 1
    assert f"{told}:" in result.stderr
    assert published(database) == []


def test_recording_writes_what_the_bot_says(tmp_path: Path) -> None:
    path = write(tmp_path, "one", FIRST)
    told = transcript(
        tmp_path, "# Ana tells.", "today: 2026-05-31", "> ONE", "> yes", "> Ana", "> Bye"
    )
    result = run("flows", "check", path, "--update")
    assert result.exit_code == 0
    assert f"{told}: written anew" in result.stdout
    assert "> Ana\n< Last?" in told.read_text(encoding="utf-8")
    again = run("flows", "check", path, "--coverage")
    assert "1 transcript visits 2 of 2 questions" in again.stdout


def test_what_no_transcript_visits_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "one", FIRST)
    transcript(tmp_path, "today: 2026-05-31", "> ONE", "> yes")
    result = run("flows", "check", path, "--update", "--coverage")
    assert "no transcript asks last (line 10)" in result.stdout


def test_the_walker_tries_every_branch(tmp_path: Path) -> None:
    path = write(tmp_path, "one", FIRST)
    result = run("flows", "check", path, "--walk")
    assert "2 of 2 questions" in result.stdout


def test_findings_are_told_to_programs(tmp_path: Path) -> None:
    path = write(tmp_path, "one", FIRST.replace("type: text", "type: txet", 1))
    result = run("flows", "check", path, "--format", "json")
    assert result.exit_code == 1
    first = json.loads(result.stdout)[0]
    assert {name: first[name] for name in ("file", "severity", "line", "column")} in [
        {"file": str(path), "severity": "error", "line": 9, "column": 16},
        {
            "file": str(path),
            "severity": "warning",
            "line": first["line"],
            "column": first["column"],
        },
    ]
    hub = run("flows", "check", path, "--format", "github")
    assert f"::error file={path},line=9,col=16" in hub.stdout
    assert hub.exit_code == 1


def test_warnings_stop_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "one", FIRST)
    result = run("flows", "check", path)
    assert "warning:" in result.stdout
    assert (result.exit_code, result.stderr) == (0, "")

"""``testimony backup``, ``restore`` and ``keys backup``: the whole way, and every fault in a line."""

import io
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import schema
from storage.backups.sealing import verify
from storage.db import Database, open_database
from storage.models import AuditEvent
from tests.bot.test_commands_shell import KEYS, ROOT, run
from tests.conftest import KEY, at, create, drop
from tests.storage.backups import PUBLIC, backup, everything, folder, live, restore

OTHER_KEYS = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"


@pytest.fixture
def media(tmp_path: Path) -> str:
    return (tmp_path / "media").as_uri()


@pytest.fixture
def living(database: Database, tmp_path: Path) -> Database:
    live(database, folder(tmp_path / "media"))
    return database


@pytest.fixture
def key(tmp_path: Path) -> Path:
    made = run("keys", "backup", tmp_path / "backup.key")
    assert made.exit_code == 0
    return tmp_path / "backup.key"


@pytest.fixture
def public(key: Path) -> str:
    return next(
        line.split(": ")[1]
        for line in key.read_text(encoding="utf-8").splitlines()
        if "public" in line
    )


@pytest.fixture
def taken(living: Database, url: str, media: str, public: str, tmp_path: Path) -> Path:
    file = tmp_path / "taken.backup"
    done = run("backup", file, DATABASE_URL=url, MEDIA_URL=media, BACKUP_KEY=public)
    assert done.exit_code == 0
    assert done.stderr.startswith("Backed up: ")
    return file


@pytest.fixture
def elsewhere(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the other kind, without tables."""
    if url.startswith("postgresql"):
        yield f"sqlite:///{tmp_path / 'elsewhere.db'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    create(server, "elsewhere")
    yield at(server, "elsewhere")
    drop(server, "elsewhere")


def test_the_whole_way_to_the_other_kind_of_database(
    living: Database, taken: Path, key: Path, elsewhere: str, tmp_path: Path
) -> None:
    away = (tmp_path / "away").as_uri()
    done = run("restore", taken, "--key", key, DATABASE_URL=elsewhere, MEDIA_URL=away)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Restored: ")
    assert "are not sent again" in done.stdout
    assert "testimony reconcile" in done.stdout
    there = open_database(elsewhere, [KEY])
    settled = ("messages", "outbox", "audit")
    assert everything(there, *settled) == everything(living, *settled)
    there.close()
    assert len(list((tmp_path / "away").iterdir())) == 6


def test_a_backup_is_its_owners_alone_and_written_down(living: Database, taken: Path) -> None:
    assert taken.stat().st_mode & 0o777 == 0o600
    with living.reading() as session:
        row = session.scalars(select(AuditEvent).where(AuditEvent.action == "backup")).one()
    assert row.detail["files"] == 6


def test_a_pair_of_keys_is_made_once(tmp_path: Path) -> None:
    first = run("keys", "backup", tmp_path / "backup.key")
    assert first.stdout.startswith("BACKUP_KEY=age1")
    kept = (tmp_path / "backup.key").read_text(encoding="utf-8")
    assert (tmp_path / "backup.key").stat().st_mode & 0o777 == 0o600
    assert "AGE-SECRET-KEY-1" in kept
    assert "AGE-SECRET-KEY-1" not in first.output
    again = run("keys", "backup", tmp_path / "backup.key")
    assert again.exit_code == 1
    assert "name another file" in again.stderr
    assert (tmp_path / "backup.key").read_text(encoding="utf-8") == kept


def test_the_machine_that_made_it_can_check_it_without_the_private_key(
    taken: Path, key: Path
) -> None:
    done = run("backup", "--check", taken)
    assert (done.exit_code, done.stdout) == (0, "Whole, ours, and unchanged since it was made.\n")
    done = run("backup", "--check", taken, "--key", key)
    assert done.exit_code == 0
    assert done.stdout.startswith("Can be restored: made ")


def test_a_machine_that_has_only_the_private_key_can_check_it_too(taken: Path, key: Path) -> None:
    done = run("backup", "--check", taken, "--key", key, TESTIMONY_KEYS=OTHER_KEYS)
    assert done.exit_code == 0
    assert "Who made it is not proven here" in done.stdout
    done = run("backup", "--check", taken, TESTIMONY_KEYS=OTHER_KEYS)
    assert done.exit_code == 1
    assert "not in TESTIMONY_KEYS" in done.stderr


def test_a_check_finds_what_was_cut_or_changed(taken: Path, key: Path, tmp_path: Path) -> None:
    data = taken.read_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    for broken, told in ((data[:-1], "cut short"), (bytes(flipped), "damaged"), (b"", "no backup")):
        file = tmp_path / "broken.backup"
        file.write_bytes(broken)
        for words in ((), ("--key", key)):
            done = run("backup", "--check", file, *words)
            assert done.exit_code == 1
            (line,) = done.stderr.splitlines()
            assert told in line


def test_a_database_that_is_not_empty_is_left_alone_unless_it_is_said(
    living: Database, taken: Path, key: Path, url: str, media: str
) -> None:
    before = everything(living)
    done = run("restore", taken, "--key", key, DATABASE_URL=url, MEDIA_URL=media)
    assert done.exit_code == 1
    assert done.stderr.startswith("The database is not empty: it holds 3 contacts")
    assert "--replace" in done.stderr
    assert everything(living) == before
    done = run("restore", taken, "--key", key, "--replace", DATABASE_URL=url, MEDIA_URL=media)
    assert done.exit_code == 0
    assert "may be back" not in done.stdout
    assert "after that time stays so" in done.stdout


def test_who_may_be_back_is_told_where_nothing_is_known_of_since(
    taken: Path, key: Path, elsewhere: str, media: str
) -> None:
    done = run("restore", taken, "--key", key, DATABASE_URL=elsewhere, MEDIA_URL=media)
    assert done.exit_code == 0
    assert "after that time may be back" in done.stdout


def test_restoring_with_other_testimony_keys_is_told_at_once(
    taken: Path, key: Path, elsewhere: str, media: str
) -> None:
    known = {"DATABASE_URL": elsewhere, "MEDIA_URL": media, "TESTIMONY_KEYS": OTHER_KEYS}
    done = run("restore", taken, "--key", key, **known)
    assert done.exit_code == 1
    assert "Put that key into TESTIMONY_KEYS and try again." in done.stderr


def test_a_wrong_or_missing_private_key_is_told(
    taken: Path, elsewhere: str, media: str, tmp_path: Path
) -> None:
    run("keys", "backup", tmp_path / "other.key")
    known = {"DATABASE_URL": elsewhere, "MEDIA_URL": media}
    done = run("restore", taken, "--key", tmp_path / "other.key", **known)
    assert done.exit_code == 1
    assert done.stderr.startswith("This private key does not open this backup")
    (tmp_path / "no.key").write_text("nothing\n", encoding="utf-8")
    done = run("restore", taken, "--key", tmp_path / "no.key", **known)
    assert done.exit_code == 2
    assert "holds no private key" in done.stderr
    done = run("restore", taken, "--key", tmp_path / "none.key", **known)
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("words", "environ", "told"),
    [
        (("backup", "a.backup"), {}, "There is no public key"),
        (("backup", "a.backup", "--to", "age1x"), {}, "--to cannot be used"),
        (("backup", "nowhere/a.backup", "--to", PUBLIC), {}, "There is no folder"),
        (("backup", "there", "--to", PUBLIC), {}, "is there already"),
        (("backup", "a.backup", "--key", "k"), {}, "--key goes with --check"),
        (("backup", "--check", "none"), {}, "cannot be read"),
        (("flows", "list"), {"BACKUP_KEY": "AGE-SECRET-KEY-1ABC"}, "must not be on this machine"),
        (("flows", "list"), {"BACKUP_DIR": "."}, "BACKUP_KEY is not set"),
        (("flows", "list"), {"BACKUP_DIR": "none", "BACKUP_KEY": PUBLIC}, "no such folder"),
        (("flows", "list"), {"BACKUP_HOURS": "0"}, "BACKUP_HOURS is “0”"),
        (("flows", "list"), {"BACKUP_KEEP": "all"}, "BACKUP_KEEP is “all”"),
    ],
)
def test_wrong_use_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sqlite_url: str,
    words: tuple[str, ...],
    environ: dict[str, str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("mine", encoding="utf-8")
    done = run(*words, DATABASE_URL=sqlite_url, **environ)
    assert done.exit_code == 2
    assert told in done.stderr
    assert (tmp_path / "there").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "words",
    [("backup", "link.backup", "--to", PUBLIC), ("keys", "backup", "link.backup")],
    ids=["backup", "keys"],
)
def test_a_link_is_no_place_for_a_backup_or_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.backup").symlink_to("nowhere")
    done = run(*words, DATABASE_URL=sqlite_url)
    assert done.exit_code == 2
    assert done.stderr.startswith("link.backup is a device, a pipe or a link, ")
    assert (tmp_path / "link.backup").is_symlink()


def test_a_private_key_does_not_go_into_a_file_called_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("keys", "backup", "-").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def process(*words: str | Path, room: int | None = None, out: int, **environ: str) -> str:
    """A command of its own, which may write files of ``room`` bytes; what it said, once it has failed."""

    def narrow() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = subprocess.run(
        [sys.executable, "-m", "bot", *map(str, words)],
        cwd=ROOT,
        env={**KEYS, **environ},
        stdout=out,
        stderr=subprocess.PIPE,
        preexec_fn=narrow,
        timeout=120,
        check=False,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    return done.stderr


def test_a_full_disk_leaves_no_backup_behind(
    living: Database, url: str, media: str, tmp_path: Path
) -> None:
    known = {"DATABASE_URL": url, "MEDIA_URL": media, "BACKUP_KEY": PUBLIC}
    (tmp_path / "to").mkdir()
    if not url.startswith("sqlite"):  # its own log is a file too
        file = tmp_path / "to" / "a.backup"
        said = process("backup", file, room=4096, out=subprocess.DEVNULL, **known)
        assert said.splitlines()[-1].endswith("a.backup cannot be written: File too large")
        assert list((tmp_path / "to").iterdir()) == []
    full = os.open("/dev/full", os.O_WRONLY)
    said = process("backup", "-", out=full, **known)
    os.close(full)
    assert said.splitlines()[-1] == "It cannot be written or read: No space left on device."


KILLED = """
import os, signal
from sqlalchemy import Engine, event
from bot.cli import main

@event.listens_for(Engine, "before_cursor_execute")
def die(_connection, _cursor, statement, *_rest):
    if {place!r} in statement:
        os.kill(os.getpid(), signal.SIGKILL)

main()
"""


@pytest.mark.parametrize("place", ["DROP TABLE", "CREATE TABLE masks", "INSERT INTO audit"])
def test_a_restore_that_is_killed_leaves_all_as_it_was(
    living: Database, taken: Path, key: Path, url: str, media: str, place: str
) -> None:
    before = everything(living)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED.format(place=place),
            "restore",
            taken,
            "--key",
            key,
            "--replace",
        ],
        cwd=ROOT,
        env={**KEYS, "DATABASE_URL": url, "MEDIA_URL": media},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert everything(living) == before
    done_again = run("restore", taken, "--key", key, "--replace", DATABASE_URL=url, MEDIA_URL=media)
    assert done_again.exit_code == 0


def test_standard_output_is_a_place_too(
    living: Database, url: str, media: str, tmp_path: Path
) -> None:
    done = run("backup", "-", DATABASE_URL=url, MEDIA_URL=media, BACKUP_KEY=PUBLIC)
    assert done.exit_code == 0
    verify(io.BytesIO(done.stdout_bytes), living.vault)
    again = open_database(f"sqlite:///{tmp_path / 'again.db'}", [KEY])
    restore(again, folder(tmp_path / "again"), done.stdout_bytes)
    assert schema.revision(again.engine) == schema.head()
    again.close()


def test_several_public_keys_open_one_backup(
    living: Database, url: str, media: str, public: str, tmp_path: Path
) -> None:
    """One for the office, one for the lawyer: each opens it alone."""
    file = tmp_path / "both.backup"
    done = run("backup", file, "--to", f"{public}, {PUBLIC}", DATABASE_URL=url, MEDIA_URL=media)
    assert done.exit_code == 0
    again = open_database(f"sqlite:///{tmp_path / 'again.db'}", [KEY])
    assert restore(again, folder(tmp_path / "again"), file.read_bytes()).files == 6
    again.close()
    assert backup(living, folder(tmp_path / "media"))[1].files == 6

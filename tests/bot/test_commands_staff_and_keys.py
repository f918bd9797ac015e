"""``testimony staff`` and ``testimony keys``: who may log in, and what seals people's words."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.services import utc_now
from storage import staff, staff_links, suppressions
from storage.db import Database, open_database
from storage.library import Library
from storage.models import AuditEvent, StaffMember
from storage.vault import decode_key
from tests.bot.test_commands_shell import KEY, run
from tests.storage.material import NOW, contact, publish, source, tell

EMAIL, PASSWORD = "ana@example.org", "correct horse battery"
NEW_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"


def audited(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def logs_in(database: Database, email: str, password: str) -> bool:
    with database.reading() as session:
        return staff.log_in(session, email, password) is not None


def test_a_member_is_added_with_a_password_that_is_shown_once(url: str, database: Database) -> None:
    result = run("staff", "add", EMAIL, DATABASE_URL=url)
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first == f"{EMAIL} can log in at /admin/ as coordinator."
    assert logs_in(database, EMAIL, second.removeprefix("Password: "))
    assert audited(database) == ["staff add"]


def test_a_given_password_is_not_repeated(sqlite_url: str) -> None:
    words = ("staff", "add", EMAIL, "--role", "owner", "--password", PASSWORD)
    result = run(*words, DATABASE_URL=sqlite_url)
    assert result.stdout == f"{EMAIL} can log in at /admin/ as owner.\n"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", EMAIL), 1, f"{EMAIL} is a staff member already."),
        (("add", "ana"), 1, "“ana” is not an e-mail address."),
        (("add", "bo@x.org", "--password", "short"), 1, "needs at least 12 characters."),
        (("password", EMAIL, "--password", "short"), 1, "needs at least 12 characters."),
        (("password", "bo@x.org"), 1, "There is no staff member bo@x.org."),
        (("role", "bo@x.org", "owner"), 1, "There is no staff member bo@x.org."),
        (("invite", EMAIL), 1, f"{EMAIL} is a staff member already."),
        (("add", "bo@x.org", "--role", "king"), 2, "'king' is not one of"),
    ],
)
def test_what_cannot_be_done_is_told(
    sqlite_url: str, words: tuple[str, ...], code: int, told: str
) -> None:
    run("staff", "add", EMAIL, DATABASE_URL=sqlite_url)
    result = run("staff", *words, DATABASE_URL=sqlite_url)
    assert result.exit_code == code
    assert told.lower() in result.stderr.lower()
    assert "Password:" not in result.output


def test_a_name_that_is_taken_is_told_as_it_is_kept(sqlite_url: str) -> None:
    run("staff", "add", EMAIL, DATABASE_URL=sqlite_url)
    result = run("staff", "add", EMAIL.upper(), DATABASE_URL=sqlite_url)
    assert result.exit_code == 1
    assert EMAIL in result.stderr


@pytest.mark.parametrize("role", ["owner", "organizer", "coordinator", "viewer"])
def test_every_role_can_be_given(sqlite_url: str, role: str) -> None:
    result = run("staff", "add", EMAIL, "--role", role, DATABASE_URL=sqlite_url)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{EMAIL} can log in at /admin/ as {role}.")


def test_a_new_password_ends_the_old_one(url: str, database: Database) -> None:
    run("staff", "add", EMAIL, "--password", PASSWORD, DATABASE_URL=url)
    result = run("staff", "password", EMAIL, DATABASE_URL=url)
    first, second = result.stdout.splitlines()
    assert first == f"{EMAIL} has a new password."
    assert logs_in(database, EMAIL, second.removeprefix("Password: "))
    assert not logs_in(database, EMAIL, PASSWORD)
    assert audited(database) == ["staff add", "staff password"]


def test_who_is_invited_gets_a_link_that_is_good_once(url: str, database: Database) -> None:
    result = run("staff", "invite", EMAIL, "--role", "viewer", DATABASE_URL=url)
    assert result.exit_code == 0
    token = result.stdout.strip().removeprefix("http://localhost:8000/admin/welcome/")
    with database.writing() as session:
        assert staff_links.follow(session, token, PASSWORD, utc_now())
        assert staff_links.follow(session, token, PASSWORD, utc_now()) is None
    assert logs_in(database, EMAIL, PASSWORD)


def test_a_link_gives_a_new_password(url: str, database: Database) -> None:
    run("staff", "add", EMAIL, DATABASE_URL=url)
    token = run("staff", "link", EMAIL, DATABASE_URL=url).stdout.strip().rpartition("/")[2]
    with database.writing() as session:
        assert staff_links.follow(session, token, PASSWORD, utc_now())
    assert logs_in(database, EMAIL, PASSWORD)


def test_everything_that_owners_do_on_the_page_is_a_command(url: str, database: Database) -> None:
    run("staff", "add", EMAIL, "--password", PASSWORD, DATABASE_URL=url)
    told = [
        run("staff", *words, DATABASE_URL=url).stdout
        for words in (
            ("role", EMAIL, "owner"),
            ("log-out", EMAIL),
            ("second-factor-off", EMAIL),
            ("list",),
        )
    ]
    assert told == [
        f"{EMAIL} is owner now.\n",
        f"{EMAIL} is logged out everywhere (0).\n",
        f"{EMAIL} logs in with a password alone.\n",
        f"{EMAIL}  owner  password only\n",
    ]
    assert audited(database) == ["staff add", "staff role", "log-ins ended", "second factor off"]


def test_who_is_disabled_stays_out_until_enabled_and_the_last_owner_stays(
    url: str, database: Database
) -> None:
    run("staff", "add", EMAIL, "--password", PASSWORD, DATABASE_URL=url)
    assert run("staff", "disable", EMAIL, DATABASE_URL=url).exit_code == 0
    assert not logs_in(database, EMAIL, PASSWORD)
    refused = run("staff", "link", EMAIL, DATABASE_URL=url)
    assert (refused.exit_code, refused.stdout) == (1, "")
    run("staff", "enable", EMAIL, DATABASE_URL=url)
    assert logs_in(database, EMAIL, PASSWORD)
    run("staff", "role", EMAIL, "owner", DATABASE_URL=url)
    last = run("staff", "disable", EMAIL, DATABASE_URL=url)
    assert last.exit_code == 1
    assert "is the last owner" in last.stderr


def test_no_password_stands_in_the_database(url: str, database: Database) -> None:
    run("staff", "add", EMAIL, "--password", PASSWORD, DATABASE_URL=url)
    with database.reading() as session:
        hashed = session.scalars(select(StaffMember.password)).one()
        details = session.scalars(select(AuditEvent.detail)).all()
    assert PASSWORD not in f"{hashed} {details}"


def test_a_new_key_is_one_that_the_settings_take() -> None:
    made = [run("keys", "new").stdout for _ in range(2)]
    assert made[0] != made[1]
    assert all(len(decode_key(key)) == 32 for key in made)


def test_a_new_key_needs_no_settings_and_no_database(tmp_path: Path) -> None:
    result = run("keys", "new", DATABASE_URL="nonsense", TESTIMONY_KEYS="")
    assert result.exit_code == 0


def test_rotated_keys_let_the_old_one_go(url: str, database: Database) -> None:
    publish(database, source())
    tell(database, Library(), "SMALL", "yes", "He shouted.")
    both = run("keys", "rotate", DATABASE_URL=url, TESTIMONY_KEYS=f"{NEW_KEY},{KEY}")
    assert (both.exit_code, both.stdout) == (0, "8 values are sealed under the new key.\n")
    alone = run("keys", "rotate", DATABASE_URL=url, TESTIMONY_KEYS=NEW_KEY)
    assert (alone.exit_code, alone.stdout) == (0, "0 values are sealed under the new key.\n")
    assert audited(database) == ["keys rotate", "keys rotate"]


def test_an_old_key_by_which_alone_an_opt_out_is_known_must_stay(
    url: str, database: Database
) -> None:
    """The person was erased, so there is no address to know them by under the new key."""
    with database.writing() as session:
        suppressions.add(session, "+14045550123", suppressions.BY_WORD, NOW)
    result = run("keys", "rotate", DATABASE_URL=url, TESTIMONY_KEYS=f"{NEW_KEY},{KEY}")
    assert "Of those who want no messages, 1 may be known by the old keys alone" in result.stdout


@pytest.mark.parametrize(
    "words",
    [("serve",), ("start",), ("worker",), ("telegram", "poll"), ("keys", "rotate")],
    ids=" ".join,
)
def test_keys_that_are_not_the_databases_are_told(sqlite_url: str, words: tuple[str, ...]) -> None:
    """Nothing runs with them: it would seal under one key what belongs to those of another."""
    with closing(open_database(sqlite_url, [decode_key(KEY)])) as database:
        contact(database)
    given = {"TESTIMONY_KEYS": NEW_KEY, "TELEGRAM_BOT_TOKEN": "1:x"}
    result = run(*words, DATABASE_URL=sqlite_url, **given)
    assert result.exit_code == 2
    assert re.match(r"TESTIMONY_KEYS .*does not open what is in the database", result.stderr)
    assert KEY not in result.output
    assert NEW_KEY not in result.output

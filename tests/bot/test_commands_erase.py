"""``testimony erase``: a person is forgotten who asked by another way than by message."""

from pathlib import Path

import pytest
from sqlalchemy import select

from storage.db import Database
from storage.library import Library
from storage.models import AnswerRow, Contact, Erasure
from tests.bot.test_commands_shell import run
from tests.storage.material import publish, source, tell


def told(database: Database) -> str:
    publish(database, source())
    tell(database, Library(), "SMALL", "yes", "They came at night")
    with database.reading() as session:
        return session.scalars(select(Contact.pseudonym)).one()


def test_a_person_is_forgotten_and_a_receipt_printed(url: str, database: Database) -> None:
    name = told(database)
    result = run("erase", name.lower(), "--yes", DATABASE_URL=url)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{name.lower()} is erased. Receipt: ")
    with database.reading() as session:
        assert session.scalars(select(AnswerRow)).all() == []
        assert session.scalars(select(Contact.address)).all() == [None]
    assert run("erase", name, "--yes", DATABASE_URL=url).exit_code == 1


def test_it_asks_once_more(url: str, database: Database) -> None:
    name = told(database)
    result = run("erase", name, DATABASE_URL=url)
    assert result.exit_code == 1
    with database.reading() as session:
        assert session.scalars(select(AnswerRow)).first() is not None


def test_a_receipt_says_when_its_person_was_erased(url: str, database: Database) -> None:
    done = run("erase", told(database), "--yes", DATABASE_URL=url)
    receipt = done.stdout.strip().rpartition(" ")[2]
    result = run("erase", "--receipt", receipt.lower().replace("-", ""), DATABASE_URL=url)
    assert result.exit_code == 0
    with database.reading() as session:
        at = session.scalars(select(Erasure.at)).one()
    assert (
        result.stdout == f"The person with this receipt was erased on {at:%Y-%m-%d at %H:%M} UTC.\n"
    )


def test_a_receipt_of_nobody_is_a_finding(url: str, database: Database) -> None:
    result = run("erase", "--receipt", "7F3K-9QRT", DATABASE_URL=url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Nobody was erased with this receipt.")


@pytest.mark.parametrize("given", [(), ("R-7F3K", "--receipt", "7F3K-9QRT")])
def test_either_a_person_or_a_receipt_is_named(url: str, given: tuple[str, ...]) -> None:
    assert run("erase", *given, DATABASE_URL=url).exit_code == 2


def test_nobody_by_that_name_is_a_finding(url: str, database: Database, tmp_path: Path) -> None:
    result = run("erase", "R-0000", "--yes", DATABASE_URL=url)
    assert (result.exit_code, result.stderr.startswith("There is no contact R-0000.")) == (1, True)

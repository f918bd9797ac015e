"""What staff put on a testimony while its person is erased: it goes along, or it is not put at all."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import (
    audit,
    codings,
    contacts,
    erasure,
    masks,
    putting,
    quoting,
    staff,
    tags,
    translations,
    unmasking,
)
from storage.codings import THEME
from storage.db import Database
from storage.library import Library
from storage.models import (
    AnswerRow,
    Coding,
    InterviewRow,
    Mask,
    Quotation,
    Tag,
    Tagged,
    Translation,
    Unmasking,
)
from storage.quoting import Choice
from storage.staff import Role
from tests.bot.conftest import ON_POSTGRESQL
from tests.storage.material import NOW, RESIDENT, publish, source, tell
from tests.support.locks import PATIENCE, wait_until_held_up

OWNER, INTERVIEW, PLACE = 1, 1, (0, 4)
Deed = Callable[[Session, int], object]  # with an answer's id; returns something if it was done


def mask(session: Session, answer: int) -> object:
    return masks.put(session, answer, PLACE, OWNER, "", NOW)


def translate(session: Session, answer: int) -> object:
    return translations.save(session, answer, "es", "Vinieron de noche", OWNER, NOW)


def quote(session: Session, answer: int) -> object:
    return quoting.put(session, INTERVIEW, answer, PLACE, Choice(("housing",)), OWNER, NOW)


def code(session: Session, _answer: int) -> object:
    return codings.change(session, INTERVIEW, OWNER, [(THEME, "housing")], (), NOW)


def tag(session: Session, _answer: int) -> object:
    return tags.put(session, INTERVIEW, "Jacaranda", OWNER, NOW)


def ask_for_number(session: Session, _answer: int) -> object:
    return unmasking.ask(session, INTERVIEW, OWNER, "She asked to be called", NOW)


DEEDS = pytest.mark.parametrize("deed", [mask, translate, quote, code, tag, ask_for_number])


@pytest.fixture
def answer(database: Database) -> int:
    """The one answer in words of a testimony, and an owner who may do all with it."""
    publish(database, source())
    tell(database, Library(), "SMALL", "yes", "They came at night", "3")
    with database.writing() as session:
        staff.add_staff(session, "o@example.org", "a long password", Role.OWNER, NOW)
        return session.scalars(select(AnswerRow.id).where(AnswerRow.question == "said")).one()


def erase(session: Session) -> None:
    who = contacts.lock_contact(session, "sms", RESIDENT, NOW)
    erasure.erase(session, who, "7F3K-9QRT", NOW)


def in_another(database: Database, work: Callable[[Session], object]) -> object:
    """Work done in a transaction of its own."""
    with database.writing() as session:
        return work(session)


def left(database: Database) -> dict[str, int]:
    """How many rows there are of what staff put."""
    with database.reading() as session:
        assert session.get_one(InterviewRow, INTERVIEW).status == "erased"
        counts = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Mask, Translation, Quotation, Coding, Tagged, Tag)
        }
        why = select(func.count(Unmasking.reason))
        counts["reasons"] = session.scalar(why) or 0
    return {name: count for name, count in counts.items() if count}


def worn(database: Database, *interviews: int) -> dict[int, list[str]]:
    """The tags of these testimonies, of those that have any."""
    with database.reading() as session:
        found = tags.of(session, interviews)
    return {number: list(names.values()) for number, names in found.items()}


@DEEDS
@ON_POSTGRESQL  # on SQLite one writes at a time
def test_an_erasure_waits_for_what_is_being_put_on_and_takes_it_along(
    database: Database, answer: int, deed: Deed
) -> None:
    with ThreadPoolExecutor() as pool:
        with database.writing() as session:
            assert deed(session, answer)
            erasing = pool.submit(in_another, database, erase)
            wait_until_held_up(database.engine)
        erasing.result(PATIENCE)
    assert left(database) == {}


@DEEDS
@ON_POSTGRESQL
def test_who_would_put_something_on_while_it_is_erased_finds_nothing_there(
    database: Database, answer: int, deed: Deed
) -> None:
    with ThreadPoolExecutor() as pool:
        with database.writing() as session:
            erase(session)
            doing = pool.submit(in_another, database, lambda session: deed(session, answer))
            wait_until_held_up(database.engine)
        assert not doing.result(PATIENCE)
    assert left(database) == {}


@DEEDS
def test_nor_is_anything_put_on_afterwards(database: Database, answer: int, deed: Deed) -> None:
    with database.writing() as session:
        erase(session)
        assert not deed(session, answer)
    assert left(database) == {}


@ON_POSTGRESQL
def test_a_tag_that_somebody_elses_testimony_gets_at_that_moment_stays(
    database: Database, answer: int
) -> None:
    other = tell(database, Library(), "SMALL", "yes", "They left", address="+14045550199")
    in_another(database, lambda session: tag(session, answer))
    with ThreadPoolExecutor() as pool:
        with database.writing() as session:
            assert tags.put(session, other, "Jacaranda", OWNER, NOW)
            erasing = pool.submit(in_another, database, erase)
            wait_until_held_up(database.engine)
        erasing.result(PATIENCE)
    assert worn(database, INTERVIEW, other) == {other: ["Jacaranda"]}


@ON_POSTGRESQL
def test_a_tag_that_is_being_taken_away_is_made_anew_for_who_puts_it(
    database: Database, answer: int
) -> None:
    other = tell(database, Library(), "SMALL", "yes", "They left", address="+14045550199")
    in_another(database, lambda session: tag(session, answer))
    with ThreadPoolExecutor() as pool:
        with database.writing() as session:
            number = session.scalars(select(Tag.id).with_for_update()).one()
            doing = pool.submit(
                in_another, database, lambda two: tags.put(two, other, "Jacaranda", OWNER, NOW)
            )
            wait_until_held_up(database.engine)
            tags.take_off(session, INTERVIEW, number, OWNER, NOW)
        assert doing.result(PATIENCE)
    assert worn(database, INTERVIEW, other) == {other: ["Jacaranda"]}


@ON_POSTGRESQL
def test_who_locks_an_answer_sees_it_as_it_is_by_then(database: Database, answer: int) -> None:
    """Though it was read before: what is masked or quoted is a place in the words that stand there now."""

    def corrected(session: Session) -> None:
        session.get_one(AnswerRow, answer).given = "corrected"

    with database.writing() as session:
        read = session.get_one(AnswerRow, answer)
        in_another(database, corrected)
        locked = putting.lock_answer(session, answer)
        assert locked is read
        assert locked.given == "corrected"


@ON_POSTGRESQL
@pytest.mark.parametrize("other_deed", ["put", "erase"])
def test_while_a_tag_is_taken_off_somebody_else_puts_it_there_again_or_the_testimony_is_erased(
    database: Database, answer: int, other_deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_another(database, lambda session: tag(session, answer))
    record, waiting = audit.record, list[Future[object]]()
    does = erase if other_deed == "erase" else lambda session: tag(session, answer)

    def as_it_is_off(session: Session, now: datetime, action: str, *told: Any, **more: Any) -> None:
        record(session, now, action, *told, **more)
        if action == "untag":
            session.flush()
            waiting.append(pool.submit(in_another, database, does))
            wait_until_held_up(database.engine)

    monkeypatch.setattr(audit, "record", as_it_is_off)
    with ThreadPoolExecutor() as pool:
        in_another(database, lambda one: tags.take_off(one, INTERVIEW, the_tag(one), OWNER, NOW))
        waiting[0].result(PATIENCE)
    left_on = {} if other_deed == "erase" else {INTERVIEW: ["Jacaranda"]}
    assert worn(database, INTERVIEW) == left_on


def the_tag(session: Session) -> int:
    return session.scalars(select(Tag.id)).one()

"""The number behind a testimony: for who may, with a reason, for a day; and where it is the rule, not for one alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import audit, contacts, erasure, house_rules, staff, testimonies, unmasking
from storage.audit import Wanted
from storage.db import Database
from storage.house_rules import Rule
from storage.library import Library
from storage.models import AuditEvent, Unmasking
from storage.permits import NotPermitted
from storage.staff import Role
from storage.unmasking import Request
from tests.storage.material import NOW, RESIDENT, publish, source, tell

OWNER, ORGANIZER, COORDINATOR, VIEWER = 1, 2, 3, 4
WHY = "She asked to be called"
DAY = timedelta(days=1)


@pytest.fixture
def told(database: Database) -> int:
    with database.writing() as session:
        for role in Role:
            staff.add_staff(session, f"{role}@example.org", "correct horse battery", role, NOW)
    publish(database, source())
    return tell(database, Library(), "SMALL", "yes", "They came at night")


def need_two(database: Database) -> None:
    with database.writing() as session:
        house_rules.put(session, Rule.SECOND_PERSON, True, OWNER, NOW)


def ask(database: Database, interview: int, who: int = COORDINATOR) -> Request:
    with database.writing() as session:
        asked = unmasking.ask(session, interview, who, WHY, NOW)
        assert asked is not None
        return asked


def reveal(
    database: Database, asked: Request, who: int = COORDINATOR, after: timedelta = DAY / 2
) -> str | None:
    with database.writing() as session:
        return unmasking.reveal(session, asked, who, NOW + after)


def decide(database: Database, asked: Request, who: int, granted: bool = True) -> bool:
    with database.writing() as session:
        return unmasking.decide(session, asked, who, granted, NOW + DAY / 4)


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return [
            one
            for one in session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
            if "unmask" in one
        ]


def test_where_nobody_else_is_needed_it_is_shown_at_once(database: Database, told: int) -> None:
    assert reveal(database, ask(database, told)) == RESIDENT
    assert actions(database) == ["unmask asked", "unmask"]


def test_what_was_asked_is_good_for_a_day_for_who_asked_and_for_that_testimony(
    database: Database, told: int
) -> None:
    asked = ask(database, told)
    assert reveal(database, asked, after=DAY) is None
    assert reveal(database, asked, OWNER) is None
    assert reveal(database, Request(asked.id, told + 1)) is None
    assert reveal(database, Request(asked.id + 1, told)) is None
    assert actions(database) == ["unmask asked"]


@pytest.mark.parametrize("who", [ORGANIZER, VIEWER, 5])
def test_nobody_else_asks_decides_or_sees(database: Database, told: int, who: int) -> None:
    asked = ask(database, told)
    for attempt in (ask, reveal, decide):
        with pytest.raises(NotPermitted):
            attempt(database, told if attempt is ask else asked, who)  # type: ignore[operator]


def test_with_the_rule_a_second_person_agrees_first(database: Database, told: int) -> None:
    need_two(database)
    asked = ask(database, told)
    assert reveal(database, asked) is None
    assert not decide(database, asked, COORDINATOR)
    assert decide(database, asked, OWNER)
    assert reveal(database, asked) == RESIDENT
    assert actions(database) == ["unmask asked", "unmask agreed", "unmask"]


def test_who_is_refused_sees_nothing_and_it_is_decided_once(database: Database, told: int) -> None:
    need_two(database)
    asked = ask(database, told)
    assert decide(database, asked, OWNER, granted=False)
    assert not decide(database, asked, OWNER)
    assert reveal(database, asked) is None


def test_what_was_asked_before_the_rule_needs_a_second_person_too(
    database: Database, told: int
) -> None:
    asked = ask(database, told)
    need_two(database)
    assert reveal(database, asked) is None


def test_who_waits_is_told_of_to_everybody_else(database: Database, told: int) -> None:
    need_two(database)
    asked = ask(database, told)
    with database.reading() as session:
        assert [number for number, _ in unmasking.waiting(session, OWNER, NOW, 9)] == [told]
        assert unmasking.waiting(session, COORDINATOR, NOW, 9) == []
        assert unmasking.waiting(session, OWNER, NOW + DAY, 9) == []
        (one,) = unmasking.of_interview(session, told, NOW)
        assert (one.id, one.who, one.reason, one.granted) == (
            asked.id,
            "coordinator@example.org",
            WHY,
            None,
        )


def test_the_reason_is_sealed_and_goes_with_the_person(database: Database, told: int) -> None:
    asked = ask(database, told)
    with database.writing() as session:
        row = session.get_one(Unmasking, asked.id)
        assert WHY.encode() not in (row.reason or b"")
        assert unmasking.reasons(session, {asked.id}) == {asked.id: WHY}
        contact = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        erasure.erase(session, contact, "7F3K-9QRT", NOW)
    with database.reading() as session:
        assert unmasking.reasons(session, {asked.id}) == {}
    assert reveal(database, asked) is None


def test_of_who_was_erased_no_number_is_shown_though_it_is_needed_for_their_last_message(
    database: Database, told: int
) -> None:
    before = ask(database, told)
    with database.writing() as session:
        contact = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        erasure.erase(session, contact, "7F3K-9QRT", NOW)
    with database.reading() as session:
        assert not unmasking.possible(session, told, Library())
    assert reveal(database, before) is None
    with database.writing() as session:
        assert unmasking.ask(session, told, COORDINATOR, WHY, NOW) is None
    assert actions(database) == ["unmask asked"]


def test_words_are_opened_to_who_may_read_them_alone(database: Database, told: int) -> None:
    with database.reading() as session:
        assert testimonies.open_for(session, ORGANIZER, told, Library())
        with pytest.raises(NotPermitted):
            testimonies.open_for(session, VIEWER, told, Library())


class TestAuditLog:
    def test_it_is_read_by_who_what_subject_and_days(self, database: Database, told: int) -> None:
        reveal(database, ask(database, told))
        with database.writing() as session:
            audit.record(session, NOW + DAY, "view", f"interview:{told}0", OWNER)

        def found(**wanted: object) -> list[str]:
            with database.reading() as session:
                return [one.action for one in audit.page(session, Wanted(**wanted), None, 9)]  # type: ignore[arg-type]

        assert found() == ["view", "unmask", "unmask asked"]
        assert found(staff_id=OWNER) == ["view"]
        assert found(action="unmask") == ["unmask"]
        assert found(subject=f"interview:{told}") == ["unmask", "unmask asked"]
        assert found(subject="interview") == ["view", "unmask", "unmask asked"]
        assert found(subject="inter") == found(subject="%") == []
        assert found(since=NOW + DAY) == ["view"]
        assert found(until=NOW + DAY / 2) == ["unmask asked"]

    def test_it_is_paged_by_key_there_and_back(self, database: Database) -> None:
        with database.writing() as session:
            for _ in range(7):
                audit.record(session, NOW, "view", "interview:1")
        with database.reading() as session:
            first = audit.page(session, Wanted(), None, 3)
            second = audit.page(session, Wanted(), first[-1].id, 3)
            assert [one.id for one in first + second] == [7, 6, 5, 4, 3, 2]
            third = audit.page(session, Wanted(), second[-1].id, 3)
            assert [one.id for one in third] == [1]
            assert audit.newer_than(session, Wanted(), second[-1].id, 3) == first[-1].id
            assert audit.newer_than(session, Wanted(), first[-1].id, 3) is None

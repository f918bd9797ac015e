"""Statements kept ready do what SQLAlchemy's own do: the same values in and out, the same errors, the same objects."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from storage import contacts
from storage.db import Database
from storage.models import Contact, FlowVersion, MessageRow, Suppression
from storage.prepared import Prepared, change, entity, whole
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE
from tests.storage.material import NOW, RESIDENT

FIND = Prepared(
    lambda: (
        select(Suppression.reason, Suppression.at)
        .where(Suppression.digest.in_(bindparam("digests", expanding=True)))
        .order_by(Suppression.reason)
    )
)
ADD = Prepared(
    lambda insert: insert(Suppression).on_conflict_do_nothing().returning(Suppression.digest),
    *("digest", "reason", "at"),
    inserts=True,
)
CHANGE = Prepared(
    lambda: update(Suppression).where(Suppression.reason == bindparam("old")), "reason"
)
SAY = Prepared(
    lambda insert: insert(MessageRow).returning(MessageRow.id, MessageRow.choices),
    *("contact_id", "direction", "channel", "body", "choices", "status", "at"),
    inserts=True,
)
PEOPLE = Prepared(lambda: select(*whole(Contact)).order_by(Contact.id))
HERE = timezone(timedelta(hours=-5))


def add(session: Session, *digests: bytes, at: datetime = NOW) -> None:
    for digest in digests:
        ADD.run(session, digest=digest, reason=digest.decode(), at=at)


def say(session: Session, who: int, choices: list[Any] | None) -> tuple[Any, ...] | None:
    return SAY.first(
        session,
        contact_id=who,
        direction="out",
        channel="sms",
        body=b"sealed",
        choices=choices,
        status="queued",
        at=NOW,
    )


def test_a_list_may_have_any_length(session: Session) -> None:
    add(session, b"a", b"b", b"c")
    for digests in ([b"a"], [b"c", b"a"], [], [b"a", b"b", b"c", b"z"], [b"b"]):
        found = [reason for reason, _ in FIND.all(session, digests=digests)]
        assert found == sorted(one.decode() for one in digests if one != b"z")


def test_moments_come_back_in_utc(session: Session) -> None:
    noon = datetime(2026, 5, 31, 7, 0, tzinfo=HERE)
    add(session, b"a", at=noon)
    found = FIND.first(session, digests=[b"a"])
    assert found == ("a", noon)
    assert found[1].tzinfo is UTC


def test_one_is_the_first_value_or_none(session: Session) -> None:
    assert ADD.one(session, digest=b"a", reason="x", at=NOW) == b"a"
    assert ADD.one(session, digest=b"a", reason="x", at=NOW) is None
    assert FIND.one(session, digests=[b"a"]) == "x"
    assert FIND.first(session, digests=[b"q"]) is None


def test_an_update_sets_the_columns_it_names(session: Session) -> None:
    add(session, b"a", b"b")
    CHANGE.run(session, old="a", reason="z")
    assert FIND.all(session, digests=[b"a", b"b"]) == [("b", NOW), ("z", NOW)]


def test_json_goes_in_and_out_and_nothing_is_null(session: Session) -> None:
    who = contacts.lock_contact(session, "sms", RESIDENT, NOW).id
    number, choices = say(session, who, ["yes", {"share_place": "Here"}]) or (0, None)
    assert choices == ["yes", {"share_place": "Here"}]
    assert session.get_one(MessageRow, number).choices == choices
    number, choices = say(session, who, None) or (0, None)
    assert choices is None
    unset = select(MessageRow.id).where(MessageRow.choices.is_(None))
    assert session.scalars(unset).all() == [number]


def test_what_is_pending_is_written_before(session: Session) -> None:
    session.add(Suppression(digest=b"a", reason="pending", at=NOW))
    assert FIND.one(session, digests=[b"a"]) == "pending"


def test_a_row_becomes_the_object_that_a_query_gives(session: Session) -> None:
    contacts.lock_contact(session, "sms", RESIDENT, NOW)
    session.expunge_all()
    found = entity(session, Contact, PEOPLE.first(session))
    assert found is session.scalars(select(Contact)).one()
    assert found not in session.dirty
    assert found.created_at == NOW


def test_a_change_of_such_an_object_is_written(session: Session) -> None:
    contacts.lock_contact(session, "sms", RESIDENT, NOW)
    session.expunge_all()
    found = entity(session, Contact, PEOPLE.first(session))
    assert found is not None
    found.language = "es"
    session.flush()
    session.expunge_all()
    assert session.scalars(select(Contact.language)).one() == "es"


def test_what_the_session_knows_of_a_row_stands(session: Session) -> None:
    known = contacts.lock_contact(session, "sms", RESIDENT, NOW)
    known.language = "es"
    assert entity(session, Contact, PEOPLE.first(session)) is known
    assert known.language == "es"
    assert entity(session, Contact, None) is None


def test_an_error_is_sqlalchemys_and_tells_no_values(session: Session) -> None:
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        ADD.run(session, digest=b"a", reason=None, at=NOW)
    assert refused.value.params is None
    assert not refused.value.connection_invalidated


@ON_SQLITE
def test_a_locked_database_is_an_operational_error(database: Database) -> None:
    with database.writing() as first:
        add(first, b"a")
        with database.reading() as second:
            second.execute(text("PRAGMA busy_timeout = 0"))
            with pytest.raises(OperationalError, match="locked"):
                add(second, b"b")


def cut_off(database: Database) -> None:
    """A transaction whose connection the server ends in its middle."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with database.writing() as session:
        add(session, b"a")
        with database.writing() as other:
            other.execute(text(others))
        add(session, b"b")


@ON_POSTGRESQL
def test_a_connection_that_is_lost_is_not_used_again(database: Database) -> None:
    with pytest.raises(DBAPIError) as lost:
        cut_off(database)
    assert lost.value.connection_invalidated
    with database.reading() as session:
        assert FIND.all(session, digests=[b"a", b"b"]) == []


def test_the_defaults_of_columns_that_are_not_named_hold(session: Session) -> None:
    new = Prepared(
        lambda insert: insert(Contact).returning(Contact.menu),
        *("channel", "pseudonym", "created_at"),
        inserts=True,
    )
    made = new.one(session, channel="sms", pseudonym="R-2345", created_at=NOW)
    assert made == ""
    assert session.scalars(select(FlowVersion.id)).all() == []


@pytest.mark.parametrize(
    "values", [{"old": "a"}, {"reason": "z"}, {"old": "a", "reason": "z", "at": NOW}]
)
def test_a_value_too_few_or_too_many_is_a_mistake(session: Session, values: dict[str, Any]) -> None:
    """Else a forgotten column would be emptied, and a misnamed one lost, in silence."""
    add(session, b"a")
    with pytest.raises(TypeError, match="takes"):
        CHANGE.run(session, **values)
    assert FIND.all(session, digests=[b"a"]) == [("a", NOW)]


def test_what_is_new_of_an_object_is_written_at_once_and_known(session: Session) -> None:
    person = contacts.lock_contact(session, "sms", RESIDENT, NOW)
    change(session, person, language="es", menu=person.menu)
    assert person.language == "es"
    assert not session.is_modified(person), "the ORM has nothing left to write"
    session.expire_all()
    assert person.language == "es"

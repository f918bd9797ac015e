"""To be forgotten, table by table: what staff laid over a person's words goes with them, and a new table is asked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, Table, select
from sqlalchemy.orm import Session

from storage import (
    codings,
    contacts,
    erasure,
    looking,
    masks,
    meetings,
    messages,
    quoting,
    receipts,
    rotation,
    searches,
    sittings,
    staff,
    tags,
    translations,
    unmasking,
)
from storage.base import Base
from storage.broadcasts import register
from storage.broadcasts.register import Facts, Purpose
from storage.codings import ASSESSMENT, GROUP, THEME
from storage.db import Database, vault_of
from storage.exports import Order, making
from storage.exports.register import KEPT, Wish
from storage.finding import places
from storage.library import Library
from storage.models import AnswerRow, ExportRow, InterviewRow, MessageRow, Recipient
from storage.quoting import Choice
from storage.staff import Role
from storage.testimonies import Filter
from tests.storage.material import NOW, RESIDENT, publish, source, tell

OWNER, SECOND = 1, 2
LATER = NOW + timedelta(hours=1)
STORY = "Officer Quillfeather took my zither"
PLANTED = ("quillfeather", "zither", "zwiebel", "jacaranda", "4045550123")

# What stays of an erased person: that there was somebody, with the marks of nobody on it. Each other table that leads
# to a person holds nothing of theirs any more.
STAYS = {
    "contacts": {"id", "channel", "pseudonym", "created_at", "address", "address_digest", "menu"},
    "interviews": {
        "id", "contact_id", "flow_version_id", "flow", "channel", "language", "status", "attempts",
        "menu", "started_at", "moved_at", "completed_at", "reminded",
    },
    "messages": {
        "id", "contact_id", "interview_id", "direction", "channel", "provider_id", "provider_ref",
        "body", "status", "error", "heard", "staff_id", "at",
    },
    "unmaskings": {"id", "interview_id", "staff_id", "asked_at", "granted"},
    "erasures": {"id", "contact_id", "receipt", "at"},
    "broadcast_recipients": {"id", "broadcast_id", "status", "due_at"},
    "outbox": {"id", "kind", "message_id", "order_key", "target", "run_at", "attempts", "created_at",
        "done_at", "lane", "rank",
    },
}  # fmt: skip
# binary columns that are digests, and open to nothing
DIGESTS = {
    "contacts.address_digest", "log_ins.digest", "staff_links.digest", "recovery_codes.digest",
    "suppressions.digest", "receipts.digest",
}  # fmt: skip


def leading(tables: set[str]) -> set[str]:
    """The tables whose rows lead to a row of these, from link to link."""
    found = set(tables)
    for table in (*Base.metadata.sorted_tables, *Base.metadata.sorted_tables):
        if any(key.column.table.name in found for key in table.foreign_keys):
            found.add(table.name)
    return found


PERSONAL = leading({"contacts"})


@pytest.fixture
def told(database: Database) -> Database:
    """A testimony from a meeting, written down by staff and gone on with, with something in every table."""
    publish(database, source())
    library = Library()
    with database.writing() as session:
        for name in ("owner", "second"):
            staff.add_staff(session, f"{name}@example.org", "a long password", Role.OWNER, NOW)
        facts = meetings.Facts("small", "Hall", "Here", "We", NOW, LATER, "UTC", ("English",))
        meetings.add(session, facts, OWNER, NOW)
    tell(database, library, "SMALL", "yes", STORY, "3", "950", media=({"content_type": "a/b"},))
    with database.writing() as session:
        over(session)
        around(session)
    return database


def over(session: Session) -> None:
    """All that lies over its words."""
    answer = session.scalars(select(AnswerRow).where(AnswerRow.question == "said")).one()
    place = places(masks.words_of(session, answer), "Quillfeather")[0]
    masks.put(session, answer.id, place, OWNER, "zither player", NOW)
    translations.save(session, answer.id, "es", "El oficial Zwiebel", OWNER, NOW)
    codes = [(THEME, "housing"), (GROUP, "poor"), (ASSESSMENT, "problem")]
    codings.change(session, 1, OWNER, codes, (), NOW)
    quoting.put(session, 1, answer.id, (8, 20), Choice(("housing",)), OWNER, NOW)
    tags.put(session, 1, "Jacaranda", OWNER, NOW)
    searches.keep(session, OWNER, "quillfeather", {}, NOW)
    searches.keep(session, OWNER, "zwiebel", {}, NOW)


def around(session: Session) -> None:
    """What was done with it: marked, looked at, unmasked, exported, credited, written down."""
    row = session.get_one(InterviewRow, 1)
    message = session.scalars(select(MessageRow).where(MessageRow.interview_id == 1)).first()
    assert message is not None
    messages.call_attention(session, message.id, "care: danger")
    looking.look(session, 1, 999, OWNER, NOW)
    unmasking.ask(session, 1, OWNER, "to call about the zither", NOW)
    receipts.issue(session, 1, "7F3K-9QRT", NOW)
    meeting = meetings.get(session, 1)
    assert meeting is not None
    meetings.credit(session, 1, meeting)
    flow = Library().flow(session, row.flow_version_id)
    assert flow is not None
    session.add(
        sittings.Sitting(interview_id=1, staff_id=OWNER, said_by="person", token="t" * 24, at=NOW)
    )
    facts = Facts("News", Purpose.INFORM, "Us", {"en": "The report is out."})
    number = register.make(session, facts, OWNER, "b" * 24, NOW)
    values = {"broadcast_id": number, "contact_id": row.contact_id, "message_id": message.id}
    session.add(Recipient(**values, status="sent", due_at=NOW))
    wish = Wish(Order(Filter("small")), "csv", KEPT, OWNER)
    making.ask(session, wish, NOW, 1)


def rows(session: Session, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(table)).mappings()]


def test_the_example_has_something_in_every_table_that_leads_to_a_person(told: Database) -> None:
    with told.reading() as session:
        tables = Base.metadata.tables
        empty = {name for name in PERSONAL if not rows(session, tables[name])}
    assert empty <= {"erasures", "attachments"}


def test_of_an_erased_person_no_table_keeps_more_than_a_tombstone(told: Database) -> None:
    with told.writing() as session:
        contact = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        erasure.erase(session, contact, "9QRT-7F3K", LATER)
        erasure.forget(session, contact.id, LATER)
    with told.reading() as session:
        kept = {
            name: {key for row in found for key, value in row.items() if value is not None}
            for name in PERSONAL
            if (found := rows(session, Base.metadata.tables[name]))
        }
    more = {name: keys - STAYS.get(name, set()) for name, keys in kept.items()}
    assert {name: keys for name, keys in more.items() if keys} == {}


def test_of_an_erased_person_no_word_is_left_sealed_or_in_clear(told: Database) -> None:
    with told.writing() as session:
        work = making.take_up(session, 1, NOW)
        assert work is not None
        contact = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        erasure.erase(session, contact, "9QRT-7F3K", LATER)
        erasure.forget(session, contact.id, LATER)
        assert session.get_one(ExportRow, 1).key is None
    with told.reading() as session:
        everything = [
            str(value)
            for table in Base.metadata.sorted_tables
            for row in rows(session, table)
            for value in row.values()
            if not isinstance(value, bytes)
        ]
        for table, column, purpose in rotation.SEALED:
            sealed = session.scalars(select(column).where(column.is_not(None)))
            opened = (vault_of(session).open_bytes(one, purpose) for one in sealed if one)
            everything += [one.decode(errors="replace") for one in opened]
            assert table is not None
    said = "\n".join(everything).lower()
    assert [word for word in PLANTED if word in said] == []


def test_every_sealed_column_is_sealed_anew_when_keys_change() -> None:
    known = {f"{table.__tablename__}.{column.key}" for table, column, _ in rotation.SEALED}
    binary = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary == known | DIGESTS

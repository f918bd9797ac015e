"""A collection of any size, filled in seconds: for counting what pages ask the database, and for measuring them.

A hundred testimonies are written out, and all others are copies of them, made in the database itself. A hundred people
write in a day, however many there are: a large collection is one that has gone on for long.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, literal, select, update
from sqlalchemy.orm import Session

from flows import load
from storage import contacts, library, masks, quotations, schema, staff
from storage.answers import WORDS
from storage.codings import ASSESSMENT, GROUP, THEME
from storage.db import Database, open_database, vault_of
from storage.messages import BODY, IN, OUT
from storage.models import (
    AnswerRow,
    AuditEvent,
    Base,
    Coding,
    ConsentRecord,
    Contact,
    FlowVersion,
    InterviewRow,
    Look,
    Mask,
    Meeting,
    MessageRow,
    Quotation,
    QuotedTheme,
    Tag,
    Tagged,
)

KEY, PASSWORD = bytes(range(32)), "correct horse battery"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WRITTEN, A_DAY, MET = 100, 100, 500
QUESTIONS = ("city", "story", "wish", "who", "quote", *(f"n{one}" for one in range(7)))
ANSWERS = len(QUESTIONS)
CITIES = ("atlanta", "decatur", "marietta")
STATES = ("complete",) * 7 + ("waiting", "withdrawn", "expired")
STORY = "The landlord came at night and took our door because the rent was late, and nobody came."
SOURCE = """
flow: grown
title: Grown
languages: [en]
keywords: {en: [GROWN]}
contact: The testers
consent: {label: May we?, declined: Good bye.}
closing: Thanks.
questions:
  city:
    type: select_one
    label: Where?
    choices: {atlanta: Atlanta, decatur: Decatur, marietta: Marietta, plains: Plains}
  story: {type: text, label: What happened?}
  wish: {type: text, label: What do you wish?}
  who: {type: text, label: Who could help?}
  quote: {type: consent, scope: quote, label: May we quote you?}
"""
SOURCE += "".join(f"  {one}: {{type: integer, label: How many?}}\n" for one in QUESTIONS[5:])


@dataclass(frozen=True)
class Share:
    """One testimony in so many has what is ``rare``: a place, a tag, a consent; and one is ``marked`` for attention."""

    rare: int = 1000
    marked: int = 50


USUAL = Share()


def fill(path: Path, interviews: int, share: Share = USUAL) -> Database:
    """A database with so many testimonies in it, and a member of each role."""
    database = open_database(f"sqlite:///{path}", [KEY])
    schema.upgrade(database.engine)
    with database.writing() as session:
        for role in staff.Role:
            staff.add_staff(session, f"{role}@example.org", PASSWORD, role, BEGIN)
        library.publish(session, load(SOURCE), SOURCE, BEGIN)
        _people(session, interviews)
        _written(session, min(interviews, WRITTEN))
        _copied(session, share.rare)
        _coded(session, share.rare)
        _marked(session, share)
        _layered(session)
    return database


def gather(path: Path, interviews: int) -> str:
    """The URL of a database with so many people and interviews, and nothing that they said."""
    database = open_database(url := f"sqlite:///{path}", [KEY])
    schema.upgrade(database.engine)
    with database.writing() as session:
        library.publish(session, load(SOURCE), SOURCE, BEGIN)
        _people(session, interviews)
    database.close()
    return url


def now(interviews: int) -> datetime:
    """A moment after the last of so many has written."""
    return BEGIN + timedelta(days=interviews / A_DAY, hours=2)


def _people(session: Session, interviews: int) -> None:
    version = session.scalars(select(FlowVersion.id)).one()
    session.execute(insert(Meeting), [_meeting(one) for one in range(1, interviews // MET + 2)])
    address = vault_of(session).seal("+14045550123", contacts.PURPOSE)
    for start in range(1, interviews + 1, 10_000):
        numbers = range(start, min(start + 10_000, interviews + 1))
        session.execute(insert(Contact), [_contact(one, address) for one in numbers])
        session.execute(insert(InterviewRow), [_interview(one, version) for one in numbers])


def _meeting(number: int) -> dict[str, Any]:
    at = BEGIN + timedelta(days=number)
    told = {"title": f"Meeting {number}", "place": "The library", "host": "", "access": ""}
    times = dict.fromkeys(("starts_at", "ends_at", "opens_at", "closes_at", "made_at"), at)
    common = {"flow": "grown", "timezone": "UTC", "languages": ["en"], "days": 3}
    return {"id": number, "code": f"M{number:05}", **told, **times, **common}


def _contact(number: int, sealed: bytes) -> dict[str, Any]:
    address = {"address_digest": number.to_bytes(32, "big"), "address": sealed}
    known = {"channel": "sms", "pseudonym": f"R-{number}", "language": "en", "menu": ""}
    return {"id": number, "created_at": BEGIN, **known, **address}


def _interview(number: int, version: int) -> dict[str, Any]:
    began, status = BEGIN + timedelta(days=number / A_DAY), STATES[number % len(STATES)]
    ended, complete = began + timedelta(minutes=number % 97 + 1), status == "complete"
    return {
        "id": number,
        "contact_id": number,
        "flow_version_id": version,
        "flow": "grown",
        "channel": "sms",
        "language": ("en", "es", "fr")[number % 3],
        "status": status,
        "asked": None if complete else QUESTIONS[number % ANSWERS],
        "started_at": began,
        "moved_at": ended,
        "completed_at": ended if complete else None,
        "source": ("keyword:GROWN", "link")[number % 2],
        "meeting_id": number // MET + 1 if number % 10 == 0 else None,
    }


def _written(session: Session, interviews: int) -> None:
    """What the first people said, word for word."""
    vault, messages, answers = vault_of(session), [], []
    for number in range(1, interviews + 1):
        for place, question in enumerate(QUESTIONS):
            said, value = _said(number, question)
            key = {"id": (number - 1) * ANSWERS + place + 1, "interview_id": number, "at": BEGIN}
            way = {"contact_id": number, "direction": IN, "channel": "sms", "status": "received"}
            body = {"body": vault.seal(said, BODY), "heard": "answer", "slot": question}
            messages.append({**key, **way, **body})
            told = {"question": question, "given": "answered", "language": "en", "value": value}
            words = {"words": None if value else vault.seal(said, WORDS), "message_id": key["id"]}
            answers.append({**key, **told, **words})
    session.execute(insert(MessageRow), messages)
    session.execute(insert(AnswerRow), answers)


def _said(number: int, question: str) -> tuple[str, Any]:
    """What somebody wrote to a question, and the value where it is a closed one."""
    if question == "city":
        return CITIES[number % 3].title(), CITIES[number % 3]
    if question == "quote":
        return "yes", "yes"
    if question.startswith("n"):
        return str(number), number
    return f"{STORY} That was in house {number}.", None


_PLACE = (InterviewRow.id - 1) * ANSWERS


def _copied(session: Session, rare: int) -> None:
    """The others say what the first have said; a few of them live in Plains."""
    like = (InterviewRow.id - 1) % WRITTEN + 1
    for table in (MessageRow, AnswerRow):
        number = _PLACE + (table.id - 1) % ANSWERS + 1
        own: dict[str, Any] = {"id": number, "interview_id": InterviewRow.id}
        own |= {"message_id": number, "contact_id": InterviewRow.contact_id}
        columns = {one.key: own.get(one.key, one) for one in table.__table__.c if not one.computed}
        rows = select(*columns.values()).join_from(InterviewRow, table, table.interview_id == like)
        rows = rows.where(InterviewRow.id > WRITTEN).order_by(InterviewRow.id)
        session.execute(insert(table).from_select(list(columns), rows))
    theirs = AnswerRow.interview_id.in_(_every(rare, InterviewRow.id))
    changed = update(AnswerRow).where(theirs, AnswerRow.question == "city").values(value="plains")
    session.execute(changed.execution_options(synchronize_session=False))


def _every(many: int, *columns: Any, but: int = 0) -> Select[*tuple[Any, ...]]:
    """Something of one testimony in so many; ``but`` of one in so many not."""
    chosen = select(*columns).where(InterviewRow.id % many == 0).order_by(InterviewRow.id)
    return chosen.where(InterviewRow.id % but != 0) if but else chosen


def _each(session: Session, table: type[Base], many: int, but: int = 0, **values: Any) -> None:
    """A row of a table for one testimony in so many."""
    if "interview_id" in table.__table__.c:
        values = {"interview_id": InterviewRow.id, **values}
    if table is not Coding or "staff_id" in values:
        values = {"at": InterviewRow.moved_at, **values}
    row = [
        value
        if isinstance(value, ColumnElement) or hasattr(value, "property")
        else literal(value, table.__table__.c[name].type)
        for name, value in values.items()
    ]
    session.execute(insert(table).from_select(list(values), _every(many, *row, but=but)))


def _coded(session: Session, rare: int) -> None:
    """Codes that follow from answers, those of two coders, and what was agreed to."""
    for many, kind, code in ((2, THEME, "housing"), (3, THEME, "health"), (4, GROUP, "children")):
        _each(session, Coding, many, kind=kind, code=code)
    _each(session, Coding, 3, kind=THEME, code="housing", staff_id=2)
    _each(session, Coding, 3, kind=ASSESSMENT, code="problem", staff_id=2)
    _each(session, Coding, 6, kind=THEME, code="housing", staff_id=3)
    _each(session, Coding, 9, kind=THEME, code="health", staff_id=3)
    yes = {"given": "yes", "language": "en", "text": "0" * 64}
    _each(session, ConsentRecord, 1, question="consent", scope="testimony", **yes)
    _each(session, ConsentRecord, 1, 5, question="quote", scope="quote", **yes)
    _each(session, ConsentRecord, rare, question="media", scope="media", **yes)


def _marked(session: Session, share: Share) -> None:
    """Tags, marks of which half were looked at, messages that did not arrive, and the log of who read."""
    for number, (name, many) in enumerate({"Common": 4, "Rare": share.rare}.items(), 1):
        session.execute(insert(Tag).values(id=number, folded=name.lower(), name=name))
        _each(session, Tagged, many, tag_id=number, staff_id=3)
    first = MessageRow.id.in_(_every(share.marked, _PLACE + 1))
    marked = update(MessageRow).where(first).values(attention="care: danger")
    session.execute(marked.execution_options(synchronize_session=False))
    _each(session, Look, 2 * share.marked, message_id=_PLACE + 1, staff_id=3)
    lost = {"direction": OUT, "channel": "sms", "status": "failed", "error": "30003"}
    lost |= {"contact_id": InterviewRow.contact_id, "body": b"sealed"}
    _each(session, MessageRow, 200, **lost)
    for action in ("view", "search", "export"):
        subject = literal("interview:").concat(InterviewRow.id)
        _each(session, AuditEvent, 1, staff_id=3, action=action, subject=subject, detail={})


def _layered(session: Session) -> None:
    """Passages that are masked, and others that are quoted: those of the last of a hundred people alike."""
    vault, story = vault_of(session), _PLACE + 2
    words = vault.seal(STORY[4:12], masks.PASSAGE)
    _each(session, Mask, 50, answer_id=story, start=4, stop=12, words=words, staff_id=3)
    mark = vault.seal_bytes(quotations.digest(STORY[:31]), quotations.PURPOSE)
    common = {"start": 0, "stop": 31, "mark": mark, "assessment": "problem", "staff_id": 3}
    _each(session, Quotation, 10, answer_id=story, **common)
    themed = select(Quotation.id, literal("housing"))
    session.execute(insert(QuotedTheme).from_select(["quotation_id", "theme"], themed))

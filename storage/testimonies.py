"""What staff read: plain SELECTs that return small frozen rows, paged by key."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from flows import Answer, Flow, Status, slot_of
from storage import consents, masks, permits
from storage.answers import answer_of
from storage.consents import Consented
from storage.dialogues import Line, dialogue
from storage.library import Library
from storage.models import AnswerRow, Contact, FlowVersion, InterviewRow, MessageRow, StaffMember
from storage.permits import Permit
from storage.seeing import curtain

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Filter:
    """Which testimonies; None and "" mean all. ``since`` and ``until`` bound the start, ``until`` exclusive."""

    flow: str | None = None
    status: str | None = None
    language: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Listed:
    """One interview in a list. ``holder``: the staff member who has taken the conversation over, by e-mail address."""

    id: int
    pseudonym: str
    flow: str
    version: str
    language: str | None
    channel: str
    status: str
    asked: str | None
    started_at: datetime
    moved_at: datetime
    completed_at: datetime | None
    version_id: int
    holder: str | None = None


@dataclass(frozen=True)
class Given:
    """One answer, with whether it is set aside and when it was given; ``instance`` counts the times of a repeat."""

    question: str
    instance: int
    answer: Answer
    aside: bool
    at: datetime
    id: int = 0


@dataclass(frozen=True)
class Testimony:
    """One interview whole: its flow, answers, dialogue, and what was agreed to."""

    listed: Listed
    flow: Flow
    answers: tuple[Given, ...]
    dialogue: tuple[Line, ...]
    consents: tuple[Consented, ...]


def _listing() -> AnySelect:
    return (
        select(
            InterviewRow.id,
            Contact.pseudonym,
            InterviewRow.flow,
            FlowVersion.hash,
            InterviewRow.language,
            InterviewRow.channel,
            InterviewRow.status,
            InterviewRow.asked,
            InterviewRow.started_at,
            InterviewRow.moved_at,
            InterviewRow.completed_at,
            InterviewRow.flow_version_id,
            StaffMember.email,
        )
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .join(FlowVersion, FlowVersion.id == InterviewRow.flow_version_id)
        .outerjoin(StaffMember, StaffMember.id == InterviewRow.held_by)
    )


def narrow(statement: AnySelect, wanted: Filter) -> AnySelect:
    """``statement`` over interviews, narrowed to the filter."""
    for column in ("flow", "status", "language", "channel"):
        if value := getattr(wanted, column):
            if "\0" in value:  # no database of ours can hold it
                return statement.where(false())
            statement = statement.where(getattr(InterviewRow, column) == value)
    if not wanted.status:  # an erased one is a tombstone, no testimony
        statement = statement.where(InterviewRow.status != Status.ERASED)
    if wanted.since:
        statement = statement.where(InterviewRow.started_at >= wanted.since)
    if wanted.until:
        statement = statement.where(InterviewRow.started_at < wanted.until)
    return statement


def page(session: Session, wanted: Filter, before: int | None, size: int) -> list[Listed]:
    """``size`` interviews with an id below ``before``, newest first. The ids are picked before anything is joined."""
    ids = narrow(select(InterviewRow.id), wanted)
    if before is not None:
        ids = ids.where(InterviewRow.id < before)
    picked = ids.order_by(InterviewRow.id.desc()).limit(size).subquery()
    rows = session.execute(
        _listing().join(picked, picked.c.id == InterviewRow.id).order_by(InterviewRow.id.desc())
    )
    return [Listed(*row) for row in rows]


def newer_than(session: Session, wanted: Filter, after: int, size: int) -> int | None:
    """The key of the page before the one that begins below ``after``; None when that is the first."""
    ids = narrow(select(InterviewRow.id), wanted).where(InterviewRow.id >= after)
    newer = session.scalars(ids.order_by(InterviewRow.id).limit(size + 1)).all()
    return newer[size] if len(newer) > size else None


def needing_attention(session: Session, since: datetime, size: int) -> list[tuple[int, str]]:
    """The testimonies, by id and pseudonym, with a message since then that a person must look at."""
    rows = session.execute(
        select(MessageRow.interview_id, Contact.pseudonym)
        .join(InterviewRow, InterviewRow.id == MessageRow.interview_id)
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .where(
            MessageRow.attention.is_not(None),
            MessageRow.at >= since,
        )
        .distinct()
        .order_by(MessageRow.interview_id.desc())
        .limit(size)
    )
    return [(number, pseudonym) for number, pseudonym in rows if number is not None]


def open_for(
    session: Session, staff_id: int, interview_id: int, library: Library
) -> Testimony | None:
    """The same as ``whole``, for a staff member: what is masked as blocks, unless their role reads behind masks.

    Raises NotPermitted when it does not read words.
    """
    permits.require(session, staff_id, Permit.WORDS)
    found = whole(session, interview_id, library)
    if found is None or permits.holds(session, staff_id, Permit.BEHIND):
        return found
    return _covered(session, found)


def _covered(session: Session, found: Testimony) -> Testimony:
    """A testimony with blocks wherever something is masked."""
    hidden = masks.by_interview(session, [found.listed.id])
    words = {
        one.id: (slot_of(one.question, one.instance), one.answer.words) for one in found.answers
    }
    over = curtain(hidden, words, found.flow)
    answers = tuple(
        replace(one, answer=over.answer(one.id, one.answer, calculated=_calculated(found, one)))
        for one in found.answers
    )
    return replace(found, answers=answers, dialogue=tuple(map(over.line, found.dialogue)))


def _calculated(found: Testimony, given: Given) -> bool:
    question = found.flow.by_id.get(given.question)
    return question is None or question.type == "calculate"


def whole(session: Session, interview_id: int, library: Library) -> Testimony | None:
    """One testimony, or None when there is none of that id."""
    row = session.execute(_listing().where(InterviewRow.id == interview_id)).first()
    if row is None:
        return None
    listed = Listed(*row)
    flow = library.flow(session, listed.version_id)
    answers = session.scalars(select(AnswerRow).where(AnswerRow.interview_id == interview_id))
    given = [
        Given(row.question, row.instance, answer_of(session, row, flow), row.aside, row.at, row.id)
        for row in answers
    ]
    ordered = sorted(given, key=lambda one: _place(flow, one))
    return Testimony(
        listed,
        flow,
        tuple(ordered),
        tuple(dialogue(session, interview_id)),
        tuple(consents.of_interview(session, interview_id)),
    )


def _place(flow: Flow, given: Given) -> tuple[int, int, int]:
    """Where an answer stands: the times of a repeat one after the other, where the repeat begins."""
    question = flow.by_id.get(given.question)
    if question is None or not question.repeat:
        return flow.position(given.question), 0, 0
    begins = next(
        place for place, one in enumerate(flow.questions) if one.repeat == question.repeat
    )
    return begins, given.instance, flow.position(given.question)


def whole_days(
    since: datetime | None, until: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Two days, both meant to be included, as the bounds of a Filter."""
    try:
        return since, until + timedelta(days=1) if until else None
    except OverflowError:  # the last day of the calendar: nothing starts after it
        return since, None

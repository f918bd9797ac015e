"""Testimonies that staff write down for people: from a sheet at once, or or question by question.

Words are sealed like all others. The person is a contact like any, at an address that is drawn by lot and leads to
nobody. Every opening and keeping asks for the right to read words, and is in the audit log.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Flow, Interview, Outcome, Status, Turn
from flows.talking.channels import INTERVIEW
from storage import alarms, audit, contacts, interviews, meetings, permits, receipts, saving
from storage.alarms import Alarm
from storage.answers import save_answers
from storage.db import take_turn
from storage.library import Library
from storage.models import Contact, FlowVersion, InterviewRow, Sitting
from storage.permits import Permit
from storage.seeing import veiled


class SaidBy(StrEnum):
    """Who gave the consent that was signed or said aloud."""

    PERSON = "person"
    GUARDIAN = "guardian"
    INTERPRETER = "interpreter"


@dataclass(frozen=True)
class By:
    """Who writes, by which form, and who gave the consent; ``token`` makes a form sent twice one testimony."""

    staff_id: int
    token: str
    said_by: SaidBy | None = None
    meeting_id: int | None = None


@dataclass(frozen=True)
class Opened:
    """An interview at which a staff member sits; ``channel`` is another once the person goes on by phone."""

    interview: Interview
    channel: str
    pseudonym: str
    meeting_id: int | None
    said_by: SaidBy | None


@dataclass(frozen=True)
class Begun:
    """An interview that can be gone on with."""

    id: int
    pseudonym: str
    flow: str
    language: str | None
    status: str
    moved_at: datetime
    version_id: int


def add(
    session: Session,
    library: Library,
    turn: Turn,
    channel: str,
    by: By,
    now: datetime,
    told: Sequence[Alarm] = (),
) -> tuple[int, bool]:
    """Keep an interview that begins with this turn; returns its id, and whether it is new: a form is kept once."""
    permits.require(session, by.staff_id, Permit.WORDS)
    in_turn(session, by.token)
    known = session.scalar(select(Sitting.interview_id).where(Sitting.token == by.token))
    if known is not None:
        return known, False
    contact = contacts.lock_contact(session, channel, secrets.token_urlsafe(18), now)
    interview_id = saving.keep(session, contact, turn.interview, library, now)
    outcome = Outcome(interviews=(turn.interview,), turn=turn)
    save_answers(session, interview_id, outcome, None, now)
    session.add(
        Sitting(
            interview_id=interview_id,
            staff_id=by.staff_id,
            said_by=by.said_by,
            token=by.token,
            at=now,
        )
    )
    alarms.keep(session, contact.id, interview_id, turn, told, now)
    meeting = meetings.get(session, by.meeting_id) if by.meeting_id else None
    if meeting is not None:
        meetings.credit(session, interview_id, meeting)
    _note(session, "enter", interview_id, by, now, channel=channel)
    return interview_id, True


def in_turn(session: Session, token: str) -> None:
    """Wait until no other transaction keeps the form of this token: a button is soon pressed twice."""
    take_turn(session, hashlib.sha256(f"sitting {token}".encode()).digest())


def open_for(
    session: Session, staff_id: int, interview_id: int, library: Library, *, writing: bool = False
) -> Opened | None:
    """An interview that a staff member writes down, for one who may read words; None where there is no such one.

    Opened for ``writing`` it is whole, and not to be shown.
    """
    permits.require(session, staff_id, Permit.WORDS)
    row = session.get(InterviewRow, interview_id)
    sitting = session.get(Sitting, interview_id)
    if row is None or sitting is None or row.status == Status.ERASED:
        return None
    if writing:  # one press after the other
        session.scalar(select(Contact.id).where(Contact.id == row.contact_id).with_for_update())
        session.refresh(row)
    (interview,) = interviews.load_interviews(session, [row], library)
    if not writing and not permits.holds(session, staff_id, Permit.BEHIND):
        interview = veiled(session, interview)
    contact = session.get_one(Contact, row.contact_id)
    said_by = SaidBy(sitting.said_by) if sitting.said_by else None
    return Opened(interview, row.channel, contact.pseudonym, row.meeting_id, said_by)


def keep(
    session: Session,
    library: Library,
    interview_id: int,
    turn: Turn,
    by: By,
    now: datetime,
    told: Sequence[Alarm] = (),
) -> None:
    """Keep what one press at an interview has led to; call it with the interview opened for writing."""
    permits.require(session, by.staff_id, Permit.WORDS)
    row = session.get_one(InterviewRow, interview_id)
    contact = session.get_one(Contact, row.contact_id)
    saving.keep(session, contact, turn.interview, library, now)
    save_answers(session, interview_id, Outcome(interviews=(turn.interview,), turn=turn), None, now)
    alarms.keep(session, contact.id, interview_id, turn, told, now)
    if by.said_by is not None:
        session.get_one(Sitting, interview_id).said_by = by.said_by
    _note(session, "interview", interview_id, by, now, status=turn.interview.state.status.value)


def _note(
    session: Session, action: str, interview_id: int, by: By, now: datetime, **detail: str
) -> None:
    told = {"meeting": by.meeting_id, "consent_by": by.said_by and by.said_by.value, **detail}
    known = {name: value for name, value in told.items() if value is not None}
    audit.record(session, now, action, f"interview:{interview_id}", by.staff_id, **known)


def give_code(session: Session, staff_id: int, interview_id: int, now: datetime) -> str:
    """A code by which the person goes on alone, from a phone; it is shown once, and kept as a digest."""
    permits.require(session, staff_id, Permit.WORDS)
    receipt = receipts.new_receipt()
    receipts.issue(session, interview_id, receipt, now)
    audit.record(session, now, "code given", f"interview:{interview_id}", staff_id)
    return receipt


def under_way(session: Session, staff_id: int, size: int) -> list[Begun]:
    """The interviews that a member sits at and that have not ended, the one begun last first."""
    rows = session.execute(
        select(
            InterviewRow.id,
            Contact.pseudonym,
            InterviewRow.flow,
            InterviewRow.language,
            InterviewRow.status,
            InterviewRow.moved_at,
            InterviewRow.flow_version_id,
        )
        .join(Sitting, Sitting.interview_id == InterviewRow.id)
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .where(Sitting.staff_id == staff_id, InterviewRow.channel == INTERVIEW)
        .where(InterviewRow.status.in_(interviews.OPEN))
        .order_by(InterviewRow.id.desc())
        .limit(size)
    )
    return [Begun(*row) for row in rows]


def current_flow(session: Session, library: Library, name: str) -> Flow | None:
    """The published flow of this name, or None."""
    newest = (
        select(FlowVersion.id)
        .where(FlowVersion.flow == name)
        .order_by(FlowVersion.published_at.desc(), FlowVersion.id.desc())
        .limit(1)
    )
    version_id = session.scalar(newest)
    return library.flow(session, version_id) if version_id is not None else None

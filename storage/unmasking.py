"""Showing the number behind a testimony: asked for with a reason, agreed to by a second person where that is the rule.

What was asked is good for a day. Each asking, deciding and showing is in the audit log; the reason is sealed here,
where an erasure reaches it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from flows import Status
from flows.talking.channels import UNADDRESSED
from storage import audit, permits, putting, reaching
from storage.contacts import address_of
from storage.db import vault_of
from storage.house_rules import Rule, holds
from storage.library import Library
from storage.models import Contact, InterviewRow, StaffMember, Unmasking
from storage.permits import Permit
from storage.prepared import Prepared

PURPOSE = "unmasking.reason"
GOOD_FOR = timedelta(days=1)
MOST = 500  # characters of a reason
_WAITING = Prepared(
    lambda: (
        select(Unmasking.interview_id, Contact.pseudonym)
        .join(InterviewRow, InterviewRow.id == Unmasking.interview_id)
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .where(
            Unmasking.granted.is_(None),
            Unmasking.staff_id != bindparam("member"),
            Unmasking.asked_at > bindparam("since"),
        )
        .distinct()
        .limit(bindparam("size", type_=Integer))
    )
)


@dataclass(frozen=True)
class Request:
    """What was asked for, and about which testimony: both must fit."""

    id: int
    interview_id: int


@dataclass(frozen=True)
class Asked:
    """What somebody asked for within a day. ``granted``: None while the second person has not decided.

    ``second`` is who decided; "" where nobody did, for none was needed.
    """

    id: int
    staff_id: int
    who: str
    reason: str
    asked_at: datetime
    granted: bool | None
    second: str = ""


def possible(session: Session, interview_id: int, library: Library) -> bool:
    """Whether there is a number to be shown: the one behind the testimony, or one that was told where it was asked.

    Of one that was erased there is none, though it may be needed still for the last message.
    """
    row = session.get(InterviewRow, interview_id)
    stands = row is not None and row.status != Status.ERASED
    contact = session.get(Contact, row.contact_id) if row and stands else None
    if contact is None or contact.address is None:
        return False
    return contact.channel not in UNADDRESSED or reaching.is_told(session, interview_id, library)


def ask(
    session: Session, interview_id: int, staff_id: int, reason: str, now: datetime
) -> Request | None:
    """Ask to see the number; granted at once where no second person is needed. None for what was erased."""
    permits.require(session, staff_id, Permit.NUMBERS)
    if not putting.stands(session, interview_id):
        return None
    row = Unmasking(
        interview_id=interview_id,
        staff_id=staff_id,
        reason=vault_of(session).seal(reason[:MOST], PURPOSE),
        asked_at=now,
        granted=None if holds(session, Rule.SECOND_PERSON) else True,
    )
    session.add(row)
    session.flush()
    audit.record(session, now, "unmask asked", f"interview:{interview_id}", staff_id, asked=row.id)
    return Request(row.id, interview_id)


def decide(session: Session, asked: Request, staff_id: int, granted: bool, now: datetime) -> bool:
    """Agree or refuse as the second person; returns whether there was something to decide for somebody else."""
    permits.require(session, staff_id, Permit.NUMBERS)
    decided = session.scalar(
        update(Unmasking)
        .where(
            Unmasking.id == asked.id,
            Unmasking.interview_id == asked.interview_id,
            Unmasking.staff_id != staff_id,
            Unmasking.granted.is_(None),
            Unmasking.asked_at > now - GOOD_FOR,
        )
        .values(granted=granted, decided_by=staff_id, decided_at=now)
        .returning(Unmasking.interview_id)
    )
    if decided is None:
        return False
    action = "unmask agreed" if granted else "unmask refused"
    audit.record(session, now, action, f"interview:{decided}", staff_id, asked=asked.id)
    return True


def reveal(session: Session, asked: Request, staff_id: int, now: datetime) -> str | None:
    """The number, for the one who asked for it and may see it; None for everybody else, and after a day.

    "" where the person has none of their own, and what they told is shown alone.
    """
    permits.require(session, staff_id, Permit.NUMBERS)
    row = session.get(Unmasking, asked.id)
    if row is None or row.interview_id != asked.interview_id:
        return None
    if row.staff_id != staff_id or row.asked_at <= now - GOOD_FOR:
        return None
    if not row.granted or (holds(session, Rule.SECOND_PERSON) and row.decided_by is None):
        return None
    interview = session.get_one(InterviewRow, row.interview_id)
    contact = session.get_one(Contact, interview.contact_id)
    address = address_of(session, contact)
    if address is not None:
        subject = f"interview:{row.interview_id}"
        audit.record(session, now, "unmask", subject, staff_id, asked=asked.id)
    return "" if address and contact.channel in UNADDRESSED else address


def of_interview(session: Session, interview_id: int, now: datetime) -> list[Asked]:
    """What was asked about a testimony within a day, the newest first. Reasons are opened."""
    second = aliased(StaffMember)
    rows = session.execute(
        select(Unmasking, StaffMember.email, second.email)
        .join(StaffMember, StaffMember.id == Unmasking.staff_id)
        .outerjoin(second, second.id == Unmasking.decided_by)
        .where(Unmasking.interview_id == interview_id, Unmasking.asked_at > now - GOOD_FOR)
        .order_by(Unmasking.id.desc())
    )
    return [
        Asked(
            id=row.id,
            staff_id=row.staff_id,
            who=email,
            reason=reason_of(session, row) or "",
            asked_at=row.asked_at,
            granted=row.granted,
            second=by or "",
        )
        for row, email, by in rows
    ]


def waiting(session: Session, staff_id: int, now: datetime, size: int) -> list[tuple[int, str]]:
    """The testimonies, by id and pseudonym, about which somebody else waits for a second person."""
    rows = _WAITING.all(session, member=staff_id, since=now - GOOD_FOR, size=size)
    return [(number, pseudonym) for number, pseudonym in rows]


def reason_of(session: Session, row: Unmasking) -> str | None:
    """Why somebody asked; None when the contact was erased since."""
    return None if row.reason is None else vault_of(session).open(row.reason, PURPOSE)


def reasons(session: Session, asked: set[int]) -> dict[int, str]:
    """The reasons of what was asked, by its id; for the page of the audit log."""
    rows = session.scalars(select(Unmasking).where(Unmasking.id.in_(asked)))
    return {row.id: why for row in rows if (why := reason_of(session, row)) is not None}


def forget(session: Session, contact_id: int) -> None:
    """Take away why people asked about an erased contact, and let nothing that was granted stand."""
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact_id)
    session.execute(
        update(Unmasking)
        .where(Unmasking.interview_id.in_(theirs))
        .values(reason=None, granted=False)
        .execution_options(synchronize_session=False)
    )

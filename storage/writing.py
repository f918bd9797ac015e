"""Staff write to a person, and take a conversation over from the bot: only whom it is right to write to.

Who is staff, and what their role allows, is not asked here. Nothing is sent: what is written waits in the outbox.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import YES, Interview, Status
from flows.talking import holding
from flows.talking.channels import UNADDRESSED, WEB
from storage import audit, contacts, interviews, messages, outbox, outgoing, saving, timezones
from storage.consents import newest
from storage.library import Library
from storage.models import Contact, InterviewRow, MessageRow, StaffMember
from storage.replies import queue_reply

MOST = 1600  # characters that staff may write at once: what one text message can carry
SCOPE = "follow_up"


class Bar(StrEnum):
    """Why staff cannot write, or take over. The last two hold for one who is late only."""

    ERASED = "erased"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
    WEB = "web"
    BESIDE = "beside"
    LEFT = "left"
    NO_CONSENT = "no consent"
    ELSEWHERE = "elsewhere"
    ENDED = "ended"
    HELD = "held"
    USED = "used"


@dataclass(frozen=True)
class Letter:
    """What a staff member writes. ``token`` is the form's, so that a form sent twice is one letter."""

    interview_id: int
    staff_id: int
    text: str
    token: str


@dataclass(frozen=True)
class Reach:
    """How the person of an interview can be written to.

    ``bar``: why not, None when they can. ``zones``: where the person may live. ``holder`` and ``holder_id``:
    the staff member who has taken over, by e-mail address. ``holdable``: whether the interview is one
    that can be taken over. ``current``: the interview that the person is in now, where it is another.
    """

    bar: Bar | None
    channel: str
    zones: tuple[tzinfo, ...]
    holder_id: int | None
    holder: str | None
    holdable: bool
    current: int | None


def reach(session: Session, interview_id: int, library: Library, now: datetime) -> Reach | None:
    """How the person of an interview can be written to; None when there is no such interview."""
    row = session.get(InterviewRow, interview_id)
    if row is None:
        return None
    contact = session.get_one(Contact, row.contact_id)
    holder = session.get(StaffMember, row.held_by) if row.held_by else None
    current = interviews.current(session, row.contact_id)
    return Reach(
        bar=_bar(session, row, contact),
        channel=contact.channel,
        zones=timezones.zones_of(session, contact, library.flow(session, row.flow_version_id), now),
        holder_id=row.held_by,
        holder=holder.email if holder else None,
        holdable=Status(row.status) in holding.HOLDABLE,
        current=current.id if current and current is not row else None,
    )


def agreed(session: Session, contact_id: int, scope: str = SCOPE) -> bool:
    """Whether the person's newest word on being written to again, or on another ``scope``, is a yes."""
    return session.scalar(newest(contact_id, scope)) == YES


def _bar(session: Session, row: InterviewRow, contact: Contact) -> Bar | None:
    """What forbids to write to the person, the gravest first."""
    if row.status == Status.ERASED or contact.address is None:
        return Bar.ERASED
    held = contacts.suppression_of(session, contact)
    if held is not None:
        return Bar.STOPPED if held.willed else Bar.UNREACHABLE
    if contact.channel in UNADDRESSED:
        return Bar.WEB if contact.channel == WEB else Bar.BESIDE
    if interviews.is_left(session, contact.id):  # somebody else may hold the phone by now
        return Bar.LEFT
    if not agreed(session, contact.id):
        return Bar.NO_CONSENT
    current = interviews.current(session, contact.id)
    return None if current is row else Bar.ELSEWHERE


def write(session: Session, letter: Letter, now: datetime) -> Bar | None:
    """Queue a letter, once; returns what forbade it. Either is written down."""
    row, contact = _lock(session, letter.interview_id)
    before = session.scalars(
        select(MessageRow).where(
            MessageRow.contact_id == contact.id,
            MessageRow.provider_ref == letter.token,
            MessageRow.direction == messages.OUT,
        )
    ).first()
    if before is not None:
        return None if messages.body_of(session, before) == letter.text else Bar.USED
    bar = _bar(session, row, contact)
    if bar is None and row.held_by not in (None, letter.staff_id):
        bar = Bar.HELD
    if bar is not None:
        return _refuse(session, "write", row, letter.staff_id, bar, now)
    message_id = outgoing.write(
        session,
        contact.id,
        contact.channel,
        letter.text,
        now,
        interview_id=row.id,
        staff_id=letter.staff_id,
        token=letter.token,
    )
    outbox.enqueue_send(session, message_id, contact.id, now, channel=contact.channel)
    _note(session, "write", row, letter.staff_id, now, message=message_id)
    return None


def hold(
    session: Session,
    interview_id: int,
    staff_id: int,
    before: int | None,
    library: Library,
    now: datetime,
) -> Bar | None:
    """Take a conversation over from the bot, or from ``before``; returns what forbade it. The person is told."""
    row, contact = _lock(session, interview_id)
    if row.held_by == staff_id:
        return None
    bar = _bar(session, row, contact)
    if bar is None and Status(row.status) not in holding.HOLDABLE:
        bar = Bar.ENDED
    if bar is None and row.held_by != before:
        bar = Bar.HELD
    if bar is not None:
        return _refuse(session, "hold", row, staff_id, bar, now)
    if row.held_by is None:
        contact.menu = ""  # what was shown last is not a menu any more
        reply = holding.announce(_interview(session, row, library))
        queue_reply(session, contact, reply, now, row.id)
    row.held_by = staff_id
    _note(session, "hold", row, staff_id, now, before=before)
    session.flush()
    return None


def hand_back(
    session: Session, interview_id: int, staff_id: int, library: Library, now: datetime, today: date
) -> None:
    """Give a conversation back to the bot. The person is told, if they may still be written to."""
    row, contact = _lock(session, interview_id)
    if row.held_by is None:
        return
    _note(session, "hand_back", row, staff_id, now, before=row.held_by)
    row.held_by = None
    session.flush()
    if _bar(session, row, contact) in (None, Bar.NO_CONSENT, Bar.LEFT):
        turn = holding.hand_back(_interview(session, row, library), today)
        saving.keep(session, contact, turn.interview, library, now)
        contact.menu = ""
        if turn.reply is not None:
            queue_reply(session, contact, turn.reply, now, row.id)
    session.flush()


def _interview(session: Session, row: InterviewRow, library: Library) -> Interview:
    (interview,) = interviews.load_interviews(session, [row], library)
    return interview


def _lock(session: Session, interview_id: int) -> tuple[InterviewRow, Contact]:
    """The interview and its contact, as a message of theirs locks them: nothing moves meanwhile."""
    row = session.get_one(InterviewRow, interview_id)
    while True:
        contact = contacts.lock_person(session, row.contact_id)[0]
        session.refresh(row)
        if row.contact_id == contact.id:  # it did not go to another phone until we had the lock
            return row, contact


def _refuse(
    session: Session, what: str, row: InterviewRow, staff_id: int, bar: Bar, now: datetime
) -> Bar:
    _note(session, f"{what} refused", row, staff_id, now, reason=bar.value)
    return bar


def _note(
    session: Session, action: str, row: InterviewRow, staff_id: int, now: datetime, **detail: object
) -> None:
    audit.record(session, now, action, f"interview:{row.id}", staff_id, **detail)

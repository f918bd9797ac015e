"""Messages of bursts that look automated: kept and sealed as all others, marked, and answered when staff say so.

The mark is the message's own attention, so they are counted and shown with all that waits for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, select, true, update
from sqlalchemy.orm import Session

from flows import Heard
from storage import outbox, ranks
from storage.db import take_turn
from storage.messages import IN
from storage.models import Contact, Job, MessageRow
from storage.narrowing import open_marks
from storage.prepared import Prepared

LET, LEFT = "quarantine let", "quarantine left"  # in the audit log
MARK = "quarantined: "
TOO_QUICK = f"{MARK}more messages than a person writes"
TOO_MANY_NEW = f"{MARK}many new people at once"
TURN = b"quarantine"  # of those who let people through
QUIETLY = {"synchronize_session": False}  # nothing of a session is looked at again
MOST = 100_000  # of those that are counted

_EARLIER = Prepared(
    lambda: (
        select(MessageRow.at)
        .where(
            MessageRow.contact_id == bindparam("contact"),
            MessageRow.id < bindparam("message"),
            MessageRow.direction == IN,
        )
        .order_by(MessageRow.id.desc())
        .offset(bindparam("skip", type_=Integer))
        .limit(1)
    )
)
_NEW = Prepared(
    lambda: (
        select(Contact.created_at)
        .where(
            Contact.channel == bindparam("channel"),
            Contact.created_at > bindparam("since"),
            Contact.id < bindparam("contact"),
        )
        .order_by(Contact.created_at.desc())
        .offset(bindparam("skip", type_=Integer))
        .limit(1)
    )
)
_MARKED = MessageRow.attention.like(f"%{MARK}%")


@dataclass(frozen=True)
class Burst:
    """What of one person is in quarantine: how many messages, and from when to when.

    ``newest`` is the last of them; ``interview_id`` is the last interview that one of them stands in, if any does.
    """

    contact_id: int
    pseudonym: str
    channel: str
    number: int
    first: datetime
    last: datetime
    newest: int
    interview_id: int | None


def nth_before(session: Session, contact_id: int, message_id: int, count: int) -> datetime | None:
    """When the ``count``-th message before this one came from the contact; None when there were fewer."""
    at: datetime | None = _EARLIER.one(
        session, contact=contact_id, message=message_id, skip=count - 1
    )
    return at


def are_new(session: Session, contact: Contact, since: datetime, count: int) -> bool:
    """Whether ``count`` people before this one first wrote after ``since``, on the same channel."""
    asked = {"channel": contact.channel, "since": since, "contact": contact.id, "skip": count - 1}
    return _NEW.one(session, **asked) is not None


def bursts(session: Session, upto: int | None = None) -> list[Burst]:
    """Who is in quarantine, the first to come first; with messages up to ``upto`` alone, if it is said."""
    seen = MessageRow.id <= upto if upto is not None else true()
    rows = session.execute(
        select(
            Contact.id,
            Contact.pseudonym,
            Contact.channel,
            func.count(),
            func.min(MessageRow.at),
            func.max(MessageRow.at),
            func.max(MessageRow.id),
            func.max(MessageRow.interview_id),
        )
        .join(Contact, Contact.id == MessageRow.contact_id)
        .where(_MARKED, open_marks(), Contact.address.is_not(None), seen)
        .group_by(Contact.id, Contact.pseudonym, Contact.channel)
        .order_by(func.min(MessageRow.id))
    )
    return [Burst(*row) for row in rows]


def count(session: Session) -> int:
    """How many messages are in quarantine, and were not looked at; of very many, as many as are looked at here."""
    some = select(MessageRow.id).where(_MARKED, open_marks()).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def held(session: Session, contact_id: int) -> Sequence[int]:
    """A contact's messages in quarantine, in the order in which they came."""
    wanted = select(MessageRow.id).where(MessageRow.contact_id == contact_id, _MARKED, open_marks())
    return session.scalars(wanted.order_by(MessageRow.id)).all()


def still_held(session: Session, message_id: int) -> MessageRow | None:
    """A message that is in quarantine; None when that was decided on since."""
    wanted = select(MessageRow).where(MessageRow.id == message_id, _MARKED, open_marks())
    return session.scalar(wanted)


def is_overtaken(session: Session, row: MessageRow) -> bool:
    """Whether the contact has written after this message, and that was heard: to answer this now would undo it."""
    theirs = (MessageRow.contact_id == row.contact_id, MessageRow.direction == IN)
    heard = MessageRow.heard.in_((Heard.ANSWER.value, Heard.STEER.value))
    later = select(MessageRow.id).where(*theirs, MessageRow.id > row.id, heard)
    return session.scalar(later.limit(1)) is not None


def other_marks(marks: str | None) -> str | None:
    """The marks of a message without that of quarantine."""
    return "; ".join(one for one in (marks or "").split("; ") if not one.startswith(MARK)) or None


def in_turn(session: Session) -> set[int]:
    """The contacts whose messages are about to be answered; nobody else lets anybody through until this transaction
    ends. Ask it once, before those of the others are let through or left: it goes over all that are.
    """
    take_turn(session, TURN)
    return being_let(session)


def let(session: Session, contact_id: int, now: datetime) -> None:
    """Queue that a contact's messages be answered, of whom that is not queued yet."""
    outbox.add_slow(session, outbox.LET, now, target=str(contact_id))


def being_let(session: Session) -> set[int]:
    """The contacts whose messages are about to be answered."""
    queue = (Job.lane == ranks.NO_LANE, Job.rank == ranks.RANKS[outbox.LET], Job.done_at.is_(None))
    queued = select(Job.target).where(*queue, Job.kind == outbox.LET)
    return {int(target) for target in session.scalars(queued) if target}


def leave(session: Session, contact_id: int, upto: int | None = None) -> int:
    """Let a contact's messages (``upto`` one of them) stay unanswered, and be asked about no more; returns how many.

    None is deleted. What has another mark by now, for it is being answered, keeps that.
    """
    theirs = (MessageRow.contact_id == contact_id) & _MARKED & open_marks()
    if upto is not None:
        theirs &= MessageRow.id <= upto
    number = 0
    for marks in session.scalars(select(MessageRow.attention).where(theirs).distinct()).all():
        left = update(MessageRow).where(theirs, MessageRow.attention == marks)
        left = left.values(attention=other_marks(marks)).returning(MessageRow.id)
        number += len(session.execute(left, execution_options=QUIETLY).all())
    return number

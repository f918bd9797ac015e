"""Who gets a broadcast: written down in pieces, and brought forward by what became of each message.

A piece is one transaction with the place that it came to: who dies on the way has written nobody, or has noted it. That
nobody stands here twice, the table itself keeps to.
"""

from datetime import datetime

from sqlalchemy import exists, func, literal, select, update
from sqlalchemy.orm import Session

from storage import messages, outgoing
from storage.base import Moment
from storage.broadcasts.audience import audience
from storage.broadcasts.bars import Bar, bar
from storage.broadcasts.handing import UNKNOWN
from storage.broadcasts.register import Facts
from storage.db import insert_into
from storage.models import Broadcast, Contact, Job, MessageRow, Recipient

WAITING, QUEUED, SENT, FAILED, LEFT = "waiting", "queued", "sent", "failed", "left"
PIECE = 500  # contacts that are gone through at once: for a moment nobody else writes


def gather(
    session: Session, row: Broadcast, facts: Facts, now: datetime, piece: int = PIECE
) -> None:
    """Write down whoever is meant among the next contacts."""
    ids = select(Contact.id).where(Contact.id > row.reached).order_by(Contact.id)
    upto = session.scalar(ids.offset(piece - 1).limit(1))
    if upto is None:
        upto = session.scalar(select(func.max(Contact.id))) or 0
        row.gathered_at = now
    meant = select(literal(row.id), Contact.id, literal(WAITING), literal(now, Moment)).where(
        Contact.id > row.reached, Contact.id <= upto, *audience(facts.wanted, facts.scope)
    )
    columns = ["broadcast_id", "contact_id", "status", "due_at"]
    session.execute(
        insert_into(session, Recipient).from_select(columns, meant).on_conflict_do_nothing()
    )
    row.reached = max(upto, row.reached)


def settle(session: Session, row: Broadcast, facts: Facts, now: datetime) -> tuple[int, bool]:
    """Note what became of the messages in hand; returns how many are in hand still, and whether any is not.

    One whose job is done, and which was not sent, was taken back: it waits again. But what a sender has taken may go
    out though its job was ended meanwhile, as by STOP: it is in hand until that is told, or the lease is over.
    """
    its = Job.message_id == MessageRow.id
    undone = exists().where(its, Job.done_at.is_(None)).label("undone")
    leased = exists().where(its, Job.owner.is_not(None), Job.run_at > now).label("leased")
    rows = session.execute(
        select(Recipient, MessageRow, undone, leased)
        .join(MessageRow, MessageRow.id == Recipient.message_id)
        .where(Recipient.broadcast_id == row.id, Recipient.status == QUEUED)
        .with_for_update(of=Recipient, skip_locked=True)
    )
    found, left = rows.all(), 0
    for one, message, queued, taken in found:
        sending = message.status == messages.SENDING
        if not sending and message.status != messages.QUEUED:
            _ended(session, one, message, facts)
        elif queued or (sending and taken):
            left += 1
        elif sending:  # whoever took it has died
            outgoing.advance(session, message.id, messages.FAILED, error=UNKNOWN)
            one.status, one.reason = FAILED, UNKNOWN
        else:
            one.status, one.due_at = WAITING, now
    session.flush()
    return left, left < len(found)


def _ended(session: Session, one: Recipient, message: MessageRow, facts: Facts) -> None:
    """It was sent; or it never went out, because it must not, or because it could not."""
    if message.status != messages.FAILED or message.provider_id:
        one.status = SENT
        return
    contact = session.get_one(Contact, message.contact_id)
    held = bar(session, contact, facts.scope) if message.error != UNKNOWN else None
    if message.error == Bar.ENDED.value:
        held = Bar.ENDED
    one.status = LEFT if held else FAILED
    one.reason = held.value if held else (message.error or "")[:200]


def let_go(session: Session, row: Broadcast, piece: int = PIECE) -> bool:
    """The broadcast is stopped: what was written to some and taken back goes out no more; whether there may be more."""
    written = select(Recipient).where(
        Recipient.broadcast_id == row.id,
        Recipient.status == WAITING,
        Recipient.message_id.is_not(None),
    )
    found = session.scalars(written.limit(piece).with_for_update()).all()
    for one in found:
        one.status, one.reason = LEFT, Bar.ENDED.value
    outgoing.give_up(session, [one.message_id for one in found if one.message_id], Bar.ENDED.value)
    session.flush()
    return len(found) == piece


def forget(session: Session, contact_id: int) -> None:
    """Take away what leads to an erased contact; how many got a broadcast stays as it was."""
    theirs = update(Recipient).where(Recipient.contact_id == contact_id)
    unsent = theirs.where(Recipient.status.in_((WAITING, QUEUED)))
    quietly = {"synchronize_session": False}
    gone = {"status": LEFT, "reason": Bar.ERASED.value}
    session.execute(unsent.values(**gone), execution_options=quietly)
    session.execute(theirs.values(contact_id=None, message_id=None), execution_options=quietly)

"""The steps of a broadcast: its recipients written down, then a few messages at a time put into the outbox.

Never more than a few are in hand, so that replies do not wait behind them, and a pause or a stop is felt at once. Each
step is one short transaction; who comes after a crash does the same step again, and nobody gets two.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import interviews, messages, outgoing
from storage.broadcasts import recipients, register
from storage.broadcasts.bars import Bar, bar, opens
from storage.broadcasts.queueing import queue
from storage.broadcasts.recipients import LEFT, QUEUED, WAITING
from storage.broadcasts.register import Facts, Standing
from storage.broadcasts.wording import whole
from storage.library import Library
from storage.models import Broadcast, Contact, MessageRow, Recipient

IN_HAND = 20  # messages
ANEW = "the person gets it in other words"  # as a rule they changed their language meanwhile
SOON, SLOWLY = timedelta(seconds=0.2), timedelta(seconds=2)  # between two looks at those in hand


def step(session: Session, broadcast_id: int, library: Library, now: datetime) -> datetime | None:
    """Do the next of a broadcast; returns when the one after it is due, None when there is none."""
    row = register.by_id(session, broadcast_id)
    if row is None or row.status == Standing.DRAFT:
        return None
    facts = register.facts_of(session, row)
    in_hand, moved = recipients.settle(session, row, facts, now)
    if row.status == Standing.SCHEDULED:
        if row.starts_at is not None and row.starts_at > now:
            return row.starts_at
        row.status = Standing.RUNNING.value
    if row.status != Standing.RUNNING:
        if row.status == Standing.STOPPED and not in_hand:
            return now if recipients.let_go(session, row) else None
        return now + SLOWLY if in_hand else None
    if row.gathered_at is None:
        recipients.gather(session, row, facts, now)
        return now
    fed = _feed(session, row, facts, library, IN_HAND - in_hand, now)
    again = now + (SOON if fed or moved else SLOWLY)
    return _next(session, row, in_hand + fed, again, now)


def _next(
    session: Session, row: Broadcast, in_hand: int, again: datetime, now: datetime
) -> datetime | None:
    session.flush()
    due = session.scalar(
        select(func.min(Recipient.due_at)).where(
            Recipient.broadcast_id == row.id, Recipient.status == WAITING
        )
    )
    if in_hand:
        return again if in_hand >= IN_HAND or due is None else min(max(due, now), again)
    if due is not None:
        return max(due, now)
    row.status, row.ended_at = Standing.DONE.value, now
    register.note(session, "broadcast done", row.id, None, now)
    return None


def _feed(
    session: Session, row: Broadcast, facts: Facts, library: Library, room: int, now: datetime
) -> int:
    """Put as many messages into the outbox as there is room for; returns how many."""
    due = (
        select(Recipient, Contact)
        .join(Contact, Contact.id == Recipient.contact_id)
        .where(
            Recipient.broadcast_id == row.id, Recipient.status == WAITING, Recipient.due_at <= now
        )
        .order_by(Recipient.due_at, Recipient.id)
        .limit(IN_HAND)
        .with_for_update(skip_locked=True)  # who is writing at this moment comes later
    )
    fed = 0
    for one, contact in session.execute(due).all() if room > 0 else ():
        if fed < room:
            fed += _take_up(session, row, facts, library, one, contact, now)
    return fed


def _take_up(
    session: Session,
    row: Broadcast,
    facts: Facts,
    library: Library,
    one: Recipient,
    contact: Contact,
    now: datetime,
) -> bool:
    """Queue one person's message, unless they must not get it, or not yet; returns whether it was queued."""
    held = bar(session, contact, facts.scope)
    if held is None and contact.language not in facts.texts:
        held = Bar.LANGUAGE
    if held is not None:
        one.status, one.reason = LEFT, held.value
        outgoing.give_up(session, [one.message_id] if one.message_id else [], held.value)
        return False
    one.due_at = opens(session, contact, library, now)
    if one.due_at > now:
        return False
    one.message_id = _write(session, row, facts, library, one, contact, now)
    one.status = QUEUED
    queue(session, one.message_id, contact, now)
    return True


def _write(
    session: Session,
    row: Broadcast,
    facts: Facts,
    library: Library,
    one: Recipient,
    contact: Contact,
    now: datetime,
) -> int:
    """Write their message. One that was taken back serves again, if it says what they would read now."""
    flow = library.catalog(session).get(facts.flow) if facts.flow else None
    language, current = contact.language or "", interviews.current(session, contact.id)
    text = whole(facts.sender, facts.texts[language], language, flow)
    if one.message_id is not None:
        if messages.body_of(session, session.get_one(MessageRow, one.message_id)) == text:
            return one.message_id
        outgoing.give_up(session, [one.message_id], ANEW)
    return outgoing.write(
        session,
        contact.id,
        contact.channel,
        text,
        now,
        interview_id=current.id if current else None,
        staff_id=row.made_by,
    )

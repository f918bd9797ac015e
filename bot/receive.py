"""The one use case: a contact's message comes in, and whatever follows from it is kept, in one transaction.

Load, decide, save. Nothing is sent here: replies are queued in the outbox, and go out after the commit.
"""

import logging
from datetime import date, datetime, timedelta

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from bot.channels import WEB, Blocking, Inbound, Progress, kind_of_file
from bot.correcting import Edit, take_edit
from bot.faults import fault
from bot.replying import queue_reply
from flows import SHIPPED, Command, Outcome, Reply, Said, command, converse, phrasebook
from storage import contacts, erasure, interviews, messages, outbox
from storage.library import Library
from storage.models import Contact

log = logging.getLogger(__name__)

PASSING = (
    OperationalError,
    InterfaceError,
    InternalError,
)  # the database's trouble, not the message's

SHOWN = timedelta(hours=1)  # how long a page shows that all is erased


def receive(
    session: Session, library: Library, inbound: Inbound, now: datetime, today: date
) -> bool:
    """Take one message; returns False when this delivery was taken before."""
    contact = contacts.lock_contact(session, inbound.channel, inbound.address, now)
    original = messages.find_by_ref(session, contact.id, inbound.edits)
    message_id = messages.claim(
        session,
        messages.Arrival(
            contact_id=contact.id,
            channel=inbound.channel,
            provider_id=inbound.provider_id,
            provider_ref=inbound.provider_ref,
            text=inbound.text,
            at=now,
            sent_at=inbound.sent_at,
            edits_id=original.id if original else None,
            media=[dict(one) for one in inbound.media],
        ),
    )
    if message_id is None:
        return False
    if inbound.edits is not None and original and original.interview_id:
        messages.file_under(session, message_id, original.interview_id)
    try:
        with session.begin_nested():
            if inbound.edits is None:
                _answer(session, contact, library, inbound, message_id, now, today)
            elif original is not None:
                take_edit(
                    session, library, Edit(contact, original, message_id, inbound.text), now, today
                )
    except Exception as error:  # our own bug must not lose the message, nor block those behind it
        if _passes(error):
            raise  # the provider sends it again
        _get_over(session, contact, inbound, message_id, error, now)
    return True


def _passes(error: Exception) -> bool:
    """Whether it is the database's trouble, and not the message's."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, PASSING)


def _answer(
    session: Session,
    contact: Contact,
    library: Library,
    inbound: Inbound,
    message_id: int,
    now: datetime,
    today: date,
) -> None:
    standing = interviews.standing(session, contact, library, now)
    said = Said(
        text=inbound.text,
        begin=inbound.begin,
        flow=inbound.flow,
        language=inbound.language,
        media=tuple(kind_of_file(str(one.get("content_type", ""))) for one in inbound.media),
        settled=inbound.settled,
        stale=_is_stale(session, contact, inbound, message_id),
        receipt=erasure.new_receipt(),
    )
    outcome = converse(library.catalog(session), standing, said, today)
    if outcome.erase:
        _erase(session, contact, said.receipt, outcome.reply, now)
        return
    interview_id = interviews.save(session, contact, outcome, library, message_id, now)
    if interview_id is None:
        interview_id = interviews.newest_id(session, contact.id)
    if interview_id is not None:
        messages.file_under(session, message_id, interview_id)
        if any(interview.id is None for interview in outcome.interviews):
            messages.adopt(session, contact.id, interview_id)
    if outcome.turn is not None and outcome.turn.attention:
        messages.call_attention(session, message_id, outcome.turn.attention)
    _change_contact(session, contact, outcome, now)
    if outcome.reply is not None:
        queue_reply(session, contact, outcome.reply, now, interview_id)


def _erase(
    session: Session, contact: Contact, receipt: str, reply: Reply | None, now: datetime
) -> None:
    """Forget a contact: all words at once, the address when the last message is out, where there is one to send."""
    erasure.erase(session, contact, receipt, now)
    if reply is not None:
        queue_reply(session, contact, reply, now)
    later = SHOWN if contact.channel == WEB else timedelta()
    outbox.enqueue_forget(session, contact.id, now, now + later)


def _is_stale(session: Session, contact: Contact, inbound: Inbound, message_id: int) -> bool:
    """Whether more was said since the page it comes from: an old tab, or a second press."""
    if inbound.seen is None:
        return False
    last = messages.last_before(session, contact.id, message_id)
    return last is not None and inbound.seen < last


def _change_contact(session: Session, contact: Contact, outcome: Outcome, now: datetime) -> None:
    contact.menu = outcome.menu.value
    if outcome.language:
        contact.language = outcome.language
    session.flush()
    if outcome.stopped:
        contacts.stop(session, contact.id, contacts.BY_WORD, now)
        _cancel(session, contact.id, now)
    elif outcome.stopped is False:
        contacts.lift(session, contact.id)


def _get_over(
    session: Session,
    contact: Contact,
    inbound: Inbound,
    message_id: int,
    error: Exception,
    now: datetime,
) -> None:
    """After a bug: the message stays, marked; the contact hears that it is kept. STOP stops all the same."""
    session.refresh(contact)
    reason = fault(error)
    log.error("message %s could not be handled: %s", message_id, reason)
    messages.call_attention(session, message_id, reason)
    interview_id = interviews.newest_id(session, contact.id)
    if interview_id is not None:
        messages.file_under(session, message_id, interview_id)
    if contact.stopped_at is not None:
        return
    book = phrasebook(contact.language or "en")
    if Command.STOP in (inbound.settled, command(inbound.text, SHIPPED)):
        end_messaging(session, contact.id, contacts.BY_WORD, now)
        reply = Reply(book.say("stopped", contact="Testimony"))
    else:
        reply = Reply(book.say("apology"))
    if inbound.settled is None:
        queue_reply(session, contact, reply, now, interview_id)


def take_blocking(session: Session, blocking: Blocking, now: datetime) -> None:
    """A contact has shut us out, or let us in again."""
    contact = contacts.lock_contact(session, blocking.channel, blocking.address, now)
    if blocking.blocked:
        end_messaging(session, contact.id, contacts.BY_BLOCKING, now)
    elif contact.stop_reason == contacts.BY_BLOCKING:
        contacts.lift(session, contact.id)


def end_messaging(session: Session, contact_id: int, reason: str, now: datetime) -> None:
    """No more messages to a contact; interviews that waited are withdrawn."""
    contacts.stop(session, contact_id, reason, now)
    interviews.withdraw(session, contact_id, now)
    _cancel(session, contact_id, now)


def _cancel(session: Session, contact_id: int, now: datetime) -> None:
    """What was queued before a STOP stays unsent, even when START follows."""
    messages.give_up(
        session, outbox.cancel(session, contact_id, now), "the contact stopped messages"
    )


def take_progress(session: Session, progress: Progress, now: datetime) -> bool:
    """What a provider reports of a message of ours; returns False when we know of none such."""
    row = messages.find_sent(session, progress.message_id, progress.provider_id)
    if row is None:
        return False
    if (
        progress.ends_messaging
    ):  # the contact first, then the message: the order in which all lock them
        end_messaging(session, row.contact_id, contacts.BY_CARRIER, now)
    messages.advance(
        session, row.id, progress.status, provider_id=progress.provider_id, error=progress.error
    )
    return True

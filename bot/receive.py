"""The one use case: a contact's message comes in, and whatever follows from it is kept, in one transaction.

Load, decide, save. Nothing is sent here: replies are queued in the outbox, and go out after the commit.
"""

import logging
import time
from datetime import date, datetime

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.orm import Session

from bot import codes, meters
from bot.answering import Reception, answer
from bot.channels import Inbound, Progress
from bot.correcting import Edit, take_edit
from bot.faults import fault
from bot.lately import LOOKED_BACK
from bot.media.kinds import files_among
from bot.silences import break_silence
from bot.stopping import end_messaging, take_ending
from flows import SHIPPED, Command, Reply, command, phrasebook
from storage import contacts, interviews, keeping, messages, outgoing
from storage.behind import settle
from storage.db import is_shared
from storage.foreseen import foresee
from storage.library import Library
from storage.models import Contact, MessageRow
from storage.replies import queue_reply
from storage.suppressions import BY_WORD

log = logging.getLogger(__name__)

PASSING = (
    OperationalError,
    InterfaceError,
    InternalError,
)  # the database's trouble, not the message's


NOT_AT_OUR_VERSION = (
    "42P01",
    "42703",
)  # PostgreSQL's names for a table, a column that is not there


class Undecided(Exception):
    """A bug of ours with one message: roll back, and ``receive`` it again with what it says."""


def receive(
    session: Session,
    library: Library,
    inbound: Inbound,
    now: datetime,
    today: date,
    *,
    telegram: str = "",
    undecided: str = "",
) -> bool:
    """Take one message; returns False when this delivery was taken before. ``telegram`` is our bot's name there.

    Raises Undecided where our own bug keeps us from deciding. It must not lose the message, nor block those behind it:
    taken again as ``undecided``, the message is kept and marked.
    """
    contact = codes.lock_contact(session, inbound, now)
    foresee(session, contact, inbound.address, LOOKED_BACK)
    original = messages.find_by_ref(session, contact.id, inbound.edits)
    message_id = messages.claim(session, _arrival(contact, inbound, original, now))
    if message_id is None:
        return False
    before = messages.media_of(session, original) if original else ()
    keeping.expect(session, message_id, files_among(inbound.media, before), now)
    break_silence(session, contact, inbound, now)
    if inbound.edits is not None and original and original.interview_id:
        messages.file_under(session, message_id, original.interview_id)
    taken = Reception(session, library, contact, inbound, message_id, now, today, telegram)
    began = time.perf_counter()
    if undecided:
        _get_over(taken, undecided)
    else:
        _take_or_say_why(taken, original)
    meters.took(meters.TURNS, began, inbound.channel)
    return True


def _take_or_say_why(taken: Reception, original: MessageRow | None) -> None:
    try:
        _take(taken, original)
        taken.session.flush()
        if not is_shared(taken.session):  # else it is taken again by itself if anything fails
            settle(taken.session.connection())
    except Exception as error:
        if passes(error):
            raise  # the provider sends it again
        raise Undecided(fault(error)) from error


def _take(taken: Reception, original: MessageRow | None) -> None:
    """Answer a message, or correct the ``original`` that it edits."""
    if taken.inbound.edits is None:
        answer(taken)
    elif original is not None:
        edit = Edit(taken.contact, original, taken.message_id, taken.inbound.text)
        take_edit(taken.session, taken.library, edit, taken.now, taken.today)


def _arrival(
    contact: Contact, inbound: Inbound, original: MessageRow | None, now: datetime
) -> messages.Arrival:
    """The message as it is stored."""
    return messages.Arrival(
        contact_id=contact.id,
        channel=inbound.channel,
        provider_id=inbound.provider_id,
        provider_ref=inbound.provider_ref,
        text=inbound.text,
        at=now,
        sent_at=inbound.sent_at,
        edits_id=original.id if original else None,
        album=inbound.album,
        media=[dict(one) for one in inbound.media],
    )


def passes(error: Exception) -> bool:
    """Whether it is the database's trouble, and not the message's; also when it is not at our version."""
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) in NOT_AT_OUR_VERSION
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, PASSING)


def _get_over(taken: Reception, reason: str) -> None:
    """After a bug: the message stays, marked; the contact hears that it is kept. STOP stops all the same."""
    session, contact, message_id, now = taken.session, taken.contact, taken.message_id, taken.now
    told = {"message": message_id, "reason": reason}
    log.error("message %(message)s could not be handled: %(reason)s", told)
    messages.call_attention(session, message_id, reason)
    interview_id = interviews.newest_id(session, contact.id)
    if interview_id is not None:
        messages.file_under(session, message_id, interview_id)
    if contacts.is_stopped(session, contact) or interviews.is_left(session, contact.id):
        return
    book = phrasebook(contact.language or "en")
    if Command.STOP in (taken.inbound.settled, command(taken.inbound.text, SHIPPED)):
        end_messaging(session, contact.id, BY_WORD, now)
        reply = Reply(book.say("stopped", contact="Testimony"))
    else:
        reply = Reply(book.say("apology"))
    if taken.inbound.settled is None:
        queue_reply(session, contact, reply, now, interview_id)


def take_progress(session: Session, progress: Progress, now: datetime) -> bool:
    """What a provider reports of a message of ours; returns False when we know of none such."""
    row = outgoing.find_sent(session, progress.message_id, progress.provider_id)
    if row is None:
        return False
    if progress.ending:
        take_ending(session, row, progress.ending, now)
    if outgoing.advance(
        session, row.id, progress.status, provider_id=progress.provider_id, error=progress.error
    ):
        meters.message(row.channel, progress.status)
    return True

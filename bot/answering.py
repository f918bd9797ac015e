"""One message decided on, and what follows from it kept: load, decide, save. ``receive`` holds the transaction."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot import codes, inviting
from bot.channels import WEB, Inbound
from bot.lately import Judgement, judge
from bot.media.kinds import kind_of
from bot.sources import source_of
from bot.stopping import end_messaging
from flows import Command, Outcome, Reply, Said, Standing, Uttered, converse, is_said
from storage import contacts, copies, erasure, interviews, messages, outbox, outgoing, saving
from storage.library import Library
from storage.models import Contact
from storage.prepared import change
from storage.receipts import new_receipt
from storage.replies import queue_reply
from storage.suppressions import BY_WORD

SHOWN = timedelta(hours=1)  # how long a page shows that all is erased


@dataclass(frozen=True)
class Reception:
    """A message that was claimed, whose it is, and the moment. ``telegram`` is our bot's name there.

    ``let_through``: staff have looked at it, and it is answered whatever a machine may have sent.
    """

    session: Session
    library: Library
    contact: Contact
    inbound: Inbound
    message_id: int
    now: datetime
    today: date
    telegram: str = ""
    let_through: bool = False


def answer(taken: Reception) -> None:
    """Decide on a message and keep what follows, the reply in the outbox."""
    session, contact, now = taken.session, taken.contact, taken.now
    meeting = inviting.find(session, taken.inbound, now)
    said, outcome = _decide(taken, meeting.facts.flow if meeting else None)
    if outcome.erase:
        _erase(taken, said.receipt, outcome.reply)
        return
    interview_id = _save(taken, outcome)
    codes.keep(session, contact, outcome, said, interview_id, now)
    inviting.keep(session, outcome, meeting, interview_id)
    if outcome.hushes:
        _say_no_more(taken)
    told = _change_contact(taken, outcome)
    if outcome.reply is not None and not told:
        kind = outbox.CONFIRM if outcome.stopped else outbox.SEND
        queue_reply(session, contact, outcome.reply, now, interview_id, kind)


def _decide(taken: Reception, invited: str | None) -> tuple[Said, Outcome]:
    session, contact, library, now = taken.session, taken.contact, taken.library, taken.now
    judged = judge(session, contact, taken.inbound, taken.message_id, now)
    stopped = contacts.hear_from(session, contact)
    standing = interviews.standing(session, contact, library, now, stopped=stopped)
    tried = codes.try_code(session, library, contact, taken.inbound, now)
    said = replace(_said(taken, judged), tried=tried, invited=invited)
    standing = replace(standing, adding=judged.adding, told=_told(taken, standing))
    return said, converse(library.catalog(session), standing, said, taken.today)


def _told(taken: Reception, standing: Standing) -> tuple[Uttered, ...]:
    """All that was told, where the message may ask for a copy of it."""
    current = standing.current
    if current is None or current.id is None or not is_said(Command.COPY, taken.inbound.text):
        return ()
    return copies.told(taken.session, taken.contact, current.id)


def _said(taken: Reception, judged: Judgement) -> Said:
    """The message freed of its channel."""
    inbound, receipt = taken.inbound, new_receipt()
    return Said(
        text=inbound.text,
        begin=inbound.begin,
        flow=inbound.flow,
        language=inbound.language,
        media=tuple(kind_of(one) for one in inbound.media),
        settled=inbound.settled,
        stale=judged.stale,
        repeated=judged.repeated,
        joins=judged.joins,
        overtaken=judged.overtaken,
        hushed="" if taken.let_through else judged.hush,
        channel=inbound.medium,
        receipt=receipt,
        link=codes.link(taken.telegram, taken.contact, receipt),
    )


def _save(taken: Reception, outcome: Outcome) -> int | None:
    """Keep interviews and answers, and file the message with its interview, which is returned."""
    session, contact, message_id = taken.session, taken.contact, taken.message_id
    begun = any(interview.id is None for interview in outcome.interviews)
    source = source_of(taken.inbound, taken.library.catalog(session)) if begun else None
    interview_id = saving.save(
        session, contact, outcome, taken.library, message_id, taken.now, source=source
    ) or interviews.newest_id(session, contact.id)
    messages.file(
        session,
        message_id,
        messages.Filed(interview_id, outcome.heard, outcome.slot, outcome.attention),
    )
    if interview_id and begun:
        messages.adopt(session, contact.id, interview_id)
    return interview_id


def _say_no_more(taken: Reception) -> None:
    """After the quiet word somebody else may hold the phone: nothing that waits goes out."""
    unsent = outbox.cancel(taken.session, taken.contact.id, taken.now)
    outgoing.give_up(taken.session, unsent, "the person left quietly")


def _erase(taken: Reception, receipt: str, reply: Reply | None) -> None:
    """Forget a contact: all words at once, the address when the last message is out, where there is one to send."""
    session, contact, now = taken.session, taken.contact, taken.now
    erasure.erase(session, contact, receipt, now)
    if reply is not None:
        queue_reply(session, contact, reply, now)
    later = SHOWN if contact.channel == WEB else timedelta()
    outbox.enqueue_forget(session, contact.id, now, now + later)


def _change_contact(taken: Reception, outcome: Outcome) -> bool:
    """Keep what an outcome changes of the person; returns whether a STOP was confirmed on another channel just now."""
    session, contact = taken.session, taken.contact
    language = outcome.language or contact.language
    change(session, contact, menu=outcome.menu.value, language=language)
    if outcome.stopped:
        return not end_messaging(session, contact.id, BY_WORD, taken.now)
    if outcome.stopped is False:
        contacts.lift(session, contact)
    return False

"""What was in quarantine and is no burst after all: each message is answered as if it had just come, in its order."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.answering import Reception, answer
from bot.channels import TELEGRAM, Inbound
from bot.faults import fault
from bot.receive import passes
from bot.services import Services
from storage import contacts, messages, outbox, quarantine
from storage.behind import settle
from storage.models import Contact, MessageRow
from storage.outbox import Claimed
from storage.sources import unmarked

LEASE = timedelta(minutes=10)
GoesOn = Callable[[Session], bool]


class _Forgotten(Exception):
    """The contact's address went when we knew it already: what was made in its place goes, too."""


def run(services: Services, job: Claimed, owner: str) -> None:
    """What staff have let through: a job for each contact, given back where the process is to end."""

    def goes_on(session: Session) -> bool:
        now = services.now()
        if services.ending.is_set():
            outbox.postpone(session, job.id, owner, now, tried=False)
            return False
        return outbox.hold(session, job.id, owner, now + LEASE)

    let_through(services, int(job.target or 0), goes_on)
    with services.database.writing() as session:
        outbox.finish(session, job.id, owner, services.now())


def let_through(services: Services, contact_id: int, goes_on: GoesOn = lambda _: True) -> int:
    """Answer what a contact has in quarantine, one transaction a message; returns how many there were.

    Before each it is asked whether it ``goes_on``.
    """
    number = 0
    with services.database.reading() as session:
        waiting = quarantine.held(session, contact_id)
    for message_id in waiting:
        try:
            with services.database.writing() as session:
                if not goes_on(session):
                    break
                number += _answer(session, services, contact_id, message_id)
        except _Forgotten:
            break
    return number


def _answer(session: Session, services: Services, contact_id: int, message_id: int) -> bool:
    """Whether the message was still in quarantine, and is answered: not where the contact said more since."""
    now, contact = services.now(), session.get_one(Contact, contact_id)
    address = contacts.address_of(session, contact)
    if address is None:
        return False
    contact = contacts.lock_contact(session, contact.channel, address, now)
    if contact.id != contact_id:
        raise _Forgotten
    row = quarantine.still_held(session, message_id)
    if row is None:
        return False
    messages.call_attention(session, message_id, quarantine.other_marks(row.attention))
    if quarantine.is_overtaken(session, row) or _is_unwanted(session, contact, row):
        return False
    name = services.settings.telegram.name if services.settings.telegram else ""
    try:
        with session.begin_nested():
            inbound = _inbound(session, row, address)
            taken = Reception(
                *(session, services.library, contact, inbound, message_id, now, services.today()),
                telegram=name,
                let_through=True,
            )
            answer(taken)
            session.flush()
            settle(session.connection())
    except Exception as error:
        if passes(error):
            raise  # it is tried again
        messages.call_attention(session, message_id, fault(error))
    return True


def _is_unwanted(session: Session, contact: Contact, row: MessageRow) -> bool:
    """Whether the person has been out of messages since, by a block or by what the carrier told."""
    held = contacts.suppression_of(session, contact)
    return held is not None and held.willed and held.at >= row.at


def _inbound(session: Session, row: MessageRow, address: str) -> Inbound:
    """The message as it came, as far as it is kept."""
    text = messages.body_of(session, row)
    word, _, rest = text.partition(" ")
    begin = row.channel == TELEGRAM and word.partition("@")[0] == "/start"
    flow, source = unmarked(rest.strip()) if begin else ("", None)
    return Inbound(
        channel=row.channel,
        provider_id=str(row.provider_id),
        address=address,
        text=text,
        sent_at=row.sent_at,
        provider_ref=row.provider_ref,
        media=tuple(messages.media_of(session, row)),
        begin=begin,
        flow=flow or None,
        source=source,
    )

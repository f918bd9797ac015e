"""What was in quarantine and is no burst after all: each message is answered as if it had just come, in its order."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.answering import Reception, answer
from bot.channels import TELEGRAM, Inbound
from bot.faults import fault
from bot.services import Services
from storage import contacts, messages, outbox, quarantine
from storage.models import Contact, MessageRow
from storage.outbox import Claimed
from storage.sources import unmarked

LEASE = timedelta(minutes=10)


def run(services: Services, job: Claimed, owner: str) -> None:
    """What staff have let through: a job for each contact, held for long enough to answer very many messages."""
    with services.database.writing() as session:
        outbox.hold(session, job.id, owner, services.now() + LEASE)
    let_through(services, int(job.target or 0))
    with services.database.writing() as session:
        outbox.finish(session, job.id, owner, services.now())


def let_through(services: Services, contact_id: int) -> int:
    """Answer what a contact has in quarantine, one transaction a message; returns how many there were."""
    number = 0
    with services.database.reading() as session:
        waiting = [row.id for row in quarantine.held(session, contact_id)]
    for message_id in waiting:
        with services.database.writing() as session:
            number += _answer(session, services, contact_id, message_id)
    return number


def _answer(session: Session, services: Services, contact_id: int, message_id: int) -> bool:
    """Whether the message was still in quarantine."""
    now, contact = services.now(), session.get_one(Contact, contact_id)
    address = contacts.address_of(session, contact)
    if address is None:
        return False
    contact = contacts.lock_contact(session, contact.channel, address, now)
    row = next((one for one in quarantine.held(session, contact.id) if one.id == message_id), None)
    if row is None:
        return False
    inbound = _inbound(session, row, address)
    name = services.settings.telegram.name if services.settings.telegram else ""
    messages.call_attention(session, message_id, None)
    taken = Reception(
        session, services.library, contact, inbound, message_id, now, services.today(), name
    )
    try:
        with session.begin_nested():
            answer(taken)
    except (ValueError, KeyError, TypeError, AttributeError, LookupError) as error:  # a bug of ours
        messages.call_attention(session, message_id, fault(error))
    return True


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

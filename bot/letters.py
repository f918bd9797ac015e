"""A message about to go out: opened, and asked once more whether it may. A STOP of a moment ago is heeded here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.channels import SendFailed
from bot.services import Services
from bot.silences import let_sleep
from storage import messages, outbox
from storage.broadcasts import handing
from storage.contacts import address_of, suppression_of
from storage.erasure import forget
from storage.models import Contact, MessageRow
from storage.outbox import Claimed


@dataclass(frozen=True)
class Letter:
    """One message ready to go. ``doubt``: why it may have gone already, and nobody has told."""

    job: Claimed
    message_id: int
    channel: str
    address: str
    text: str
    choices: list[messages.Button]
    written_at: datetime
    doubt: str = ""


def is_moot(
    session: Session, services: Services, job: Claimed, message: MessageRow, contact: Contact
) -> bool:
    """Whether the provider has told what became of it already, or it is a broadcast that must not go to them now."""
    if messages.RANK[message.status] > messages.RANK[messages.SENDING]:
        return True
    return job.kind == outbox.BROADCAST and not handing.goes(
        session, message, contact, services.library, services.now()
    )


def open_letter(
    session: Session, services: Services, job: Claimed, message: MessageRow, contact: Contact
) -> Letter:
    """The message of a job; raises SendFailed or VaultError when it cannot go out now, or at all."""
    address = address_of(session, contact)
    if address is None:
        raise SendFailed("the contact was erased", permanent=True)
    suppressed = suppression_of(session, contact)
    if suppressed and suppressed.silences(message.at):
        raise SendFailed("the contact stopped messages", permanent=True)
    if message.channel not in services.channels:
        raise SendFailed("the channel is not set up", permanent=False)
    if job.kind in outbox.UNASKED:
        let_sleep(session, services, contact, message)
    text = messages.body_of(session, message)
    choices = list(message.choices or [])
    return Letter(job, message.id, message.channel, address, text, choices, message.at)


def forget_at_last(session: Session, job: Claimed, owner: str, now: datetime) -> None:
    """The last step of an erasure: nothing of the contact is left to go out, or it comes again behind what is."""
    # who writes at this moment is waited for, and then seen
    session.get(Contact, job.order_key, with_for_update=True, populate_existing=True)
    if outbox.is_last(session, job):
        forget(session, job.order_key or 0, now)
    else:  # something was said since: the address is needed until that is out
        outbox.enqueue_forget(session, job.order_key or 0, now, now)
    outbox.finish(session, job.id, owner, now)

"""No more messages to a person: how it comes about, and what ends with it. By a word, see ``bot.receive``."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.channels import Blocking, Ending
from storage import contacts, failures, messages, outbox, outgoing, saving
from storage.models import MessageRow
from storage.suppressions import BY_BLOCKING, UNREACHABLE

IN_A_ROW = 3  # so many messages must fail before doubtful signs are believed


def end_messaging(session: Session, contact_id: int, reason: str, now: datetime) -> bool:
    """No more messages to a person, on any channel; returns whether that is new.

    What was queued stays unsent, even when START follows, and interviews that waited are withdrawn. The unreachable
    keep both: they may write tomorrow.
    """
    person = contacts.lock_person(session, contact_id)
    if not contacts.stop(session, person[0], reason, now):
        return False  # it was done then, and the confirmation may still be waiting
    if reason != UNREACHABLE:
        for contact in person:
            saving.withdraw(session, contact.id, now)
            unsent = outbox.cancel(session, contact.id, now)
            outgoing.give_up(session, unsent, "the contact stopped messages")
    return True


def take_ending(session: Session, message: MessageRow, ending: Ending, now: datetime) -> None:
    """Heed what the failure of a message says of the person. Call it before the failure is written down.

    The contact is locked first, then the message: the order in which all lock them.
    """
    if ending.reason != UNREACHABLE or _is_out_of_reach(session, message, ending):
        end_messaging(session, message.contact_id, ending.reason, now)


def _is_out_of_reach(session: Session, message: MessageRow, ending: Ending) -> bool:
    if message.status == messages.DELIVERED or failures.answered_since(session, message):
        return False  # the failure is told late
    if not ending.signs:
        return True
    others = failures.last_errors(session, message, IN_A_ROW - 1)
    return len(others) == IN_A_ROW - 1 and ending.signs.issuperset(others)


def take_blocking(session: Session, blocking: Blocking, now: datetime) -> None:
    """A contact has shut us out, or let us in again."""
    contact = contacts.lock_contact(session, blocking.channel, blocking.address, now)
    if blocking.blocked:
        end_messaging(session, contact.id, BY_BLOCKING, now)
    else:
        contacts.lift(session, contact, BY_BLOCKING)

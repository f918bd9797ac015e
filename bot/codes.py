"""Codes that come in: tried under limits and under lock, kept when one was given, used up when one was taken.

What a good or a wrong code does is decided in ``flows``. The words of a refusal never tell why.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.channels import SMS, Inbound
from flows import Outcome, Said
from flows.talking.codes import Code, code_in
from flows.talking.standing import Tried
from storage import contacts, interviews, rates, receipts
from storage.db import is_shared
from storage.library import Library
from storage.models import Contact
from storage.together import NotAtOnce

TRIES, EVERY = 5, timedelta(minutes=12)  # of one contact: so many at once, then one in so long
WRONG, WRONG_EVERY = 60, timedelta(minutes=1)  # of all on one channel, for a contact costs nothing


def lock_contact(session: Session, inbound: Inbound, now: datetime) -> Contact:
    """The sender's contact, locked; and where the message is a code, whoever holds the interview that it opens.

    Raises NotAtOnce for a code, in a transaction that others share: it takes locks that all who try one may wait for.
    """
    code = _code(inbound)
    if code and is_shared(session):
        raise NotAtOnce
    holder = receipts.holder(session, code.text, now) if code else None
    if holder is not None:
        contacts.lock_beside(session, inbound.channel, inbound.address, holder)
    return contacts.lock_contact(session, inbound.channel, inbound.address, now)


def try_code(
    session: Session, library: Library, contact: Contact, inbound: Inbound, now: datetime
) -> Tried | None:
    """What trying the message as a code comes to; None for one that is none."""
    code = _code(inbound)
    if code is None or _names_flow(session, library, inbound):
        return None
    if not rates.allow(session, f"code:{contact.id}", EVERY, TRIES, now):
        return Tried(many=True, sure=code.sure)
    limit = f"codes:{contact.channel}"
    row = receipts.find(session, library, code.text, now)
    if row is None:
        many = not rates.allow(session, limit, WRONG_EVERY, WRONG, now)
        return Tried(many=many, sure=code.sure)
    if not rates.has_room(session, limit, WRONG_EVERY, WRONG, now):
        return Tried(many=True, sure=code.sure)
    (interview,) = interviews.load_interviews(session, [row], library)
    return Tried(interview, own=row.contact_id == contact.id, sure=code.sure)


def link(bot: str, contact: Contact, receipt: str) -> str:
    """The address that opens Telegram with a code, for those who write by text message; "" where there is no bot."""
    if not bot or contact.channel != SMS:
        return ""
    return f"https://t.me/{bot}?start={receipt.replace('-', '')}"


def keep(
    session: Session,
    contact: Contact,
    outcome: Outcome,
    said: Said,
    interview_id: int | None,
    now: datetime,
) -> None:
    """Keep what an outcome did with codes: one that was given, by itself or in a link, or one that was taken."""
    if interview_id is None:
        return
    if outcome.coded or (outcome.turn is not None and outcome.turn.linked):
        receipts.issue(session, interview_id, said.receipt, now)
    if outcome.taken:
        receipts.take(session, interview_id, contact, now)


def _code(inbound: Inbound) -> Code | None:
    """The code that a message may be: alone, or behind a start button."""
    if inbound.media or inbound.edits is not None or inbound.settled:
        return None
    payload = code_in(inbound.flow) if inbound.begin and inbound.flow else None
    return code_in(inbound.text) or (payload and payload._replace(sure=True))


def _names_flow(session: Session, library: Library, inbound: Inbound) -> bool:
    """Whether what looks like a code behind a start button is a survey's name."""
    named = code_in(inbound.text) is None and inbound.flow is not None
    return named and inbound.flow in library.catalog(session)

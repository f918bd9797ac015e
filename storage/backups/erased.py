"""Who was erased after a backup was made stays erased, as far as the database that is replaced still tells.

Their words may stand in the backup under another phone, from which they went on; and what they sent since stands in
the provider's log, which is asked after a restore. So it is carried over which interviews were theirs, and which
deliveries; what is claimed already is not taken again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from flows import Status
from storage import erasure
from storage.db import insert_into, vault_of
from storage.messages import BODY, IN, RECEIVED
from storage.models import Contact, Erasure, InterviewRow, MessageRow


class Delivery(NamedTuple):
    """What a channel brought, by the name that it has there, and when it came."""

    channel: str
    provider_id: str
    at: datetime


@dataclass(frozen=True)
class Erased:
    """That somebody was erased: under which pseudonym, when, and the digest of the receipt.

    ``interviews`` are those that were erased with them, by id, with their beginnings.
    """

    pseudonym: str
    channel: str
    created_at: datetime
    at: datetime
    receipt: str | None
    interviews: dict[int, datetime]
    deliveries: list[Delivery]


def told(connection: Connection) -> list[Erased]:
    """Whoever was erased in a database that is to be replaced, in the order in which they were."""
    known = (Contact.pseudonym, Contact.channel, Contact.created_at)
    asked = select(*known, Erasure.at, Erasure.receipt, Erasure.contact_id)
    asked = asked.join(Contact, Contact.id == Erasure.contact_id).order_by(Erasure.id)
    found = []
    for row in connection.execute(asked).all():
        interviews = _interviews(connection, row.contact_id)
        found.append(Erased(*row[:-1], interviews, _deliveries(connection, row, interviews)))
    return found


def _interviews(connection: Connection, contact_id: int) -> dict[int, datetime]:
    theirs = (InterviewRow.contact_id == contact_id, InterviewRow.status == Status.ERASED.value)
    asked = select(InterviewRow.id, InterviewRow.started_at).where(*theirs)
    return {row.id: row.started_at for row in connection.execute(asked)}


def _deliveries(connection: Connection, erased: Any, interviews: Iterable[int]) -> list[Delivery]:
    """What they had told until then; and what was told in their interviews, from whatever phone."""
    theirs = (MessageRow.contact_id == erased.contact_id) & (MessageRow.at <= erased.at)
    within = MessageRow.interview_id.in_(interviews)
    asked = select(MessageRow.channel, MessageRow.provider_id, MessageRow.at).where(
        MessageRow.direction == IN, theirs | within
    )
    rows = connection.execute(asked).all()
    return [Delivery(channel, name, at) for channel, name, at in rows if name is not None]


def erase_again(session: Session, erased: Erased, now: datetime) -> None:
    """Erase the same person once more, under the same pseudonym and receipt; somebody else is left alone."""
    contact = _whose(session, erased)
    known = select(Erasure.id).where(Erasure.contact_id == contact.id, Erasure.at == erased.at)
    if _is_somebody_else(contact, erased) or session.scalar(known) is not None:
        return
    for number, began in erased.interviews.items():
        interview = session.get(InterviewRow, number)
        if interview is not None and interview.started_at == began:
            interview.contact_id = contact.id  # it may be with the phone that they went on from
    session.flush()
    erasure.erase(session, contact, "", now)
    newest = select(Erasure).where(Erasure.contact_id == contact.id).order_by(Erasure.id.desc())
    proof = session.scalars(newest.limit(1)).one()
    proof.receipt, proof.at = erased.receipt, erased.at
    session.flush()
    for delivery in erased.deliveries:
        _claim(session, contact, delivery)
    erasure.forget(session, contact.id, now)


def _whose(session: Session, erased: Erased) -> Contact:
    """The contact of this pseudonym; a tombstone where the backup knows of none."""
    found = session.scalar(select(Contact).where(Contact.pseudonym == erased.pseudonym))
    if found is None:
        found = Contact(channel=erased.channel, pseudonym=erased.pseudonym)
        found.created_at = erased.created_at
        session.add(found)
        session.flush()
    return found


def _is_somebody_else(contact: Contact, erased: Erased) -> bool:
    """Where the backup is of another database, a pseudonym may be somebody else's there.

    The id tells nothing: by an earlier restore they may have got another one, with their tombstone.
    """
    return contact.created_at != erased.created_at and contact.address is not None


def _claim(session: Session, contact: Contact, delivery: Delivery) -> None:
    """Take note that a delivery was taken; of what it said nothing is known."""
    empty = {"body": vault_of(session).seal("", BODY), "status": RECEIVED, "direction": IN}
    row = {"contact_id": contact.id, **delivery._asdict(), **empty}
    session.execute(insert_into(session, MessageRow).values(row).on_conflict_do_nothing())

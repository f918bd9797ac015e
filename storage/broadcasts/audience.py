"""Whom a broadcast is for: people who told something like that, agreed to be written to, and have an address.

How many there are is counted here, by language and channel; nobody is written down.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from flows import YES
from flows.talking.channels import UNADDRESSED
from storage.consents import newest
from storage.interviews import left_quietly
from storage.models import ConsentRecord, Contact, InterviewRow, Suppression
from storage.narrowing import Filter, narrow


@dataclass(frozen=True)
class Group:
    """How many people of one language on one channel there are, and how many of them may not be written to."""

    language: str | None
    channel: str
    number: int
    stopped: int

    @property
    def open(self) -> int:
        return self.number - self.stopped


def audience(wanted: Filter, scope: str) -> tuple[ColumnElement[bool], ...]:
    """Of contacts: those who are meant. The newest word of each on the ``scope`` is a yes."""
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == Contact.id)
    said = newest(Contact.id, scope).correlate(Contact).scalar_subquery()
    return (
        Contact.address.is_not(None),
        Contact.channel.not_in(UNADDRESSED),
        narrow(theirs, wanted).correlate(Contact).exists(),
        said == YES,
    )


def preview(session: Session, wanted: Filter, scope: str) -> list[Group]:
    """How many are meant, by language and channel, the most first.

    Those who want no messages, or whom none reach, are known by the digest of their number; those who left quietly by
    their interview. Of a number that is sealed no database knows that it is WhatsApp's: those people are counted,
    and found out as it is their turn.
    """
    ever = (
        select(InterviewRow.contact_id)
        .join(ConsentRecord, ConsentRecord.interview_id == InterviewRow.id)
        .where(ConsentRecord.scope == scope, ConsentRecord.given == YES)
    )
    silenced = exists().where(Suppression.digest == Contact.address_digest)
    stopped = or_(silenced, left_quietly(Contact.id))
    number = func.count().label("number")
    rows = session.execute(
        select(Contact.language, Contact.channel, number, func.count().filter(stopped))
        .where(Contact.id.in_(ever), *audience(wanted, scope))
        .group_by(Contact.language, Contact.channel)
        .order_by(number.desc(), Contact.language, Contact.channel)
    )
    return [Group(*row) for row in rows]

"""What a contact and we said last: small rows, newest first, their words still sealed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from flows import Given
from storage.db import vault_of
from storage.messages import BODY, IN, body_of
from storage.models import AnswerRow, MessageRow
from storage.prepared import Prepared


class Recent(NamedTuple):
    """One message. ``sent_at``: when the contact sent it, or when the provider took ours."""

    id: int
    direction: str
    status: str
    heard: str | None
    attention: str | None
    slot: str | None
    album: str | None
    provider_ref: str | None
    sent_at: datetime | None
    at: datetime
    offered: str | None
    body: bytes

    @property
    def inbound(self) -> bool:
        return self.direction == IN

    @property
    def choices(self) -> list[Any]:
        """What could be pressed; read only where it is looked at, for many messages are not."""
        return json.loads(self.offered) or [] if self.offered else []


def _column(name: str) -> Any:
    return cast(MessageRow.choices, Text) if name == "offered" else getattr(MessageRow, name)


def _newest(*wanted: Any) -> Any:
    theirs = (MessageRow.contact_id == bindparam("contact"), MessageRow.edits_id.is_(None))
    newest = select(*map(_column, Recent._fields)).where(*theirs, *wanted)
    return newest.order_by(MessageRow.id.desc()).limit(bindparam("most", type_=Integer))


NEWEST = Prepared(_newest)
_BEFORE = Prepared(lambda: _newest(MessageRow.id < bindparam("message")))


def before(session: Session, contact_id: int, message_id: int, limit: int) -> list[Recent]:
    """The contact's last ``limit`` messages before one, in and out; corrections of earlier ones do not count.

    Nearly always it is their last, and these are asked for without naming it, so that they can be foreseen.
    """
    rows = NEWEST.all(session, contact=contact_id, most=limit + 1)
    if rows and rows[0][0] > message_id:
        rows = _BEFORE.all(session, contact=contact_id, message=message_id, most=limit)
    return [Recent._make(row) for row in rows if row[0] < message_id][:limit]


def words_of(session: Session, message: Recent) -> str:
    """What was said, in clear."""
    return vault_of(session).open(message.body, BODY)


def left_out(session: Session, messages: Sequence[Recent]) -> int:
    """How many questions are left out by these messages, and were by no later one."""
    rests = AnswerRow.message_id.in_([one.id for one in messages])
    skipped = select(func.count(AnswerRow.message_id.distinct())).where(
        rests, AnswerRow.given == Given.REFUSED
    )
    return (session.scalar(skipped) or 0) if messages else 0


def latest(session: Session, contact_id: int, limit: int) -> Sequence[MessageRow]:
    """The contact's last ``limit`` messages, oldest first."""
    newest = (
        select(MessageRow)
        .where(MessageRow.contact_id == contact_id)
        .order_by(MessageRow.id.desc())
        .limit(limit)
    )
    return session.scalars(newest).all()[::-1]


def last_version(session: Session, original: MessageRow, before_id: int) -> str:
    """A message's words as they stood before an edit of it: those of the edit before, else its own."""
    edited = session.scalars(
        select(MessageRow)
        .where(
            MessageRow.contact_id == original.contact_id,
            MessageRow.edits_id == original.id,
            MessageRow.id < before_id,
            MessageRow.attention.is_(None) | MessageRow.attention.not_like("%does not fit%"),
        )
        .order_by(MessageRow.id.desc())
        .limit(1)
    ).first()
    return body_of(session, edited or original)

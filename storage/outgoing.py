"""Outbound messages: written as queued, then followed to their end, never back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from storage.db import vault_of
from storage.lines import line_of
from storage.messages import BODY, FAILED, OUT, QUEUED, RANK, SENDING, Button
from storage.models import Contact, MessageRow
from storage.prepared import Prepared, entity, whole

_THIS = MessageRow.id == bindparam("message")
_WRITTEN = (
    *("contact_id", "interview_id", "direction", "channel", "provider_ref", "staff_id"),
    *("body", "choices", "status", "at"),
)
_WRITE = Prepared(
    lambda insert: insert(MessageRow).returning(MessageRow.id), *_WRITTEN, inserts=True
)
# PostgreSQL tells a number before the row is there, so nobody has to wait for the row
_NUMBER = Prepared(lambda: select(func.nextval("messages_id_seq")))
_WRITE_AS = Prepared(lambda insert: insert(MessageRow), "id", *_WRITTEN, inserts=True)
_NAME = Prepared(
    lambda: update(MessageRow).where(_THIS, MessageRow.provider_id.is_(None)),
    *("provider_id", "sent_at"),
)
_ADVANCE = Prepared(
    lambda: (
        update(MessageRow)
        .where(
            _THIS,
            MessageRow.direction == OUT,
            MessageRow.status.in_(bindparam("behind", expanding=True)),
        )
        .returning(MessageRow.id)
    ),
    *("status", "error"),
)
_WITH_CONTACT = Prepared(
    lambda: (
        select(*whole(MessageRow), *whole(Contact))
        .join(Contact, Contact.id == MessageRow.contact_id)
        .where(_THIS)
    )
)


def write(
    session: Session,
    contact_id: int,
    channel: str,
    text: str,
    now: datetime,
    *,
    choices: Sequence[Button] = (),
    interview_id: int | None = None,
    staff_id: int | None = None,
    token: str | None = None,
) -> int:
    """Store an outbound message as queued and return its id. What staff wrote carries its form's ``token``."""
    values: dict[str, Any] = {
        "contact_id": contact_id,
        "interview_id": interview_id,
        "direction": OUT,
        "channel": channel,
        "provider_ref": token,
        "staff_id": staff_id,
        "body": vault_of(session).seal(text, BODY),
        "choices": list(choices) or None,
        "status": QUEUED,
        "at": now,
    }
    if line_of(session).dialect.name != "postgresql":
        return cast(int, _WRITE.one(session, **values))
    number: int = _NUMBER.one(session)
    _WRITE_AS.run(session, id=number, **values)
    return number


def foresee(session: Session) -> None:
    """Say that a message will be written."""
    _NUMBER.foresee(session)


def advance(
    session: Session,
    message_id: int,
    status: str,
    *,
    provider_id: str | None = None,
    error: str | None = None,
    sent_at: datetime | None = None,
) -> bool:
    """Move an outbound message forward to ``status``, never back; returns whether it moved.

    ``sent_at`` is when the provider has taken it, where that is known now.
    """
    behind = [name for name, rank in RANK.items() if rank < RANK[status]]
    if provider_id:
        _NAME.run(session, message=message_id, provider_id=provider_id, sent_at=sent_at)
    error = error and error[:200]
    moved = _ADVANCE.one(session, message=message_id, behind=behind, status=status, error=error)
    return moved is not None


def give_up(
    session: Session, message_ids: Sequence[int], reason: str, *, in_hand: bool = False
) -> None:
    """Mark those messages that still waited as not sent, and why; with ``in_hand`` those too that a sender has.

    What is known to be sent stays so.
    """
    if not message_ids:
        return
    unsent = (QUEUED, SENDING) if in_hand else (QUEUED,)
    session.execute(
        update(MessageRow)
        .where(MessageRow.id.in_(message_ids), MessageRow.status.in_(unsent))
        .values(status=FAILED, error=reason[:200])
        .execution_options(synchronize_session=False)
    )


def requeue(session: Session, message_id: int, error: str) -> None:
    """Put a message whose sending failed for now back in the queue, with the reason."""
    session.execute(
        update(MessageRow)
        .where(MessageRow.id == message_id, MessageRow.status == SENDING)
        .values(status=QUEUED, error=error[:200])
    )


def find_sent(session: Session, message_id: int | None, provider_id: str) -> MessageRow | None:
    """The outbound message that the provider knows as ``provider_id``, or that we named to it."""
    if message_id is not None:
        row = session.get(MessageRow, message_id)
        known = row is not None and row.direction == OUT and row.provider_id in (None, provider_id)
        return row if known else None
    return session.scalars(
        select(MessageRow).where(MessageRow.provider_id == provider_id, MessageRow.direction == OUT)
    ).first()


def known(session: Session, provider_ids: Sequence[str], but: int | None = None) -> dict[str, str]:
    """Those of these outbound messages of a provider's that we know, ``but`` one, and how far they have come."""
    rows = session.execute(
        select(MessageRow.provider_id, MessageRow.status).where(
            MessageRow.provider_id.in_(provider_ids),
            MessageRow.direction == OUT,
            MessageRow.id != (but or 0),
        )
    )
    return {found: status for found, status in rows if found is not None}


def for_sending(session: Session, message_id: int | None) -> tuple[MessageRow, Contact]:
    """A message and whom it is for, in one look; raises NoResultFound."""
    row = _WITH_CONTACT.first(session, message=message_id)
    if row is None:
        raise NoResultFound(f"no message {message_id}")
    split = len(MessageRow.__table__.columns)
    message, contact = (
        entity(session, MessageRow, row[:split]),
        entity(session, Contact, row[split:]),
    )
    return cast(MessageRow, message), cast(Contact, contact)

"""Messages: each inbound one claimed once, each outbound one followed to its end."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from flows import Heard, Slot
from storage.db import vault_of
from storage.models import InterviewRow, MessageRow
from storage.prepared import Prepared

BODY, MEDIA = "message.body", "message.media"
IN, OUT = "in", "out"

RECEIVED = "received"
QUEUED, SENDING, SENT = "queued", "sending", "sent"
DELIVERED, UNDELIVERED, FAILED = "delivered", "undelivered", "failed"
RANK = {QUEUED: 0, SENDING: 1, SENT: 2, DELIVERED: 3, UNDELIVERED: 3, FAILED: 3}

Button = str | dict[str, str]  # a label to press, or {"share_place": label}


_CLAIM = Prepared(
    lambda insert: insert(MessageRow).on_conflict_do_nothing().returning(MessageRow.id),
    *("contact_id", "direction", "channel", "provider_id", "provider_ref", "edits_id", "album"),
    *("body", "media", "status", "sent_at", "at"),
    inserts=True,
)
_THIS = MessageRow.id == bindparam("message")
_FILE = Prepared(
    lambda: update(MessageRow).where(_THIS), "interview_id", "heard", "slot", "attention"
)


@dataclass(frozen=True)
class Arrival:
    """An inbound message as it is stored; ``media`` are what the provider said of each attachment."""

    contact_id: int
    channel: str
    provider_id: str
    text: str
    at: datetime
    sent_at: datetime | None = None
    provider_ref: str | None = None
    edits_id: int | None = None
    album: str | None = None
    media: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class Filed:
    """Where a message belongs; ``slot`` is that of the answer it gave, ``attention`` holds no words of it."""

    interview_id: int | None
    heard: Heard
    slot: Slot | None
    attention: str = ""


class Dated(Protocol):
    """A message, as far as its place among others goes."""

    @property
    def id(self) -> int: ...
    @property
    def provider_ref(self) -> str | None: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def at(self) -> datetime: ...


def sent_order(sent_at: datetime, provider_ref: str | None) -> tuple[datetime, int]:
    """By time, within a second by the provider's number, if it has one: that grows with each message of a chat."""
    numbered = provider_ref is not None and provider_ref.isdecimal()
    return sent_at, int(provider_ref or 0) if numbered else 0


def by_sending(message: Dated) -> tuple[datetime, int, int]:
    """By when a message was sent, where the channel tells, else by when it came."""
    return *sent_order(message.sent_at or message.at, message.provider_ref), message.id


def claim(session: Session, arrival: Arrival) -> int | None:
    """Store an inbound message and return its id, or None when this delivery was claimed before."""
    vault = vault_of(session)
    media = vault.seal(json.dumps(list(arrival.media)), MEDIA) if arrival.media else None
    claimed: int | None = _CLAIM.one(
        session,
        contact_id=arrival.contact_id,
        direction=IN,
        channel=arrival.channel,
        provider_id=arrival.provider_id,
        provider_ref=arrival.provider_ref,
        edits_id=arrival.edits_id,
        album=arrival.album,
        body=vault.seal(arrival.text, BODY),
        media=media,
        status=RECEIVED,
        sent_at=arrival.sent_at,
        at=arrival.at,
    )
    return claimed


def claimed(session: Session, channel: str, provider_ids: Sequence[str]) -> set[str]:
    """Those of these deliveries that were claimed before."""
    known = select(MessageRow.provider_id).where(
        MessageRow.channel == channel,
        MessageRow.provider_id.in_(provider_ids),
        MessageRow.direction == IN,
    )
    return {found for found in session.scalars(known) if found is not None}


def find_by_ref(session: Session, contact_id: int, provider_ref: str | None) -> MessageRow | None:
    """The contact's inbound message that an edit refers to; the first version of it. None for what is no edit."""
    if provider_ref is None:
        return None
    return session.scalars(
        select(MessageRow)
        .where(
            MessageRow.contact_id == contact_id,
            MessageRow.provider_ref == provider_ref,
            MessageRow.direction == IN,
        )
        .order_by(MessageRow.id)
        .limit(1)
    ).first()


def file_under(session: Session, message_id: int, interview_id: int) -> None:
    """Keep a message with an interview."""
    session.execute(
        update(MessageRow).where(MessageRow.id == message_id).values(interview_id=interview_id)
    )


def file(session: Session, message_id: int, filed: Filed) -> None:
    """Note with which interview a message belongs, what it was taken as, and why a person should look at it."""
    _FILE.run(
        session,
        message=message_id,
        interview_id=filed.interview_id,
        heard=filed.heard.value,
        slot=filed.slot,
        attention=filed.attention[:200] or None,
    )


_ADOPT = Prepared(
    lambda: update(MessageRow).where(
        MessageRow.contact_id == bindparam("contact"), MessageRow.interview_id.is_(None)
    ),
    "interview_id",
)


def adopt(session: Session, contact_id: int, interview_id: int) -> None:
    """Keep with an interview what its contact said, and was told, before there was one."""
    _ADOPT.run(session, contact=contact_id, interview_id=interview_id)


def told_by(contact_id: int) -> ColumnElement[bool]:
    """What a contact can take back: the messages of its interviews, from whatever phone, and those of none.

    Who has gone on from another phone has taken the interview along: the one left behind cannot erase it.
    """
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact_id)
    of_none = (MessageRow.contact_id == contact_id) & MessageRow.interview_id.is_(None)
    return MessageRow.interview_id.in_(theirs) | of_none


def call_attention(session: Session, message_id: int, reason: str | None) -> None:
    """Mark a message that a person must look at, or (None) need not; ``reason`` holds no words of the message."""
    mark = reason[:200] if reason else None
    session.execute(update(MessageRow).where(MessageRow.id == message_id).values(attention=mark))


def body_of(session: Session, row: MessageRow) -> str:
    """A message's words in clear."""
    return vault_of(session).open(row.body, BODY)


def media_of(session: Session, row: MessageRow) -> list[dict[str, Any]]:
    """What the provider said of a message's attachments."""
    if row.media is None:
        return []
    listed: list[dict[str, Any]] = json.loads(vault_of(session).open(row.media, MEDIA))
    return listed

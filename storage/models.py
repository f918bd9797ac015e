"""The tables. Columns only: what is done with them stands in the modules beside this one.

Words and addresses are sealed bytes (see ``vault``); closed answers are plain, so that the database can count them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, where


class Contact(Base):
    """A person who writes to us. Without an address it is the tombstone of an erased one."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("channel", "address_digest"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    pseudonym: Mapped[str] = mapped_column(String(16), unique=True)
    language: Mapped[str | None] = mapped_column(String(16))
    menu: Mapped[str] = mapped_column(String(16), default="")
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]


class FlowVersion(Base):
    """One published content of a flow. The one published last is the flow's current version."""

    __tablename__ = "flow_versions"
    __table_args__ = (UniqueConstraint("flow", "hash"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    flow: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(index=True)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Draft(Base):
    """A flow as it is being written. ``revision`` counts its savings: who saves names the one she began from."""

    __tablename__ = "drafts"

    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class InterviewRow(Base):
    """One contact's way through one flow version; the columns are the engine's State."""

    __tablename__ = "interviews"
    __table_args__ = (
        Index("ix_interviews_flow_id", "flow", "id"),
        Index("ix_interviews_status_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    flow_version_id: Mapped[int] = mapped_column(ForeignKey("flow_versions.id"), index=True)
    flow: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    asked: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    menu: Mapped[str] = mapped_column(String(16), default="")
    started_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class MessageRow(Base):
    """One inbound or outbound message.

    Inbound: ``provider_id`` is what the provider calls the delivery, claimed once; ``provider_ref`` is what an edit
    refers to, where that differs. Outbound: ``provider_id`` is set when the provider has taken it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            "uq_messages_claim", "channel", "provider_id", unique=True, **where("direction = 'in'")
        ),
        Index("ix_messages_outbound_provider_id", "provider_id", **where("direction = 'out'")),
        Index("ix_messages_contact_id_provider_ref", "contact_id", "provider_ref"),
        Index("ix_messages_attention", "id", **where("attention IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    interview_id: Mapped[int | None] = mapped_column(ForeignKey("interviews.id"), index=True)
    direction: Mapped[str] = mapped_column(String(3))
    channel: Mapped[str] = mapped_column(String(16))
    provider_id: Mapped[str | None] = mapped_column(String(128))
    provider_ref: Mapped[str | None] = mapped_column(String(64))
    edits_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    media: Mapped[bytes | None] = mapped_column(LargeBinary)
    choices: Mapped[list[Any] | None]
    status: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(String(200))
    attention: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None]
    at: Mapped[datetime]


class AnswerRow(Base):
    """The value a contact gave to one question of one interview.

    ``instance`` counts the times of a repeat from 1; 0 is outside of any. ``value`` holds closed answers (a number,
    code, list of codes, ISO date), ``words`` sealed free text. ``aside``: the question is not relevant any more; the
    answer is kept and left out of exports.
    """

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("interview_id", "question", "instance"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"))
    question: Mapped[str] = mapped_column(String(72))
    instance: Mapped[int] = mapped_column(default=0, server_default="0")
    given: Mapped[str] = mapped_column(String(16))
    value: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(16))
    aside: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime]


class Job(Base):
    """One piece of background work: a row of the outbox.

    Claimed by whoever sets ``owner`` and moves ``run_at`` past a lease; done when ``done_at`` is set. Jobs with the
    same ``order_key`` run one after the other, in the order of their ids.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "run_at", **where("done_at IS NULL")),
        Index("ix_outbox_order", "order_key", "id", **where("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    order_key: Mapped[int | None] = mapped_column(BigInteger)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ConsentRecord(Base):
    """One yes, no or withdrawal, as it was given: written, never changed; the newest of a scope counts.

    ``text`` is the SHA-256 of the words that were shown, in ``language``; the exact reply is the message's.
    """

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"), index=True)
    question: Mapped[str] = mapped_column(String(72))
    scope: Mapped[str] = mapped_column(String(16))
    given: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime]


class Erasure(Base):
    """That a contact was erased, and when. ``receipt`` is the SHA-256 of the code that the person was given."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    receipt: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class StaffMember(Base):
    """A person who logs in; ``role`` is owner, organizer, coordinator or viewer."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Rate(Base):
    """A limit by the generic cell rate algorithm: ``full_at`` is when the allowance is whole again."""

    __tablename__ = "rates"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    full_at: Mapped[datetime]


class AuditEvent(Base):
    """Who did what, when, to which thing. Written, never changed; holds ids, never words or numbers."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]]

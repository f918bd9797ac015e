"""The tables of what is said: contacts, interviews, messages, answers, files.

Words and addresses are sealed bytes (see ``storage.vault``); closed answers are plain, so that the database can count
them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, where
from storage.models.choosing import ChoiceOf

NOT_ARRIVED = "status IN ('undelivered', 'failed')"  # as an index over some rows needs it said


class Contact(Base):
    """A person who writes to us. Without an address it is the tombstone of an erased one."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("channel", "address_digest"),
        # all have a moment: so that it is no way to an address (``storage/migrations/versions/0018_one_way.py``)
        Index(
            "ix_contacts_channel_created_at",
            *("channel", "created_at"),
            postgresql_where=text("created_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    pseudonym: Mapped[str] = mapped_column(String(16), unique=True)
    language: Mapped[str | None] = mapped_column(String(16))
    menu: Mapped[str] = mapped_column(String(16), default="")
    timezone: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]


class InterviewRow(Base):
    """One contact's way through one flow version; the columns are the engine's State.

    ``due_at``: when its silence is to be looked at next; ``reminded`` counts the reminders since the contact last
    wrote. ``held_by``: the staff member who has taken the conversation over. ``cared``: what help was named already.
    ``source``: how the contact came to it, as ``storage.sources`` has it; None where nobody took note.
    ``meeting_id``: the consultation meeting that it was given at, or by whose code it began.
    """

    __tablename__ = "interviews"
    __table_args__ = (
        Index("ix_interviews_flow_id", "flow", "id"),
        Index("ix_interviews_status_id", "status", "id"),
        Index(None, "channel", "id"),
        Index(None, "language", "id"),
        Index(None, "moved_at", "id"),
        Index(None, "flow", "moved_at", "id"),
        Index(None, "status", "moved_at", "id"),
        Index(None, "flow", "status", "flow_version_id"),
        Index("ix_interviews_due", "due_at", **where("due_at IS NOT NULL")),
        Index(
            "ix_interviews_glance",
            *("flow", "started_at", "status", "channel", "language", "source", "completed_at"),
        ),
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
    due_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    held_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    cared: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    source: Mapped[str | None] = mapped_column(String(40))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), index=True)


class MessageRow(Base):
    """One inbound or outbound message.

    Inbound: ``provider_id`` is what the provider calls the delivery, claimed once; ``provider_ref`` is what an edit
    refers to, where that differs. ``heard`` is what it was taken as, ``slot`` where an answer of it belongs; the
    messages of one ``album`` came together. Outbound: ``provider_id`` is set when the provider has taken it;
    ``staff_id`` is who wrote it, where a person did, and ``provider_ref`` then the token of the form.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            "uq_messages_claim", "channel", "provider_id", unique=True, **where("direction = 'in'")
        ),
        Index("ix_messages_outbound_provider_id", "provider_id", **where("direction = 'out'")),
        Index(None, "contact_id", "id"),
        Index(
            "ix_messages_contact_id_provider_ref",
            *("contact_id", "provider_ref"),
            **where("provider_ref IS NOT NULL"),
        ),
        Index("ix_messages_marked", "interview_id", "at", **where("attention IS NOT NULL")),
        Index("ix_messages_not_arrived", "at", **where(NOT_ARRIVED)),
        Index("ix_messages_album", "contact_id", "album", **where("album IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
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
    heard: Mapped[str | None] = mapped_column(String(16))
    slot: Mapped[str | None] = mapped_column(String(80))
    album: Mapped[str | None] = mapped_column(String(64))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    sent_at: Mapped[datetime | None]
    at: Mapped[datetime]


class Attachment(Base):
    """A photo, voice note or video that came with a message: ``place`` counts those of one message from 0.

    The files lie in the store, under the names ``original`` and ``cleaned``, encrypted by a key of their own; ``key``
    is that key, sealed: without the row nobody can read them. ``sha256`` is the original's, in hexadecimal;
    ``size`` is in bytes.
    """

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("message_id", "place"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    place: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    content_type: Mapped[str | None] = mapped_column(String(80))
    size: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    original: Mapped[str | None] = mapped_column(String(80))
    cleaned: Mapped[str | None] = mapped_column(String(80))
    cleaned_type: Mapped[str | None] = mapped_column(String(80))
    error: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    kept_at: Mapped[datetime | None]


class AnswerRow(Base):
    """The value a contact gave to one question of one interview.

    ``instance`` counts the times of a repeat from 1; 0 is outside of any. ``value`` holds closed answers (a number,
    code, list of codes, ISO date), ``words`` sealed free text. ``aside``: the question is not relevant any more; the
    answer is kept and left out of exports. ``veiled``: it was given before the interview came to another phone, and
    is not shown there. ``choice`` is the code of a closed answer that counts, to be found by.
    """

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("interview_id", "question", "instance"),
        Index(
            "ix_answers_choice",
            "question",
            "choice",
            "interview_id",
            **where("choice IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"))
    question: Mapped[str] = mapped_column(String(72))
    instance: Mapped[int] = mapped_column(default=0, server_default="0")
    given: Mapped[str] = mapped_column(String(16))
    value: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    choice: Mapped[str | None] = mapped_column(Text, Computed(ChoiceOf()), deferred=True)
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(16))
    aside: Mapped[bool] = mapped_column(default=False)
    veiled: Mapped[bool] = mapped_column(default=False, server_default=false())
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime]

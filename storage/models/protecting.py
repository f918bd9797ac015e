"""The tables of what protects people: consents, who wants no messages, codes, erasures. Digests, never words."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id


class ConsentRecord(Base):
    """One yes, no or withdrawal, as it was given: written, never changed; the newest of a scope counts.

    ``text`` is the SHA-256 of the words that were shown, in ``language``; the exact reply is the message's.
    """

    __tablename__ = "consents"
    __table_args__ = (Index(None, "scope", "given", "interview_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"), index=True)
    question: Mapped[str] = mapped_column(String(72))
    scope: Mapped[str] = mapped_column(String(16))
    given: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime]


class Suppression(Base):
    """An address that gets no messages, on whatever channel; it is known by its keyed digest alone."""

    __tablename__ = "suppressions"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    reason: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]


class Receipt(Base):
    """A code that lets a person go on from another phone, known by its keyed digest; it is good for one use."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"), index=True)
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Erasure(Base):
    """That a contact was erased, and when. ``receipt`` is the SHA-256 of the code that the person was given."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    receipt: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]

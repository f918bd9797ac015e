"""The tables of broadcasts: what staff say to many, and to whom it went. Their words are sealed; a row names no one."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id


class Broadcast(Base):
    """What is said to many: ``texts`` seals the words by language, ``wanted`` is the filter in plain values.

    ``flow`` is the survey that an invitation begins. ``reached``: up to which contact the recipients are written, all
    of them at ``gathered_at``. ``why``: what else there is to know of its ``status``. ``token`` is the form's, so that
    a form sent twice is one broadcast.
    """

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    purpose: Mapped[str] = mapped_column(String(16))
    flow: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(160))
    texts: Mapped[bytes] = mapped_column(LargeBinary)
    wanted: Mapped[dict[str, Any]]
    price: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    why: Mapped[str | None] = mapped_column(String(32))
    starts_at: Mapped[datetime | None]
    reached: Mapped[int] = mapped_column(BigInteger, default=0)
    gathered_at: Mapped[datetime | None]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Recipient(Base):
    """That somebody is to get a broadcast, and what became of it; of an erased person the links are taken away.

    ``due_at`` is when to look at a waiting one again: people who sleep, or who are writing, are not disturbed.
    """

    __tablename__ = "broadcast_recipients"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "contact_id"),
        Index("ix_broadcast_recipients_due", "broadcast_id", "status", "due_at", "id"),
        Index("ix_broadcast_recipients_listed", "broadcast_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(200))
    due_at: Mapped[datetime]

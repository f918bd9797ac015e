"""The tables of those who run it: surveys and drafts, the outbox, staff, limits, the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, where


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


class Job(Base):
    """One piece of background work: a row of the outbox.

    Claimed by whoever sets ``owner`` and moves ``run_at`` past a lease; done when ``done_at`` is set. Jobs with the
    same ``order_key`` run one after the other, in the order of their ids. ``target`` names what is outside of the
    database and outlives its row: a file in the store, a message or file at the provider. ``lane`` and ``rank``: the
    queue it stands in, see ``storage.ranks``.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "run_at", **where("done_at IS NULL")),
        Index("ix_outbox_queue", "lane", "rank", "run_at", "id", **where("done_at IS NULL")),
        Index("ix_outbox_order", "order_key", "id", **where("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), index=True)
    target: Mapped[str | None] = mapped_column(String(120))
    order_key: Mapped[int | None] = mapped_column(BigInteger)
    lane: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"))
    rank: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffMember(Base):
    """A person who logs in; ``role`` is owner, organizer, coordinator or viewer.

    ``totp`` seals the secret of the second factor, ``totp_offered`` one that is not confirmed yet; ``totp_step`` is
    the step of time whose code was used last.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    totp: Mapped[bytes | None]
    totp_offered: Mapped[bytes | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Rate(Base):
    """A limit by the generic cell rate algorithm: ``full_at`` is when the allowance is whole again."""

    __tablename__ = "rates"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    full_at: Mapped[datetime]


class Spending(Base):
    """How many segments of text messages went out on a day, as the server counts days (``2026-05-31``)."""

    __tablename__ = "spending"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    segments: Mapped[int] = mapped_column(BigInteger)


class Heartbeat(Base):
    """What is known by a moment alone, shared by all processes: since when nobody has been here, say."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime]


class AuditEvent(Base):
    """Who did what, when, to which thing. Written, never changed: triggers of the database refuse to.

    It holds ids, never words or numbers.
    """

    __tablename__ = "audit"
    __table_args__ = (Index(None, "action", "id"), Index(None, "subject", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]]

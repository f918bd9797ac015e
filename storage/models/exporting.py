"""The table of exports: what was taken out, by whom and why, and where a kept file lies until it is taken away."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, where


class ExportRow(Base):
    """One export, whatever way it went. The row stays; ``key``, ``name`` and ``parts`` are those of a kept file.

    ``asked`` is the order in plain values, ``files`` what came of it: of each file its digest and its rows. ``done``
    of ``total`` interviews have been read. ``repeats_id`` is the export whose order this one has.
    """

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_kept", "flow", **where("name IS NOT NULL")),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    way: Mapped[str] = mapped_column(String(16))
    flow: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(16))
    asked: Mapped[dict[str, Any]]
    reason: Mapped[bytes | None]
    status: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(String(200))
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    files: Mapped[list[Any]] = mapped_column(default=list)
    size: Mapped[int | None] = mapped_column(BigInteger)
    key: Mapped[bytes | None]
    name: Mapped[str | None] = mapped_column(String(64))
    parts: Mapped[int] = mapped_column(default=0)
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("exports.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]

"""The tables of coding: what testimonies are about, by coders and by answers, and what is quoted. No words."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, where


class Coding(Base):
    """One code on a testimony: a theme, a group of persons, or an assessment (``kind``).

    ``staff_id`` is the coder, who put it ``at`` a time; taken back, the row stays, with ``ended_at``. Without a coder
    and a time it follows from the answers alone, and goes when they change.
    """

    __tablename__ = "codings"
    __table_args__ = (
        Index("ix_codings_interview_id_kind", "interview_id", "kind"),
        Index("ix_codings_kind_code", "kind", "code", "interview_id"),
        Index(
            "uq_codings_standing",
            "interview_id",
            "staff_id",
            "kind",
            "code",
            unique=True,
            **where("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Quotation(Base):
    """A passage of an answer that a coder chose to be quoted: from code point ``start`` to before ``stop``.

    ``mark`` seals the SHA-256 of its words, so that it is found again, or known to be gone, when the answer changes;
    the words themselves stand in the answer alone. ``assessment`` is "" for none.
    """

    __tablename__ = "quotations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"), index=True)
    start: Mapped[int]
    stop: Mapped[int]
    mark: Mapped[bytes]
    assessment: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class QuotedTheme(Base):
    """One theme of a quotation."""

    __tablename__ = "quoted_themes"
    __table_args__ = (Index("ix_quoted_themes_theme", "theme", "quotation_id"),)

    quotation_id: Mapped[int] = mapped_column(ForeignKey("quotations.id"), primary_key=True)
    theme: Mapped[str] = mapped_column(String(64), primary_key=True)

"""The tables of what lies over an answer's words: translations, and masks. The words themselves stand elsewhere."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id


class Translation(Base):
    """An answer's words in another language, as a member wrote them; a correction is a row of its own.

    The words are sealed. None: they went together with a passage that was removed for good.
    """

    __tablename__ = "translations"
    __table_args__ = (Index("ix_translations_answer_id_language", "answer_id", "language"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"))
    language: Mapped[str] = mapped_column(String(16))
    words: Mapped[bytes | None]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Mask(Base):
    """A passage of an answer that only some may read: from code point ``start`` to before ``stop``.

    The ``words`` of the passage are sealed beside it, so that it is found again when the person changes the answer.
    ``lifted_at``: it hides nothing any more. ``asked_by`` wants it removed for good; once somebody else has agreed
    (``gone_by``), words and reason are gone, and blocks stand in the answer itself.
    """

    __tablename__ = "masks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"), index=True)
    start: Mapped[int]
    stop: Mapped[int]
    words: Mapped[bytes | None]
    reason: Mapped[bytes | None]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime | None]
    gone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    gone_at: Mapped[datetime | None]

"""The tables of finding again: tags, marks that were looked at, saved views, and what was searched for."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id

# an id that the audit log or a saved view names must not come to mean another row on SQLite once its own is gone
NEVER_AGAIN = {"sqlite_autoincrement": True}


class Tag(Base):
    """A word that staff put on testimonies. ``folded``: its spelling as it is compared, so that it is there once."""

    __tablename__ = "tags"
    __table_args__ = NEVER_AGAIN

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    folded: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(40))


class Tagged(Base):
    """A tag on a testimony, and who put it there."""

    __tablename__ = "tagged"
    __table_args__ = (Index(None, "tag_id", "interview_id"),)

    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Look(Base):
    """That somebody has looked at a message that was marked for attention."""

    __tablename__ = "looks"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("messages.id"), primary_key=True, autoincrement=False
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class SavedView(Base):
    """Filters of the list under a name: a member's own, or ``shared`` with all who read testimonies."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "name"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(60))
    shared: Mapped[bool]
    filters: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class Search(Base):
    """What a member searched for, sealed: it may hold somebody's name. ``filters`` as an address has them."""

    __tablename__ = "searches"
    __table_args__ = NEVER_AGAIN

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    filters: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)

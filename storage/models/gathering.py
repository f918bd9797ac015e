"""The tables of consultation meetings, and of testimonies that staff write down for people.

Who was there is counted in a table of totals: nothing in it leads to a contact, an interview, or anybody.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id


class Meeting(Base):
    """A consultation meeting. ``code`` begins its flow from ``opens_at`` to before ``closes_at``.

    ``days``: how many days after the end the code is good. ``timezone``: whose clock its hours are told by.
    """

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    flow: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(160))
    place: Mapped[str] = mapped_column(String(200))
    host: Mapped[str] = mapped_column(String(160))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(40))
    languages: Mapped[list[Any]]
    access: Mapped[str] = mapped_column(Text)
    headcount: Mapped[int | None]
    days: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]


class MeetingGroup(Base):
    """How many at a meeting counted themselves to a group, in the group's own word: a total, and nobody's name."""

    __tablename__ = "meeting_groups"
    __table_args__ = (UniqueConstraint("meeting_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    name: Mapped[str] = mapped_column(String(80))
    total: Mapped[int]


class Sitting(Base):
    """That a staff member wrote an interview down, and who gave the consent that was heard or signed; never a name.

    ``token`` is the form's, so that a form sent twice is one testimony.
    """

    __tablename__ = "sittings"

    interview_id: Mapped[int] = mapped_column(
        ForeignKey("interviews.id"), primary_key=True, autoincrement=False
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    said_by: Mapped[str | None] = mapped_column(String(16))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]


class SheetDraft(Base):
    """What a staff member is typing from a sheet at a meeting, sealed, until it is saved."""

    __tablename__ = "sheet_drafts"
    __table_args__ = (UniqueConstraint("meeting_id", "staff_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(index=True)

"""The tables of who may come in: log-ins, links that let in, second factors, house rules, numbers asked for."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id


class LogIn(Base):
    """One browser of a staff member. The browser has the token, we its digest; a row that is gone lets nobody in.

    ``half``: the password was right, and the code of the second factor is awaited.
    """

    __tablename__ = "log_ins"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    half: Mapped[bool]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class StaffLink(Base):
    """A link that is good once: it makes a member with ``role``, or gives the member ``staff_id`` a new password."""

    __tablename__ = "staff_links"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str | None] = mapped_column(String(16))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """The digest of a code that stands in for the second factor once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class HouseRule(Base):
    """What owners have set for all staff; a rule without a row does not hold."""

    __tablename__ = "house_rules"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holds: Mapped[bool]
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Unmasking(Base):
    """A member asks to see the number behind a testimony. ``decided_by`` is the second person, where one is needed.

    The reason is sealed, and goes when the contact is erased.
    """

    __tablename__ = "unmaskings"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    reason: Mapped[bytes | None]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    granted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]

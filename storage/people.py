"""Changing who works here: roles, leaving and coming back. There is always an owner left who can log in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import audit, log_ins, staff_links
from storage.models import LogIn, StaffMember
from storage.staff import Role, StaffError


@dataclass(frozen=True)
class Person:
    """A staff member in the list. ``seen_at``: when a log-in that still stands was used last."""

    id: int
    email: str
    role: str
    disabled: bool
    second_factor: bool
    seen_at: datetime | None


def everybody(session: Session) -> Sequence[Person]:
    """All members: those who may log in first, then by address."""
    seen = (
        select(LogIn.staff_id, func.max(LogIn.seen_at).label("at"))
        .where(LogIn.half.is_(False))
        .group_by(LogIn.staff_id)
        .subquery()
    )
    rows = session.execute(
        select(StaffMember, seen.c.at)
        .outerjoin(seen, seen.c.staff_id == StaffMember.id)
        .order_by(StaffMember.disabled_at.is_not(None), StaffMember.email)
    )
    return [
        Person(
            row.id, row.email, row.role, row.disabled_at is not None, row.totp is not None, seen_at
        )
        for row, seen_at in rows
    ]


def member_of(session: Session, staff_id: int) -> StaffMember | None:
    """The member, disabled or not."""
    return session.get(StaffMember, staff_id)


def set_role(
    session: Session, member: StaffMember, role: Role, by: int | None, now: datetime
) -> None:
    """Give a member another role, from the next page on; raises StaffError for the last owner."""
    if member.role == role.value:
        return
    if role is not Role.OWNER:
        _keep_an_owner(session, member)
        staff_links.withdraw_of(session, member.id, now)
    member.role = role.value
    audit.record(session, now, "staff role", f"staff:{member.id}", by, role=role.value)
    session.flush()


def disable(session: Session, member: StaffMember, by: int | None, now: datetime) -> None:
    """Keep a member out from now on, and end their log-ins; raises StaffError for the last owner."""
    if member.disabled_at is not None:
        return
    _keep_an_owner(session, member)
    member.disabled_at = now
    staff_links.withdraw_of(session, member.id, now)
    log_ins.end_all(session, member.id)
    audit.record(session, now, "staff disable", f"staff:{member.id}", by)
    session.flush()


def enable(session: Session, member: StaffMember, by: int | None, now: datetime) -> None:
    """Let a member in again, with the password they had."""
    if member.disabled_at is None:
        return
    member.disabled_at = None
    audit.record(session, now, "staff enable", f"staff:{member.id}", by)
    session.flush()


def end_log_ins(session: Session, member: StaffMember, by: int | None, now: datetime) -> int:
    """End every log-in of a member; returns how many there were."""
    ended = log_ins.end_all(session, member.id)
    audit.record(session, now, "log-ins ended", f"staff:{member.id}", by, ended=ended)
    return ended


def _keep_an_owner(session: Session, member: StaffMember) -> None:
    """The owners are locked first: of two who let each other go at once, one is refused."""
    owners = session.scalars(
        select(StaffMember.id)
        .where(StaffMember.role == Role.OWNER.value, StaffMember.disabled_at.is_(None))
        .order_by(StaffMember.id)
        .with_for_update()
    ).all()
    if list(owners) == [member.id]:
        raise StaffError(f"{member.email} is the last owner; make somebody else an owner first")

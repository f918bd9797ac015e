"""The audit log: written and read here, changed nowhere; the database refuses to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from storage.models import AuditEvent, StaffMember

AnySelect = Select[*tuple[Any, ...]]


def record(
    session: Session,
    now: datetime,
    action: str,
    subject: str,
    staff_id: int | None = None,
    **detail: Any,
) -> None:
    """Write down that ``staff_id`` (None: the command line or nobody known) did ``action`` to ``subject``.

    ``detail`` must be JSON and hold no words or numbers of a contact.
    """
    session.add(
        AuditEvent(at=now, staff_id=staff_id, action=action, subject=subject[:80], detail=detail)
    )


@dataclass(frozen=True)
class Wanted:
    """Which events; None and "" mean all. ``subject`` is a whole subject, or the kind before the colon."""

    staff_id: int | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Event:
    """One line of the log. ``who`` is an e-mail address; None for the command line or nobody known."""

    id: int
    at: datetime
    who: str | None
    action: str
    subject: str
    detail: dict[str, Any]


def page(session: Session, wanted: Wanted, before: int | None, size: int) -> list[Event]:
    """``size`` events with an id below ``before``, the newest first."""
    chosen = _narrow(select(AuditEvent, StaffMember.email), wanted)
    chosen = chosen.outerjoin(StaffMember, StaffMember.id == AuditEvent.staff_id)
    if before is not None:
        chosen = chosen.where(AuditEvent.id < before)
    rows = session.execute(chosen.order_by(AuditEvent.id.desc()).limit(size))
    return [
        Event(row.id, row.at, email, row.action, row.subject, row.detail) for row, email in rows
    ]


def about(session: Session, subjects: Collection[str], size: int) -> list[Event]:
    """The last ``size`` events about these subjects, the newest first."""
    rows = session.execute(
        select(AuditEvent, StaffMember.email)
        .outerjoin(StaffMember, StaffMember.id == AuditEvent.staff_id)
        .where(AuditEvent.subject.in_(subjects))
        .order_by(AuditEvent.id.desc())
        .limit(size)
    )
    return [
        Event(row.id, row.at, email, row.action, row.subject, row.detail) for row, email in rows
    ]


def newer_than(session: Session, wanted: Wanted, after: int, size: int) -> int | None:
    """The key of the page before the one that begins below ``after``; None when that is the first."""
    ids = _narrow(select(AuditEvent.id), wanted).where(AuditEvent.id >= after)
    newer = session.scalars(ids.order_by(AuditEvent.id).limit(size + 1)).all()
    return newer[size] if len(newer) > size else None


def actions(session: Session) -> list[str]:
    """All that was ever done, by name: from each to the next in the index, however many events there are."""
    least = select(func.min(AuditEvent.action).label("action")).cte(recursive=True)
    after = select(func.min(AuditEvent.action)).where(AuditEvent.action > least.c.action)
    steps = least.union_all(select(after.scalar_subquery()).where(least.c.action.is_not(None)))
    return [action for action in session.scalars(select(steps.c.action)) if action is not None]


def summed(session: Session, action: str, name: str, since: datetime) -> int:
    """What the details of an action since then come to, under one name."""
    found = select(AuditEvent.detail).where(AuditEvent.action == action, AuditEvent.at >= since)
    return sum(int(detail.get(name, 0)) for detail in session.scalars(found))


def _about(subject: str) -> ColumnElement[bool]:
    """A whole subject is looked up in its index; a kind has so many events that a page of them is soon full."""
    same = AuditEvent.subject == subject
    if ":" in subject:
        return same
    return same | AuditEvent.subject.startswith(f"{subject}:", autoescape=True)


def _narrow(statement: AnySelect, wanted: Wanted) -> AnySelect:
    if wanted.staff_id is not None:
        statement = statement.where(AuditEvent.staff_id == wanted.staff_id)
    if wanted.action:
        statement = statement.where(AuditEvent.action == wanted.action)
    if wanted.subject:
        statement = statement.where(_about(wanted.subject))
    if wanted.since:
        statement = statement.where(AuditEvent.at >= wanted.since)
    if wanted.until:
        statement = statement.where(AuditEvent.at < wanted.until)
    return statement

"""Links that let somebody in once: an invitation with its role fixed, or a new password for a member.

The link is shown to whoever makes it and kept nowhere; the table has a digest of it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from storage import audit, staff
from storage.models import StaffLink, StaffMember
from storage.staff import Role, StaffError

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Invitation:
    """An invitation that nobody has followed yet."""

    id: int
    email: str
    role: str
    expires_at: datetime


def invite(session: Session, email: str, role: Role, by: int | None, now: datetime) -> str:
    """The token of an invitation; an earlier one to the same address is good no more.

    Raises StaffError when the address is none or belongs to a member.
    """
    name = staff.normal_email(email)
    if staff.by_email(session, name):
        raise StaffError(f"{name} is a staff member already")
    _withdraw(session, StaffLink.email == name, now)
    return _make(session, name, by, now, role=role)


def renew(session: Session, member: StaffMember, by: int | None, now: datetime) -> str:
    """The token of a link by which ``member`` sets a new password; the old one works until then."""
    _withdraw(session, StaffLink.staff_id == member.id, now)
    return _make(session, member.email, by, now, staff_id=member.id)


def _make(
    session: Session,
    email: str,
    by: int | None,
    now: datetime,
    *,
    role: Role | None = None,
    staff_id: int | None = None,
) -> str:
    token = secrets.token_urlsafe(32)
    link = StaffLink(
        digest=_digest(token),
        email=email,
        role=role.value if role else None,
        staff_id=staff_id,
        made_by=by,
        made_at=now,
        expires_at=now + GOOD_FOR,
    )
    session.add(link)
    session.flush()
    if role:
        audit.record(session, now, "invite", f"link:{link.id}", by, role=role.value)
    else:
        audit.record(session, now, "password link", f"staff:{staff_id}", by, link=link.id)
    return token


def find(session: Session, token: str, now: datetime) -> StaffLink | None:
    """The link with this token, as long as it is good."""
    return session.scalar(select(StaffLink).where(StaffLink.digest == _digest(token), _good(now)))


def follow(session: Session, token: str, password: str, now: datetime) -> StaffMember | None:
    """Use a link up: its member, new or known, has ``password`` now. None when it is good no more.

    Raises StaffError when the password is too short, or somebody of that address was added meanwhile.
    """
    wanted = select(StaffLink).where(StaffLink.digest == _digest(token), _good(now))
    link = session.scalar(wanted.with_for_update())
    if link is None:
        return None
    if link.role is None:
        member, action = staff.set_password(session, link.email, password), "staff password"
    else:
        role = Role(link.role)
        member, action = staff.add_staff(session, link.email, password, role, now), "staff add"
    link.used_at = now
    audit.record(session, now, action, f"staff:{member.id}", member.id, link=link.id)
    session.flush()
    return member


def invitations(session: Session, now: datetime) -> list[Invitation]:
    """The invitations that are good, the newest first."""
    rows = session.scalars(
        select(StaffLink)
        .where(StaffLink.role.is_not(None), _good(now))
        .order_by(StaffLink.id.desc())
    )
    return [Invitation(row.id, row.email, row.role or "", row.expires_at) for row in rows]


def withdraw(session: Session, link_id: int, by: int | None, now: datetime) -> bool:
    """Take an invitation back; returns whether it was good."""
    found = _withdraw(session, and_(StaffLink.id == link_id, StaffLink.role.is_not(None)), now)
    for number in found:
        audit.record(session, now, "invitation withdrawn", f"link:{number}", by)
    return bool(found)


def withdraw_of(session: Session, staff_id: int, now: datetime) -> None:
    """Take back what a member has made, or was given: they are trusted with it no more."""
    _withdraw(session, or_(StaffLink.made_by == staff_id, StaffLink.staff_id == staff_id), now)


def _withdraw(session: Session, which: ColumnElement[bool], now: datetime) -> list[int]:
    ended = update(StaffLink).where(which, _good(now)).values(expires_at=now)
    return list(session.scalars(ended.returning(StaffLink.id)))


def _good(now: datetime) -> ColumnElement[bool]:
    return and_(StaffLink.used_at.is_(None), StaffLink.expires_at > now)


def _digest(token: str) -> bytes:
    """Not keyed: a token has 256 random bits, which nobody finds by trying."""
    return hashlib.sha256(token.encode()).digest()

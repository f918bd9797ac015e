"""Staff members: who may log in, and with what."""

import re
import secrets
from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import log_ins
from storage.db import insert_into
from storage.models import StaffMember

MIN_PASSWORD = 12
MAX_EMAIL = 254
EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(
    secrets.token_hex()
)  # so that an unknown name takes as long as a wrong password


class Role(StrEnum):
    OWNER = "owner"
    ORGANIZER = "organizer"
    COORDINATOR = "coordinator"
    VIEWER = "viewer"


class StaffError(ValueError):
    """A staff member cannot be made or changed so; the message says why."""


def add_staff(
    session: Session, email: str, password: str, role: Role, now: datetime
) -> StaffMember:
    """A new staff member; raises StaffError when the name is taken or the password too short."""
    name = normal_email(email)
    added = session.scalar(
        insert_into(session, StaffMember)
        .values(email=name, password=_hash(password), role=role.value, created_at=now)
        .on_conflict_do_nothing()
        .returning(StaffMember.id)
    )
    if added is None:
        raise StaffError(f"{name} is a staff member already")
    return session.get_one(StaffMember, added)


def set_password(session: Session, email: str, password: str) -> StaffMember:
    """Give a staff member a new password, and end the log-ins made with the old one.

    Raises StaffError when there is none of that name, or the password is too short.
    """
    member = by_email(session, normal_email(email))
    if member is None:
        raise StaffError(f"there is no staff member {email}")
    member.password = _hash(password)
    log_ins.end_all(session, member.id)
    session.flush()
    return member


def normal_email(email: str) -> str:
    """An e-mail address as it is compared; raises StaffError for what is none."""
    name = email.strip().lower()
    if not EMAIL.fullmatch(name) or len(name) > MAX_EMAIL:
        raise StaffError(f"“{email}” is not an e-mail address")
    return name


def new_password() -> str:
    """A password that is easy to type from a screen: four groups of letters and digits, 94 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def _hash(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise StaffError(f"a password needs at least {MIN_PASSWORD} characters")
    return _hasher.hash(password)


def by_email(session: Session, email: str) -> StaffMember | None:
    return session.scalar(select(StaffMember).where(StaffMember.email == email))


def by_id(session: Session, staff_id: int) -> StaffMember | None:
    """The staff member, unless disabled."""
    member = session.get(StaffMember, staff_id)
    return member if member and member.disabled_at is None else None


def any_staff(session: Session) -> bool:
    return session.scalar(select(StaffMember.id).limit(1)) is not None


def log_in(session: Session, email: str, password: str) -> StaffMember | None:
    """The member whose password this is, else None; takes the same time for unknown names."""
    name = email.strip().lower()
    member = by_email(session, name) if EMAIL.fullmatch(name) else None
    usable = member is not None and member.disabled_at is None
    try:
        _hasher.verify(member.password if member and usable else _nobody, password)
    except (Argon2Error, InvalidHashError):
        return None
    return member if usable else None

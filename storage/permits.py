"""What a role may open, asked where it is opened: a page that forgets to ask still gets nothing.

Which pages a role may open stands beside each page in ``admin``, in words of ``admin.rights`` made from this table.
"""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy.orm import Session

from storage import staff
from storage.staff import Role


class Permit(StrEnum):
    """What somebody may be allowed."""

    WORDS = "words"  # to read what people wrote, to see their files, to take answers away
    BEHIND = "behind"  # to read behind masks, to mask and to unmask
    NUMBERS = "numbers"  # to see an address, to write to a person
    BROADCAST = "broadcast"  # to write to many at once
    PEOPLE = "people"  # to say who works here, and to read the audit log


PERMITS: Mapping[Permit, frozenset[Role]] = {
    Permit.WORDS: frozenset({Role.OWNER, Role.ORGANIZER, Role.COORDINATOR}),
    Permit.BEHIND: frozenset({Role.OWNER, Role.COORDINATOR}),
    Permit.NUMBERS: frozenset({Role.OWNER, Role.COORDINATOR}),
    Permit.BROADCAST: frozenset({Role.OWNER, Role.ORGANIZER}),
    Permit.PEOPLE: frozenset({Role.OWNER}),
}


class NotPermitted(Exception):
    """A staff member's role does not allow this. Nothing was opened."""


def holds(session: Session, staff_id: int, permit: Permit) -> bool:
    """Whether the member, as the database has them now, is allowed it."""
    member = staff.by_id(session, staff_id)
    return member is not None and member.role in PERMITS[permit]


def require(session: Session, staff_id: int, permit: Permit) -> None:
    """Raise NotPermitted unless the member, as the database has them now, is allowed it."""
    if not holds(session, staff_id, permit):
        raise NotPermitted(f"staff:{staff_id} has no right to {permit.value}")

"""Who may not log in any more since a backup was made, and with which codes: as far as the replaced database tells."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from storage.models import RecoveryCode, StaffMember

Who = tuple[str, datetime]  # a member's address, and when they were made one


@dataclass
class KeptOut:
    """The staff of the database that is replaced: since when each was disabled, and which codes were good still."""

    disabled: dict[Who, datetime | None] = field(default_factory=dict)
    good: set[bytes] = field(default_factory=set)


def told(connection: Connection) -> KeptOut:
    """Whom and what a database keeps out that has today's tables of staff."""
    members = select(StaffMember.email, StaffMember.created_at, StaffMember.disabled_at)
    good = select(RecoveryCode.digest).where(RecoveryCode.used_at.is_(None))
    disabled = {(email, began): at for email, began, at in connection.execute(members)}
    return KeptOut(disabled, set(connection.scalars(good)))


def keep_out(session: Session, kept_out: KeptOut, now: datetime) -> None:
    """Have it so in the restored database, too. Whoever was let in again since is left as the backup has them."""
    for member in session.scalars(select(StaffMember)).all():
        who = member.email, member.created_at
        if who in kept_out.disabled:
            member.disabled_at = member.disabled_at or kept_out.disabled[who]
            theirs = (RecoveryCode.staff_id == member.id, RecoveryCode.used_at.is_(None))
            void = update(RecoveryCode).where(*theirs, RecoveryCode.digest.not_in(kept_out.good))
            session.execute(void.values(used_at=now))

"""The audit log: written here, changed nowhere."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage.models import AuditEvent


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

"""Sheets that staff have typed in part, sealed until they are saved; after a week without a word more they go.

A draft is its writer's alone: nobody else opens it.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage import outbox, permits, sittings
from storage.db import insert_into, vault_of
from storage.models import SheetDraft, Sitting
from storage.permits import Permit
from storage.vault import VaultError

PURPOSE = "sheet.draft"
KEPT = timedelta(days=7)


def keep(
    session: Session,
    meeting_id: int,
    staff_id: int,
    fields: Mapping[str, Sequence[str]],
    now: datetime,
) -> None:
    """Keep a sheet as far as it is typed, in place of the one before, and see to it that it goes in time.

    One that is a testimony already is not kept again: it came late, and nobody would find it to erase it.
    """
    permits.require(session, staff_id, Permit.WORDS)
    for token in sorted(set(fields.get("token", ()))):
        sittings.in_turn(session, token)  # it may be becoming one at this moment
    if _is_told(session, fields):
        return
    body = vault_of(session).seal(json.dumps(fields), PURPOSE)
    key = {"meeting_id": meeting_id, "staff_id": staff_id}
    session.execute(
        insert_into(session, SheetDraft)
        .values(body=body, saved_at=now, **key)
        .on_conflict_do_update(index_elements=list(key), set_={"body": body, "saved_at": now})
    )
    outbox.enqueue_tidy(session, now, now + KEPT)


def get(
    session: Session, meeting_id: int, staff_id: int, now: datetime
) -> tuple[Mapping[str, list[str]], datetime] | None:
    """The member's own half-typed sheet of a meeting, and when it was kept; None where there is none.

    One that is a testimony by now is none: what is typed over it would be taken for the same.
    """
    permits.require(session, staff_id, Permit.WORDS)
    row = session.scalar(
        select(SheetDraft).where(
            SheetDraft.meeting_id == meeting_id,
            SheetDraft.staff_id == staff_id,
            SheetDraft.saved_at > now - KEPT,
        )
    )
    if row is None:
        return None
    fields = _fields(session, row)
    return None if _is_told(session, fields) else (fields, row.saved_at)


def _fields(session: Session, row: SheetDraft) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(vault_of(session).open(row.body, PURPOSE))
    return found


def _is_told(session: Session, fields: Mapping[str, Sequence[str]]) -> bool:
    """Whether a sheet is a testimony already."""
    tokens = Sitting.token.in_(fields.get("token", ()))
    return session.scalar(select(Sitting.interview_id).where(tokens).limit(1)) is not None


def settle(session: Session, meeting_id: int, staff_id: int, token: str) -> None:
    """A sheet is saved: forget the member's half-typed one, and the same sheet where another has begun it.

    Whoever is asked to log in while they save may log in as another.
    """
    drop(session, meeting_id, staff_id)
    others = select(SheetDraft).where(SheetDraft.meeting_id == meeting_id)
    for row in session.scalars(others.order_by(SheetDraft.id)).all():
        # a draft whose key is lost is nobody's any more, and in nobody's way
        with suppress(VaultError):
            if token in _fields(session, row).get("token", ()):
                drop(session, meeting_id, row.staff_id)


def drop(session: Session, meeting_id: int, staff_id: int) -> None:
    """Forget the half-typed sheet: it is saved, or not wanted."""
    session.execute(
        delete(SheetDraft).where(
            SheetDraft.meeting_id == meeting_id, SheetDraft.staff_id == staff_id
        )
    )


def tidy(session: Session, now: datetime) -> datetime | None:
    """Take away what has had its time; returns when the next will have had it, None when there is no draft left."""
    session.execute(delete(SheetDraft).where(SheetDraft.saved_at <= now - KEPT))
    oldest = session.scalar(select(func.min(SheetDraft.saved_at)))
    return oldest + KEPT if oldest is not None else None

"""Flows as they are being written: one draft a flow, and nobody's writing overwritten by another's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.db import insert_into
from storage.models import Draft as DraftRow


@dataclass(frozen=True)
class Draft:
    """A flow's text at one saving. ``revision`` counts the savings from 1; ``saved_by`` is a staff member's id."""

    flow: str
    source: str
    revision: int
    saved_at: datetime
    saved_by: int | None


class Stale(Exception):
    """The draft was saved by somebody else meanwhile; ``current`` is what stands there now, None if it was dropped."""

    def __init__(self, current: Draft | None) -> None:
        super().__init__("the draft was changed meanwhile")
        self.current = current


def get(session: Session, flow: str) -> Draft | None:
    """The draft of a flow, or None."""
    row = session.scalar(
        select(DraftRow).where(DraftRow.flow == flow).execution_options(populate_existing=True)
    )
    return _draft(row) if row else None


def all_of(session: Session) -> list[Draft]:
    """Every draft, by the flow's name."""
    rows = session.scalars(select(DraftRow).order_by(DraftRow.flow))
    return [_draft(row) for row in rows]


def _draft(row: DraftRow) -> Draft:
    return Draft(row.flow, row.source, row.revision, row.saved_at, row.saved_by)


def save(
    session: Session, flow: str, source: str, revision: int, now: datetime, staff_id: int | None
) -> Draft:
    """Keep ``source`` as the draft that follows ``revision`` (0 for a first one); raises Stale when another did."""
    written = {"source": source, "saved_at": now, "saved_by": staff_id}
    if revision:
        kept = session.execute(
            update(DraftRow)
            .where(DraftRow.flow == flow, DraftRow.revision == revision)
            .values(revision=revision + 1, **written)
            .returning(DraftRow.flow)
        ).first()
    else:
        kept = session.execute(
            insert_into(session, DraftRow)
            .values(flow=flow, revision=1, **written)
            .on_conflict_do_nothing()
            .returning(DraftRow.flow)
        ).first()
    if kept is None:
        raise Stale(get(session, flow))
    return Draft(flow, source, revision + 1, now, staff_id)


def drop(session: Session, flow: str) -> None:
    """Throw the draft of a flow away: it is published, or not wanted any more."""
    session.execute(delete(DraftRow).where(DraftRow.flow == flow))

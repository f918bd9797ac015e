"""How many testimonies there are, for those who may see none: no row of anybody is returned."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import Status
from storage.models import InterviewRow


def by_status(session: Session) -> Mapping[str, Mapping[Status, int]]:
    """Interviews of each flow, by how they stand; erased ones are no testimonies."""
    rows = session.execute(
        select(InterviewRow.flow, InterviewRow.status, func.count())
        .where(InterviewRow.status != Status.ERASED)
        .group_by(InterviewRow.flow, InterviewRow.status)
    )
    found: dict[str, dict[Status, int]] = {}
    for flow, status, count in rows:
        found.setdefault(flow, {})[Status(status)] = count
    return found

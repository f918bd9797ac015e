"""Where something changed that is counted, the kept counts are marked: they are emptied, and counted anew.

A mark goes with the change, in its transaction. Interviews that move need none: they are found by when they moved, so
that a message costs nothing more.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.orm import Session

from storage.db import insert_into
from storage.models import InterviewRow, Tally
from storage.tallies.spans import GRAINS, PARTS, FlowDay, day_of

SLACK = timedelta(minutes=5)  # what a transaction may take, and clocks may differ
ROWS = 500  # written by one statement


def mark(session: Session, which: ColumnElement[bool], parts: Collection[str] = PARTS) -> None:
    """Something changed of the interviews ``which``, a condition over InterviewRow: their days are counted anew."""
    days = select(InterviewRow.flow, day_of(session)).where(which).distinct()
    mark_days(session, [(flow, day) for flow, day in session.execute(days)], parts)


def mark_days(session: Session, days: Iterable[FlowDay], parts: Collection[str]) -> None:
    """These days of these flows are counted anew, and the months and years that they are in."""
    keys = {
        (part, grain, day[:length], flow)
        for flow, day in days
        for part in parts
        for grain, length in GRAINS.items()
    }
    ordered = sorted(keys)  # whoever marks the same locks it in the same order
    for start in range(0, len(ordered), ROWS):
        rows = [
            {**dict(zip(("part", "grain", "span", "flow"), key, strict=True)), "marks": 1}
            for key in ordered[start : start + ROWS]
        ]
        again = {"marks": Tally.marks + 1, "counts": null()}
        session.execute(
            insert_into(session, Tally)
            .values(rows)
            .on_conflict_do_update(index_elements=["part", "grain", "span", "flow"], set_=again)
        )


def moved(session: Session, since: datetime) -> list[FlowDay]:
    """The days on which those interviews began that moved since, with some time to spare."""
    late = InterviewRow.moved_at >= since - SLACK
    # not DISTINCT in the database: SQLite would sooner walk over all, in their order
    days = session.execute(select(InterviewRow.flow, day_of(session)).where(late))
    return sorted({(flow, day) for flow, day in days})

"""The collection at a glance: how many interviews there are, by day and by kind, and how long one takes.

Three statements, whatever there is to count, each on one index alone. No row of anybody is returned; but small counts
tell of people too: what a viewer may see of them goes through ``storage.small_counts``.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import Status
from storage.models import FlowVersion, InterviewRow
from storage.narrowing import AnySelect, Filter, narrow
from storage.tallies.spans import day_of, took

Tally = Counter[Status]  # how many interviews stand how
Parts = Mapping[str | None, Tally]  # of each value; None where it is not known
KINDS = ("flow", "channel", "language", "source")


@dataclass(frozen=True)
class Glance:
    """What began in a span of time. ``kinds`` has the Parts of each of KINDS; ``median`` is of the complete ones."""

    days: Mapping[date, Tally]
    kinds: Mapping[str, Parts]
    median: timedelta | None

    @property
    def whole(self) -> Tally:
        """All of them, by how they stand now."""
        whole = Tally()
        for day in self.days.values():
            whole.update(day)
        return whole


def glance(session: Session, wanted: Filter) -> Glance:
    """All of it, of the interviews that the filter lets through; erased ones are no testimonies."""
    return Glance(by_day(session, wanted), by_kind(session, wanted), median(session, wanted))


def by_day(session: Session, wanted: Filter) -> dict[date, Tally]:
    """The interviews by the day in UTC on which they began; days without any are left out."""
    day = day_of(session)
    statement = select(day, InterviewRow.status, func.count()).group_by(day, InterviewRow.status)
    found: dict[date, Tally] = {}
    for written, status, count in session.execute(_counted(statement, wanted)):
        found.setdefault(date.fromisoformat(written), Tally())[Status(status)] = count
    return dict(sorted(found.items()))


def by_kind(session: Session, wanted: Filter) -> dict[str, Parts]:
    """The interviews by each of KINDS, from one walk over them: what the database returns are kinds, not people."""
    columns = [getattr(InterviewRow, kind) for kind in KINDS]
    statement = select(*columns, InterviewRow.status, func.count())
    statement = statement.group_by(*columns, InterviewRow.status)
    found: dict[str, dict[str | None, Tally]] = {kind: {} for kind in KINDS}
    for *values, status, count in session.execute(_counted(statement, wanted)):
        for kind, value in zip(KINDS, values, strict=True):
            found[kind].setdefault(value, Tally())[Status(status)] += count
    return dict(found)


def median(session: Session, wanted: Filter) -> timedelta | None:
    """From the first message to the last answer, as long as the middle one of those that are complete took."""
    lasted = took(session)
    place = func.row_number().over(order_by=lasted)
    ended = InterviewRow.completed_at.is_not(None)
    inner = select(
        lasted.label("took"), place.label("place"), func.count().over().label("number")
    ).where(ended)
    sorted_ = _counted(inner, wanted).subquery()
    middle = (sorted_.c.place * 2).between(sorted_.c.number, sorted_.c.number + 2)
    seconds = session.scalar(select(func.avg(sorted_.c.took)).where(middle))
    return timedelta(seconds=round(float(seconds))) if seconds is not None else None


def _counted(statement: AnySelect, wanted: Filter) -> AnySelect:
    """The interviews to count. Every flow is named, so that the index leads to the days of each."""
    if not wanted.flow:
        statement = statement.where(InterviewRow.flow.in_(select(FlowVersion.flow)))
    return narrow(statement, wanted)

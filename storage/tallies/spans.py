"""Spans of time in which interviews began: days in UTC, and the months and years that they are parts of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import CTE

from flows import Status
from storage.models import InterviewRow

BEGUN, CODED = "begun", "coded"  # the parts: how interviews stand, and how they are coded
PARTS = (BEGUN, CODED)
YEAR, MONTH, DAY = "year", "month", "day"
GRAINS = {YEAR: 4, MONTH: 7, DAY: 10}  # by how many characters of a day name one

FlowDay = tuple[str, str]  # a flow, and a day as 2026-11-22


@dataclass(frozen=True)
class Span:
    """Days of a flow, the last included."""

    flow: str
    first: date
    last: date


def runs(days: Iterable[FlowDay]) -> list[Span]:
    """The spans that these days make up."""
    found: list[Span] = []
    for flow, written in sorted(set(days)):
        at = date.fromisoformat(written)
        if found and found[-1].flow == flow and found[-1].last + timedelta(days=1) == at:
            found[-1] = Span(flow, found[-1].first, at)
        else:
            found.append(Span(flow, at, at))
    return found


def inside(spans: Iterable[str]) -> list[str]:
    """The months of these years, or the days of these months, whether the calendar has them or not."""
    return [
        f"{one}-{number:02}"
        for one in sorted(spans)
        for number in range(1, (12 if len(one) == GRAINS[YEAR] else 31) + 1)
    ]


def day_of(session: Session) -> ColumnElement[str]:
    """The day on which an interview began in UTC, as 2026-11-21, in the words of the session's database."""
    began = InterviewRow.started_at
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", began), "YYYY-MM-DD")
    return func.strftime("%Y-%m-%d", began)


def took(session: Session) -> ColumnElement[Any]:
    """How many whole seconds an interview took, from one second of the clock to another."""
    ends: list[ColumnElement[Any]] = [
        extract("epoch", one) for one in (InterviewRow.completed_at, InterviewRow.started_at)
    ]
    if session.get_bind().dialect.name == "postgresql":  # SQLite tells no parts of a second
        ends = [func.floor(one) for one in ends]
    return ends[0] - ends[1]


def begun(session: Session, spans: Collection[Span], without: Collection[Status]) -> CTE:
    """The interviews that began in the spans, but for those that stand so: each span is one way into an index."""
    columns = [getattr(InterviewRow, name) for name in ("id", "flow", "status", "channel")]
    columns += [InterviewRow.language, InterviewRow.source, InterviewRow.asked]
    seconds = case((InterviewRow.completed_at.is_not(None), took(session)))
    chosen = select(*columns, day_of(session).label("day"), seconds.label("took"))
    chosen = chosen.where(InterviewRow.status.not_in([one.value for one in without]))
    return union_all(
        *(
            chosen.where(
                InterviewRow.flow == one.flow,
                InterviewRow.started_at >= _morning(one.first),
                InterviewRow.started_at < _morning(one.last + timedelta(days=1)),
            )
            for one in spans
        )
    ).cte("begun")


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)

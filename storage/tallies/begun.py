"""How the interviews of some days stand, counted: by day, kind, time that they took, and question. It reads alone.

Counts are named by their parts with tabs between, what is free to be anything last.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import CTE

from flows import Status
from storage.funnel import slot
from storage.models import AnswerRow
from storage.tallies.spans import FlowDay, Span, begun

Sums = Counter[str]
KINDS = ("channel", "language", "source")
STANDING, TOOK, GIVEN, ASKED = "standing", "took", "given", "asked"
UNKNOWN = "?"  # before a kind that is not known


def count(session: Session, spans: Collection[Span]) -> dict[FlowDay, Sums]:
    """Of each flow and day in the spans on which any began, all that is counted."""
    found: dict[FlowDay, Sums] = {}
    rows = begun(session, spans, [Status.ERASED])
    key = (rows.c.flow, rows.c.day)
    kinds = [rows.c[kind] for kind in KINDS]
    statement = select(*key, func.count(), rows.c.status, *kinds)
    for flow, day, number, status, *values in session.execute(
        statement.group_by(*key, rows.c.status, *kinds)
    ):
        sums = found.setdefault((flow, day), Counter())
        sums[f"{STANDING}\t{status}\t{day}"] += number
        for kind, value in zip(KINDS, values, strict=True):
            sums[f"{kind}\t{status}\t{UNKNOWN if value is None else f'={value}'}"] += number
    asked = select(*key, func.count(), rows.c.status, rows.c.asked)
    asked = asked.group_by(*key, rows.c.status, rows.c.asked)
    for flow, day, number, status, question in session.execute(asked):
        found[flow, day][f"{ASKED}\t{status}\t{question or ''}"] += number
    lasted = select(*key, func.count(), rows.c.took).where(rows.c.took.is_not(None))
    for flow, day, number, seconds in session.execute(lasted.group_by(*key, rows.c.took)):
        found[flow, day][f"{TOOK}\t{int(seconds)}"] += number
    for flow, day, number, question, how in session.execute(_answered(rows, key)):
        found[flow, day][f"{GIVEN}\t{how}\t{question}"] += number
    return found


def by_month(sums: Mapping[str, int]) -> Sums:
    """The sums with what is told of days told of months."""
    found: Sums = Counter()
    for key, number in sums.items():
        found[key[:-3] if key.startswith(f"{STANDING}\t") else key] += number
    return found


def _answered(rows: CTE, key: tuple[ColumnElement[str], ...]) -> Select[*tuple[Any, ...]]:
    """The answers by question and how they were given, as the funnel counts them."""
    return (
        select(*key, func.count(), AnswerRow.question, AnswerRow.given)
        .join_from(rows, AnswerRow, AnswerRow.interview_id == rows.c.id)
        .where(AnswerRow.aside.is_(False), AnswerRow.instance <= 1)
        .where(slot() != func.coalesce(rows.c.asked, ""))
        .group_by(*key, AnswerRow.question, AnswerRow.given)
    )

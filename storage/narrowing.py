"""Which testimonies are wanted: a filter, and for each of its fields one condition of the database. Reads nothing.

A filter more is a field of Filter and an entry in CONDITIONS; what an address may say of it stands in
``admin.filters``. Words are sealed, so no condition looks into them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, false, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from flows import YES, Status
from storage import codings
from storage.models import AnswerRow, ConsentRecord, InterviewRow, Look, MessageRow, Tagged

AnySelect = Select[*tuple[Any, ...]]
Condition = Callable[[Any], ColumnElement[bool]]
NOBODY = "nobody"  # of coders: testimonies that none of them has coded
OPEN = "open"  # of attention: marks that nobody has looked at


@dataclass(frozen=True)
class Place:
    """A place that was told: a choice of a question; "" for a question of coordinates means wherever that is."""

    question: str
    choice: str = ""

    def __str__(self) -> str:
        return f"{self.question}/{self.choice}"


@dataclass(frozen=True)
class Filter:
    """Which testimonies; None and "" mean all. ``since`` and ``until`` bound the start, ``until`` exclusive.

    ``version`` and ``tag`` are ids; ``agreed`` is the scope of a consent whose newest word is a yes; ``attention`` is
    OPEN for those with a mark that nobody has looked at. ``theme``, ``group`` and ``assessment`` are codes, whoever put
    them; ``coder`` is the id of a member, or NOBODY.
    """

    flow: str | None = None
    status: str | None = None
    language: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    version: int | None = None
    place: Place | None = None
    agreed: str | None = None
    tag: int | None = None
    attention: str | None = None
    theme: str | None = None
    group: str | None = None
    assessment: str | None = None
    coder: int | str | None = None


def narrow(statement: AnySelect, wanted: Filter) -> AnySelect:
    """``statement`` over interviews, narrowed to the filter."""
    given = {one.name: value for one in fields(wanted) if (value := getattr(wanted, one.name))}
    if any(isinstance(value, str) and "\0" in value for value in given.values()):
        return statement.where(false())  # no database of ours can hold it
    if not wanted.status:  # an erased one is a tombstone, no testimony
        statement = statement.where(InterviewRow.status != Status.ERASED)
    return statement.where(*(CONDITIONS[name](value) for name, value in given.items()))


def open_marks() -> ColumnElement[bool]:
    """Of messages: marked for attention, and nobody has looked since."""
    return MessageRow.attention.is_not(None) & ~exists().where(Look.message_id == MessageRow.id)


def in_flow(flow: str) -> ColumnElement[bool]:
    """Of messages: they belong to an interview in this flow. Asked of each, lest a database begin with all of those."""
    one = aliased(InterviewRow)
    return select(one.flow).where(one.id == MessageRow.interview_id).scalar_subquery() == flow


def _same(column: InstrumentedAttribute[Any]) -> Condition:
    return lambda value: column == value


def _told_at(place: Place) -> ColumnElement[bool]:
    told = exists().where(
        AnswerRow.interview_id == InterviewRow.id,
        AnswerRow.question == place.question,
        AnswerRow.aside.is_(False),
    )
    if place.choice:
        return told.where(cast(AnswerRow.value, String) == json.dumps(place.choice))
    return told.where(AnswerRow.words.is_not(None))


def _agreed(scope: str) -> ColumnElement[bool]:
    """Those who ever said yes, which an index knows; of them, those who have not taken it back since."""
    ever = select(ConsentRecord.interview_id).where(
        ConsentRecord.scope == scope, ConsentRecord.given == YES
    )
    newest = (
        select(ConsentRecord.given)
        .where(ConsentRecord.interview_id == InterviewRow.id, ConsentRecord.scope == scope)
        .order_by(ConsentRecord.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return InterviewRow.id.in_(ever) & (newest == YES)


def _tagged(tag_id: int) -> ColumnElement[bool]:
    return InterviewRow.id.in_(select(Tagged.interview_id).where(Tagged.tag_id == tag_id))


def _marked(_open: str) -> ColumnElement[bool]:
    marked = select(MessageRow.interview_id).where(
        open_marks(), MessageRow.interview_id.is_not(None)
    )
    return InterviewRow.id.in_(marked)


def _coded(coder: int | str) -> ColumnElement[bool]:
    return codings.coded_by(None if coder == NOBODY else int(coder))


CONDITIONS: Mapping[str, Condition] = {
    "flow": _same(InterviewRow.flow),
    "status": _same(InterviewRow.status),
    "language": _same(InterviewRow.language),
    "channel": _same(InterviewRow.channel),
    "since": lambda moment: InterviewRow.started_at >= moment,
    "until": lambda moment: InterviewRow.started_at < moment,
    "version": _same(InterviewRow.flow_version_id),
    "place": _told_at,
    "agreed": _agreed,
    "tag": _tagged,
    "attention": _marked,
    "theme": codings.has_theme,
    "group": codings.has_group,
    "assessment": codings.has_assessment,
    "coder": _coded,
}


def whole_days(
    since: datetime | None, until: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Two days, both meant to be included, as the bounds of a Filter."""
    try:
        return since, until + timedelta(days=1) if until else None
    except OverflowError:  # the last day of the calendar: nothing starts after it
        return since, None

"""Which testimonies are wanted: a filter, and for each of its fields one condition of the database.

A filter more is a field of Filter and an entry in CONDITIONS, and in PICKED where a table beside has an index for it;
what an address may say of it stands in ``admin.filters``. Nothing is read but how few some are. Words are sealed, so
no condition looks into them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from flows import YES, Status
from storage import codings
from storage.models import AnswerRow, ConsentRecord, InterviewRow, Look, MessageRow, Tagged

AnySelect = Select[*tuple[Any, ...]]
Condition = Callable[[Any], ColumnElement[bool]]
Ids = Select[int]
FEW = 2000  # interviews that are sooner picked out than met while walking over all
# under names of their own: a SELECT around may be over these tables itself
ANSWER, CONSENT, TAGGED = aliased(AnswerRow), aliased(ConsentRecord), aliased(Tagged)
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


def narrow(statement: AnySelect, wanted: Filter, few: Collection[str] = ()) -> AnySelect:
    """``statement`` over interviews, narrowed to the filter; ``few`` (see ``few_of``) is where to begin."""
    given = _given(wanted)
    if any(isinstance(value, str) and "\0" in value for value in given.values()):
        return statement.where(false())  # no database of ours can hold it
    if not wanted.status:  # an erased one is a tombstone, no testimony
        statement = statement.where(InterviewRow.status != Status.ERASED)
    begin = [InterviewRow.id.in_(PICKED[name](given[name])) for name in few]
    return statement.where(*begin, *(CONDITIONS[name](value) for name, value in given.items()))


def few_of(session: Session, wanted: Filter) -> list[str]:
    """The fields of the filter to begin with: those that few interviews meet, as an index tells.

    All others are walked over in order until there are enough. SQLite does not know by itself which is sooner, and
    PostgreSQL not of consents. Nothing is counted to its end.
    """
    given = _given(wanted)
    asked = {name: ids(given[name]) for name, ids in PICKED.items() if name in given}
    if wanted.place and not wanted.place.choice:
        del asked["place"]  # whoever told any coordinates
    if not asked:
        return []
    counts = [
        select(func.count()).select_from(ids.limit(FEW + 1).subquery()).scalar_subquery()
        for ids in asked.values()
    ]
    found = session.execute(select(*counts)).one()
    return [name for name, count in zip(asked, found, strict=True) if count <= FEW]


def narrowed(session: Session, statement: AnySelect, wanted: Filter) -> AnySelect:
    """``statement`` over interviews, narrowed to the filter in the way that is sooner done."""
    return narrow(statement, wanted, few_of(session, wanted))


def _given(wanted: Filter) -> dict[str, Any]:
    return {one.name: value for one in fields(wanted) if (value := getattr(wanted, one.name))}


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
    told = exists().where(ANSWER.interview_id == InterviewRow.id, ANSWER.question == place.question)
    if place.choice:
        return told.where(ANSWER.choice == place.choice)
    return told.where(ANSWER.words.is_not(None), ANSWER.aside.is_(False))


def _at(place: Place) -> Ids:
    chosen = (ANSWER.question == place.question) & (ANSWER.choice == place.choice)
    return select(ANSWER.interview_id).where(chosen)


def _agreed(scope: str) -> ColumnElement[bool]:
    """Those whose newest word is a yes."""
    newest = (
        select(CONSENT.given)
        .where(CONSENT.interview_id == InterviewRow.id, CONSENT.scope == scope)
        .order_by(CONSENT.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return newest == YES


def _ever_agreed(scope: str) -> Ids:
    return select(CONSENT.interview_id).where(CONSENT.scope == scope, CONSENT.given == YES)


def _tagged(tag_id: int) -> ColumnElement[bool]:
    return exists().where(TAGGED.interview_id == InterviewRow.id, TAGGED.tag_id == tag_id)


def _with_tag(tag_id: int) -> Ids:
    return select(TAGGED.interview_id).where(TAGGED.tag_id == tag_id)


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

# of what stands in a table beside: the interviews that meet it, or did once, as an index knows them
PICKED: Mapping[str, Callable[[Any], Ids]] = {
    "place": _at,
    "agreed": _ever_agreed,
    "tag": _with_tag,
    "theme": partial(codings.ids_with, codings.THEME),
    "group": partial(codings.ids_with, codings.GROUP),
    "assessment": partial(codings.ids_with, codings.ASSESSMENT),
}


def whole_days(
    since: datetime | None, until: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Two days, both meant to be included, as the bounds of a Filter."""
    try:
        return since, until + timedelta(days=1) if until else None
    except OverflowError:  # the last day of the calendar: nothing starts after it
        return since, None

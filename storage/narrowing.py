"""Which testimonies are wanted: a filter, and for each of its fields one condition of the database.

A filter more is a field of Filter (``storage.wanting``) and an entry in CONDITIONS, and in PICKED where an index finds
it; what an address may say of it stands in ``admin.filters``. Nothing is read but how few some are. Words are sealed,
so no condition looks into them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from flows import YES, Status
from storage import codings
from storage.models import AnswerRow, ConsentRecord, InterviewRow, Look, MessageRow, Tagged
from storage.wanting import NOBODY as NOBODY
from storage.wanting import OPEN as OPEN
from storage.wanting import Filter as Filter
from storage.wanting import Place as Place
from storage.wanting import whole_days as whole_days

AnySelect = Select[*tuple[Any, ...]]
Condition = Callable[[Any], ColumnElement[bool]]
Ids = Select[int]
FEW = 2000  # interviews that are sooner picked out than met while walking over all
# under names of their own: a SELECT around may be over these tables itself
ANSWER, CONSENT, TAGGED = aliased(AnswerRow), aliased(ConsentRecord), aliased(Tagged)
MARKED, LOOKED, OTHER = aliased(MessageRow), aliased(Look), aliased(InterviewRow)


def narrow(
    statement: AnySelect,
    wanted: Filter,
    few: Collection[str] = (),
    aside: Collection[str] = (),
    begin: Callable[[Ids], ColumnElement[bool]] = InterviewRow.id.in_,
) -> AnySelect:
    """``statement`` over interviews, narrowed to the filter; ``few`` (see ``few_of``) is where to ``begin``.

    The fields ``aside`` are asked of each, on SQLite: no index of theirs is used.
    """
    given = _given(wanted)
    if _nowhere(given):
        return statement.where(false())
    if not wanted.status:  # an erased one is a tombstone, no testimony
        statement = statement.where(InterviewRow.status != Status.ERASED)
    first = [begin(PICKED[name](given[name])) for name in few]
    beside = (
        _bare(SAME[name], value) if name in aside else CONDITIONS[name](value)
        for name, value in given.items()
        if name not in few or name not in EXACT
    )
    return statement.where(*first, *beside)


def few_of(session: Session, wanted: Filter) -> list[str]:
    """The fields of the filter to begin with: those that few interviews meet, as an index tells.

    All others are walked over in order until there are enough. SQLite does not know by itself which is sooner, and
    PostgreSQL not of consents. Nothing is counted to its end.
    """
    given = _given(wanted)
    asked = {name: ids(given[name]) for name, ids in PICKED.items() if name in given}
    if wanted.place and not wanted.place.choice:
        del asked["place"]  # whoever told any coordinates
    if not asked or _nowhere(given):
        return []
    counts = [
        select(func.count()).select_from(ids.limit(FEW + 1).subquery()).scalar_subquery()
        for ids in asked.values()
    ]
    found = session.execute(select(*counts)).one()
    return [name for name, count in zip(asked, found, strict=True) if count <= FEW]


def narrowed(
    session: Session, statement: AnySelect, wanted: Filter, *, moved: bool = False
) -> AnySelect:
    """``statement`` over interviews, narrowed to the filter in the way that is sooner done.

    ``moved``: they are wanted in the order in which they moved. SQLite would take any index of a value that is asked
    for, and sort all that it leads to. PostgreSQL reckons with more of the few than there are, and would read all
    interviews to join them.
    """
    few = few_of(session, wanted)
    if session.get_bind().dialect.name != "sqlite":
        return narrow(statement, wanted, few, begin=_listed)
    return narrow(statement, wanted, few, SAME if few else SORTED if moved else ())


def _listed(ids: Ids) -> ColumnElement[bool]:
    """One of these ids, all of which PostgreSQL gathers first, and goes to each."""
    return InterviewRow.id == any_(func.array(ids.scalar_subquery()))


def _given(wanted: Filter) -> dict[str, Any]:
    return {one.name: value for one in fields(wanted) if (value := getattr(wanted, one.name))}


def _nowhere(given: Mapping[str, Any]) -> bool:
    """Whether it is something that no database of ours can hold."""
    return any(isinstance(value, str) and "\0" in value for value in given.values())


def open_marks() -> ColumnElement[bool]:
    """Of messages: marked for attention, and nobody has looked since."""
    return MessageRow.attention.is_not(None) & ~exists().where(Look.message_id == MessageRow.id)


def in_flow(flow: str) -> ColumnElement[bool]:
    """Of messages: they belong to an interview in this flow. Asked of each, lest a database begin with all of those."""
    one = aliased(InterviewRow)
    return select(one.flow).where(one.id == MessageRow.interview_id).scalar_subquery() == flow


def _same(column: InstrumentedAttribute[Any]) -> Condition:
    return lambda value: column == value


def _bare(column: InstrumentedAttribute[Any], value: object) -> ColumnElement[bool]:
    """The same, asked of each: SQLite uses no index of a column with a plus before it."""
    plus: ColumnElement[Any] = UnaryExpression(
        column.expression, operator=custom_op("+"), type_=column.type
    )
    return plus == value


def _ids_of(column: InstrumentedAttribute[Any]) -> Callable[[Any], Ids]:
    return lambda value: select(OTHER.id).where(getattr(OTHER, column.key) == value)


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
    return InterviewRow.id.in_(_with_marks(_open))


def _with_marks(_open: str) -> Ids:
    number = func.coalesce(
        MARKED.interview_id, 0
    )  # those of no interview are of none that there is
    looked = exists().where(LOOKED.message_id == MARKED.id)
    return select(number).where(MARKED.attention.is_not(None), ~looked)


def _coded(coder: int | str) -> ColumnElement[bool]:
    return codings.coded_by(None if coder == NOBODY else int(coder))


# what stands in the row itself, and that of it by which no index tells what moved last
SAME: Mapping[str, InstrumentedAttribute[Any]] = {
    "flow": InterviewRow.flow,
    "status": InterviewRow.status,
    "language": InterviewRow.language,
    "channel": InterviewRow.channel,
    "version": InterviewRow.flow_version_id,
}
SORTED = ("language", "channel", "version")
EXACT = (*SORTED, "attention", "place", "tag")  # PICKED tells of them all there is to know

CONDITIONS: Mapping[str, Condition] = {
    **{name: _same(column) for name, column in SAME.items()},
    "since": lambda moment: InterviewRow.started_at >= moment,
    "until": lambda moment: InterviewRow.started_at < moment,
    "place": _told_at,
    "agreed": _agreed,
    "tag": _tagged,
    "attention": _marked,
    "theme": codings.has_theme,
    "group": codings.has_group,
    "assessment": codings.has_assessment,
    "coder": _coded,
}

# the interviews that meet it, or did once, as an index knows them
PICKED: Mapping[str, Callable[[Any], Ids]] = {
    **{name: _ids_of(SAME[name]) for name in SORTED},
    "attention": _with_marks,
    "place": _at,
    "agreed": _ever_agreed,
    "tag": _with_tag,
    "theme": partial(codings.ids_with, codings.THEME),
    "group": partial(codings.ids_with, codings.GROUP),
    "assessment": partial(codings.ids_with, codings.ASSESSMENT),
}

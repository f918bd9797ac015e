"""Interviews between two messages: loaded as a Standing; what changes of them is written by ``storage.saving``."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, SQLColumnExpression, String, bindparam, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session, aliased

from flows import (
    Interview,
    Menu,
    Slot,
    Standing,
    State,
    Status,
    parts_of,
)
from flows.talking.care import LEFT
from storage import contacts
from storage.answers import load_answers
from storage.following import FOLLOWING
from storage.library import Library
from storage.models import AnswerRow, Contact, InterviewRow, MessageRow
from storage.prepared import Prepared, entity, whole

OPEN = (Status.WAITING.value, Status.PAUSED.value)

_THEIRS = (InterviewRow.contact_id == bindparam("contact")) & (
    InterviewRow.status != Status.ERASED.value
)
OF_CONTACT = Prepared(lambda: select(*whole(InterviewRow)).where(_THEIRS).order_by(InterviewRow.id))
_NEWEST = Prepared(lambda: select(func.max(InterviewRow.id)).where(_THEIRS))


def standing(
    session: Session,
    contact: Contact,
    library: Library,
    now: datetime,
    *,
    stopped: bool | None = None,
) -> Standing:
    """How a contact stands with us at ``now``: the newest interview, and those put aside.

    ``stopped``: whether the person wants no messages; looked up, unless the caller knows it.
    """
    if stopped is None:
        stopped = contacts.is_stopped(session, contact)
    rows = _rows_of(session, contact.id)
    current = _current_of(rows)
    paused = [row for row in rows if row.status == Status.PAUSED and row is not current]
    wanted = [row for row in (current, *paused) if row is not None]
    if current is not None:
        FOLLOWING.foresee(session, interview=current.id)
    loaded = {row.id: row for row in load_interviews(session, wanted, library)}
    return Standing(
        language=contact.language,
        stopped=stopped,
        menu=Menu(contact.menu),
        current=loaded[current.id] if current else None,
        paused={row.flow: loaded[row.id] for row in paused},
        silent=now - current.moved_at if current else timedelta(),
    )


def current(session: Session, contact_id: int) -> InterviewRow | None:
    """The interview to which whatever the contact says now belongs; None before there is one."""
    return _current_of(_rows_of(session, contact_id))


def is_left(session: Session, contact_id: int) -> bool:
    """Whether the quiet word was the last of the contact's interview: nothing may be said until it is begun again."""
    row = current(session, contact_id)
    return row is not None and LEFT in (row.cared or ())


def left_quietly(contact_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """The same of each contact that a statement goes over: ``current`` in the words of a database."""
    theirs = aliased(InterviewRow)
    last = (
        select(cast_to(theirs.cared, String))
        .where(theirs.contact_id == contact_id, theirs.status != Status.ERASED.value)
        .order_by(
            (theirs.status == Status.WAITING.value).desc(),
            theirs.moved_at.desc(),
            (theirs.status != Status.PAUSED.value).desc(),
            theirs.id.desc(),
        )
        .limit(1)
    )
    return last.scalar_subquery().contains(f'"{LEFT}"')


def _rows_of(session: Session, contact_id: int) -> Sequence[InterviewRow]:
    """The contact's interviews; of those that were erased nothing is left."""
    rows = OF_CONTACT.all(session, contact=contact_id)
    return [cast(InterviewRow, entity(session, InterviewRow, row)) for row in rows]


def _current_of(rows: Iterable[InterviewRow]) -> InterviewRow | None:
    """The one that waits (there is at most one), else the one that moved last; not one put aside for it."""
    return max(
        rows,
        key=lambda row: (
            row.status == Status.WAITING,
            row.moved_at,
            row.status != Status.PAUSED,
            row.id,
        ),
        default=None,
    )


def load_interviews(
    session: Session, rows: list[InterviewRow], library: Library
) -> Iterable[Interview]:
    flows = {row.id: library.flow(session, row.flow_version_id) for row in rows}
    answers = load_answers(session, flows)
    for row in rows:
        state = State(row.language, Status(row.status), row.asked, row.attempts, Menu(row.menu))
        yield Interview(
            flows[row.id],
            state,
            answers.get(row.id, {}),
            row.id,
            channel=row.channel,
            held=row.held_by is not None,
            cared=frozenset(row.cared or ()),
        )


def answered_by(
    session: Session, message: MessageRow, library: Library
) -> tuple[Interview, Slot] | None:
    """The interview and the slot of the answer that rests on a message; None where another gave it since.

    A story rests on all of its pieces.
    """
    if message.interview_id is None or message.slot is None:
        return None
    row = session.get_one(InterviewRow, message.interview_id)
    if row.contact_id != message.contact_id:  # it went on from another phone
        return None
    (interview,) = load_interviews(session, [row], library)
    name, instance = parts_of(message.slot)
    question = interview.flow.by_id.get(name)
    last = select(AnswerRow.message_id).where(
        AnswerRow.interview_id == row.id,
        AnswerRow.question == name,
        AnswerRow.instance == instance,
    )
    whole = question is not None and question.multiline
    return (interview, message.slot) if whole or session.scalar(last) == message.id else None


def newest_id(session: Session, contact_id: int) -> int | None:
    """The contact's last interview, by which messages are found that belong to none."""
    newest: int | None = _NEWEST.one(session, contact=contact_id)
    return newest


def any_open(session: Session, contact_id: int) -> bool:
    """Whether the contact has an interview that waits or was put aside."""
    wanted = select(InterviewRow.id).where(
        InterviewRow.contact_id == contact_id, InterviewRow.status.in_(OPEN)
    )
    return session.scalar(wanted.limit(1)) is not None

"""Interviews between two messages: loaded as a Standing, saved from an Outcome."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, null, select, update
from sqlalchemy.orm import Session

from flows import (
    Heard,
    Interview,
    Menu,
    Outcome,
    Slot,
    Standing,
    State,
    Status,
    parts_of,
)
from flows.talking.care import LEFT
from flows.talking.silence import first_look
from storage import contacts, timezones
from storage.answers import load_answers, save_answers
from storage.library import Library
from storage.models import AnswerRow, Contact, InterviewRow, MessageRow

OPEN = (Status.WAITING.value, Status.PAUSED.value)


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


def _rows_of(session: Session, contact_id: int) -> Sequence[InterviewRow]:
    """The contact's interviews; of those that were erased nothing is left."""
    return session.scalars(
        select(InterviewRow)
        .where(InterviewRow.contact_id == contact_id, InterviewRow.status != Status.ERASED)
        .order_by(InterviewRow.id)
    ).all()


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


def save(
    session: Session,
    contact: Contact,
    outcome: Outcome,
    library: Library,
    message_id: int,
    now: datetime,
    *,
    source: str | None = None,
) -> int | None:
    """Keep what an outcome changed; returns the id of the interview that the message belongs to.

    ``source``: how the contact came to an interview that begins with it, as ``storage.sources`` has it.
    """
    wrote = outcome.heard is not Heard.UNASKED  # a machine that answers us breaks no silence
    ids = [
        keep(session, contact, one, library, now, wrote, source=source)
        for one in outcome.interviews
    ]
    if outcome.turn is not None:
        timezones.learn(contact, outcome.turn)
        save_answers(session, ids[0], outcome, message_id, now)
    return ids[0] if ids else None


def keep(
    session: Session,
    contact: Contact,
    interview: Interview,
    library: Library,
    now: datetime,
    wrote: bool = True,
    *,
    source: str | None = None,
) -> int:
    """Keep how an interview stands, its answers apart; returns its id. ``wrote``: the silence begins anew.

    ``source``: how the contact came, if it begins now; how somebody came first is never written over.
    """
    state, values = interview.state, _columns(interview, now)
    if wrote or interview.id is None:
        values |= {"due_at": first_look(interview, now), "reminded": 0}
    if interview.id is None:
        values |= {"flow_version_id": library.id_of(interview.flow), "source": source}
        return _begin(session, contact, interview, values, now)
    row = session.get_one(InterviewRow, interview.id)
    if row.completed_at is not None:  # who looks again has finished all the same, and when they did
        values["due_at"] = None
        if state.status in (Status.EXPIRED, Status.PAUSED, Status.WITHDRAWN):
            values |= {"status": Status.COMPLETE.value, "asked": None}
    elif state.status is Status.COMPLETE:
        row.completed_at = now
    for name, value in values.items():
        setattr(row, name, value)
    return row.id


def _begin(
    session: Session, contact: Contact, interview: Interview, values: dict[str, Any], now: datetime
) -> int:
    row = InterviewRow(
        contact_id=contact.id,
        flow=interview.flow.name,
        channel=contact.channel,
        started_at=now,
        completed_at=now if interview.state.status is Status.COMPLETE else None,
        **values,
    )
    session.add(row)
    session.flush()
    return row.id


def _columns(interview: Interview, now: datetime) -> dict[str, object]:
    state = interview.state
    return {
        "language": state.language,
        "status": state.status.value,
        "asked": state.asked,
        "attempts": state.attempts,
        "menu": state.menu.value,
        "cared": sorted(interview.cared) or None,
        "moved_at": now,
    }


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
    newest = select(func.max(InterviewRow.id)).where(
        InterviewRow.contact_id == contact_id, InterviewRow.status != Status.ERASED
    )
    return session.scalar(newest)


def any_open(session: Session, contact_id: int) -> bool:
    """Whether the contact has an interview that waits or was put aside."""
    wanted = select(InterviewRow.id).where(
        InterviewRow.contact_id == contact_id, InterviewRow.status.in_(OPEN)
    )
    return session.scalar(wanted.limit(1)) is not None


def withdraw(session: Session, contact_id: int, now: datetime) -> None:
    """End the open interviews of a contact who wants no more messages. What was finished before stays so."""
    finished = InterviewRow.completed_at.is_not(None)
    session.execute(
        update(InterviewRow)
        .where(InterviewRow.contact_id == contact_id, InterviewRow.status.in_(OPEN))
        .values(
            status=case((finished, Status.COMPLETE.value), else_=Status.WITHDRAWN.value),
            asked=case((finished, null()), else_=InterviewRow.asked),
            **{"moved_at": now, "due_at": None},
        )
    )

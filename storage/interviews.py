"""Interviews between two messages: loaded as a Standing, saved from an Outcome."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from flows import (
    Answer,
    Flow,
    Given,
    Interview,
    Outcome,
    Question,
    Slot,
    Standing,
    State,
    Status,
    parts_of,
    slot_of,
)
from flows.language.expressions import DATE, Value
from flows.language.kinds import kind_of
from storage.db import insert_into, vault_of
from storage.library import Library
from storage.models import AnswerRow, Contact, InterviewRow

WORDS = "answer.words"
SEALED = {"sealed": True}  # stands in the plain column for a closed answer that is sensitive
OPEN = (Status.WAITING.value, Status.PAUSED.value)


def standing(session: Session, contact: Contact, library: Library, now: datetime) -> Standing:
    """How a contact stands with us at ``now``: the newest interview, and those put aside."""
    rows = session.scalars(
        select(InterviewRow).where(InterviewRow.contact_id == contact.id).order_by(InterviewRow.id)
    ).all()
    current = _current(rows)
    paused = [row for row in rows if row.status == Status.PAUSED and row is not current]
    wanted = [row for row in (current, *paused) if row is not None]
    loaded = {row.id: row for row in load_interviews(session, wanted, library)}
    return Standing(
        language=contact.language,
        stopped=contact.stopped_at is not None,
        choosing=contact.choosing,
        current=loaded[current.id] if current else None,
        paused={row.flow: loaded[row.id] for row in paused},
        silent=now - current.moved_at if current else timedelta(),
    )


def _current(rows: Iterable[InterviewRow]) -> InterviewRow | None:
    """The one that waits (there is at most one), else the one that moved last."""
    return max(
        rows, key=lambda row: (row.status == Status.WAITING, row.moved_at, row.id), default=None
    )


def load_interviews(
    session: Session, rows: list[InterviewRow], library: Library
) -> Iterable[Interview]:
    flows = {row.id: library.flow(session, row.flow_version_id) for row in rows}
    answers = load_answers(session, flows)
    for row in rows:
        state = State(row.language, Status(row.status), row.asked, row.attempts, row.choosing)
        yield Interview(flows[row.id], state, answers.get(row.id, {}), row.id)


def load_answers(session: Session, flows: Mapping[int, Flow]) -> dict[int, dict[Slot, Answer]]:
    """The answers of the interviews in ``flows`` (by interview id), by slot; those set aside too."""
    found: dict[int, dict[Slot, Answer]] = {}
    if not flows:
        return found
    for row in session.scalars(select(AnswerRow).where(AnswerRow.interview_id.in_(flows))):
        answer = answer_of(session, row, flows[row.interview_id])
        found.setdefault(row.interview_id, {})[slot_of(row.question, row.instance)] = answer
    return found


def answer_of(session: Session, row: AnswerRow, flow: Flow) -> Answer:
    """A stored answer as the engine knows it, its words opened."""
    words = vault_of(session).open(row.words, WORDS) if row.words is not None else ""
    question = flow.by_id.get(row.question)
    stored = row.value
    if isinstance(stored, dict):  # a sensitive closed answer: it is in the words
        sealed = json.loads(words)
        stored, words = sealed["value"], sealed["words"]
    value = _value(question, stored)
    return Answer(Given(row.given), value, words, row.language)


def _value(question: Question | None, stored: Any) -> Value:
    if stored is None:
        return None
    if question is not None and kind_of(question) == DATE:
        return date.fromisoformat(stored)
    if isinstance(stored, float) or (question is not None and question.type == "decimal"):
        return Decimal(str(stored))
    return tuple(stored) if isinstance(stored, list) else stored


def _kept(session: Session, question: Question | None, answer: Answer) -> dict[str, Any]:
    """What goes into the columns: a closed answer plain, words sealed; of a sensitive question all is sealed."""
    value, words = _stored(answer.value), answer.words
    if question is not None and question.sensitive and value is not None:
        value, words = SEALED, json.dumps({"value": value, "words": words})
    return {"value": value, "words": vault_of(session).seal(words, WORDS) if words else None}


def _stored(value: Value) -> Any:
    """A value as JSON: the database can count it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain_number(value)
    return list(value) if isinstance(value, tuple) else value


def plain_number(value: Decimal) -> int | float:
    """A decimal as JSON and spreadsheets write it; exact for the digits that answers may have."""
    return int(value) if value == value.to_integral_value() else float(value)


def save(
    session: Session,
    contact: Contact,
    outcome: Outcome,
    library: Library,
    message_id: int,
    now: datetime,
) -> int | None:
    """Keep what an outcome changed; returns the id of the interview that the message belongs to."""
    ids = [_save_interview(session, contact, one, library, now) for one in outcome.interviews]
    if outcome.turn is not None:
        _save_answers(session, ids[0], outcome, message_id, now)
    return ids[0] if ids else None


def _save_interview(
    session: Session, contact: Contact, interview: Interview, library: Library, now: datetime
) -> int:
    state = interview.state
    values = {
        "language": state.language,
        "status": state.status.value,
        "asked": state.asked,
        "attempts": state.attempts,
        "choosing": state.choosing,
        "moved_at": now,
    }
    if interview.id is None:
        ended = now if state.status is Status.COMPLETE else None
        row = InterviewRow(
            contact_id=contact.id,
            flow_version_id=library.id_of(interview.flow),
            flow=interview.flow.name,
            channel=contact.channel,
            started_at=now,
            completed_at=ended,
            **values,
        )
        session.add(row)
        session.flush()
        return row.id
    row = session.get_one(InterviewRow, interview.id)
    if state.status is Status.COMPLETE and row.status != Status.COMPLETE:
        row.completed_at = now
    for name, value in values.items():
        setattr(row, name, value)
    return row.id


def _save_answers(
    session: Session, interview_id: int, outcome: Outcome, message_id: int, now: datetime
) -> None:
    turn = outcome.turn
    assert turn is not None  # noqa: S101 - the caller saw to it
    for slot in dict.fromkeys(turn.changed):
        answer = turn.interview.answers[slot]
        question, instance = parts_of(slot)
        values = {
            "given": answer.given.value,
            "language": answer.language,
            "message_id": message_id,
            "at": now,
            **_kept(session, turn.interview.flow.by_id.get(question), answer),
        }
        key = {"interview_id": interview_id, "question": question, "instance": instance}
        session.execute(
            insert_into(session, AnswerRow)
            .values(aside=False, **key, **values)
            .on_conflict_do_update(index_elements=list(key), set_=values)
        )
    if turn.changed:
        set_aside(session, interview_id, turn.aside)


def set_aside(session: Session, interview_id: int, aside: Collection[Slot]) -> None:
    """Mark the answers that are not relevant any more, and only those."""
    once = sorted(slot for slot in aside if "/" not in slot)
    marked = AnswerRow.question.in_(once) & (AnswerRow.instance == 0)
    often = sorted(parts_of(slot) for slot in aside if "/" in slot)
    for question, slots in groupby(often, itemgetter(0)):
        instances = [instance for _, instance in slots]
        marked |= (AnswerRow.question == question) & AnswerRow.instance.in_(instances)
    session.execute(
        update(AnswerRow)
        .where(AnswerRow.interview_id == interview_id)
        .values(aside=marked)
        .execution_options(synchronize_session=False)
    )


def seal_anew(session: Session, interview_id: int, flow: Flow) -> None:
    """Seal the closed answers of an interview that moved to a version in which they are sensitive."""
    for row in session.scalars(select(AnswerRow).where(AnswerRow.interview_id == interview_id)):
        question = flow.by_id.get(row.question)
        if question is None or not question.sensitive or row.value in (None, SEALED):
            continue
        for name, value in _kept(session, question, answer_of(session, row, flow)).items():
            setattr(row, name, value)


def newest_id(session: Session, contact_id: int) -> int | None:
    """The contact's last interview, by which messages are found that belong to none."""
    newest = select(func.max(InterviewRow.id)).where(InterviewRow.contact_id == contact_id)
    return session.scalar(newest)


def any_open(session: Session, contact_id: int) -> bool:
    """Whether the contact has an interview that waits or was put aside."""
    wanted = select(InterviewRow.id).where(
        InterviewRow.contact_id == contact_id, InterviewRow.status.in_(OPEN)
    )
    return session.scalar(wanted.limit(1)) is not None


def withdraw(session: Session, contact_id: int, now: datetime) -> None:
    """End the open interviews of a contact who wants no more messages."""
    session.execute(
        update(InterviewRow)
        .where(InterviewRow.contact_id == contact_id, InterviewRow.status.in_(OPEN))
        .values(status=Status.WITHDRAWN.value, moved_at=now)
    )

"""Answers between the engine and the tables: what is closed plain, so that it can be counted; words sealed."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from flows import CONSENT, Answer, Flow, Given, Outcome, Question, Slot, parts_of, slot_of
from flows.language.expressions import DATE, Value
from flows.language.kinds import kind_of
from storage import consents, following
from storage.db import vault_of
from storage.models import AnswerRow
from storage.prepared import Prepared
from storage.vault import Vault

WORDS = "answer.words"
GIVEN = {given.value: given for given in Given}  # quicker than to ask the enumeration
_KEY = ("interview_id", "question", "instance")
_VALUES = ("given", "value", "words", "language", "veiled", "message_id", "at")


def _save(insert: Any) -> Any:
    statement = insert(AnswerRow)
    values = {name: statement.excluded[name] for name in _VALUES}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=values)


_SAVE = Prepared(_save, *_KEY, *_VALUES, "aside", inserts=True)
_LOAD = Prepared(
    lambda: select(*(getattr(AnswerRow, name) for name in (*_KEY, *_VALUES[:5]))).where(
        AnswerRow.interview_id.in_(bindparam("interviews", expanding=True))
    )
)
_NONE_ASIDE = Prepared(
    lambda: (
        update(AnswerRow)
        .where(AnswerRow.interview_id == bindparam("interview"), AnswerRow.aside)
        .values(aside=False)
    )
)
SEALED = {"sealed": True}  # stands in the plain column for a closed answer that is sensitive


def load_answers(session: Session, flows: Mapping[int, Flow]) -> dict[int, dict[Slot, Answer]]:
    """The answers of the interviews in ``flows`` (by interview id), by slot; those set aside too."""
    found: dict[int, dict[Slot, Answer]] = {}
    if not flows:
        return found
    vault = vault_of(session)
    for interview_id, question, instance, *columns in _LOAD.all(session, interviews=list(flows)):
        answer = opened(vault, flows[interview_id].by_id.get(question), *columns)
        found.setdefault(interview_id, {})[slot_of(question, instance)] = answer
    return found


def answer_of(session: Session, row: AnswerRow, flow: Flow) -> Answer:
    """A stored answer as the engine knows it, its words opened."""
    columns = (row.given, row.value, row.words, row.language, row.veiled)
    return opened(vault_of(session), flow.by_id.get(row.question), *columns)


def opened(
    vault: Vault,
    question: Question | None,
    given: str,
    stored: Any,
    sealed: bytes | None,
    language: str,
    veiled: bool,
) -> Answer:
    """The same from the columns of an answer, for who reads very many."""
    words = vault.open(sealed, WORDS) if sealed is not None else ""
    if isinstance(stored, dict):  # a sensitive closed answer: it is in the words
        whole = json.loads(words)
        stored, words = whole["value"], whole["words"]
    return Answer(GIVEN[given], _value(question, stored), words, language, veiled)


def words_in(value: Any, opened: str) -> str:
    """What a contact wrote, of what a row's words hold: beside a sensitive closed answer stands its value."""
    return str(json.loads(opened)["words"]) if isinstance(value, dict) and opened else opened


def _value(question: Question | None, stored: Any) -> Value:
    if stored is None:
        return None
    if question is not None and kind_of(question) == DATE:
        return date.fromisoformat(stored)
    if isinstance(stored, float) or (question is not None and question.type == "decimal"):
        return Decimal(str(stored))
    return tuple(stored) if isinstance(stored, list) else stored


def save_answers(
    session: Session, interview_id: int, outcome: Outcome, message_id: int | None, now: datetime
) -> None:
    """Keep what a turn gave: closed answers plain, words sealed, consents written down; and what it set aside."""
    turn = outcome.turn
    assert turn is not None  # noqa: S101 - the caller saw to it
    for slot in dict.fromkeys(turn.changed):
        answer = turn.interview.answers[slot]
        question, instance = parts_of(slot)
        values = {
            "given": answer.given.value,
            "language": answer.language,
            "veiled": answer.veiled,
            "message_id": message_id,
            "at": now,
            **_kept(session, turn.interview.flow.by_id.get(question), answer),
        }
        key = (interview_id, question, instance)
        _SAVE.run(session, aside=False, **dict(zip(_KEY, key, strict=True)), **values)
        consents.record(session, interview_id, turn.interview, slot, message_id, now)
    if turn.slot == CONSENT and CONSENT not in turn.changed:
        consents.record(session, interview_id, turn.interview, CONSENT, message_id, now)
    if turn.changed:
        set_aside(session, interview_id, turn.aside)
        now_given = turn.interview
        following.precode(session, interview_id, now_given.flow, now_given.answers, turn.aside)


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


def set_aside(session: Session, interview_id: int, aside: Collection[Slot]) -> None:
    """Mark the answers that are not relevant any more, and only those. What stays as it is is not written anew."""
    if not aside:
        _NONE_ASIDE.run(session, interview=interview_id)
        return
    once = sorted(slot for slot in aside if "/" not in slot)
    marked = AnswerRow.question.in_(once) & (AnswerRow.instance == 0)
    often = sorted(parts_of(slot) for slot in aside if "/" in slot)
    for question, slots in groupby(often, itemgetter(0)):
        instances = [instance for _, instance in slots]
        marked |= (AnswerRow.question == question) & AnswerRow.instance.in_(instances)
    session.execute(
        update(AnswerRow)
        .where(AnswerRow.interview_id == interview_id, AnswerRow.aside != marked)
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

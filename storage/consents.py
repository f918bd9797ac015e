"""Consents as they were given: which text was shown, in which language, what was answered, when. Never changed."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, SQLColumnExpression, select
from sqlalchemy.orm import Session, aliased

from flows import CONSENT, NO, YES, Answer, Flow, Given, Interview, parts_of
from storage.models import ConsentRecord, InterviewRow
from storage.prepared import Prepared

TESTIMONY = "testimony"  # the scope of the consent that opens an interview
NO_ANSWER = "refused"  # skipped, or not understood: no yes

_RECORD = Prepared(
    lambda insert: insert(ConsentRecord),
    *("interview_id", "question", "scope", "given", "language", "text", "message_id", "at"),
    inserts=True,
)


@dataclass(frozen=True)
class Consented:
    """One consent: the newest of its ``scope`` counts. ``text`` is the digest of the words shown."""

    scope: str
    given: str
    language: str
    text: str
    message_id: int | None
    at: datetime


def record(
    session: Session,
    interview_id: int,
    interview: Interview,
    slot: str,
    message_id: int | None,
    now: datetime,
) -> None:
    """Write down what was given at ``slot``, if it asks for a consent; the first no leaves no answer behind."""
    question_id, flow = parts_of(slot)[0], interview.flow
    question = flow.by_id.get(question_id)
    if question_id != CONSENT and (question is None or question.type != "consent"):
        return
    answer = interview.answers.get(slot, Answer(Given.ANSWERED, NO, language=interview.language))
    _RECORD.run(
        session,
        interview_id=interview_id,
        question=question_id,
        scope=(question.scope if question else None) or TESTIMONY,
        given=_given(answer),
        language=answer.language,
        text=text_digest(flow, question_id, answer.language),
        message_id=message_id,
        at=now,
    )


def _given(answer: Answer) -> str:
    return str(answer.value) if answer.given is Given.ANSWERED else NO_ANSWER


def text_digest(flow: Flow, question_id: str, language: str) -> str:
    """The SHA-256 of a consent's words in one language, in hexadecimal."""
    question = flow.by_id.get(question_id)
    text = flow.say(question.label if question else flow.consent.label, language)
    return hashlib.sha256(text.encode()).hexdigest()


def of_interview(session: Session, interview_id: int) -> Sequence[Consented]:
    """All that was given in an interview, in its order."""
    rows = session.scalars(
        select(ConsentRecord)
        .where(ConsentRecord.interview_id == interview_id)
        .order_by(ConsentRecord.id)
    )
    return [_consented(row) for row in rows]


def _consented(row: ConsentRecord) -> Consented:
    return Consented(row.scope, row.given, row.language, row.text, row.message_id, row.at)


def of_interviews(
    session: Session, interview_ids: Collection[int]
) -> Iterator[tuple[int, Consented]]:
    """All that was given in these interviews, interview by interview, in its order."""
    rows = session.scalars(
        select(ConsentRecord)
        .where(ConsentRecord.interview_id.in_(interview_ids))
        .order_by(ConsentRecord.interview_id, ConsentRecord.id)
    )
    return ((row.interview_id, _consented(row)) for row in rows)


def newest(contact_id: SQLColumnExpression[int] | int, scope: str) -> Select[str]:
    """What a contact said last on a scope, in whichever of their interviews.

    Scope and number are reckoned with, so that neither is a way: by either a database goes through everybody's consents
    for each contact, where it should go from their interviews to what was given in these.
    """
    theirs = aliased(InterviewRow)
    return (
        select(ConsentRecord.given)
        .join(theirs, theirs.id == ConsentRecord.interview_id)
        .where(theirs.contact_id == contact_id, ConsentRecord.scope.concat("") == scope)
        .order_by((ConsentRecord.id + 0).desc())
        .limit(1)
    )


def agreed(session: Session, interview_ids: Collection[int], scope: str) -> frozenset[int]:
    """Those of the interviews in which the newest consent of a scope is a yes."""
    given = of_interviews(session, interview_ids)
    newest = {interview: one.given for interview, one in given if one.scope == scope}
    return frozenset(interview for interview, word in newest.items() if word == YES)


def allowed(session: Session, interview_id: int) -> frozenset[str]:
    """The scopes that the person agrees to now."""
    newest = {one.scope: one.given for one in of_interview(session, interview_id)}
    return frozenset(scope for scope, given in newest.items() if given == YES)

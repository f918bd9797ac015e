"""One testimony as staff read it whole: its facts, answers, dialogue and consents. Reads only."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Answer, Flow, slot_of
from storage import consents, masks, permits, reaching
from storage.answers import answer_of
from storage.consents import Consented
from storage.dialogues import Line, dialogue
from storage.library import Library
from storage.listing import Listed as Listed  # whoever reads one whole names its row and filter too
from storage.listing import listing
from storage.models import AnswerRow, InterviewRow
from storage.narrowing import Filter as Filter
from storage.narrowing import narrow as narrow
from storage.narrowing import whole_days as whole_days
from storage.permits import Permit
from storage.seeing import curtain
from storage.veils import BLOCKS


@dataclass(frozen=True)
class Given:
    """One answer, with whether it is set aside and when it was given; ``instance`` counts the times of a repeat."""

    question: str
    instance: int
    answer: Answer
    aside: bool
    at: datetime
    id: int = 0


@dataclass(frozen=True)
class Testimony:
    """One interview whole: its flow, answers, dialogue, and what was agreed to."""

    listed: Listed
    flow: Flow
    answers: tuple[Given, ...]
    dialogue: tuple[Line, ...]
    consents: tuple[Consented, ...]


def open_for(
    session: Session,
    staff_id: int,
    interview_id: int,
    library: Library,
    *,
    numbers: bool = False,
) -> Testimony | None:
    """The same as ``whole``, for a staff member: what is masked as blocks, unless their role reads behind masks; and
    how the person can be reached as blocks, unless they have said why (``numbers``).

    Raises NotPermitted when it does not read words.
    """
    permits.require(session, staff_id, Permit.WORDS)
    found = whole(session, interview_id, library)
    if found is None:
        return None
    if not permits.holds(session, staff_id, Permit.BEHIND):
        found = _covered(session, found)
    seen = numbers and permits.holds(session, staff_id, Permit.NUMBERS)
    return found if seen else _unreachable(found)


def _unreachable(found: Testimony) -> Testimony:
    """A testimony with blocks for what was asked so that the person can be reached."""
    asked = reaching.asked_in(found.flow)
    answers = tuple(
        replace(one, answer=replace(one.answer, words=BLOCKS))
        if one.question in asked and one.answer.words
        else one
        for one in found.answers
    )
    lines = reaching.covered(found.flow, found.dialogue, found.listed.asked)
    return replace(found, answers=answers, dialogue=tuple(lines))


def _covered(session: Session, found: Testimony) -> Testimony:
    """A testimony with blocks wherever something is masked."""
    hidden = masks.by_interview(session, [found.listed.id])
    words = {
        one.id: (slot_of(one.question, one.instance), one.answer.words) for one in found.answers
    }
    over = curtain(hidden, words, found.flow)
    answers = tuple(
        replace(one, answer=over.answer(one.id, one.answer, calculated=_calculated(found, one)))
        for one in found.answers
    )
    return replace(found, answers=answers, dialogue=tuple(map(over.line, found.dialogue)))


def _calculated(found: Testimony, given: Given) -> bool:
    question = found.flow.by_id.get(given.question)
    return question is None or question.type == "calculate"


def whole(session: Session, interview_id: int, library: Library) -> Testimony | None:
    """One testimony, or None when there is none of that id."""
    row = session.execute(listing().where(InterviewRow.id == interview_id)).first()
    if row is None:
        return None
    listed = Listed(*row)
    flow = library.flow(session, listed.version_id)
    answers = session.scalars(select(AnswerRow).where(AnswerRow.interview_id == interview_id))
    given = [
        Given(row.question, row.instance, answer_of(session, row, flow), row.aside, row.at, row.id)
        for row in answers
    ]
    ordered = sorted(given, key=lambda one: _place(flow, one))
    return Testimony(
        listed,
        flow,
        tuple(ordered),
        tuple(dialogue(session, interview_id)),
        tuple(consents.of_interview(session, interview_id)),
    )


def _place(flow: Flow, given: Given) -> tuple[int, int, int]:
    """Where an answer stands: the times of a repeat one after the other, where the repeat begins."""
    question = flow.by_id.get(given.question)
    if question is None or not question.repeat:
        return flow.position(given.question), 0, 0
    begins = next(
        place for place, one in enumerate(flow.questions) if one.repeat == question.repeat
    )
    return begins, given.instance, flow.position(given.question)

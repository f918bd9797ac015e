"""What lies over the answers of an export: blocks where something is masked, and translations beside the original."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import Answer, Flow, Given, Status, slot_of
from storage import masks, translations
from storage.answers import opened
from storage.db import vault_of
from storage.exports.cells import Times
from storage.exports.columns import translation_of
from storage.exports.disclosing import HELD
from storage.exports.readers import Way
from storage.models import AnswerRow, InterviewRow, Mask
from storage.seeing import curtain
from storage.veils import Hidden

COUNTING = (InterviewRow.status != Status.DECLINED, AnswerRow.aside.is_(False))


class Seen(NamedTuple):
    """One answer as it is read by who may not see behind masks."""

    id: int
    interview: int
    question: str
    instance: int
    answer: Answer


def hidden_in(
    session: Session, interview_ids: Collection[int]
) -> dict[int, dict[int, list[Hidden]]]:
    """What hides something in these interviews, by interview and answer.

    Few answers have a mask: so masks are looked for among all answers of that time, not for every answer.
    """
    theirs = AnswerRow.interview_id.in_(interview_ids)
    first, last = session.execute(
        select(func.min(AnswerRow.id), func.max(AnswerRow.id)).where(theirs)
    ).one()
    rows = session.execute(
        masks.active()
        .add_columns(AnswerRow.interview_id)
        .join(AnswerRow, AnswerRow.id == Mask.answer_id)
        .where(Mask.answer_id.between(first, last))
        .order_by(Mask.id)
    )
    wanted, found = frozenset(interview_ids), dict[int, dict[int, list[Hidden]]]()
    for row, interview in rows:
        if interview in wanted:
            answers = found.setdefault(interview, {})
            answers.setdefault(row.answer_id, []).append(masks.hidden(session, row))
    return found


def behind_veils(
    session: Session,
    flows: Mapping[int, Flow],
    hidden: Mapping[int, Mapping[int, list[Hidden]]],
) -> Iterator[Seen]:
    """The answers of interviews with masks, with blocks for what is masked, and wherever it is repeated."""
    if not hidden:
        return
    rows = session.execute(
        select(AnswerRow)
        .join(InterviewRow, InterviewRow.id == AnswerRow.interview_id)
        .where(AnswerRow.interview_id.in_(hidden), *COUNTING)
    ).scalars()
    vault, told = vault_of(session), dict[int, list[Seen]]()
    for row in rows:
        question = flows[row.interview_id].by_id.get(row.question)
        columns = (row.given, row.value, row.words, row.language, row.veiled)
        answer = opened(vault, question, *columns)
        one = Seen(row.id, row.interview_id, row.question, row.instance, answer)
        told.setdefault(row.interview_id, []).append(one)
    for interview, theirs in told.items():
        yield from _covered(flows[interview], theirs, hidden[interview])


def _covered(flow: Flow, answers: list[Seen], hidden: Mapping[int, list[Hidden]]) -> Iterator[Seen]:
    words = {one.id: (slot_of(one.question, one.instance), one.answer.words) for one in answers}
    over = curtain(hidden, words, flow)
    for one in answers:
        question = flow.by_id.get(one.question)
        calculated = question is None or question.type == "calculate"
        yield one._replace(answer=over.answer(one.id, one.answer, calculated=calculated))


def translate(
    session: Session,
    interviews: Collection[int],
    agreed: Collection[int],
    way: Way,
    told: Mapping[int, Times],
) -> None:
    """Put the newest translations into the language asked for beside the answers; HELD for what is not to be seen."""
    rule = way.rule
    found = {
        one.answer_id: HELD if one.words is None else Answer(Given.ANSWERED, None, one.words)
        for one in translations.of_interviews(
            session, interviews, behind=rule.behind, language=rule.translation
        )
        if not one.removed
    }
    rows = session.execute(
        select(AnswerRow.id, AnswerRow.interview_id, AnswerRow.question, AnswerRow.instance)
        .join(InterviewRow, InterviewRow.id == AnswerRow.interview_id)
        .where(AnswerRow.id.in_(found), *COUNTING)
    )
    for number, interview, question, instance in rows:
        name = translation_of(question, rule.translation)
        answer = rule.of(question, found[number], agreed=interview in agreed)
        told[interview][instance][name] = way.shape.of(name, answer)

"""The interviews of an export, a batch at a time: read, opened, and cut down to what may leave."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from flows import Answer, Flow, Given, Status, slot_of
from storage import consents, masks, translations
from storage.answers import opened
from storage.db import Database, vault_of
from storage.exports import coding
from storage.exports.cells import Row, Times, head, row_of
from storage.exports.columns import Table, translation_of
from storage.exports.disclosing import HELD, Disclosure
from storage.library import Library
from storage.models import AnswerRow, FlowVersion, InterviewRow
from storage.narrowing import Filter, narrowed
from storage.seeing import curtain
from storage.veils import Hidden

BATCH = 500
EVERYTHING = Disclosure(exact=True)
Hiding = Mapping[int, list[Hidden]]
COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    AnswerRow.id,
    AnswerRow.interview_id,
    AnswerRow.question,
    AnswerRow.instance,
    AnswerRow.given,
    AnswerRow.value,
    AnswerRow.words,
    AnswerRow.language,
    AnswerRow.veiled,
)


@dataclass(frozen=True)
class Told:
    """One interview: what is said of it in every row, and its answers by instance and question."""

    id: int
    head: Row
    times: Times = field(repr=False)

    def rows(self, table: Table) -> Iterator[Row]:
        """The one row of an interview, or one for each time that the table's repeat was told."""
        if not table.repeat:
            yield self.head | row_of(self.times.get(0, {}), table, self.times)
            return
        for index in sorted(self.times):
            if index and not table.questions.isdisjoint(self.times[index]):
                key: Row = {"interview": self.id, "index": index}
                yield key | row_of(self.times[index], table, self.times)


def rows(
    database: Database,
    table: Table,
    wanted: Filter,
    library: Library,
    rule: Disclosure = EVERYTHING,
) -> Iterator[Row]:
    """The table's rows, by interview."""
    for batch in batches(database, wanted, library, rule):
        for told in batch:
            yield from told.rows(table)


def batches(
    database: Database, wanted: Filter, library: Library, rule: Disclosure
) -> Iterator[list[Told]]:
    """The interviews of ``wanted.flow``. Each batch is a transaction of its own, so none is held for long."""
    last = 0
    while True:
        with database.reading() as session:
            batch = _batch(session, wanted, last, library, rule)
        yield batch
        if len(batch) < BATCH:
            return
        last = batch[-1].id


def number_of(session: Session, wanted: Filter) -> int:
    """How many interviews there are to read."""
    found = session.scalar(
        narrowed(session, select(func.count()).select_from(InterviewRow), wanted)
    )
    return int(found or 0)


def ids_after(session: Session, wanted: Filter, last: int) -> list[int]:
    """The ids of the next batch of interviews."""
    ids = narrowed(session, select(InterviewRow.id), wanted).where(InterviewRow.id > last)
    return list(session.scalars(ids.order_by(InterviewRow.id).limit(BATCH)))


def _batch(
    session: Session, wanted: Filter, last: int, library: Library, rule: Disclosure
) -> list[Told]:
    statement = (
        select(InterviewRow, FlowVersion.hash)
        .join(FlowVersion, FlowVersion.id == InterviewRow.flow_version_id)
        .where(InterviewRow.id > last)
        .order_by(InterviewRow.id)
        .limit(BATCH)
    )
    found = [(row[0], str(row[1])) for row in session.execute(narrowed(session, statement, wanted))]
    flows = {row.id: library.flow(session, row.flow_version_id) for row, _ in found}
    agreed = consents.agreed(session, flows, rule.scope) if rule.scope else frozenset()
    answers = _answers(session, flows, rule, agreed)
    codes = coding.cells(session, _taking_part(found), dict(rule.coded))
    nothing: Row = dict.fromkeys(rule.coded.values())
    return [
        Told(row.id, head(row, hash_) | codes.get(row.id, nothing), answers.get(row.id, {}))
        for row, hash_ in found
    ]


def _taking_part(found: list[tuple[InterviewRow, str]]) -> list[int]:
    """Who did not agree, or withdrew it, is not coded in an export either."""
    return [row.id for row, _ in found if row.status != Status.DECLINED]


def _answers(
    session: Session, flows: dict[int, Flow], rule: Disclosure, agreed: Collection[int]
) -> dict[int, Times]:
    """The answers that count, by instance and question: not those set aside, nor those whose consent was withdrawn."""
    found: dict[int, Times] = {}
    if not flows:
        return found
    statement = select(*COLUMNS).where(
        AnswerRow.interview_id.between(min(flows), max(flows)),
        AnswerRow.interview_id.in_(flows),
        AnswerRow.aside.is_(False),
        ~exists().where(
            InterviewRow.id == AnswerRow.interview_id, InterviewRow.status == Status.DECLINED
        ),
    )
    hidden = {} if rule.behind else masks.by_interview(session, flows)
    translated = _translated(session, flows, rule)
    for read in _seen(flows, _opened(session, flows, session.execute(statement)), hidden):
        times = found.setdefault(read.interview, {}).setdefault(read.instance, {})
        agrees = read.interview in agreed
        times[read.question] = rule.of(read.question, read.answer, agreed=agrees)
        if read.id in translated:
            name = translation_of(read.question, rule.translation)
            times[name] = rule.of(read.question, translated[read.id], agreed=agrees)
    return found


def _translated(session: Session, flows: dict[int, Flow], rule: Disclosure) -> dict[int, Answer]:
    """The newest translations into the language asked for, by answer; HELD stands for what is not to be seen."""
    if not rule.translation:
        return {}
    found = translations.of_interviews(
        session, flows, behind=rule.behind, language=rule.translation
    )
    return {
        one.answer_id: HELD if one.words is None else Answer(Given.ANSWERED, None, one.words)
        for one in found
        if not one.removed
    }


class _Read(NamedTuple):
    """One answer as it was told."""

    id: int
    interview: int
    question: str
    instance: int
    answer: Answer


def _opened(
    session: Session, flows: dict[int, Flow], rows: Iterable[Sequence[Any]]
) -> Iterator[_Read]:
    vault = vault_of(session)
    for number, interview, question, instance, *columns in rows:
        answer = opened(vault, flows[interview].by_id.get(question), *columns)
        yield _Read(number, interview, question, instance, answer)


def _seen(flows: dict[int, Flow], answers: Iterable[_Read], hidden: Hiding) -> Iterable[_Read]:
    """The answers with blocks where something is masked, and wherever it is repeated."""
    if not hidden:
        return answers
    told: dict[int, list[_Read]] = {}
    for read in answers:
        told.setdefault(read.interview, []).append(read)
    return chain.from_iterable(
        _covered(flows[interview], theirs, hidden) for interview, theirs in told.items()
    )


def _covered(flow: Flow, answers: list[_Read], hidden: Hiding) -> Iterator[_Read]:
    words = {one.id: (slot_of(one.question, one.instance), one.answer.words) for one in answers}
    over = curtain(hidden, words, flow)
    for one in answers:
        question = flow.by_id.get(one.question)
        calculated = question is None or question.type == "calculate"
        yield one._replace(answer=over.answer(one.id, one.answer, calculated=calculated))

"""Answers as a table: the columns of an export and its rows, a batch at a time.

Only what stands in the allow-list here leaves the database: never an address, a pseudonym or a message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import COLUMNS, Answer, Flow, Given, Question
from storage.db import Database
from storage.interviews import answer_of, plain_number
from storage.library import Library
from storage.models import AnswerRow, FlowVersion, InterviewRow
from storage.testimonies import Filter, narrow

REFUSED = "(refused)"
BATCH = 500
SHORT_HASH = 12

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """One column: a question's value, or whether one of its choices was taken."""

    name: str
    question: str = ""
    choice: str | None = None


@dataclass(frozen=True)
class Table:
    """The columns of one flow's export; ``rows`` streams what belongs under them."""

    flow: str
    columns: tuple[Column, ...]

    @property
    def header(self) -> list[str]:
        return [*COLUMNS, *(column.name for column in self.columns)]


def table_of(session: Session, flow: str, library: Library) -> Table | None:
    """The table of a flow: the union of its versions' questions, the newest version's order first."""
    ids = session.scalars(
        select(FlowVersion.id)
        .where(FlowVersion.flow == flow)
        .order_by(FlowVersion.published_at.desc(), FlowVersion.id.desc())
    ).all()
    if not ids:
        return None
    columns: dict[str, Column] = {}
    for version_id in ids:
        for question in library.flow(session, version_id).questions:
            for column in _columns(question):
                columns.setdefault(column.name, column)
    return Table(flow, _together(columns))


def _columns(question: Question) -> Iterator[Column]:
    if not question.asks:
        return
    yield Column(question.id, question.id)
    if question.type == "select_multiple":
        for choice in question.choices:
            yield Column(f"{question.id}/{choice.code}", question.id, choice.code)


def _together(columns: dict[str, Column]) -> tuple[Column, ...]:
    """Choices that only an older version had stand with their question."""
    order = {name: place for place, name in enumerate(columns)}
    return tuple(
        sorted(columns.values(), key=lambda column: (order[column.question], order[column.name]))
    )


def rows(
    database: Database, table: Table, wanted: Filter, library: Library
) -> Iterator[dict[str, Cell]]:
    """One row an interview, by id. Each batch is a transaction of its own, so none is held for long."""
    last = 0
    while True:
        with database.reading() as session:
            batch = _batch(session, table, wanted, last, library)
        yield from (row for _, row in batch)
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _batch(
    session: Session, table: Table, wanted: Filter, last: int, library: Library
) -> list[tuple[int, dict[str, Cell]]]:
    statement = (
        select(InterviewRow, FlowVersion.hash)
        .join(FlowVersion, FlowVersion.id == InterviewRow.flow_version_id)
        .where(InterviewRow.flow == table.flow, InterviewRow.id > last)
        .order_by(InterviewRow.id)
        .limit(BATCH)
    )
    found = [(row[0], str(row[1])) for row in session.execute(narrow(statement, wanted))]
    flows = {row.id: library.flow(session, row.flow_version_id) for row, _ in found}
    answers = _answers(session, flows)
    return [(row.id, _row(row, hash_, answers.get(row.id, {}), table)) for row, hash_ in found]


def _answers(session: Session, flows: dict[int, Flow]) -> dict[int, dict[str, Answer]]:
    """The answers that count: those set aside do not."""
    found: dict[int, dict[str, Answer]] = {}
    if not flows:
        return found
    statement = select(AnswerRow).where(
        AnswerRow.interview_id.between(min(flows), max(flows)),
        AnswerRow.interview_id.in_(flows),
        AnswerRow.aside.is_(False),
    )
    for row in session.scalars(statement):
        answer = answer_of(session, row, flows[row.interview_id])
        found.setdefault(row.interview_id, {})[row.question] = answer
    return found


def _row(
    row: InterviewRow, version: str, answers: dict[str, Answer], table: Table
) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "interview": row.id,
        "flow": row.flow,
        "version": version[:SHORT_HASH],
        "language": row.language,
        "channel": row.channel,
        "status": row.status,
        "started_at": utc(row.started_at),
        "completed_at": utc(row.completed_at),
    }
    for column in table.columns:
        cells[column.name] = _cell(answers.get(column.question), column)
    return cells


def _cell(answer: Answer | None, column: Column) -> Cell:
    if answer is None:
        return None
    if column.choice is not None:
        chosen: Sequence[str] = answer.value if isinstance(answer.value, tuple) else ()
        return int(column.choice in chosen) if answer.given is Given.ANSWERED else None
    if answer.given is Given.REFUSED:
        return REFUSED
    value = answer.words if answer.value is None else answer.value
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return plain_number(value) if isinstance(value, Decimal) else value


def utc(moment: datetime | None) -> str | None:
    """A moment as exports write it: "2026-05-31T18:04:05Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

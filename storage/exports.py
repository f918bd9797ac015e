"""Answers as a table: the columns of an export and its rows, a batch at a time.

Only what stands in the allow-list here leaves the database: never an address, a pseudonym or a message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from flows import COLUMNS, Answer, Flow, Given, Question, Status
from storage import permits
from storage.answers import answer_of, plain_number
from storage.db import Database
from storage.library import Library
from storage.models import AnswerRow, FlowVersion, InterviewRow
from storage.permits import Permit
from storage.testimonies import Filter, narrow

REFUSED = "(refused)"
BATCH = 500
SHORT_HASH = 12

Cell = str | int | float | None
Times = dict[int, dict[str, Answer]]  # an interview's answers by instance and question


@dataclass(frozen=True)
class Column:
    """One column: a question's value, or whether one of its choices was taken.

    Of a repeat it is how many times was told; ``inside`` are its questions.
    """

    name: str
    question: str = ""
    choice: str | None = None
    inside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """The columns of one export; ``rows`` streams what belongs under them.

    ``repeat`` is "" for the table of interviews, else the repeat whose times are its rows.
    """

    flow: str
    columns: tuple[Column, ...]
    repeat: str = ""

    @property
    def header(self) -> list[str]:
        key = ("interview", "index") if self.repeat else COLUMNS
        return [*key, *(column.name for column in self.columns)]


def tables_of(session: Session, flow: str, library: Library) -> tuple[Table, ...]:
    """The tables of a flow: one row an interview, then for each repeat one row a time.

    Columns are the union of the versions' questions, the newest version's order first. Empty for an unknown flow.
    """
    ids = session.scalars(
        select(FlowVersion.id)
        .where(FlowVersion.flow == flow)
        .order_by(FlowVersion.published_at.desc(), FlowVersion.id.desc())
    ).all()
    if not ids:
        return ()
    columns: dict[str, dict[str, Column]] = {"": {}}
    for version_id in ids:
        flow_version = library.flow(session, version_id)
        for question in flow_version.questions:
            table = "" if question.type == "repeat" else question.repeat
            for column in _columns(question, flow_version):
                columns.setdefault(table, {}).setdefault(column.name, column)
    return tuple(Table(flow, _together(found), repeat) for repeat, found in columns.items())


def _columns(question: Question, flow: Flow) -> Iterator[Column]:
    if not question.keeps:
        return
    repeats = question.type == "repeat"
    inside = [one.id for one in flow.questions if one.repeat == question.id] if repeats else ()
    yield Column(question.id, question.id, inside=frozenset(inside))
    if question.type == "select_multiple":
        for choice in question.choices:
            yield Column(f"{question.id}/{choice.code}", question.id, choice.code)


def _together(columns: dict[str, Column]) -> tuple[Column, ...]:
    """Choices that only an older version had stand with their question."""
    order = {name: place for place, name in enumerate(columns)}
    return tuple(
        sorted(columns.values(), key=lambda column: (order[column.question], order[column.name]))
    )


def rows_for(
    database: Database, staff_id: int, table: Table, wanted: Filter, library: Library
) -> Iterator[dict[str, Cell]]:
    """The same as ``rows``, for a staff member; raises NotPermitted, at once, when their role does not export."""
    with database.reading() as session:
        permits.require(session, staff_id, Permit.WORDS)
    return rows(database, table, wanted, library)


def rows(
    database: Database, table: Table, wanted: Filter, library: Library
) -> Iterator[dict[str, Cell]]:
    """The table's rows, by interview. Each batch is a transaction of its own, so none is held for long."""
    last = 0
    while True:
        with database.reading() as session:
            batch = _batch(session, table, wanted, last, library)
        for _, found in batch:
            yield from found
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _batch(
    session: Session, table: Table, wanted: Filter, last: int, library: Library
) -> list[tuple[int, list[dict[str, Cell]]]]:
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
    return [
        (row.id, list(_rows(row, hash_, answers.get(row.id, {}), table))) for row, hash_ in found
    ]


def _answers(session: Session, flows: dict[int, Flow]) -> dict[int, Times]:
    """The answers that count, by instance and question: not those set aside, nor those whose consent was withdrawn."""
    found: dict[int, Times] = {}
    if not flows:
        return found
    statement = select(AnswerRow).where(
        AnswerRow.interview_id.between(min(flows), max(flows)),
        AnswerRow.interview_id.in_(flows),
        AnswerRow.aside.is_(False),
        ~exists().where(
            InterviewRow.id == AnswerRow.interview_id, InterviewRow.status == Status.DECLINED
        ),
    )
    for row in session.scalars(statement):
        answer = answer_of(session, row, flows[row.interview_id])
        found.setdefault(row.interview_id, {}).setdefault(row.instance, {})[row.question] = answer
    return found


def _rows(row: InterviewRow, version: str, times: Times, table: Table) -> Iterator[dict[str, Cell]]:
    """The one row of an interview, or one for each time that its repeat was told."""
    if not table.repeat:
        yield _head(row, version) | _cells(times.get(0, {}), table, times)
        return
    asked = {column.question for column in table.columns}
    for index in sorted(times):
        if index and not asked.isdisjoint(times[index]):
            yield {"interview": row.id, "index": index} | _cells(times[index], table, times)


def _cells(answers: dict[str, Answer], table: Table, times: Times) -> dict[str, Cell]:
    return {
        column.name: _told(column, times)
        if column.inside
        else _cell(answers.get(column.question), column)
        for column in table.columns
    }


def _told(column: Column, times: Times) -> Cell:
    """How many times of a repeat were told; empty where it was not asked."""
    told = [
        index for index, answers in times.items() if index and not column.inside.isdisjoint(answers)
    ]
    return len(told) or None


def _head(row: InterviewRow, version: str) -> dict[str, Cell]:
    return {
        "interview": row.id,
        "flow": row.flow,
        "version": version[:SHORT_HASH],
        "language": row.language,
        "channel": row.channel,
        "status": row.status,
        "started_at": utc(row.started_at),
        "completed_at": utc(row.completed_at),
    }


def _cell(answer: Answer | None, column: Column) -> Cell:
    if answer is None:
        return None
    if column.choice is not None:
        chosen: Sequence[str] = answer.value if isinstance(answer.value, tuple) else ()
        return int(column.choice in chosen) if answer.given is Given.ANSWERED else None
    if answer.given is Given.REFUSED:
        return REFUSED
    value = answer.words if answer.value is None else answer.value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return plain_number(value) if isinstance(value, Decimal) else value


def utc(moment: datetime | None) -> str | None:
    """A moment as exports write it: "2026-05-31T18:04:05Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

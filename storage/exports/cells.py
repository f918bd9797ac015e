"""An answer as one cell, and what every row says of its interview. Nothing is read here, and nothing decided."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from flows import Answer, Given
from storage.answers import plain_number
from storage.exports.columns import Column, Table
from storage.exports.disclosing import HELD, WITHHELD
from storage.models import InterviewRow

REFUSED = "(refused)"
SHORT_HASH = 12

Cell = str | int | float | None
Row = dict[str, Cell]
Times = dict[int, dict[str, Answer]]  # an interview's answers by instance and question


def row_of(answers: dict[str, Answer], table: Table, times: Times) -> Row:
    """The cells of the questions; ``times`` are the answers of the whole interview."""
    return {
        column.name: _told(column, times)
        if column.inside
        else cell(answers.get(column.question), column.choice)
        for column in table.columns
    }


def _told(column: Column, times: Times) -> Cell:
    """How many times of a repeat were told; empty where it was not asked."""
    told = [
        index for index, answers in times.items() if index and not column.inside.isdisjoint(answers)
    ]
    return len(told) or None


def head(row: InterviewRow, version: str) -> Row:
    """What every export says of an interview."""
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


def cell(answer: Answer | None, choice: str | None = None) -> Cell:
    """An answer as a cell, or of a ``choice`` whether it was taken."""
    if answer is None:
        return None
    if choice is not None:
        chosen: Sequence[str] = answer.value if isinstance(answer.value, tuple) else ()
        return int(choice in chosen) if answer.given is Given.ANSWERED else None
    value = plain(answer)
    return " ".join(value) if isinstance(value, list) else value


def plain(answer: Answer) -> Cell | list[str]:
    """An answer as JSON knows it: codes as a list."""
    if answer is HELD:
        return WITHHELD
    if answer.given is Given.REFUSED:
        return REFUSED
    value = (answer.words or None) if answer.value is None else answer.value
    if isinstance(value, str):  # the most are
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    return plain_number(value) if isinstance(value, Decimal) else value


def utc(moment: datetime | None) -> str | None:
    """A moment as exports write it: "2026-05-31T18:04:05Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

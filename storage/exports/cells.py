"""An answer as one cell, or as JSON knows it. Nothing is read here, and nothing decided."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flows import Answer, Given
from storage.answers import plain_number
from storage.exports.disclosing import HELD, WITHHELD

REFUSED = "(refused)"
SHORT_HASH = 12

Cell = str | int | float | None
Row = dict[str, Cell]
Times = dict[int, dict[str, Any]]  # what an interview's answers became, by instance and question


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
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds')[:-6]}Z" if moment else None

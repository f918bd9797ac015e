"""Answers inside texts: ``{city}``, or ``{city|your city}`` with words for when it is not known.

Plain text in, plain text out: nothing is escaped, because messages are not pages. ``{{`` and ``}}`` are braces.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from babel.core import UnknownLocaleError
from babel.dates import format_date

from flows.language.expressions import Value
from flows.language.model import NO, YES, Flow, Question
from flows.phrases import phrasebook

_PIPE = re.compile(r"\{\{|\}\}|\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}|[{}]")
UNKNOWN = "..."


def pipes(text: str) -> Iterator[tuple[str, int]]:
    """The question ids that ``text`` pipes in, each with its column from 0; "" for a stray brace."""
    for found in _PIPE.finditer(text):
        if found[0] not in ("{{", "}}"):
            yield found[1] or "", found.start()


def fill(text: str, shown: Callable[[str], str | None]) -> str:
    """``text`` with every pipe replaced by what ``shown`` says of its question, or by its fallback."""

    def replace(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if found[1] is None:
            return found[0]
        value = shown(found[1])
        return value if value is not None else found[2] if found[2] is not None else UNKNOWN

    return _PIPE.sub(replace, text)


def show(flow: Flow, question: Question, value: Value, language: str) -> str:
    """A value as a person reads it in ``language``: labels for codes, a date in words."""
    if question.type in ("consent", "repeat") and isinstance(value, str):
        return phrasebook(language).phrases[YES if value == YES else NO]
    if question.choices:
        codes = value if isinstance(value, tuple) else (str(value),)
        labels = [choice.label for choice in question.choices if choice.code in codes]
        return ", ".join(flow.say(label, language) for label in labels)
    if isinstance(value, bool):
        return phrasebook(language).phrases[YES if value else NO]
    if isinstance(value, date):
        return date_in_words(value, language)
    if isinstance(value, Decimal):  # as it was typed; a calculation has no digits of its own
        return plain_decimal(round(value, 2)) if question.type == "calculate" else str(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def plain_decimal(value: Decimal) -> str:
    """A number without an exponent and without noughts that say nothing: "2.5", "10"."""
    whole = value == value.to_integral_value()
    return str(int(value)) if whole else f"{value.normalize():f}"


def date_in_words(day: date, language: str) -> str:
    """A date without doubt about day and month: "May 31, 2026", "31 de mayo de 2026"."""
    try:
        return format_date(day, "long", locale=language)
    except (UnknownLocaleError, ValueError):
        return day.isoformat()

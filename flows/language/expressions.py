"""The conditions of a flow: what they may know, and what they say about it.

``compiling`` makes an Expression from an author's text. Nothing here can loop, grow or raise when it runs: a missing
answer is *unknown* (``None``), unknown spreads, and an operation without a meaning is unknown too.
"""

import ast
import operator
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

MAX_LENGTH = 500  # characters of a condition
LARGEST = Decimal(10**20)  # what is more is unknown: it can be neither shown nor kept
MAX_DEPTH = 20  # brackets and signs within each other

Value = str | int | Decimal | date | bool | tuple[str, ...] | None

NUMBER, TEXT, DATE, CODE, CODES, BOOL = "number", "text", "date", "code", "codes", "truth"
FILES, TIMES, INSIDE = "files", "times", "inside"
NAMES = {NUMBER: "a number", TEXT: "a text", DATE: "a date", CODE: "a choice"}
NAMES |= {CODES: "a list of choices", BOOL: "a condition", FILES: "a photo or recording"}
NAMES |= {TIMES: "a repeat"}


@dataclass(frozen=True)
class Known:
    """What an expression may know of a question: its kind of value and, for choices, its codes.

    ``INSIDE`` is the kind of a question that was asked within ``repeat``, and so has no single answer behind it.
    """

    kind: str
    codes: tuple[str, ...] = ()
    repeat: str = ""


@dataclass(frozen=True)
class Facts:
    """What an expression is evaluated on. A question without an entry in ``values`` is unknown.

    What is ``veiled`` counts in conditions like the rest, and is not to be shown.
    """

    values: Mapping[str, Value]
    today: date
    veiled: Set[str] = frozenset()


Run = Callable[[Facts], Value]


@dataclass(frozen=True)
class Expression:
    """A checked condition or calculation; ``uses`` are the questions it looks at, ``known`` what it comes to."""

    source: str
    uses: frozenset[str]
    run: Run = field(compare=False, repr=False)
    known: Known = Known(BOOL)

    def value(self, facts: Facts) -> Value:
        return self.run(facts)

    def holds(self, facts: Facts) -> bool:
        """True when the condition is known to be true: unknown counts as false."""
        return self.run(facts) is True

    def fails(self, facts: Facts) -> bool:
        """True when the condition is known to be false: what is unknown refuses nobody."""
        return self.run(facts) is False


@dataclass(frozen=True)
class Part:
    """A piece of an expression: its kind of value, how to get it, and what it may or must be."""

    kind: str
    run: Run
    codes: tuple[str, ...] = ()
    constant: Value = None


class ExpressionError(ValueError):
    """A mistake in an expression; ``column`` counts from 0 in its own text, ``also`` are further mistakes in it."""

    def __init__(self, message: str, cure: str = "", column: int = 0) -> None:
        super().__init__(message)
        self.message, self.cure, self.column = message, cure, column
        self.also: tuple[ExpressionError, ...] = ()


def every(conditions: Sequence[Expression]) -> Expression | None:
    """One condition that holds when all of them hold; None for none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    source = " and ".join(f"({one.source})" for one in conditions)
    uses = frozenset[str]().union(*(one.uses for one in conditions))
    return Expression(source, uses, joined([one.run for one in conditions], decisive=False))


def _size(facts: Facts, question: str) -> Value:
    value = facts.values.get(question)
    return (
        len(value) if isinstance(value, str | tuple) else value if isinstance(value, int) else None
    )


def _years(facts: Facts, question: str) -> Value:
    day = facts.values.get(question)
    if not isinstance(day, date):
        return None
    return (
        facts.today.year - day.year - ((facts.today.month, facts.today.day) < (day.month, day.day))
    )


# name -> (kinds of question it takes, kind of its result, what it does)
FUNCTIONS: dict[str, tuple[tuple[str, ...], str, Callable[[Facts, str], Value]]] = {
    "answered": (
        tuple(NAMES),
        BOOL,
        lambda facts, question: facts.values.get(question) is not None,
    ),
    "count": ((CODES, TIMES), NUMBER, _size),
    "length": ((TEXT,), NUMBER, _size),
    "today": ((), DATE, lambda facts, _: facts.today),
    "years": ((DATE,), NUMBER, _years),  # whole years from a date to today
}

_warnings = threading.Lock()  # Python's filter of warnings belongs to all threads
MEANINGLESS = (TypeError, ValueError, ArithmeticError)

COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, values: value in values,
    ast.NotIn: lambda value, values: value not in values,
}
ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def exact(value: Any) -> Decimal:
    """Numbers are decimal: 0.1 + 0.2 is 0.3."""
    return value if isinstance(value, Decimal) else Decimal(value)


def reckon(work: Callable[[Any, Any], Any], one: Any, two: Any) -> Value:
    """``work`` on numbers, or on days: the days between two dates, or a date so many days away."""
    if isinstance(one, date) and isinstance(two, date):
        return Decimal((one - two).days)
    if isinstance(one, date):
        return cast("date", work(one, timedelta(days=int(two))))
    found = cast("Decimal", work(exact(one), exact(two)))
    return found if abs(found) < LARGEST else None


def unless_unknown(run: Run, work: Callable[[Any], Value]) -> Run:
    """``work`` on one value, unknown when it is."""

    def inner(facts: Facts) -> Value:
        value = run(facts)
        try:
            return None if value is None else work(value)
        except MEANINGLESS:
            return None

    return inner


def both(left: Run, right: Run, work: Callable[[Any, Any], Value]) -> Run:
    """``work`` on two values, unknown when one of them or the outcome is."""

    def inner(facts: Facts) -> Value:
        one, two = left(facts), right(facts)
        if one is None or two is None:
            return None
        try:
            return work(one, two)
        except MEANINGLESS:
            return None

    return inner


def joined(runs: Sequence[Run], decisive: bool) -> Run:
    """``and`` (False decides) or ``or`` (True decides); else unknown when one of them is."""

    def inner(facts: Facts) -> Value:
        known = True
        for run in runs:
            value = run(facts)
            if value is decisive:
                return decisive
            known = known and value is not None
        return not decisive if known else None

    return inner


def _elsewhere(text: str) -> str:
    """The cure for a condition that cannot be read; what is written as in XLSForm is named."""
    if "${" in text:
        return "Write the question's id alone: evicted == yes, not ${evicted} = 'yes'."
    if "=" in text.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", ""):
        return "Compare with two signs: evicted == yes."
    return "Compare with ==, join with and, or, not; example: housing in issues and age >= 18."


def parse(text: str) -> ast.Expression:
    """The syntax tree of a condition; raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            "the condition is too long", f"Keep it under {MAX_LENGTH} characters."
        )
    try:
        with _warnings, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python finds odd is not the author's Python
            tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = (getattr(error, "offset", None) or 1) - 1
        cure = _elsewhere(text)
        raise ExpressionError("the condition cannot be read", cure, column) from None
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise ExpressionError("the condition is nested too deeply", "Take brackets away.")
    return tree

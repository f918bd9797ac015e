"""Which questions of a flow bear on which: what conditions look at, beside what, and against which values.

It reads what ``compiling`` made; it judges nothing.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from flows.language.expressions import Expression
from flows.language.model import CONSENT, Flow, Question

Names = frozenset[str]
Below = Callable[[Question], Iterator[Expression]]


@dataclass
class Looked:
    """What the conditions of a flow hold one of its questions against."""

    numbers: set[Decimal] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)


def expressions(question: Question) -> Iterator[Expression]:
    """The conditions and the calculation of a question."""
    listed = (question.shown_if, question.constraint, question.calculation)
    return (one for one in listed if one is not None)


def looked_at(flow: Flow, wanted: str = "") -> Mapping[str, Looked]:
    """Every question that a condition looks at, itself or through a calculation, and what it is held against.

    With ``wanted`` only the conditions count that decide whether that question is asked.
    """
    found: dict[str, Looked] = {}
    counted = {wanted, *deciding(flow, wanted)}
    for question in flow.questions:
        if wanted and question.id not in counted:
            continue
        for expression in expressions(question):
            numbers, texts = _constants(expression.source)
            for name in _calculated_from(flow, expression.uses):
                looked = found.setdefault(name, Looked())
                looked.numbers |= numbers
                looked.texts |= texts
    return found


def _constants(source: str) -> tuple[set[Decimal], set[str]]:
    tree = ast.parse(source, mode="eval")  # it was compiled before: it can be parsed
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    numbers = {Decimal(str(one)) for one in values if isinstance(one, int | float)}
    return numbers, {one for one in values if isinstance(one, str)}


def _calculated_from(flow: Flow, names: Iterable[str]) -> Names:
    """The questions named, and those that the calculated ones among them come from."""

    def below(question: Question) -> Iterator[Expression]:
        return iter((question.calculation,) if question.calculation else ())

    return _closed(flow, names, below)


def deciding(flow: Flow, wanted: str) -> Names:
    """All names that have a say in whether a question is asked."""
    shown = flow.by_id[wanted].shown_if if wanted in flow.by_id else None
    return _closed(flow, shown.uses if shown else (), expressions)


def _closed(flow: Flow, names: Iterable[str], below: Below) -> Names:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name in flow.by_id:
            found.add(name)
            waiting += [use for one in below(flow.by_id[name]) for use in one.uses]
    return frozenset(found)


def counting(flow: Flow) -> Mapping[str, Names]:
    """For each question the names whose values count there or later; a repeat comes round to its first again."""
    found, later = {CONSENT: Names()}, Names()
    for repeat, questions in reversed(flow.blocks):
        for question in reversed(questions):
            later = later.union(*(one.uses for one in expressions(question)))
            found[question.id] = later
        if repeat:
            found |= {question.id: later for question in questions}
    return found


def together(flow: Flow) -> Mapping[str, Names]:
    """For each question the names that a condition looks at together with it."""
    found: dict[str, Names] = defaultdict(Names)
    for question in flow.questions:
        for one in expressions(question):
            for name in one.uses:
                found[name] |= one.uses
    return found

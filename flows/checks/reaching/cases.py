"""The finite cases of a condition: every way in which the answers it turns on can stand together.

There may be more of them than can really happen, and never fewer: what holds in all of them holds in every interview.
Nothing is known here of what the conditions mean, nor which values are worth trying.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from flows.checks.reaching.comparing import Beyond
from flows.language.expressions import Expression, Facts, Value

Values = Callable[[], Iterator[Value]]


@dataclass(frozen=True)
class Variable:
    """A question as it varies: what it can come to, where it is shown, and what its constraint lets through.

    ``hidden``: it may stand without an answer and not be refused, because where it is shown is not looked at.
    """

    name: str
    values: Values
    shown: Expression | None = None
    hidden: bool = False
    constraint: Expression | None = None
    calculation: Expression | None = None


@dataclass
class Purse:
    """What may still be spent on trying values; Beyond when it is empty. ``price`` is that of one try."""

    left: int
    price: int = 1

    def pay(self) -> None:
        self.left -= self.price
        if self.left < 0:
            raise Beyond


@dataclass(frozen=True, slots=True)
class Case:
    """One case; ``refused`` when a question of it was asked and has no answer."""

    facts: Facts
    refused: bool


def cases(variables: Sequence[Variable], todays: Sequence[date], purse: Purse) -> Iterator[Case]:
    """Every case of ``variables``, which stand in the order of the flow. The facts are good until the next case."""
    for today in todays:
        facts = Facts({}, today)
        for refused in _filled(variables, facts, purse):
            yield Case(facts, refused)


def _filled(variables: Sequence[Variable], facts: Facts, purse: Purse) -> Iterator[bool]:
    """Put every value that ``variables`` can have into the facts; yields whether one of them was refused."""
    if not variables:
        yield False
        return
    first, *others = variables
    known = cast("dict[str, Value]", facts.values)
    for value, refused in _possible(first, facts, purse):
        known[first.name] = value
        for later in _filled(others, facts, purse):
            yield refused or later
    del known[first.name]


def _possible(variable: Variable, facts: Facts, purse: Purse) -> Iterator[tuple[Value, bool]]:
    known = cast("dict[str, Value]", facts.values)
    known[variable.name] = None
    purse.pay()
    if variable.shown is not None and not variable.shown.holds(facts):
        yield None, False
    elif variable.calculation is not None:
        yield variable.calculation.value(facts), False
    else:
        for value in variable.values():
            purse.pay()
            known[variable.name] = value
            if variable.constraint is None or not variable.constraint.fails(facts):
                yield value, False
        yield None, not variable.hidden

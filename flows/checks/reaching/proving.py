"""What can be proven of a flow's conditions by trying every case that matters.

First only the questions that a condition names are looked at, then also those that these depend on, and so on: each
step leaves fewer cases that cannot happen. Where there are too many, or a condition compares in a way that is not
followed, nothing is proven.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flows.checks.reaching.cases import Case, Purse, Variable, cases
from flows.checks.reaching.comparing import Beyond, Note, notes_of
from flows.checks.reaching.samples import Samples
from flows.language.expressions import BOOL, TIMES, Expression, Known, every
from flows.language.kinds import kind_of
from flows.language.model import NO, YES, Flow, Question

MOST_CASES = 40_000  # tried for one condition, if it is short
MOST_IN_ALL = 200_000
SHORT = 40  # letters: longer conditions take longer to try
MOST_QUESTIONS = 12  # looked at together
FARTHEST = 4  # how far the questions are followed that others depend on

Goal = Callable[[Case], bool]


@dataclass
class Study:
    """The questions of a flow as far as they have been read, and how much may still be tried."""

    flow: Flow
    kinds: dict[str, Known] = field(default_factory=dict)
    groups: dict[str, Expression | None] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    left: int = MOST_IN_ALL
    _notes: dict[Expression, tuple[Note, ...] | None] = field(default_factory=dict)

    def learn(self, question: Question) -> None:
        """Take in one more question, in the order of the flow."""
        if question.keeps:
            self.begin(question.id, question)
            self.kinds[question.id] = known(question)

    def begin(self, name: str, question: Question) -> None:
        """What is kept under ``name`` is known from ``question`` on: a repeat's number to those inside it, too."""
        self.starts.setdefault(name, self.flow.position(question.id))
        self.kinds.setdefault(name, Known(TIMES))

    def around(self, groups: Iterable[str]) -> tuple[Expression, ...]:
        """The conditions of groups."""
        return tuple(own for name in groups if (own := self.groups[name]))

    def notes(self, expression: Expression) -> tuple[Note, ...] | None:
        """What a condition compares; None where it cannot be followed, or a broken flow hides what it names."""
        if expression not in self._notes:
            kinds = {name: self.kinds[name].kind for name in expression.uses if name in self.kinds}
            followed = len(kinds) == len(expression.uses)
            self._notes[expression] = notes_of(expression, kinds) if followed else None
        return self._notes[expression]

    def followed(self, expressions: Sequence[Expression], names: set[str]) -> bool:
        """Whether these can be followed, and use none but the questions in ``names``."""
        return all(one.uses <= names and self.notes(one) is not None for one in expressions)

    def followable(self, expressions: tuple[Expression, ...]) -> tuple[Expression, ...]:
        """The same conditions, or none of them where one cannot be followed."""
        return expressions if all(self.notes(one) is not None for one in expressions) else ()

    def samples(self, expressions: Iterable[Expression]) -> Samples:
        notes = {note for one in expressions for note in self.notes(one) or ()}
        return Samples(self.flow.by_id, self.kinds, notes)

    def unmet(
        self, subject: Sequence[Expression], goals: Sequence[Goal], own: str = ""
    ) -> set[int]:
        """Which of ``goals`` about ``subject`` no interview can meet; ``own`` is the question a constraint is of."""
        names = {name for one in subject for name in one.uses}
        proven: set[int] = set()
        for _ in range(FARTHEST):
            try:
                proven |= self._tried(subject, names, goals, proven, own)
            except Beyond:
                break
            farther = names.union(*map(self.depends, names)) & self.kinds.keys()
            if len(proven) == len(goals) or farther == names or len(farther) > MOST_QUESTIONS:
                break
            names = farther
        return proven

    def _tried(
        self,
        subject: Sequence[Expression],
        names: set[str],
        goals: Sequence[Goal],
        proven: set[int],
        own: str,
    ) -> set[int]:
        variables, todays = self.variables(subject, names, own)
        open_goals = {*range(len(goals))} - proven
        price = 1 + sum(len(one.source) for one in subject) // SHORT
        purse = Purse(min(self.left, MOST_CASES), price)
        before = purse.left
        try:
            for case in cases(variables, todays, purse):
                open_goals -= {one for one in open_goals if goals[one](case)}
                if not open_goals:
                    break
        finally:
            self.left -= before - max(purse.left, 0)
        return open_goals

    def depends(self, name: str) -> frozenset[str]:
        """The questions that the answer to one depends on."""
        question = self.flow.by_id[name]
        own = (question.shown_if, question.constraint, question.calculation)
        return frozenset[str]().union(*(one.uses for one in own if one)) - {name}

    def variables(
        self, subject: Sequence[Expression], names: set[str], own: str
    ) -> tuple[list[Variable], list[date]]:
        """The questions named, in their order, with the values to try; and the days to try them on."""
        if len(names) > MOST_QUESTIONS or not self.followed(subject, names):
            raise Beyond
        asked = [self.flow.by_id[name] for name in sorted(names, key=self.order)]
        bound = {one.id: kept for one in asked if (kept := self.bound(one, names))}
        bound.pop(own, None)
        try:
            return self.varied(subject, asked, names, bound)
        except Beyond:  # without what constraints say there are only more cases
            return self.varied(subject, asked, names, {})

    def varied(
        self,
        subject: Sequence[Expression],
        asked: Sequence[Question],
        names: set[str],
        bound: Mapping[str, Expression],
    ) -> tuple[list[Variable], list[date]]:
        shown = {one.id: parts for one in asked if (parts := self.shown(one, names))}
        reckoned = {one.id: truth for one in asked if (truth := self.reckoned(one, names))}
        heard = [*subject, *reckoned.values(), *bound.values()]
        samples = self.samples([*heard, *(part for parts in shown.values() for part in parts)])
        found = [
            Variable(
                one.id,
                samples.values(one.id),
                shown=one.shown_if if one.id in shown else None,
                hidden=one.calculation is not None or bool(one.shown_if and one.id not in shown),
                constraint=bound.get(one.id),
                calculation=reckoned.get(one.id),
            )
            for one in asked
        ]
        return found, samples.todays()

    def order(self, name: str) -> tuple[int, int]:
        return self.starts[name], -self.flow.position(name)

    def shown(self, question: Question, names: set[str]) -> tuple[Expression, ...]:
        """The conditions that make up where a question is shown; none where they cannot be followed."""
        own = (question.relevant,) if question.relevant else ()
        parts = (*self.around(question.groups), *own)
        whole = every(parts)
        if whole is None or question.shown_if is None:
            return ()
        same = whole.source == question.shown_if.source
        return parts if same and self.followed(parts, names) else ()

    def reckoned(self, question: Question, names: set[str]) -> Expression | None:
        """The calculation of a condition; what comes to numbers is tried with any of them."""
        found = question.calculation
        truth = found is not None and found.known.kind == BOOL
        return found if found and truth and self.followed([found], names) else None

    def bound(self, question: Question, names: set[str]) -> Expression | None:
        """The constraint of a question: an answer that does not keep it any more is asked for again before others."""
        found = question.constraint
        return found if found and self.followed([found], names) else None


def known(question: Question) -> Known:
    """What conditions may know of a question."""
    codes = tuple(choice.code for choice in question.choices)
    if question.calculation is not None:
        codes = question.calculation.known.codes
    return Known(kind_of(question), (YES, NO) if question.type == "consent" else codes)

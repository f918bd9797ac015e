"""The way through a flow that answers lead to: which slots there are, which are relevant, what each may know.

One walk from the top. An answer to a question that is not relevant is unknown to those behind it; a repeat goes round
as often as its question for another time was answered with yes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from flows.language.expressions import Facts, Value
from flows.language.model import CONSENT, YES, Flow, Question, Slot, slot_of
from flows.talking.interview import Answer, Given


class Step(NamedTuple):
    """One item of a flow at its place on the way; ``facts`` are what its conditions and texts may know."""

    slot: Slot
    question: Question
    facts: Facts
    relevant: bool


@dataclass(frozen=True)
class Way:
    """All steps in order; ``facts`` are what is known behind the last."""

    steps: tuple[Step, ...]
    facts: Facts

    @cached_property
    def by_slot(self) -> Mapping[Slot, Step]:
        return {step.slot: step for step in self.steps}

    @cached_property
    def places(self) -> Mapping[Slot, int]:
        return {step.slot: place for place, step in enumerate(self.steps)}

    @cached_property
    def relevant(self) -> frozenset[Slot]:
        return frozenset(step.slot for step in self.steps if step.relevant)

    def aside(self, answers: Mapping[Slot, Answer]) -> frozenset[Slot]:
        """The answers that do not count: not relevant (any more), or given in files that were lost."""
        lost = {slot for slot, answer in answers.items() if answer.given is Given.LOST}
        return (frozenset(answers) - self.relevant - {CONSENT}) | lost


def way(flow: Flow, answers: Mapping[Slot, Answer], today: date) -> Way:
    """The way through ``flow`` that ``answers``, by slot, lead to."""
    values: dict[str, Value] = {}
    seen = Facts(values, today, set())  # it grows with the walk
    steps: list[Step] = []
    for repeat, questions in flow.blocks:
        walk = (
            _round(questions, answers, seen)
            if not repeat
            else _rounds(repeat, questions, answers, seen)
        )
        steps.extend(walk)
    return Way(tuple(steps), seen)


def _round(
    questions: tuple[Question, ...], answers: Mapping[Slot, Answer], seen: Facts, instance: int = 0
) -> Iterator[Step]:
    """The questions once through; what becomes known is added to ``seen``."""
    values = seen.values
    assert isinstance(values, dict)  # noqa: S101 - both callers made it
    assert isinstance(seen.veiled, set)  # noqa: S101 - and this
    for question in questions:
        slot, calculation = slot_of(question.id, instance), question.calculation
        answer = answers.get(slot)
        if calculation is None:
            veiled = answer is not None and answer.veiled
        else:  # what must not be shown must not be told by what is calculated from it either
            veiled = not calculation.uses.isdisjoint(seen.veiled)
        if veiled:
            seen.veiled.add(question.id)
        relevant = question.shown_if is None or question.shown_if.holds(seen)
        if relevant and calculation is not None:
            known = calculation.value(seen)
            relevant = known is not None
        else:
            known = answer.known if relevant and answer else None
        if known is not None and question.type != "repeat":
            values[question.id] = known
        yield Step(slot, question, seen, relevant)


def _rounds(
    repeat: str, questions: tuple[Question, ...], answers: Mapping[Slot, Answer], seen: Facts
) -> Iterator[Step]:
    """A repeat as often as it was wanted. Within it its id is the number of the time, behind it the number of times."""
    values = seen.values
    assert isinstance(values, dict)  # noqa: S101 - the caller made it
    assert isinstance(seen.veiled, set)  # noqa: S101 - and this
    for instance in range(1, questions[-1].max + 1):
        inner = Facts({**values, repeat: instance}, seen.today, {*seen.veiled})
        *steps, again = _round(questions, answers, inner, instance)
        yield from steps
        if not again.relevant:
            yield again
            return
        if instance < questions[-1].max:
            yield again
        wanted = answers.get(again.slot)
        if wanted is not None and wanted.veiled:  # so is how often it was told
            seen.veiled.add(repeat)
        if wanted is None or wanted.known != YES:
            break
    values[repeat] = instance

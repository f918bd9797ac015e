"""What of a flow a number of dialogues has shown: its questions, the ways they part, its choices, its languages.

Data only; ``reporting`` puts it into words. ``branches`` is all there is to see, ``visited`` what one message showed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from flows.language.model import CONSENT, NO, YES, Flow, Question, parts_of
from flows.rehearsing.playing import Moment
from flows.talking.answers import Asked, read_answer
from flows.talking.interview import Given, Interview, Status
from flows.talking.way import Way, way


class Happens(StrEnum):
    """What can happen at a question."""

    ASKED = "asked"  # or said, or calculated
    LEFT_OUT = "left out"  # its condition did not hold
    REFUSED = "refused"  # its constraint refused an answer
    CHOSEN = "chosen"
    ONCE = "once"  # nothing more to tell after a repeat's first time
    AGAIN = "again"


class Branch(NamedTuple):
    """One thing that can happen in a flow."""

    question: str
    happens: Happens
    choice: str = ""


def branches(flow: Flow) -> Iterator[Branch]:
    """All that dialogues can show of a flow, in its order."""
    yield from (Branch(CONSENT, Happens.CHOSEN, code) for code in (YES, NO))
    conditions: set[tuple[str, str]] = set()
    for question in flow.questions:
        if asks(question):
            yield Branch(question.id, Happens.ASKED)
        if (condition := _condition(question)) and condition not in conditions:
            conditions.add(condition)
            if not asks(question):
                yield Branch(question.id, Happens.ASKED)
            yield Branch(question.id, Happens.LEFT_OUT)
        if question.constraint:
            yield Branch(question.id, Happens.REFUSED)
        if question.type == "repeat" and asks(question):
            yield Branch(question.id, Happens.ONCE)
            yield Branch(question.id, Happens.AGAIN)
        codes = (YES, NO) if question.type == "consent" else [one.code for one in question.choices]
        yield from (Branch(question.id, Happens.CHOSEN, code) for code in codes)


def asks(question: Question) -> bool:
    """Whether a contact can be asked it: a repeat of one time asks for no other."""
    return question.asks and not (question.type == "repeat" and question.max == 1)


def _condition(question: Question) -> tuple[str, str] | None:
    """What a question is left out for; the questions of a group share the condition of the group."""
    if question.shown_if is None:
        return None
    block = question.groups[0] if question.groups else question.id.removesuffix(".label")
    return block, question.shown_if.source


def visited(moment: Moment, found: Way | None = None) -> Iterator[Branch]:
    """What one message of an interview showed; ``found`` is the way behind it, where it is known already."""
    after = moment.turn.interview
    found = found or way(after.flow, after.answers, moment.today)
    for step in found.steps[: _reached(after, found)]:
        if not step.relevant:
            yield Branch(step.question.id, Happens.LEFT_OUT)
        elif not step.question.asks:
            yield Branch(step.question.id, Happens.ASKED)
    if after.state.asked and not after.state.menu:
        yield Branch(parts_of(after.state.asked)[0], Happens.ASKED)
    for slot in moment.turn.changed:
        yield from _given(after, slot)
    if after.state.status is Status.DECLINED:
        yield Branch(CONSENT, Happens.CHOSEN, NO)
    if moment.before and (refused := _refused(moment, moment.before, found)):
        yield Branch(refused, Happens.REFUSED)


def _reached(interview: Interview, found: Way) -> int:
    """How many items of the flow lie behind an interview."""
    if interview.state.status is Status.COMPLETE:
        return len(found.steps)
    return found.places.get(interview.state.asked or "", 0)


def _given(interview: Interview, slot: str) -> Iterator[Branch]:
    """What the answer to a slot chose."""
    name, instance = parts_of(slot)
    answer, question = interview.answers[slot], interview.flow.by_id.get(name)
    if answer.given is not Given.ANSWERED:
        return
    if question and question.type == "repeat":
        if answer.value == YES or instance == 1:
            yield Branch(name, Happens.AGAIN if answer.value == YES else Happens.ONCE)
    elif question is None or question.choices or question.type == "consent":
        codes = answer.value if isinstance(answer.value, tuple) else (str(answer.value),)
        yield from (Branch(name, Happens.CHOSEN, code) for code in codes)


def _refused(moment: Moment, before: Interview, found: Way) -> str:
    """The question whose constraint refused what was written; "" when none did."""
    slot, after = before.state.asked or "", moment.turn.interview
    question = before.flow.by_id.get(parts_of(slot)[0])
    if question is None or question.constraint is None or before.state.menu:
        return ""
    tried = after.state.asked == slot and after.state.attempts > before.state.attempts
    kept = slot in moment.turn.changed and after.answers[slot].given is Given.KEPT
    if not tried and not kept and after.state.status is not Status.PAUSED:
        return ""
    asked = Asked(before.flow, question, before.language, moment.today)
    readable = question.multiline or read_answer(asked, moment.text) is not None
    return question.id if readable else ""


@dataclass(frozen=True)
class Coverage:
    """What was seen of a flow, each thing with the languages it was seen in."""

    flow: Flow
    seen: Mapping[Branch, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: Flow, moments: Iterable[Moment]) -> "Coverage":
        """What the moments of any dialogues showed of ``flow``."""
        seen: dict[Branch, frozenset[str]] = {}
        for moment in moments:
            interview = moment.turn.interview
            if interview.flow.name == flow.name:
                spoken = frozenset({interview.language})
                for branch in visited(moment):
                    seen[branch] = seen.get(branch, frozenset()) | spoken
        return cls(flow, seen)

    def __or__(self, other: "Coverage") -> "Coverage":
        """What one or the other has seen."""
        both = {**self.seen}
        for branch, languages in other.seen.items():
            both[branch] = both.get(branch, frozenset()) | languages
        return Coverage(self.flow, both)

    @cached_property
    def all(self) -> tuple[Branch, ...]:
        return tuple(branches(self.flow))

    @cached_property
    def questions(self) -> tuple[Branch, ...]:
        """The questions of the flow, as what is asked."""
        return tuple(
            one
            for one in self.all
            if one.happens is Happens.ASKED and asks(self.flow.by_id[one.question])
        )

    @cached_property
    def ways(self) -> tuple[Branch, ...]:
        """Where dialogues part: each condition both ways, constraints, and repeats."""
        both = {one.question for one in self.all if one.happens is Happens.LEFT_OUT}
        return tuple(
            one
            for one in self.all
            if one.happens is not Happens.CHOSEN
            if one.happens is not Happens.ASKED or one.question in both
        )

    @cached_property
    def choices(self) -> tuple[Branch, ...]:
        return tuple(one for one in self.all if one.happens is Happens.CHOSEN)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Those in which anything was seen, in the flow's order."""
        spoken = frozenset[str]().union(*self.seen.values())
        return tuple(code for code in self.flow.languages if code in spoken)

    def asked_in(self, language: str) -> int:
        """How many questions were asked in a language."""
        return sum(language in self.seen.get(one, ()) for one in self.questions)

    def unseen(self) -> tuple[Branch, ...]:
        """What nobody has seen, in the flow's order."""
        return tuple(one for one in self.all if one not in self.seen)

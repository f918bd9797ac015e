"""What of the answers may leave: not who somebody is, not more than was agreed to, and no place to the house.

Decided for each question by all versions of its flow: what was sensitive once is held back in every interview.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from flows import Answer, Flow, Given, Question
from flows.language.expressions import TEXT
from flows.language.kinds import kind_of
from storage.reaching import IDENTIFYING

WITHHELD = "(withheld)"
HELD = Answer(Given.REFUSED, None, WITHHELD)  # stands for an answer that is there and may not leave
COARSE = Decimal("0.01")  # of a degree: about a kilometre
Point = tuple[Decimal, Decimal]
_POINT = re.compile(r"(-?\d{1,2}\.\d+) (-?\d{1,3}\.\d+)")


@dataclass(frozen=True)
class Disclosure:
    """The rule of one export. ``withheld`` are questions whose answers stay here; ``scope`` is "" for no such rule.

    ``behind``: what is masked is in clear. ``coded``: what the columns of codes are called, by kind; none without it.
    ``translation``: the language into which words come translated too.
    ``points`` are questions for places, ``numbers`` those for telephones and e-mail, ``worded`` those for words.
    """

    withheld: frozenset[str] = frozenset()
    points: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    worded: frozenset[str] = frozenset()
    scope: str = ""
    exact: bool = False
    behind: bool = False
    translation: str = ""
    coded: Mapping[str, str] = field(default_factory=dict)

    def of(self, question: str, answer: Answer, *, agreed: bool) -> Answer:
        """The answer as it may leave. ``agreed``: the person said yes to the scope that is asked for."""
        if question in self.withheld or answer is HELD:
            return HELD
        place = point_of(answer) if question in self.points else None
        if place is not None:
            return answer if self.exact else _coarse(answer, place)
        if self.scope and not agreed and self._in_words(question, answer):
            return replace(answer, value=None, words="")
        return answer

    def alike(self, question: str, given: Given, *, agreed: bool) -> Answer | None:
        """What all answers in words to a question become that were given so; None where each must be looked at.

        Of those it is the same as ``of``, and nobody has to open them.
        """
        if question in self.withheld:
            return HELD
        empty = Answer(given)
        left_out = self.scope and not agreed and self._in_words(question, empty)
        return empty if left_out and question not in self.points else None

    def _in_words(self, question: str, answer: Answer) -> bool:
        """Whether it is free text: told to a question for words, or kept as it was written."""
        if answer.given is Given.REFUSED or question in self.numbers:
            return False
        return answer.value is None or question in self.worded


def disclosure(
    versions: Iterable[Flow],
    *,
    scope: str = "",
    identified: bool = False,
    exact: bool = False,
    behind: bool = False,
    translation: str = "",
) -> Disclosure:
    """The rule for the questions of all these versions."""
    asked = [question for flow in versions for question in flow.questions if question.keeps]
    numbers = frozenset(one.id for one in asked if one.type in IDENTIFYING)
    worded = frozenset(one.id for one in asked if kind_of(one) == TEXT) - numbers
    points = frozenset(one.id for one in asked if one.type == "geopoint")
    withheld = frozenset() if identified else _withheld(asked, numbers)
    return Disclosure(withheld, points, numbers, worded, scope, exact, behind, translation)


def _withheld(asked: Sequence[Question], numbers: frozenset[str]) -> frozenset[str]:
    """What identifies, and what is worked out from it: that would give it away."""
    found = numbers | {one.id for one in asked if one.sensitive}
    while (
        more := {one.id for one in asked if one.calculation and one.calculation.uses & found}
        - found
    ):
        found |= more
    return found


def point_of(answer: Answer) -> Point | None:
    """The latitude and longitude that were told; None for a place in words."""
    return point_in(answer.words if answer.value is None else answer.value)


def point_in(told: object) -> Point | None:
    """The latitude and longitude in what a cell holds."""
    found = _POINT.fullmatch(told) if isinstance(told, str) else None
    return (Decimal(found[1]), Decimal(found[2])) if found else None


def _coarse(answer: Answer, place: Point) -> Answer:
    words = " ".join(str(degrees.quantize(COARSE)) for degrees in place)
    return replace(answer, value=None, words=words)

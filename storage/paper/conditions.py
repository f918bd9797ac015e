"""Conditions of a survey in plain words for a form: "you marked “Rent” at 3", by the numbers that stand on the paper.

Only what people can see on their own sheet is told: what they marked and what they answered. For other conditions
there are no such words.
"""

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flows import Flow, Question, phrasebook
from flows.language.piping import plain_decimal
from flows.phrases import Phrasebook

LISTS = (ast.List, ast.Tuple, ast.Set)
Sign = type[ast.cmpop]
OPPOSITE: Mapping[Sign, Sign] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
}
MIRRORED: Mapping[Sign, Sign] = {
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
AMOUNTS: Mapping[Sign, str] = {
    ast.Lt: "paper_under",
    ast.LtE: "paper_most",
    ast.Gt: "paper_over",
    ast.GtE: "paper_least",
}


class Untold(Exception):
    """A condition that has no plain words."""


@dataclass(frozen=True)
class Teller:
    """Who tells conditions in one language; ``numbers`` are those of the questions on the paper, by id."""

    flow: Flow
    language: str
    numbers: Mapping[str, int]

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language)

    def told(self, source: str) -> str:
        """The condition in words, "" where there are none."""
        try:
            return self._told(ast.parse(source.strip(), mode="eval").body, holds=True)
        except (Untold, SyntaxError, ValueError, OverflowError, RecursionError):
            return ""

    def only(self, question: Question) -> str:
        """Who is asked a question, as a sentence; "" if everybody is."""
        if question.shown_if is None:
            return ""
        said = self.told(question.shown_if.source)
        return self.book.say("paper_only_end", condition=said) if said else self.fitting

    @property
    def fitting(self) -> str:
        """What is said of a condition without words."""
        return self.book.phrases["paper_fitting"]

    def _told(self, node: ast.expr, *, holds: bool) -> str:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._told(node.operand, holds=not holds)
        if isinstance(node, ast.BoolOp):
            return self._joined(node, holds=holds)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node.left, node.ops[0], node.comparators[0], holds=holds)
        if isinstance(node, ast.Call) and len(node.args) == 1:
            named = node.func.id if isinstance(node.func, ast.Name) else ""
            if named == "answered":
                return self._answered(node.args[0], holds=holds)
        if isinstance(node, ast.Name):
            return self._answered(node, holds=holds)
        raise Untold

    def _joined(self, node: ast.BoolOp, *, holds: bool) -> str:
        """Parts in their own brackets where they are joined in themselves: no sentence can be read two ways."""
        said = [self._part(one, holds=holds) for one in node.values]
        return self._chained(said, both=isinstance(node.op, ast.And) is holds)

    def _part(self, node: ast.expr, *, holds: bool) -> str:
        bare = node
        while isinstance(bare, ast.UnaryOp):
            bare = bare.operand
        said = self._told(node, holds=holds)
        return f"({said})" if isinstance(bare, ast.BoolOp) or _holds_an_or(bare) else said

    def _chained(self, parts: Sequence[str], *, both: bool) -> str:
        said, *others = dict.fromkeys(parts)
        for part in others:
            said = self.book.say("paper_and" if both else "paper_or", one=said, two=part)
        return said

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr, *, holds: bool) -> str:
        if isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            marked = isinstance(op, ast.Eq | ast.In) is holds
            if isinstance(right, LISTS):
                alike = ast.Eq() if marked else ast.NotEq()
                said = [self._compared(left, alike, one, holds=True) for one in right.elts]
                return self._chained(said, both=not marked)
            if isinstance(op, ast.In | ast.NotIn) or isinstance(left, ast.Constant):
                left, right = right, left
            if not isinstance(right, ast.Constant) or isinstance(right.value, str):
                return self._marked(left, right, marked=marked)
        sign = type(op) if holds else OPPOSITE.get(type(op), type(op))
        if sign in MIRRORED and isinstance(left, ast.Constant):
            sign, left, right = MIRRORED[sign], right, left
        number = right.value if isinstance(right, ast.Constant) else None
        if sign not in MIRRORED or isinstance(number, bool) or not isinstance(number, int | float):
            raise Untold
        return self._amount(left, sign, Decimal(str(number)))

    def _amount(self, node: ast.expr, sign: Sign, number: Decimal) -> str:
        """How many were marked, or the number that was answered, against another number."""
        phrase, counted = "paper_value", False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            if node.func.id != "count":
                raise Untold
            phrase, counted, node = "paper_counted", True, node.args[0]
        question = self._question(node)
        if question is None or (question.repeat and counted):
            raise Untold
        if counted or _is_whole(question):
            sign, number = _counting(sign, number)
        amount = plain_decimal(number)
        if sign in AMOUNTS:
            amount = self.book.say(AMOUNTS[sign], amount=amount)
        elif sign is ast.NotEq:
            phrase += "_not"
        return self.book.say(phrase, number=str(self.numbers[question.id]), amount=amount)

    def _marked(self, asked: ast.expr, code: ast.expr, *, marked: bool) -> str:
        question = self._question(asked)
        word = code.id if isinstance(code, ast.Name) else getattr(code, "value", None)
        if question is None or not isinstance(word, str):
            raise Untold
        label = self._label(question, word)
        phrase = "paper_marked" if marked else "paper_unmarked"
        return self.book.say(phrase, choice=label, number=str(self.numbers[question.id]))

    def _label(self, question: Question, code: str) -> str:
        if question.type == "consent" and code in ("yes", "no"):
            return self.book.phrases[code]
        choice = question.choice(code)
        if choice is None:
            raise Untold
        return self.flow.say(choice.label, self.language)

    def _answered(self, node: ast.expr, *, holds: bool) -> str:
        question = self._question(node)
        if question is None:
            raise Untold
        phrase = "paper_answered" if holds else "paper_unanswered"
        return self.book.say(phrase, number=str(self.numbers[question.id]))

    def _question(self, node: ast.expr) -> Question | None:
        """The question that is named, where it has a number on the paper."""
        found = self.flow.by_id.get(node.id) if isinstance(node, ast.Name) else None
        return found if found is not None and found.id in self.numbers else None


def _holds_an_or(node: ast.expr) -> bool:
    """Whether a comparison is told with an "or" of its own: one of several, or "3 or more"."""
    if not isinstance(node, ast.Compare):
        return False
    return isinstance(node.comparators[0], LISTS) or type(node.ops[0]) in AMOUNTS


def _is_whole(question: Question) -> bool:
    """Whether only whole numbers answer it."""
    steps = (question.start, question.step)
    scale = question.type == "range" and all(one == one.to_integral_value() for one in steps)
    return scale or question.type == "integer"


def _counting(sign: Sign, number: Decimal) -> tuple[Sign, Decimal]:
    """The same among whole numbers, as people count: more than 2 is "3 or more"."""
    if sign is ast.Gt:
        return ast.GtE, Decimal(math.floor(number) + 1)
    if sign is ast.Lt:
        return ast.LtE, Decimal(math.ceil(number) - 1)
    return sign, number

"""Conditions of a survey in plain words for a form: "you marked “Rent” at 3", by the numbers that stand on the paper.

Only what people can see on their own sheet is told: what they marked and what they answered. For other conditions
there are no such words.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows import Flow, Question, phrasebook
from flows.phrases import Phrasebook

LISTS = (ast.List, ast.Tuple, ast.Set)
SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "",
    ast.NotEq: "≠",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
}
OPPOSITE: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "≠",
    ast.NotEq: "",
    ast.Lt: "≥",
    ast.LtE: ">",
    ast.Gt: "≤",
    ast.GtE: "<",
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
        except (Untold, SyntaxError, ValueError, RecursionError):
            return ""

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
        listed = isinstance(bare, ast.Compare) and isinstance(bare.comparators[0], LISTS)
        said = self._told(node, holds=holds)
        return f"({said})" if listed or isinstance(bare, ast.BoolOp) else said

    def _chained(self, parts: Sequence[str], *, both: bool) -> str:
        said, *others = dict.fromkeys(parts)
        for part in others:
            said = self.book.say("paper_and" if both else "paper_or", one=said, two=part)
        return said

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr, *, holds: bool) -> str:
        if isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            marked = isinstance(op, ast.Eq | ast.In) is holds
            if isinstance(right, LISTS):
                said = [self._marked(left, one, marked=marked) for one in right.elts]
                return self._chained(said, both=not marked)
            if isinstance(op, ast.In | ast.NotIn) or isinstance(left, ast.Constant):
                left, right = right, left
            if not isinstance(right, ast.Constant) or isinstance(right.value, str):
                return self._marked(left, right, marked=marked)
        sign = (SIGNS if holds else OPPOSITE).get(type(op))
        number = right.value if isinstance(right, ast.Constant) else None
        if sign is None or not isinstance(number, int | float):
            raise Untold
        return self._amount(left, f"{sign} {number}".strip())

    def _amount(self, node: ast.expr, amount: str) -> str:
        """How many were marked, or the number that was answered, against another number."""
        phrase = "paper_value"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            if node.func.id != "count":
                raise Untold
            phrase, node = "paper_counted", node.args[0]
        question = self._question(node)
        if question is None or (question.repeat and phrase == "paper_counted"):
            raise Untold
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

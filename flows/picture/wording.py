"""What a picture says in words: the kinds of questions, and conditions for those who do not read them.

A condition that has no plain words is shown as it is written.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from flows.language.model import Flow, Question
from flows.language.piping import fill, plain_decimal

KINDS: Mapping[str, str] = {
    "note": "said, not asked",
    "text": "in words",
    "integer": "a whole number",
    "decimal": "a number",
    "date": "a date",
    "geopoint": "a place",
    "media": "a photo or recording",
    "phone": "a phone number",
    "email": "an e-mail address",
    "consent": "yes or no",
    "repeat": "yes or no",
    "calculate": "worked out",
}
NUMBERS: dict[type[ast.cmpop], str] = {
    ast.Eq: "is",
    ast.NotEq: "is not",
    ast.Lt: "is less than",
    ast.LtE: "is at most",
    ast.Gt: "is more than",
    ast.GtE: "is at least",
}
DAYS = NUMBERS | {
    ast.Lt: "is before",
    ast.LtE: "is not after",
    ast.Gt: "is after",
    ast.GtE: "is not before",
}
COUNTS: dict[type[ast.cmpop], str] = {
    ast.Eq: "exactly",
    ast.Lt: "fewer than",
    ast.LtE: "at most",
    ast.Gt: "more than",
    ast.GtE: "at least",
}
OPPOSITE = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}


def kind(question: Question) -> str:
    """What a question wants, and how strictly."""
    if question.choices:
        many = question.type == "select_multiple"
        told = f"{'any' if many else 'one'} of {len(question.choices)}"
    elif question.type == "range":
        told = f"{plain_decimal(question.start)} to {plain_decimal(question.end)}"
    elif question.multiline:
        told = "in words, until DONE"
    else:
        told = KINDS[question.type]
    marks = {"sensitive": question.sensitive, "must be answered": question.required}
    return " · ".join([told, *(mark for mark, holds in marks.items() if holds)])


def spoken(text: str) -> str:
    """A text as its author knows it, without the fallbacks of its pipes."""
    return fill(text, lambda name: f"{{{name}}}")


def condition(flow: Flow, source: str, language: str) -> str:
    """A condition in plain words, with the labels of choices in ``language``."""
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return source
    return _Wording(flow, language).told(tree)


class _Wording:
    def __init__(self, flow: Flow, language: str) -> None:
        self.flow, self.language = flow, language

    def told(self, node: ast.expr) -> str:
        tell: Mapping[type[ast.expr], Callable[[Any], str]] = {
            ast.BoolOp: self.joined,
            ast.UnaryOp: self.negated,
            ast.Compare: self.compared,
            ast.Call: self.called,
            ast.Name: self.held,
        }
        return tell.get(type(node), ast.unparse)(node)

    def joined(self, node: ast.BoolOp) -> str:
        word = " or " if isinstance(node.op, ast.Or) else " and "
        told = (
            f"({self.told(one)})" if isinstance(one, ast.BoolOp) else self.told(one)
            for one in node.values
        )
        return word.join(told)

    def negated(self, node: ast.UnaryOp) -> str:
        inner = node.operand
        if not isinstance(node.op, ast.Not):
            return ast.unparse(node)
        if (
            isinstance(inner, ast.Compare)
            and type(inner.ops[0]) in OPPOSITE
            and len(inner.ops) == 1
        ):
            turned = OPPOSITE[type(inner.ops[0])]()
            return self.compared(ast.Compare(inner.left, [turned], inner.comparators))
        if isinstance(inner, ast.Call) and self.named(inner) == "answered":
            return f"{ast.unparse(inner.args[0])} was not answered"
        return f"not ({self.told(inner)})"

    def compared(self, node: ast.Compare) -> str:
        if len(node.ops) > 1:
            return ast.unparse(node)
        left, op, right = node.left, type(node.ops[0]), node.comparators[0]
        if op in (ast.In, ast.NotIn):
            return self.contained(left, right, holds=op is ast.In)
        if isinstance(left, ast.Call) and self.named(left) == "count" and op in COUNTS:
            counted = self.question(left.args[0])
            chosen = "chosen in" if counted and counted.choices else "of"
            return f"{COUNTS[op]} {ast.unparse(right)} {chosen} {ast.unparse(left.args[0])}"
        if (
            self.question(left) is None
            and self.question(right) is not None
            and op in (ast.Eq, ast.NotEq)
        ):
            left, right = right, left
        asked = self.question(left)
        words = DAYS if asked and asked.type == "date" else NUMBERS
        return f"{self.value(left, None)} {words[op]} {self.value(right, asked)}"

    def contained(self, left: ast.expr, right: ast.expr, *, holds: bool) -> str:
        asked = self.question(right)
        if asked is not None:
            does = "includes" if holds else "does not include"
            return f"{asked.id} {does} {self.value(left, asked)}"
        if not isinstance(right, ast.List | ast.Tuple | ast.Set):
            return ast.unparse(ast.Compare(left, [ast.In() if holds else ast.NotIn()], [right]))
        values = [self.value(item, self.question(left)) for item in right.elts]
        return f"{self.value(left, None)} {'is' if holds else 'is not'} {' or '.join(values)}"

    def called(self, node: ast.Call) -> str:
        if self.named(node) == "answered" and node.args:
            return f"{ast.unparse(node.args[0])} was answered"
        return self.value(node, None)

    def held(self, node: ast.Name) -> str:
        """A question alone: what was worked out is true or not, and a text or a choice is there or not."""
        asked = self.question(node)
        return f"{node.id} is true" if asked and asked.calculation else f"{node.id} was answered"

    def value(self, node: ast.expr, asked: Question | None) -> str:
        """One side of a comparison; a code of ``asked`` by its label."""
        code = node.id if isinstance(node, ast.Name) else getattr(node, "value", None)
        choice = asked.choice(code) if asked and isinstance(code, str) else None
        if choice is not None:
            return f"“{self.flow.say(choice.label, self.language)}”"
        if isinstance(node, ast.Call):
            inside = ast.unparse(node.args[0]) if node.args else ""
            called = {"years": f"years since {inside}", "length": f"the length of {inside}"}
            called |= {"today": "today", "count": f"how many in {inside}"}
            return called.get(self.named(node), ast.unparse(node))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return f"“{node.value}”"
        return ast.unparse(node)

    def question(self, node: ast.expr) -> Question | None:
        return self.flow.by_id.get(node.id) if isinstance(node, ast.Name) else None

    def named(self, node: ast.Call) -> str:
        return node.func.id if isinstance(node.func, ast.Name) else ""

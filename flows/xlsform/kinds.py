"""What the names in a flow's condition are at one question: answers, codes, days, the number of a time."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.language.expressions import BOOL, DATE, TIMES
from flows.language.kinds import kind_of
from flows.language.model import NO, YES, Flow, Question


@dataclass(frozen=True)
class Kinds:
    """``here`` is the question at which a condition stands; ``form_name`` are names that the form has to change."""

    flow: Flow
    here: Question
    form_name: Mapping[str, str]
    is_own: bool = False  # a constraint: the question itself is a dot

    def is_constant(self, node: ast.expr, other: ast.expr) -> bool:
        """Whether it is a number, a text or a bare code of the question on the other side."""
        if isinstance(node, ast.Constant):
            return True
        return (
            isinstance(node, ast.Name)
            and isinstance(other, ast.Name)
            and node.id in self.codes(other.id)
        )

    def named(self, node: ast.expr) -> Iterator[str]:
        """The questions that an expression looks at."""
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and self.is_asked(one.id):
                yield one.id

    def is_asked(self, name: str) -> bool:
        """Whether it is a question that was asked before, and not a code or a function."""
        limit = self.flow.position(self.here.id) + self.is_own
        known = self.kind(name) != ""
        return known and (name == self.here.repeat or self.flow.position(name) < limit)

    def is_size(self, node: ast.AST) -> bool:
        """How many choices or letters: none, and not unknown, where nothing is answered."""
        match node:
            case ast.Call(ast.Name("count" | "length"), [ast.Name(name)]):
                return self.kind(name) != TIMES
        return False

    def is_here(self, name: str) -> bool:
        return self.is_own and name == self.here.id

    def is_day(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(ast.Name("today")):
                return True
            case ast.Name(name):
                return self.kind(name) == DATE
            case ast.BinOp(left, _, right):
                return self.is_day(left) and not self.is_day(right)
            case ast.IfExp(_, one, two):
                return self.is_day(one) or self.is_day(two)
        return False

    def is_truth(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return self.kind(node.id) == BOOL
        negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        asked = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "answered"
        return negated or asked or isinstance(node, ast.BoolOp | ast.Compare)

    def kind_at(self, node: ast.expr) -> str:
        return self.kind(node.id) if isinstance(node, ast.Name) else ""

    def kind(self, name: str) -> str:
        question = self.flow.by_id.get(name)
        return kind_of(question) if question and question.keeps else ""

    def codes(self, name: str) -> tuple[str, ...]:
        question = self.flow.by_id.get(name)
        if question is None:
            return ()
        if question.type == "consent":
            return (YES, NO)
        if question.calculation is not None:
            return question.calculation.known.codes
        return tuple(choice.code for choice in question.choices)

    def ref(self, name: str) -> str:
        if self.is_here(name):
            return "."
        if self.kind(name) != TIMES:
            return self.name(name)
        if name != self.here.repeat:
            return f"count({self.name(name)})"
        within = self.here.groups[self.here.groups.index(name) :]
        return f"position({'/'.join('..' for _ in within)})"

    def name(self, name: str) -> str:
        return f"${{{self.form_name.get(name, name)}}}"


def quoted(word: str) -> str:
    """A text in XPath, which knows no way to write both kinds of quotes in one."""
    if "'" not in word:
        return f"'{word}'"
    if '"' not in word:
        return f'"{word}"'
    parts = ', "\'", '.join(f"'{part}'" for part in word.split("'"))
    return f"concat({parts})"

"""From the text of a condition to an Expression: Python's syntax, none of its power.

The text is parsed with ``ast`` and never run by Python. Every name, type and choice code is checked against the
questions that stand before, and a mistake says how to mend it.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from flows.expressions import (
    ARITHMETIC,
    BOOL,
    CODE,
    CODES,
    COMPARE,
    DATE,
    FUNCTIONS,
    NAMES,
    NUMBER,
    TEXT,
    Expression,
    ExpressionError,
    Known,
    Part,
    Run,
    both,
    exact,
    joined,
    parse,
    unless_unknown,
)


def compile_expression(source: str, scope: Mapping[str, Known]) -> Expression:
    """Check ``source`` against the questions in ``scope``; raises ExpressionError for the mistakes in it."""
    text = source.strip()
    compiler = _Compiler(text, scope)
    part = compiler.attempt(lambda: compiler.truth(parse(text).body))
    if part is None or compiler.mistakes:
        first, *others = compiler.mistakes
        first.also = tuple(others)
        raise first
    return Expression(text, frozenset(compiler.uses), part.run)


class _Compiler:
    def __init__(self, text: str, scope: Mapping[str, Known]) -> None:
        self.text, self.scope = text, scope
        self.uses: set[str] = set()
        self.mistakes: list[ExpressionError] = []

    def attempt(self, build: Callable[[], Part]) -> Part | None:
        """What ``build`` makes, or None when it found a mistake, which is kept."""
        try:
            return build()
        except ExpressionError as mistake:
            self.mistakes.append(mistake)
            return None

    def wrong(self, node: ast.expr, message: str, cure: str = "") -> ExpressionError:
        before = self.text.encode()[: node.col_offset].decode(errors="ignore")
        return ExpressionError(message, cure, len(before))

    def part(self, node: ast.expr) -> Part:
        build = _BUILD.get(type(node))
        if build is None:
            shown = ast.get_source_segment(self.text, node) or "this"
            raise self.wrong(node, f"“{shown}” is not allowed in a condition")
        return build(self, node)

    def truth(self, node: ast.expr) -> Part:
        part = self.part(node)
        if part.kind == BOOL:
            return part
        if part.kind in (CODES, TEXT):
            return Part(BOOL, unless_unknown(part.run, bool))
        cure = "Write a comparison, such as name == code or number > 0."
        raise self.wrong(node, f"this is {NAMES[part.kind]}, not a condition", cure)

    def name(self, node: ast.Name) -> Part:
        known = self.scope.get(node.id)
        if known is None:
            raise self.unknown(node, node.id)
        self.uses.add(node.id)
        name = node.id
        return Part(known.kind, lambda facts: facts.values.get(name), known.codes)

    def unknown(self, node: ast.expr, name: str) -> ExpressionError:
        codes = [code for known in self.scope.values() for code in known.codes]
        close = get_close_matches(name, [*self.scope, *codes], n=1)
        cure = f"Did you mean {close[0]}?" if close else "Name a question that is asked before."
        return self.wrong(node, f"there is no earlier question “{name}”", cure)

    def constant(self, node: ast.Constant) -> Part:
        value = node.value
        if isinstance(value, str):
            return Part(TEXT, lambda _: value, constant=value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(node, f"“{value!r}” has no meaning here", "Use a number or 'a text'.")
        number = Decimal(str(value))
        return Part(NUMBER, lambda _: number, constant=number)

    def junction(self, node: ast.BoolOp) -> Part:
        parts = [self.attempt(lambda value=value: self.truth(value)) for value in node.values]  # type: ignore[misc]
        runs = [part.run for part in parts if part is not None]
        return Part(BOOL, joined(runs, isinstance(node.op, ast.Or)))

    def unary(self, node: ast.UnaryOp) -> Part:
        if isinstance(node.op, ast.Not):
            return Part(BOOL, unless_unknown(self.truth(node.operand).run, operator.not_))
        part = self.part(node.operand)
        if not isinstance(node.op, ast.USub) or part.kind != NUMBER:
            raise self.wrong(node, "a sign belongs before a number")
        return Part(NUMBER, unless_unknown(part.run, operator.neg))

    def arithmetic(self, node: ast.BinOp) -> Part:
        left, right = self.part(node.left), self.part(node.right)
        work = ARITHMETIC.get(type(node.op))
        if work is None or left.kind != NUMBER or right.kind != NUMBER:
            raise self.wrong(node, "only numbers can be added, taken away, multiplied or divided")
        return Part(NUMBER, both(left.run, right.run, lambda a, b: work(exact(a), exact(b))))

    def comparison(self, node: ast.Compare) -> Part:
        operands = [node.left, *node.comparators]
        runs = [self.pair(operands[i], op, operands[i + 1], node) for i, op in enumerate(node.ops)]

        return Part(BOOL, joined(runs, decisive=False))

    def pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr, node: ast.expr) -> Run:
        compare = COMPARE.get(type(op))
        if compare is None:
            raise self.wrong(node, "“is” is not allowed", "Use == or !=.")
        if isinstance(op, ast.In | ast.NotIn):
            return self.membership(left, right, compare)
        one, two = self.operand(left, right), self.operand(right, left)
        one, two = self.coerce(left, one, two), self.coerce(right, two, one)
        if one.kind != two.kind:
            message = f"{NAMES[one.kind]} cannot be compared with {NAMES[two.kind]}"
            raise self.wrong(node, message)
        equality = isinstance(op, ast.Eq | ast.NotEq)
        if one.kind == CODES:
            raise self.wrong(node, "a list of choices has no single value", "Write: code in name.")
        if not equality and one.kind not in (NUMBER, DATE):
            raise self.wrong(node, f"{NAMES[one.kind]} has no order", "Use == or !=.")
        return both(one.run, two.run, compare)

    def membership(
        self, left: ast.expr, right: ast.expr, compare: Callable[[Any, Any], bool]
    ) -> Run:
        if isinstance(right, ast.List | ast.Tuple | ast.Set):
            one = self.part(left)
            items = [self.coerce(item, self.operand(item, left), one) for item in right.elts]
            for item, part in zip(right.elts, items, strict=True):
                if part.kind != one.kind:
                    raise self.wrong(item, f"this is not {NAMES[one.kind]}")
            constants = [item.constant for item in items]
            return unless_unknown(one.run, lambda value: compare(value, constants))
        many = self.part(right)
        if many.kind != CODES:
            cure = "Right of “in” stands a select_multiple question or a list in brackets."
            raise self.wrong(right, f"{NAMES[many.kind]} holds no choices", cure)
        one = self.coerce(left, self.operand(left, right), many)
        if one.kind != CODE:
            raise self.wrong(left, f"{NAMES[one.kind]} cannot be in a list of choices")
        return both(one.run, many.run, compare)

    def operand(self, node: ast.expr, other: ast.expr) -> Part:
        """A bare name is a code where the other side is a question with that code."""
        if isinstance(node, ast.Name) and isinstance(other, ast.Name):
            known = self.scope.get(other.id)
            is_question = node.id in self.scope
            if known and node.id in known.codes:
                if is_question:
                    cure = f"Put the code in quotes: '{node.id}'."
                    raise self.wrong(node, f"“{node.id}” is a question and a code", cure)
                return Part(CODE, lambda _, code=node.id: code, constant=node.id)  # type: ignore[misc]
            if known and known.codes and not is_question:
                raise self.no_code(node, node.id, known.codes)
        return self.part(node)

    def coerce(self, node: ast.expr, part: Part, other: Part) -> Part:
        """A quoted text beside a choice is a code, beside a date a date."""
        if part.kind != TEXT or part.constant is None:
            return part
        word = str(part.constant)
        if other.kind in (CODE, CODES) and other.codes:
            if word not in other.codes:
                raise self.no_code(node, word, other.codes)
            return Part(CODE, part.run, constant=word)
        if other.kind == DATE:
            try:
                day = date.fromisoformat(word)
            except ValueError:
                raise self.wrong(node, f"“{word}” is not a date", "Write '2026-05-31'.") from None
            return Part(DATE, lambda _: day, constant=day)
        return part

    def no_code(self, node: ast.expr, word: str, codes: tuple[str, ...]) -> ExpressionError:
        close = get_close_matches(word, codes, n=1)
        cure = f"Did you mean {close[0]}?" if close else f"The codes are: {', '.join(codes)}."
        return self.wrong(node, f"“{word}” is not a choice of that question", cure)

    def call(self, node: ast.Call) -> Part:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            cure = f"The functions are: {', '.join(sorted(FUNCTIONS))}."
            close = get_close_matches(name, FUNCTIONS, n=1)
            cure = f"Did you mean {close[0]}? {cure}" if close else cure
            raise self.wrong(node, f"there is no function “{name or 'this'}”", cure)
        kinds, result, work = FUNCTIONS[name]
        if len(node.args) != (1 if kinds else 0):
            what = "one question" if kinds else "nothing"
            raise self.wrong(node, f"{name}() takes {what} between its brackets")
        if not kinds:
            return Part(result, lambda facts: work(facts, ""))
        argument = node.args[0]
        if not isinstance(argument, ast.Name):
            raise self.wrong(argument, f"{name}() takes the name of a question")
        part = self.name(argument)
        if part.kind not in kinds:
            raise self.wrong(argument, f"{name}() cannot take {NAMES[part.kind]}")
        question = argument.id
        return Part(result, lambda facts: work(facts, question))


_BUILD: dict[type[ast.expr], Callable[[_Compiler, Any], Part]] = {
    ast.BoolOp: _Compiler.junction,
    ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.arithmetic,
    ast.Compare: _Compiler.comparison,
    ast.Name: _Compiler.name,
    ast.Constant: _Compiler.constant,
    ast.Call: _Compiler.call,
}

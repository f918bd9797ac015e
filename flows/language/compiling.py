"""From the text of a condition to an Expression: Python's syntax, none of its power.

The text is parsed with ``ast`` and never run by Python. Every name, type and choice code is checked against the
questions that stand before, and a mistake says how to mend it.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from flows.guessing import nearest
from flows.language.expressions import (
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
    Facts,
    Known,
    Part,
    Run,
    Value,
    both,
    joined,
    parse,
    reckon,
    unless_unknown,
)
from flows.language.operands import Operands


def compile_expression(source: str, scope: Mapping[str, Known]) -> Expression:
    """Check ``source`` against the questions in ``scope``; raises ExpressionError for the mistakes in it."""
    return _compiled(source, scope, _Compiler.truth)


def compile_calculation(source: str, scope: Mapping[str, Known]) -> Expression:
    """The same for what may come to any kind of value: a number, a date, a choice, a condition."""
    return _compiled(source, scope, _Compiler.part)


def _compiled(
    source: str, scope: Mapping[str, Known], build: "Callable[[_Compiler, ast.expr], Part]"
) -> Expression:
    text = source.strip()
    compiler = _Compiler(text, scope)
    part = compiler.attempt(lambda: build(compiler, parse(text).body))
    if part is None or compiler.mistakes:
        first, *others = compiler.mistakes
        first.also = tuple(others)
        raise first
    return Expression(text, frozenset(compiler.uses), part.run, Known(part.kind, part.codes))


class _Compiler(Operands):
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
        kind = SUMS.get((left.kind, type(node.op), right.kind)) if work else None
        if work is None or kind is None:
            cure = "Numbers can; from a date, days or another date can be taken away."
            message = "only numbers can be added, taken away, multiplied or divided"
            raise self.wrong(node, message, cure if DATE in (left.kind, right.kind) else "")
        return Part(kind, both(left.run, right.run, lambda a, b: reckon(work, a, b)))

    def either(self, node: ast.IfExp) -> Part:
        """``a if condition else b``."""
        test = self.truth(node.test).run
        one, two = self.part(node.body), self.part(node.orelse)
        one, two = self.coerce(node.body, one, two), self.coerce(node.orelse, two, one)
        if one.kind != two.kind:
            message = f"{NAMES[one.kind]} or {NAMES[two.kind]}: both must be of one kind"
            raise self.wrong(node, message)
        codes = tuple(dict.fromkeys((*one.codes, *two.codes)))

        def run(facts: Facts) -> Value:
            holds = test(facts)
            return None if holds is None else one.run(facts) if holds else two.run(facts)

        return Part(one.kind, run, codes)

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
            lists = CODES in (one.kind, two.kind)
            raise self.wrong(node, message, "Write: code in name." if lists else "")
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

    def call(self, node: ast.Call) -> Part:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "selected":
            raise self.wrong(node, "there is no function “selected”", "Write: code in name.")
        if name not in FUNCTIONS or node.keywords:
            cure = f"The functions are: {', '.join(sorted(FUNCTIONS))}."
            close = nearest(name, FUNCTIONS)
            cure = f"Did you mean {close}? {cure}" if close else cure
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
        part = self.name(argument, counted=True)
        if part.kind not in kinds:
            raise self.wrong(argument, f"{name}() cannot take {NAMES[part.kind]}")
        question = argument.id
        return Part(result, lambda facts: work(facts, question))


# what adding and taking away give, by the kinds on both sides
SUMS: dict[tuple[str, type[ast.operator], str], str] = {
    **{(NUMBER, sign, NUMBER): NUMBER for sign in ARITHMETIC},
    (DATE, ast.Sub, DATE): NUMBER,
    (DATE, ast.Sub, NUMBER): DATE,
    (DATE, ast.Add, NUMBER): DATE,
}

_BUILD: dict[type[ast.expr], Callable[[_Compiler, Any], Part]] = {
    ast.BoolOp: _Compiler.junction,
    ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.arithmetic,
    ast.Compare: _Compiler.comparison,
    ast.IfExp: _Compiler.either,
    ast.Name: _Compiler.name,
    ast.Constant: _Compiler.constant,
    ast.Call: _Compiler.call,
}

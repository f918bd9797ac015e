"""What a condition compares the questions it uses with: all that its truth can turn on.

Read from its text, for ``cases`` to try the values that make a difference. A condition that reckons or compares in any
other way is not followed, and nothing is said about it.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.language.expressions import (
    BOOL,
    CODE,
    CODES,
    DATE,
    NUMBER,
    TEXT,
    TIMES,
    Expression,
    Value,
    parse,
)

VALUE, SIZE, YEARS = "value", "size", "years"  # of a question, compared with a constant
LINKED = "linked"  # compared with another question, or with today
EVERY = "every"  # each of its codes matters
WHETHER = "whether"  # asked only whether it is answered
TODAY = ""  # the name under which today stands among the questions
LARGEST = 10**9
SIGNS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
DERIVED = {"count": SIZE, "length": SIZE, "years": YEARS}


class Beyond(Exception):
    """What cannot be decided by trying cases."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that matters about a question: the constant it is compared with, or the other question."""

    name: str
    aspect: str
    constant: Value = None


@dataclass(frozen=True, slots=True)
class _Term:
    """One side of a comparison: a constant, or an aspect of a question or of today."""

    aspect: str
    name: str = TODAY
    constant: Value = None


CONSTANT = "constant"


def notes_of(expression: Expression, kinds: Mapping[str, str]) -> tuple[Note, ...] | None:
    """What matters to ``expression``, given the kinds of the questions; None where it cannot be followed."""
    try:
        tree = parse(expression.source)
        return tuple(_Reader(expression.uses, kinds).truth(tree.body))
    except (Beyond, ValueError, ArithmeticError, KeyError):
        return None


@dataclass(frozen=True)
class _Reader:
    uses: frozenset[str]
    kinds: Mapping[str, str]

    def truth(self, node: ast.expr) -> Iterator[Note]:
        match node:
            case ast.BoolOp(values=parts):
                for part in parts:
                    yield from self.truth(part)
            case ast.UnaryOp(op=ast.Not(), operand=part):
                yield from self.truth(part)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                for part in (test, body, orelse):
                    yield from self.truth(part)
            case ast.Compare(left=left, ops=signs, comparators=rights):
                for sign, right in zip(signs, rights, strict=True):
                    yield from self.pair(left, sign, right)
                    left = right
            case ast.Call(func=ast.Name(id="answered"), args=[ast.Name(id=name)]):
                yield Note(name, WHETHER)
            case ast.Name(id=name) if name in self.uses:
                if self.kinds[name] != BOOL:
                    yield Note(name, WHETHER)
            case _:
                raise Beyond

    def pair(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Iterator[Note]:
        one = self.term(left)
        if isinstance(sign, SIGNS):
            yield from self.compared(one, self.term(right))
        elif isinstance(right, ast.List | ast.Tuple | ast.Set):
            for item in map(self.term, right.elts):
                if item.aspect != CONSTANT:
                    raise Beyond
                yield from self.compared(one, item)
        else:
            yield from self.member(one, self.term(right))

    def member(self, one: _Term, many: _Term) -> Iterator[Note]:
        if many.aspect != VALUE or self.kinds[many.name] != CODES:
            raise Beyond
        if one.aspect == CONSTANT:
            yield Note(many.name, VALUE, one.constant)
        elif one.aspect == VALUE and self.kinds[one.name] == CODE:
            yield from (Note(one.name, EVERY), Note(many.name, EVERY))
        else:
            raise Beyond

    def term(self, node: ast.expr) -> _Term:
        match node:
            case ast.Constant(value=str(text)):
                return _Term(CONSTANT, constant=text)
            case ast.Constant(value=int() | float() as number):
                return _Term(CONSTANT, constant=Decimal(str(number)))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return _Term(CONSTANT, constant=-Decimal(str(number)))
            case ast.Name(id=name) if name in self.uses:
                return _Term(VALUE, name)
            case ast.Name(id=code):
                return _Term(CONSTANT, constant=code)
            case ast.Call(func=ast.Name(id="today")):
                return _Term(VALUE, TODAY)
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)]):
                times = self.kinds[name] == TIMES  # its count is its value
                return _Term(VALUE if times else DERIVED[function], name)
        raise Beyond

    def kind(self, term: _Term) -> str:
        if term.aspect != VALUE:
            return NUMBER
        kind = DATE if term.name == TODAY else self.kinds[term.name]
        return NUMBER if kind == TIMES else kind

    def compared(self, one: _Term, other: _Term) -> Iterator[Note]:
        if one.aspect == CONSTANT:
            one, other = other, one
        if one.aspect == CONSTANT:
            return
        if other.aspect == CONSTANT:
            yield Note(one.name, one.aspect, self.constant(self.kind(one), other.constant))
        elif one.aspect == other.aspect == VALUE and self.kind(one) == self.kind(other):
            yield from self.linked(one, other)
        else:
            raise Beyond

    def linked(self, one: _Term, other: _Term) -> Iterator[Note]:
        kind = self.kind(one)
        if kind in (NUMBER, DATE):
            yield from (Note(one.name, LINKED, other.name), Note(other.name, LINKED, one.name))
        elif kind == CODE:
            yield from (Note(one.name, EVERY), Note(other.name, EVERY))
        elif kind != BOOL:
            raise Beyond

    def constant(self, kind: str, value: Value) -> Value:
        """The constant as a value of ``kind``; raises ValueError, or Beyond where it can be none."""
        if kind == NUMBER and isinstance(value, Decimal) and abs(value) <= LARGEST:
            return value
        if kind == DATE and isinstance(value, str):
            return date.fromisoformat(value)
        if kind in (TEXT, CODE) and isinstance(value, str):
            return value
        raise Beyond

"""What an XLSForm expression means in the flow language.

The two differ in what is missing: to XPath an unanswered question is an empty text, here it is unknown. Every test is
therefore written once as it must hold and once as it must fail, and what XPath finds true of an empty text says
``not answered(...)`` here. What has no equivalent raises NotCarried; nothing is guessed.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from flows.language.compiling import compile_calculation, compile_expression
from flows.language.expressions import (
    CODE,
    CODES,
    DATE,
    NUMBER,
    TEXT,
    Expression,
    ExpressionError,
    Known,
)
from flows.xlsform.pieces import (
    BY_HAND,
    BY_NOW,
    COMPARE,
    CURES,
    INVERSE,
    SIZES,
    SUMS,
    TURNED,
    NotCarried,
    Truth,
    call,
    decimal_of,
    joined,
    number_of,
    operands,
    spoken,
    tree_of,
    years,
)
from flows.xlsform.place import Place
from flows.xlsform.xpath import Call, Here, Minus, Node, Number, Op, Ref, Text

MAX_SHOWN = 80  # characters of a condition that a message shows


@dataclass(frozen=True)
class Meaning(Place):
    """Expressions as they are understood at their place."""

    def condition(self, source: str) -> str | bool:
        """When it holds, in our words; True or False where that is settled. Raises NotCarried."""
        truth = self.truth(tree_of(source), holds=True)
        return truth if isinstance(truth, bool) else self.said(truth, compile_expression)

    def calculation(self, source: str) -> str:
        value = replace(self, strict=True).value(tree_of(source))
        return self.said(value, compile_calculation)

    def said(
        self, tree: ast.expr, compiled: Callable[[str, Mapping[str, Known]], Expression]
    ) -> str:
        text = spoken(tree)
        try:
            compiled(text, self.scope)
        except ExpressionError as error:
            shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
            raise NotCarried(f"{error.message} (as “{shown}”)", error.cure or BY_HAND) from None
        return text

    # conditions

    def truth(self, node: Node, *, holds: bool) -> Truth:
        """What is true when ``node`` is true to XPath, or with ``holds=False`` when it is false."""
        match node:
            case Op("and" | "or" as sign):
                return joined(
                    [self.truth(one, holds=holds) for one in operands(node)],
                    every=(sign == "and") == holds,
                )
            case Op(sign, left, right) if sign in COMPARE:
                return self.comparison(sign, left, right, holds)
            case Call("not", (inner,)):
                return self.truth(inner, holds=not holds)
            case Call("true", ()) | Call("false", ()):
                return (node.name == "true") == holds
            case Call("boolean", (inner,)):
                return self.truth(inner, holds=holds)
            case Call("selected", (question, code)):
                return self.selected(question, code, holds)
            case Call("if", (test, one, two)):
                yes = [self.truth(test, holds=True), self.truth(one, holds=holds)]
                no = [self.truth(test, holds=False), self.truth(two, holds=holds)]
                return joined([joined(yes, every=True), joined(no, every=True)], every=False)
            case Ref() | Here():
                return self.answered(node, holds)
            case Call():
                raise self.unknown(node)
        raise NotCarried("this is a value, not a condition")

    def comparison(self, sign: str, left: Node, right: Node, holds: bool) -> Truth:
        if isinstance(left, Text | Number) or left in (Call("today", ()), Call("now", ())):
            left, right, sign = right, left, TURNED[sign]
        match right:
            case Call("true" | "false" as word, ()) if sign in ("=", "!="):
                return self.truth(left, holds=(word == "true") == (sign == "=") == holds)
            case Text("") if sign in ("=", "!="):
                return self.answered(left, (sign == "!=") == holds)
            case Text(word) if isinstance(left, Ref) and left.name in self.settled:
                same = self.settled[left.name] == word
                return (same == (sign == "=")) == holds
        wanted = sign if holds else INVERSE[sign]
        if right == Call("now", ()) and wanted in BY_NOW:
            wanted, right = BY_NOW[wanted], Call("today", ())
        if isinstance(left, Call) and left.name in SIZES and isinstance(right, Number):
            return self.size(left, wanted, right.value)
        known = self.known(left)
        if known and known.kind == CODES:
            return self.only(left, right, wanted)
        one, two = self.operand(left, right), self.operand(right, left)
        test = ast.Compare(one, [COMPARE[wanted][0]()], [two])
        missing = (sign == "!=") == holds  # XPath finds this true of an empty text
        return self.guarded(test, [left, right], missing=missing)

    def size(self, sized: Call, sign: str, number: Decimal) -> Truth:
        """How many choices, how many letters: of an unanswered question none."""
        compare, holds = COMPARE[sign]
        counted = call(SIZES[sized.name], self.question(sized.args))
        test = ast.Compare(counted, [compare()], [number_of(number)])
        return self.guarded(test, sized.args, missing=holds(Decimal(0), number))

    def only(self, question: Node, code: Node, sign: str) -> Truth:
        """``${many} = 'a'`` means that a was chosen and nothing else."""
        if sign not in ("=", "!=") or not isinstance(code, Text | Number):
            raise NotCarried("several choices are compared with something else than one choice")
        name = self.name(question)
        alike = sign == "="
        parts: list[Truth] = [
            ast.Compare(
                self.code(str(code.value), name.id), [ast.In() if alike else ast.NotIn()], [name]
            ),
            ast.Compare(
                call("count", name), [ast.Eq() if alike else ast.NotEq()], [number_of(Decimal(1))]
            ),
        ]
        both = joined(parts, every=alike)
        assert isinstance(both, ast.expr)  # noqa: S101 - neither part is settled
        return self.guarded(both, [question], missing=not alike)

    def selected(self, question: Node, code: Node, holds: bool) -> Truth:
        if isinstance(question, Ref) and question.name in self.settled:
            return self.comparison("=", question, code, holds)
        known = self.known(question)
        if known and known.kind == CODE:
            return self.comparison("=", question, code, holds)
        if not known or known.kind != CODES:
            raise NotCarried("selected() needs a question with choices")
        one = self.operand(code, question)
        test = ast.Compare(one, [ast.In() if holds else ast.NotIn()], [self.name(question)])
        return self.guarded(test, [question, code], missing=not holds)

    # values

    def value(self, node: Node) -> ast.expr:
        match node:
            case Number(number):
                return number_of(number)
            case Text(word):
                if not word:
                    raise NotCarried("an empty text has no equivalent: what is missing is unknown")
                return ast.Constant(word)
            case Ref(name) if name in self.days:
                return call("today")
            case Ref() | Here():
                return self.name(node)
            case Minus(inner):
                return ast.UnaryOp(ast.USub(), self.value(inner))
            case Op(sign, left, right) if sign in SUMS:
                return ast.BinOp(self.value(left), SUMS[sign](), self.value(right))
            case Op("mod"):
                raise NotCarried("the rest of a division (mod) has no equivalent")
            case Call():
                return self.called(node)
        truth = self.truth(node, holds=True)
        if isinstance(truth, bool):
            raise NotCarried("this is always the same")
        return truth

    def called(self, node: Call) -> ast.expr:
        match node.name, node.args:
            case "today", ():
                return call("today")
            case (("date" | "number" | "string"), (inner,)):
                return self.value(inner)
            case (("int" | "floor"), (inner,)):
                born = years(inner)
                if born is None:
                    raise NotCarried(f"{node.name}() has no equivalent: numbers are not rounded")
                return call("years", self.name(born))
            case "coalesce", (Ref() as one, two):
                return ast.IfExp(
                    call("answered", self.name(one)), self.name(one), self.operand(two, one)
                )
            case "if", (test, one, two):
                return self.either(test, one, two)
            case "count", (Ref() as repeat,):
                return call("count", self.name(repeat))
            case (("count-selected" | "string-length"), (inner,)):
                return self.sized(node, inner)
            case (("selected" | "not" | "boolean" | "true" | "false"), _):
                truth = self.truth(node, holds=True)
                if not isinstance(truth, bool):
                    return truth
        raise self.unknown(node)

    def either(self, test: Node, one: Node, two: Node) -> ast.expr:
        truth = replace(self, strict=True).truth(test, holds=True)
        if isinstance(truth, bool):
            return self.value(one if truth else two)
        return ast.IfExp(truth, self.operand(one, two), self.operand(two, one))

    def sized(self, node: Call, inner: Node) -> ast.expr:
        name = self.name(inner)
        size = call(SIZES[node.name], name)
        if name.id == self.own:
            return size
        return ast.IfExp(call("answered", name), size, number_of(Decimal(0)))

    def operand(self, node: Node, other: Node) -> ast.expr:
        """A value beside ``other``: a constant is of the kind that the other side is."""
        known = self.known(other)
        if isinstance(node, Text | Number) and known and node != Text(""):
            word = str(node.value)
            if known.codes:
                return self.code(word, self.name(other).id)
            if known.kind == NUMBER and isinstance(node, Text):
                return number_of(decimal_of(word))
            if known.kind == TEXT:
                return ast.Constant(word)
            if known.kind == DATE and isinstance(node, Text):
                return ast.Constant(word[:10])
        return self.value(node)

    def unknown(self, node: Call) -> NotCarried:
        return NotCarried(f"{node.name}() has no equivalent", CURES.get(node.name, BY_HAND))

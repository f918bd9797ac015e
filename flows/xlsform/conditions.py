"""What a condition of a flow means in XPath, for the tools that read XLSForms.

The other way round than ``meaning``: what is unknown here must fail there too, so that a test which an empty text
would pass says first that there is an answer.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from flows.language.expressions import BOOL, CODE, CODES, COMPARE, TEXT, TIMES
from flows.language.model import NO, YES
from flows.xlsform.kinds import Kinds, quoted

SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
INVERSE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SUMS: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "div",
}
IN_DIGITS = "number(format-date({}, '%Y%m%d'))"
NEVER = "false()"


class Conditions(Kinds):
    """Conditions as they stand at one question."""

    def condition(self, source: str) -> str:
        return self.truth(ast.parse(source, mode="eval").body, holds=True)

    def calculation(self, source: str) -> str:
        node = ast.parse(source, mode="eval").body
        return self.as_words(node) if self.is_truth(node) else self.value(node)

    def constraint(self, source: str) -> str:
        """Only what is known to be wrong is refused, also where it is held against a question without an answer."""
        node = ast.parse(source, mode="eval").body
        others = set(self.named(node)) - {self.here.id}
        return f"not({self.truth(node, holds=False)})" if others else self.truth(node, holds=True)

    # conditions

    def truth(self, node: ast.expr, *, holds: bool) -> str:
        match node:
            case ast.BoolOp(op, values):
                sign = " and " if isinstance(op, ast.And) == holds else " or "
                parts = [(one, self.truth(one, holds=holds)) for one in values]
                return sign.join(_bracketed(text) for _, text in parts)
            case ast.UnaryOp(ast.Not(), inner):
                return self.truth(inner, holds=not holds)
            case ast.Compare(left, ops, rights):
                sides = [left, *rights]
                pairs = [self.pair(sides[i], op, sides[i + 1], holds) for i, op in enumerate(ops)]
                if len(pairs) == 1:
                    return pairs[0]
                return (" and " if holds else " or ").join(_bracketed(pair) for pair in pairs)
            case ast.IfExp(test, one, two):
                yes = (self.truth(test, holds=True), self.truth(one, holds=holds))
                no = (self.truth(test, holds=False), self.truth(two, holds=holds))
                return f"({' and '.join(map(_bracketed, yes))}) or ({' and '.join(map(_bracketed, no))})"
            case ast.Call(ast.Name("answered"), [ast.Name(name)]):
                return self.answered(name, holds)
            case ast.Name(name) if self.kind(name) == BOOL:
                return f"{self.ref(name)} = '{YES if holds else NO}'"
        return (
            f"{self.value(node)} != ''" if holds else NEVER
        )  # a text or a list that is known is not empty

    def pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr, holds: bool) -> str:
        wanted = type(op) if holds else INVERSE[type(op)]
        if wanted in (ast.In, ast.NotIn):
            return self.membership(left, right, inside=wanted is ast.In)
        one, two = self.operand(left, right), self.operand(right, left)
        test = f"{one} {SIGNS[wanted]} {two}"
        constant = self.is_constant(left, right) or self.is_constant(right, left)
        empty_passes = wanted is ast.NotEq or (wanted is ast.Eq and not constant)
        if empty_passes or self.counts_none(left, wanted, right):
            return self.known([left, right], test)
        return test

    def counts_none(self, left: ast.expr, op: type[ast.cmpop], right: ast.expr) -> bool:
        """Whether it may hold of no choices and no letters, which is what XPath counts where nothing is answered."""
        if self.is_size(left) and isinstance(right, ast.Constant):
            return COMPARE[op](0, right.value)
        return any(self.is_size(one) for side in (left, right) for one in ast.walk(side))

    def membership(self, left: ast.expr, right: ast.expr, *, inside: bool) -> str:
        if isinstance(right, ast.List | ast.Tuple | ast.Set):
            op = ast.Eq() if inside else ast.NotEq()
            tests = [self.pair(left, op, item, holds=True) for item in right.elts]
            return (" or " if inside else " and ").join(map(_bracketed, tests)) or NEVER
        test = f"selected({self.value(right)}, {self.operand(left, right)})"
        if not inside:
            return self.known([left, right], f"not({test})")
        return test if self.is_constant(left, right) else self.known([left], test)

    def known(self, nodes: Iterable[ast.expr], test: str) -> str:
        """The test, which fails where one of the values it looks at is unknown."""
        there = dict.fromkeys(one for node in nodes for one in self.there(node))
        return " and ".join([*there, test])

    def there(self, node: ast.expr) -> Iterator[str]:
        """When a value is known."""
        match node:
            case ast.Name(name) if self.is_asked(name) and not self.is_here(name):
                yield self.answered(name, holds=True)
            case ast.IfExp(test, one, two):
                ways = [
                    " and ".join([_bracketed(self.truth(test, holds=holds)), *self.there(way)])
                    for holds, way in ((True, one), (False, two))
                ]
                yield f"(({ways[0]}) or ({ways[1]}))"
            case ast.Call(_, args):
                for inner in args:
                    yield from self.there(inner)
            case ast.BinOp(left, _, right):
                yield from self.there(left)
                yield from self.there(right)
            case ast.UnaryOp(_, inner):
                yield from self.there(inner)

    def answered(self, name: str, holds: bool) -> str:
        if self.kind(name) == TIMES:
            return f"count({self.name(name)}) {'>' if holds else '='} 0"
        return f"{self.ref(name)} {'!=' if holds else '='} ''"

    # values

    def value(self, node: ast.expr) -> str:
        match node:
            case ast.Name(name):
                return self.ref(name)
            case ast.Constant(str() as word):
                return quoted(word)
            case ast.Constant(number):
                return f"{Decimal(str(number)):f}"
            case ast.UnaryOp(ast.USub(), inner):
                return f"-({self.value(inner)})"
            case ast.BinOp(left, op, right):
                reckoned = f"({self.value(left)} {SUMS[type(op)]} {self.value(right)})"
                return f"date{reckoned}" if self.is_day(node) else reckoned
            case ast.IfExp(test, one, two):
                yes, no = self.truth(test, holds=True), self.truth(test, holds=False)
                first, second = self.operand(one, two), self.operand(two, one)
                return f"if({yes}, {first}, if({no}, {second}, ''))"
            case ast.Call(ast.Name(function), args):
                return self.called(function, [one.id for one in args if isinstance(one, ast.Name)])
        return self.as_words(node)

    def called(self, function: str, names: list[str]) -> str:
        if not names:
            return "today()"
        ref = self.ref(names[0])
        match function:
            case "count":
                return ref if self.kind(names[0]) == TIMES else f"count-selected({ref})"
            case "length":
                return f"string-length({ref})"
            case "years":
                today, born = IN_DIGITS.format("today()"), IN_DIGITS.format(ref)
                return f"int(({today} - {born}) div 10000)"
        return self.as_words(ast.Call(ast.Name(function), [ast.Name(name) for name in names], []))

    def as_words(self, node: ast.expr) -> str:
        """A condition as a value: yes, no, or nothing while it is unknown."""
        yes, no = self.truth(node, holds=True), self.truth(node, holds=False)
        return f"if({yes}, '{YES}', if({no}, '{NO}', ''))"

    def operand(self, node: ast.expr, other: ast.expr) -> str:
        if self.is_constant(node, other) and isinstance(node, ast.Name | ast.Constant):
            word = str(node.id if isinstance(node, ast.Name) else node.value)
            if self.kind_at(other) in (CODE, CODES, TEXT):
                return quoted(word)
            if self.is_day(other):
                return f"date({quoted(word)})"
        return self.value(node)


def _bracketed(text: str) -> str:
    return f"({text})" if " and " in text or " or " in text else text

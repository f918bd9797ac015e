"""The pieces that expressions of the flow language are put together from, and what has no equivalent in them."""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from flows.xlsform.xpath import Call, Node, Number, Op, Text, XPathError, parse

Truth = ast.expr | bool

INVERSE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
COMPARE: Mapping[str, tuple[type[ast.cmpop], Callable[[Decimal, Decimal], bool]]] = {
    "=": (ast.Eq, operator.eq),
    "!=": (ast.NotEq, operator.ne),
    "<": (ast.Lt, operator.lt),
    "<=": (ast.LtE, operator.le),
    ">": (ast.Gt, operator.gt),
    ">=": (ast.GtE, operator.ge),
}
SUMS: Mapping[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "div": ast.Div,
}
SIZES = {"count-selected": "count", "string-length": "length"}
BY_NOW = {"<": "<=", "<=": "<=", ">": ">", ">=": ">"}  # a day against this very moment
YEAR = (Decimal(365), Decimal(366))
IN_DIGITS = 10_000  # between two days written as 20260531, this many are a year
IN_DAYS = ("decimal-date-time", "number", "format-date")
BY_HAND = "Write it by hand in the flow, if its own words can say it, or do without."
LABELS = "In a text, {name} of a question shows the label of the choice."
CURES = {
    "jr:choice-name": LABELS,
    "pulldata": "Tables beside the form are not read. Write a question or choices instead.",
    "regex": "A pattern cannot be asked for. The types phone, email, integer and date check themselves.",
    "indexed-repeat": "Conditions see the same time of a repeat, or how many times there were.",
}


class NotCarried(ValueError):
    """An expression, or a part of it, that the flow language cannot say."""

    def __init__(self, message: str, cure: str = BY_HAND) -> None:
        super().__init__(message)
        self.message, self.cure = message, cure


def joined(parts: list[Truth], *, every: bool) -> Truth:
    """All of ``parts``, or one of them; what is settled already falls away."""
    if (not every) in [part for part in parts if isinstance(part, bool)]:
        return not every
    open_parts = [part for part in parts if not isinstance(part, bool)]
    if len(open_parts) < 2:
        return open_parts[0] if open_parts else every
    return ast.BoolOp(ast.And() if every else ast.Or(), open_parts)


def years(node: Node) -> Node | None:
    """The day of birth in the usual reckonings of an age: the days since then by 365.25, and the like."""
    match node:
        case Op("div", Op("-", now, born), Number(number)) if _is_today(now):
            as_digits = Text("%Y%m%d") in (*_inside(now),) and number == IN_DIGITS
            if YEAR[0] <= number <= YEAR[1] or as_digits:
                return _day(born)
    return None


def _is_today(node: Node) -> bool:
    return _day(node) in (Call("today", ()), Call("now", ()))


def _inside(node: Node) -> Iterable[Node]:
    for one in node.args if isinstance(node, Call) else ():
        yield one
        yield from _inside(one)


def _day(node: Node) -> Node:
    while isinstance(node, Call) and node.name in (*IN_DAYS, "date") and node.args:
        node = node.args[0]
    return node


def operands(node: Op) -> list[Node]:
    """The parts of a chain of the same sign, without going deep: such chains are long."""
    parts: list[Node] = []
    left: Node = node
    while isinstance(left, Op) and left.sign == node.sign:
        parts.append(left.right)
        left = left.left
    return [left, *reversed(parts)]


def tree_of(source: str) -> Node:
    try:
        return parse(source)
    except XPathError as error:
        raise NotCarried(
            str(error), "Mend it in the form, or write it by hand in the flow."
        ) from None


def number_of(number: Decimal) -> ast.expr:
    whole = number == number.to_integral_value()
    return ast.Constant(int(number) if whole else float(number))


def decimal_of(word: str) -> Decimal:
    try:
        number = Decimal(word)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise NotCarried(f"“{word}” is not a number")
    return number


def call(function: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(function), list(args), [])


def spoken(tree: ast.AST) -> str:
    """The text of an expression; brackets stand only where "and" and "or" meet."""
    match tree:
        case ast.BoolOp(op, values):
            sign = " and " if isinstance(op, ast.And) else " or "
            return sign.join(
                f"({spoken(one)})" if isinstance(one, ast.BoolOp | ast.IfExp) else spoken(one)
                for one in _flat(type(op), values)
            )
        case ast.IfExp(test, one, two):
            return f"{spoken(one)} if {spoken(test)} else {spoken(two)}"
    return ast.unparse(tree)


def _flat(op: type[ast.boolop], values: Iterable[ast.expr]) -> Iterable[ast.expr]:
    for value in values:
        if isinstance(value, ast.BoolOp) and isinstance(value.op, op):
            yield from _flat(op, value.values)
        else:
            yield value

"""The text of an XLSForm expression to a tree: XPath 1.0 with XLSForm's ``${name}``.

An own parser, because of two measured things: elementpath, the maintained one, refuses every function of ODK's
(``selected``, ``if(a, b, c)``) when it parses, and takes 0.3 s to import. Paths with conditions in them, which only
make sense in an XML document, are refused with a reason.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

MAX_LENGTH, MAX_DEPTH = 4_000, 40
SMART = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\xa0": " "})  # as pyxform does

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<text>"[^"]*"|'[^']*')
    | \$\{\s*(?:last-saved\#)?(?P<ref>[^{}]*?)\s*\}
    | (?P<name>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
    | (?P<sign><=|>=|!=|//|\.\.|[=<>+\-*/|()\[\],.@])
    )""",
    re.VERBOSE,
)
# the binary signs, from the loosest to the closest
LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
JOINING = 2  # those before are and, or, which may join any number


class XPathError(ValueError):
    """An expression that cannot be read; the message says why."""


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    value: Decimal


@dataclass(frozen=True)
class Text:
    """A text in quotes."""

    value: str


@dataclass(frozen=True)
class Ref:
    """Another question, by its name in the form."""

    name: str


@dataclass(frozen=True)
class Here:
    """The question itself: ``.``"""


@dataclass(frozen=True)
class Call:
    """A function with what stands between its brackets."""

    name: str
    args: tuple["Node", ...]


@dataclass(frozen=True)
class Op:
    """A sign between two sides; and, or, div and mod are signs too."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Minus:
    """A sign before a number."""

    node: "Node"


Node = Number | Text | Ref | Here | Call | Op | Minus
Token = tuple[str, str]
END: Token = ("end", "")


def parse(source: str) -> Node:
    """The tree of an expression; raises XPathError."""
    text = source.translate(SMART).strip()
    if len(text) > MAX_LENGTH:
        raise XPathError("the expression is too long")
    parser = _Parser(_tokens(text))
    node = parser.level(0)
    if parser.token != END:
        raise XPathError(f"“{parser.token[1]}” stands where nothing can")
    return node


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            rest = text[place:].strip()
            if not rest:
                break
            raise XPathError(f"“{rest[:12]}” cannot be read")
        kind = str(token.lastgroup)
        found.append((kind, token[kind]))
        place = token.end()
    return [*found, END]


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.token
        self.place += token != END
        return token

    def sees(self, *signs: str) -> bool:
        return self.token[0] in ("sign", "name") and self.token[1] in signs

    def expect(self, sign: str) -> None:
        if not self.sees(sign):
            what = f"“{self.token[1]}”" if self.token != END else "the end"
            raise XPathError(f"{what} stands where “{sign}” is expected")
        self.take()

    def deeper(self, build: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise XPathError("the expression is nested too deeply")
        node = build()
        self.depth -= 1
        return node

    def level(self, number: int) -> Node:
        if number == len(LEVELS):
            return self.unary()
        node = self.level(number + 1)
        count = 0
        while self.sees(*LEVELS[number]):
            _, sign = self.take()
            node = Op(sign, node, self.level(number + 1))
            count += number >= JOINING
            if count > MAX_DEPTH:
                raise XPathError("the expression is too long")
        return node

    def unary(self) -> Node:
        if self.sees("-"):
            self.take()
            return Minus(self.deeper(self.unary))
        node = self.primary()
        if self.sees("|"):
            raise XPathError("“|” joins parts of an XML document, which a flow is not")
        return node

    def primary(self) -> Node:
        kind, word = self.take()
        if kind == "number":
            return Number(Decimal(word))
        if kind == "text":
            return Text(word[1:-1])
        if kind == "ref":
            return self.path(Ref(word))
        if word == "(" and kind == "sign":
            node = self.deeper(lambda: self.level(0))
            self.expect(")")
            return node
        if kind == "name" and self.sees("("):
            return self.path(self.call(word))
        if kind == "name":
            return self.path(Ref(word))
        if word in (".", "..", "/") and kind == "sign":
            self.place -= word == "/"
            return self.path(Here() if word == "." else Ref(word))
        raise XPathError(
            f"“{word}” cannot stand here" if word else "something is missing at its end"
        )

    def call(self, name: str) -> Node:
        self.expect("(")
        args: list[Node] = []
        while not self.sees(")"):
            if args:
                self.expect(",")
            args.append(self.deeper(lambda: self.level(0)))
        self.take()
        return Call(name, tuple(args))

    def path(self, start: Node) -> Node:
        """A path through the XML of a form is taken for the question that it ends at."""
        node = start
        while self.sees("/", "//", "["):
            _, sign = self.take()
            kind, word = self.take()
            if sign == "[" or kind != "name" or self.sees("("):
                if (kind, word) == ("sign", ".."):
                    continue
                raise XPathError("it looks things up in the XML of a form or in a table")
            node = Ref(word)
        return node

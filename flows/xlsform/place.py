"""What expressions can name at one place of a form: the questions before it, their choices, what is settled already."""

import ast
import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flows.language.expressions import Known
from flows.xlsform.pieces import NotCarried, Truth, call, joined
from flows.xlsform.told import listed
from flows.xlsform.xpath import Call, Here, Minus, Node, Op, Ref

BEFORE = "Only questions that are asked before, and were carried over, can be named."


@dataclass(frozen=True)
class Place:
    """``names`` are the questions before it by the form's names, ``codes`` their choices by the form's codes,
    ``settled`` the names whose answer is no longer open (the consent), ``days`` those that stand for today, ``own``
    the question whose constraint this is. ``strict`` tests fail where XPath would find an empty text to fail.
    """

    scope: Mapping[str, Known]
    names: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    settled: Mapping[str, str] = field(default_factory=dict)
    days: frozenset[str] = frozenset()
    own: str = ""
    strict: bool = False

    def known(self, node: Node) -> Known | None:
        match node:
            case Here():
                return self.scope.get(self.own)
            case Ref(name):
                return self.scope.get(self.names.get(name, ""))
        return None

    def name(self, node: Node) -> ast.Name:
        match node:
            case Here() if self.own:
                return ast.Name(self.own)
            case Ref(name) if self.names.get(name, "") in self.scope:
                return ast.Name(self.names[name])
            case Ref(name):
                raise NotCarried(f"there is no answer to “{name}” at this place", BEFORE)
            case Here():
                raise NotCarried("“.” means the question itself, which has no answer yet")
        raise NotCarried("this works on a question, not on a calculation")

    def question(self, args: tuple[Node, ...]) -> ast.Name:
        if len(args) != 1:
            raise NotCarried("one question is expected between the brackets")
        return self.name(args[0])

    def code(self, word: str, question: str) -> ast.expr:
        """A choice by the form's code: a bare word where it can be one."""
        codes = self.scope[question].codes
        code = self.codes.get(question, {}).get(word, word)
        if code not in codes:
            raise NotCarried(
                f"“{word}” is not a choice of “{question}”", f"The choices are: {listed(codes)}."
            )
        bare = code.isidentifier() and not keyword.iskeyword(code) and code not in self.scope
        return ast.Name(code) if bare else ast.Constant(code)

    def answered(self, node: Node, holds: bool) -> Truth:
        if isinstance(node, Ref) and node.name in self.settled:
            return holds
        name = self.name(node)
        if name.id == self.own:  # a constraint is only looked at when there is an answer
            return holds
        called = call("answered", name)
        return called if holds else ast.UnaryOp(ast.Not(), called)

    def guarded(self, test: ast.expr, nodes: Iterable[Node], *, missing: bool) -> Truth:
        """The test, which unanswered questions pass (``missing``) or, where it must be strict, fail."""
        names = dict.fromkeys(name for node in nodes for name in self.used(node))
        asked = [call("answered", ast.Name(name)) for name in names]
        if missing:
            return joined([*(ast.UnaryOp(ast.Not(), one) for one in asked), test], every=False)
        return joined([*asked, test], every=True) if self.strict else test

    def used(self, node: Node) -> Iterator[str]:
        """The questions whose answers ``node`` looks at, but for its own."""
        match node:
            case Ref(name) if name in self.names and self.names[name] != self.own:
                yield self.names[name]
            case Op(_, left, right):
                yield from self.used(left)
                yield from self.used(right)
            case Minus(inner):
                yield from self.used(inner)
            case Call(_, args):
                for inner in args:
                    yield from self.used(inner)

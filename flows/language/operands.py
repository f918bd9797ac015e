"""The ends of an expression: names, constants, and what a word means beside the question that it stands by."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from flows.guessing import did_you_mean
from flows.language.expressions import (
    CODE,
    CODES,
    DATE,
    INSIDE,
    NUMBER,
    TEXT,
    TIMES,
    ExpressionError,
    Known,
    Part,
)


class Operands(ABC):
    """What a compiler knows of the questions around it, and the mistakes it found."""

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

    @abstractmethod
    def part(self, node: ast.expr) -> Part:
        """Any piece of an expression; the compiler knows how."""

    def name(self, node: ast.Name, *, counted: bool = False) -> Part:
        known = self.scope.get(node.id)
        if known is None:
            raise self.unknown(node, node.id)
        if known.kind == INSIDE:
            cure = f"It has an answer for each time: use count({known.repeat})."
            raise self.wrong(node, f"“{node.id}” is asked inside the repeat {known.repeat}", cure)
        self.uses.add(node.id)
        name = node.id
        kind = NUMBER if known.kind == TIMES and not counted else known.kind
        return Part(kind, lambda facts: facts.values.get(name), known.codes)

    def unknown(self, node: ast.expr, name: str) -> ExpressionError:
        codes = [code for known in self.scope.values() for code in known.codes]
        cure = did_you_mean(name, [*self.scope, *codes], "Name a question that is asked before.")
        return self.wrong(node, f"there is no earlier question “{name}”", cure)

    def constant(self, node: ast.Constant) -> Part:
        value = node.value
        if isinstance(value, str):
            return Part(TEXT, lambda _: value, constant=value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(node, f"“{value!r}” has no meaning here", "Use a number or 'a text'.")
        number = Decimal(str(value))
        return Part(NUMBER, lambda _: number, constant=number)

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
        cure = did_you_mean(word, codes, f"The codes are: {', '.join(codes[:20])}.")
        return self.wrong(node, f"“{word}” is not a choice of that question", cure)

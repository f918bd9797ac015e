"""From the shape of a flow to its questions: groups and repeats laid out in one ordered list, conditions compiled.

What is wrong with a condition is added to the findings; everything else that is wrong is for ``checks`` to say.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from flows.language.compiling import compile_calculation, compile_expression
from flows.language.expressions import (
    INSIDE,
    TEXT,
    TIMES,
    Expression,
    ExpressionError,
    Known,
    both,
    every,
)
from flows.language.findings import Findings
from flows.language.kinds import kind_of
from flows.language.model import NO, TRIES, YES, Choice, Path, Question, Text
from flows.language.model import TIMES as OFTEN
from flows.language.piping import fill
from flows.language.shape import LISTED, SOURCE, ChoiceShape, FlowShape, QuestionShape
from flows.phrases import phrasebook


@dataclass(frozen=True)
class Around:
    """The groups that an item lies in: their ids, their conditions, and the repeat among them."""

    groups: tuple[str, ...] = ()
    conditions: tuple[Expression, ...] = ()
    repeat: str = ""


@dataclass
class Builder:
    """The questions of one flow as they are laid out; ``scope`` is what conditions may name so far."""

    shape: FlowShape
    findings: Findings
    scope: dict[str, Known] = field(default_factory=dict)
    sealed: set[str] = field(default_factory=set)

    @property
    def first(self) -> str:
        return self.shape.languages[0]

    def questions(self) -> tuple[Question, ...]:
        return tuple(self.items(self.shape.questions, (), Around()))

    def items(
        self, shapes: Mapping[str, QuestionShape], path: Path, around: Around
    ) -> Iterator[Question]:
        for name, shape in shapes.items():
            place = (*path, "questions", name)
            if shape.type in ("group", "repeat"):
                yield from self.block(name, shape, place, around)
            else:
                yield from self.asked(self.question(name, shape, place, around))

    def block(
        self, name: str, shape: QuestionShape, path: Path, around: Around
    ) -> Iterator[Question]:
        """A group or repeat: its heading as a note, its questions, and for a repeat the question for another time."""
        repeats = shape.type == "repeat"
        own = self.question(name, shape, path, around)
        inner = Around(
            groups=(*around.groups, name),
            conditions=(*around.conditions, *([own.relevant] if own.relevant else ())),
            repeat=name if repeats else around.repeat,
        )
        before = dict(self.scope)
        if repeats and around.repeat:
            cure = "Put its questions into the outer one, or behind it."
            self.findings.add(path, "a repeat cannot stand inside another", cure, key=True)
        if repeats:
            self.scope[name] = Known(TIMES)
        if any(own.label.values()):
            yield replace(own, id=f"{name}.label", type="note", repeat=inner.repeat)
        yield from self.items(shape.questions, path, inner)
        if repeats:
            label = text_of(shape.repeat, self.first)
            yield replace(own, label=label, repeat=name, max=shape.max or OFTEN)
            hidden = self.scope.keys() - before.keys() - {name}
            self.scope |= {one: Known(INSIDE, repeat=name) for one in hidden}

    def asked(self, question: Question) -> Iterator[Question]:
        """A question, and where a choice wants words of the contact's own, the question for them."""
        yield question
        if question.keeps:
            self.scope[question.id] = self.known(question)
            if question.sensitive:
                self.sealed |= {question.id, f"{question.id}_other"}
        for choice in question.choices:
            if choice.other and question.type.startswith("select"):
                yield self.other(question, choice)

    def other(self, question: Question, choice: Choice) -> Question:
        asked = Question(
            id=f"{question.id}_other",
            type="text",
            label=self.other_text(question, choice),
            repeat=question.repeat,
            groups=question.groups,
            sensitive=question.sensitive,
            path=question.path,
        )
        relevant = chosen(question, choice)
        shown = every([one for one in (question.shown_if, relevant) if one])
        self.scope.setdefault(asked.id, Known(TEXT))
        return replace(asked, relevant=relevant, shown_if=shown)

    def other_text(self, question: Question, choice: Choice) -> Text:
        shape = self.choices_of(self.shape_at(question.path))[choice.code]
        if isinstance(shape.other, dict):
            return text_of(shape.other, self.first)
        return {code: phrasebook(code).phrases["other"] for code in self.shape.languages}

    def shape_at(self, path: Path) -> QuestionShape:
        found: FlowShape | QuestionShape = self.shape
        for name in path[1::2]:
            found = found.questions[str(name)]
        assert isinstance(found, QuestionShape)  # noqa: S101 - a question's path has at least one name
        return found

    def question(self, name: str, shape: QuestionShape, path: Path, around: Around) -> Question:
        relevant = self.expression(shape.relevant, (*path, "relevant"), self.scope)
        conditions = (*around.conditions, *([relevant] if relevant else ()))
        question = Question(
            id=name,
            type=shape.type,
            label=text_of(shape.label, self.first),
            hint=text_of(shape.hint, self.first),
            purpose=text_of(shape.purpose, self.first),
            relevant=relevant,
            shown_if=every(conditions),
            constraint_message=text_of(shape.constraint_message, self.first),
            required=shape.required,
            sensitive=shape.sensitive,
            multiline=shape.multiline,
            choices=tuple(self.choices(shape)),
            choice_list=_listed(shape),
            scope=shape.scope,
            attempts=shape.attempts or TRIES,
            then=shape.then or "keep",
            theme=shape.theme,
            report=shape.report or "",
            repeat=around.repeat,
            groups=around.groups,
            path=path,
            start=Decimal(1) if shape.start is None else shape.start,
            end=Decimal(5) if shape.end is None else shape.end,
            step=Decimal(1) if shape.step is None else shape.step,
        )
        return self.computed(question, shape)

    def computed(self, question: Question, shape: QuestionShape) -> Question:
        """The question with its constraint, which may name itself, or its calculation."""
        if shape.calculation and question.type == "calculate":
            place = (*question.path, "calculation")
            found = self.expression(shape.calculation, place, self.scope, compile_calculation)
            told = found is not None and not self.sealed.isdisjoint(found.uses)
            return replace(question, calculation=found, sensitive=question.sensitive or told)
        if shape.constraint and question.asks and question.type not in ("group", "repeat"):
            own = {**self.scope, question.id: self.known(question)}
            found = self.expression(shape.constraint, (*question.path, "constraint"), own)
            return replace(question, constraint=found)
        return question

    def choices(self, shape: QuestionShape) -> Iterator[Choice]:
        for code, choice in self.choices_of(shape).items():
            label, accept = (
                plain_text(choice.label, self.first),
                words_of(choice.accept, self.first),
            )
            yield Choice(code, label, accept, choice.other is not False, choice.theme)

    def choices_of(self, shape: QuestionShape) -> Mapping[str, ChoiceShape]:
        """The choices of a question: its own, or those of the list that it names."""
        listed = _listed(shape)
        return self.shape.choice_lists.get(listed, {}) if listed else shape.choices

    def known(self, question: Question) -> Known:
        codes = tuple(choice.code for choice in question.choices)
        if question.calculation is not None:
            codes = question.calculation.known.codes
        return Known(kind_of(question), (YES, NO) if question.type == "consent" else codes)

    def expression(
        self,
        source: str | None,
        path: Path,
        scope: Mapping[str, Known],
        compiled: Callable[[str, Mapping[str, Known]], Expression] = compile_expression,
    ) -> Expression | None:
        if source is None:
            return None
        try:
            return compiled(source, scope)
        except ExpressionError as first:
            for error in (first, *first.also):
                self.findings.add(path, error.message, error.cure, column=error.column)
            return None


def chosen(question: Question, choice: Choice) -> Expression:
    """The condition that a choice was taken; it holds for ids and codes too that no author could write in one."""
    name, code = question.id, choice.code
    if question.type == "select_multiple":
        source = f"'{code}' in {name}"
        run = both(
            lambda _: code, lambda facts: facts.values.get(name), lambda one, taken: one in taken
        )
    else:
        source = f"{name} == '{code}'"
        run = both(lambda _: code, lambda facts: facts.values.get(name), operator.eq)
    return Expression(source, frozenset({name}), run)


def _listed(shape: QuestionShape) -> str:
    """The name of the shared list of choices; "" for choices of its own."""
    if set(shape.choices) != {LISTED}:
        return ""
    return shape.choices[LISTED].label.get(SOURCE, "")


def text_of(text: Mapping[str, str], first: str) -> Text:
    return {
        first if language == SOURCE else language: words.strip() for language, words in text.items()
    }


def plain_text(text: Mapping[str, str], first: str) -> Text:
    """A text that no answer is put into: its doubled braces are single ones at once."""
    return {
        language: fill(words, lambda _: None) for language, words in text_of(text, first).items()
    }


def words_of(words: Mapping[str, list[str]], first: str) -> dict[str, tuple[str, ...]]:
    return {
        first if language == SOURCE else language: tuple(listed)
        for language, listed in words.items()
    }

"""The items of a flow as rows of a survey sheet, each with what the cells cannot say on the sheet beside it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from flows.language.model import Flow, Question
from flows.language.shape import SOURCE, ChoiceShape, FlowShape, QuestionShape
from flows.xlsform.carried import OTHER, ROLE, SINGLE, Carrier
from flows.xlsform.conditions import Conditions
from flows.xlsform.names import free
from flows.xlsform.told import CHANGED, LEFT, UNSEEN, Ledger, Told
from flows.xlsform.unlike import SAID
from flows.xlsform.wording import join_words, to_form

T = TypeVar("T")
RESERVED = ("data", "meta")  # names that pyxform keeps for the form itself
# types that XLSForm has no word for, and the nearest
NEAREST = {"phone": "text", "email": "text", "media": "file"}


@dataclass
class Rows:
    """The rows as they are gathered; ``names`` are the names in the form by id."""

    flow: Flow
    shape: FlowShape
    yes_no: str
    survey: list[dict[str, str]] = field(default_factory=list)
    carrier: Carrier = field(default_factory=Carrier)
    own_lists: dict[str, Mapping[str, ChoiceShape]] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        ids = [*self.flow.by_id, *_groups(self.shape.questions)]
        self.names = {one: one for one in ids if one not in RESERVED}
        for one in ids:
            if one in RESERVED:
                self.names[one] = free(one, lambda name: name in ids or name in RESERVED)
        self.lists = self._list_names()

    def _list_names(self) -> dict[str, str]:
        """A name without blanks for each shared list."""
        found: dict[str, str] = {}
        for name in self.shape.choice_lists:
            bare = "_".join(name.split()).replace("/", "_") or "list"
            taken = {*found.values(), *self.names.values(), self.yes_no}
            found[name] = free(bare, lambda one, taken=taken: one in taken)  # type: ignore[misc]
        return found

    def list_name(self, name: str) -> str:
        return self.lists[name]

    # texts

    def by_code(self, texts: Mapping[str, T]) -> dict[str, T]:
        """By the codes of the flow's languages; a block may speak more, which is told."""
        found = {}
        for code, said in texts.items():
            language = self.flow.source_language if code == SOURCE else code
            if language in self.flow.languages:
                found[language] = said
            else:
                message = f"texts in {language}, which is no language of this flow"
                self.ledger.again(LEFT, "texts", language, message)
        return found

    def text(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {code: words.strip() for code, words in self.by_code(texts).items()}

    def cells(self, about: str, key: str, texts: Mapping[str, str]) -> dict[str, str]:
        """A text's cells by column; what they only come near to is kept beside them."""
        found = {}
        for language, words in self.text(texts).items():
            cell = to_form(words, lambda name: self.reference(name, about))
            if not words or "{" in words or "}" in words or "$" in words:
                self.carrier.cell(about, key, cell, words, language)
            found[f"{key}::{language}"] = cell
        return found

    def reference(self, name: str, about: str) -> str:
        """How a text of the form refers to a question; a text cannot say how many times there were."""
        question = self.flow.by_id.get(name)
        if question is None or question.type == "repeat":
            message = "the number of times in a text, which shows “...” there"
            self.ledger.again(CHANGED, f"{{{name}}}", about, message)
            return ""
        return f"${{{self.names[name]}}}"

    # rows

    def row(
        self,
        cells: dict[str, str],
        role: str,
        label: Mapping[str, str] | None = None,
    ) -> None:
        """A row that is no question of the flow."""
        self.carrier.note(cells["name"], ROLE, role)
        labels = self.cells(cells["name"], "label", label) if label else {}
        self.survey.append({**cells, **labels})

    def items(self, questions: Mapping[str, QuestionShape]) -> None:
        for one, shape in questions.items():
            name = self.names[one]
            if name != one:
                self.carrier.cell(name, "name", name, one)
            self.carry(name, shape)
            if shape.type in ("group", "repeat"):
                self.block(one, name, shape)
            else:
                self.question(self.flow.by_id[one], name, shape)

    def block(self, one: str, name: str, shape: QuestionShape) -> None:
        """A group or repeat around its questions. Its condition is read as at the first thing in it."""
        first = _at(one, next(q for q in self.flow.questions if one in (*q.groups, q.id)))
        row = {"type": f"begin_{shape.type}", "name": name}
        if any(shape.label.values()):
            row |= self.cells(name, "label", shape.label)
        elif shape.type == "repeat":
            row[f"label::{self.flow.source_language}"] = one  # pyxform warns of one without
            self.carrier.cell(name, "label", one, "", self.flow.source_language)
        self.survey.append(row | self.condition(name, "relevant", shape.relevant, first))
        self.items(shape.questions)
        self.survey.append({"type": f"end_{shape.type}"})

    def question(self, question: Question, name: str, shape: QuestionShape) -> None:
        row = {"type": self.kind(question, name, shape), "name": name}
        row |= self.cells(name, "label", shape.label) if any(shape.label.values()) else {}
        for key, text in (("hint", shape.hint), ("constraint_message", shape.constraint_message)):
            row |= self.cells(name, key, text)
        row |= self.condition(name, "relevant", shape.relevant, question)
        row |= self.condition(name, "constraint", shape.constraint, question)
        row |= self.condition(name, "calculation", shape.calculation, question)
        row |= {"required": "yes"} if shape.required else {}
        row |= {"appearance": "multiline"} if shape.multiline else {}
        if question.type == "range":
            parts = {"start": question.start, "end": question.end, "step": question.step}
            row["parameters"] = " ".join(f"{key}={value:f}" for key, value in parts.items())
        self.survey.append(row)
        self.other(question, name, row["type"].split(" ")[-1])

    def kind(self, question: Question, name: str, shape: QuestionShape) -> str:
        """The type in the form's words; one that XLSForm does not have is kept beside it."""
        if question.type.startswith("select"):
            if question.choice_list:
                return f"{question.type} {self.list_name(question.choice_list)}"
            taken = {*self.lists.values(), self.yes_no}
            listed = free(name, lambda one: one in taken)
            self.own_lists[listed] = shape.choices
            return f"{question.type} {listed}"
        near = (
            f"select_one {self.yes_no}"
            if question.type == "consent"
            else NEAREST.get(question.type)
        )
        if near:
            self.carrier.cell(name, "type", near, question.type)
            if question.type in NEAREST:
                message = f"the type {question.type}, which is “{near}” there"
                self.ledger.again(CHANGED, "types", question.id, message)
        return near or question.type

    def condition(self, name: str, key: str, source: str | None, here: Question) -> dict[str, str]:
        """A condition in XPath, with our own words beside it."""
        if not source:
            return {}
        conditions = Conditions(self.flow, here, self.names, is_own=key == "constraint")
        say = {
            "relevant": conditions.condition,
            "constraint": conditions.constraint,
            "calculation": conditions.calculation,
        }
        cell = say[key](source.strip())
        self.carrier.cell(name, key, cell, source.strip())
        return {key: cell}

    def other(self, question: Question, name: str, listed: str) -> None:
        """The question for words of one's own, which other tools know as a row of its own."""
        asked = self.flow.by_id.get(f"{question.id}_other")
        choice = next((one for one in question.choices if one.other), None)
        if asked is None or choice is None or not question.type.startswith("select"):
            return
        row = {"type": "text", "name": self.names[asked.id]}
        row["relevant"] = f"selected(${{{name}}}, '{choice.code}')"
        self.carrier.note(row["name"], "of", f"{listed}/{choice.code}")
        self.row(row, OTHER, label=asked.label)

    def choices(self, listed: str, choices: Mapping[str, ChoiceShape]) -> Iterator[dict[str, str]]:
        for code, choice in choices.items():
            about = f"{listed}/{code}"
            accept = self.by_code(choice.accept)
            words = [(language, join_words(one)) for language, one in accept.items()]
            self.note_each(about, "accept", words)
            if choice.other is not False:
                self.carrier.note(about, OTHER, "true" if choice.other is True else "text")
            if choice.theme:
                self.note(about, "theme", choice.theme)
            yield {"list_name": listed, "name": code, **self.cells(about, "label", choice.label)}

    # what travels beside the form

    def carry(self, name: str, shape: QuestionShape) -> None:
        for key, text in (("purpose", shape.purpose), ("repeat", shape.repeat)):
            self.note_each(name, key, self.text(text).items())
        for key in SINGLE:
            if value := getattr(shape, key):
                self.note(name, key, "true" if value is True else str(value))

    def note(self, about: str, key: str, value: str) -> None:
        self.note_each(about, key, [("", value)])

    def note_each(self, about: str, key: str, texts: Iterable[tuple[str, str]]) -> None:
        for language, value in texts:
            self.carrier.note(about, key, value, language)
            self.ledger.again(UNSEEN, key, about.split("/")[0], SAID[key])

    def told(self) -> tuple[Told, ...]:
        return self.ledger.all()


def _at(block: str, first: Question) -> Question:
    """The first question in a block as if it stood where the block begins."""
    if block not in first.groups:
        return first
    groups = first.groups[: first.groups.index(block)]
    return replace(first, groups=groups, repeat=first.repeat if first.repeat in groups else "")


def _groups(questions: Mapping[str, QuestionShape]) -> Iterator[str]:
    for name, shape in questions.items():
        if shape.questions:
            yield name
            yield from _groups(shape.questions)

"""Labels in place of codes and ids, in one language of the flow, and the codebook that explains them in all."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flows import Flow, Question, language_name, phrasebook
from flows.framework.model import Framework
from flows.language.model import Text
from storage.exports import coding
from storage.exports.cells import REFUSED, Cell, Row
from storage.exports.columns import Column, Table
from storage.exports.disclosing import WITHHELD

CODEBOOK = ("question", "type", "choice", "repeat", "scope", "theme", "sensitive")
ANSWERED = ("yes", "no")


@dataclass(frozen=True)
class Labels:
    """The labels of a flow's ``versions`` (the newest first) in ``language``, else in the flow's first.

    ``framework``: what the columns of codes, ``coded`` by kind, are explained by.
    """

    versions: tuple[Flow, ...]
    language: str
    framework: Framework | None = None
    coded: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def choices(self) -> Mapping[str, Mapping[str, str]]:
        """Of each question its codes, each with its label; the newest version's count."""
        found: dict[str, dict[str, str]] = {}
        for flow in self.versions:
            for question in flow.questions:
                known = found.setdefault(question.id, {})
                for choice in question.choices:
                    known.setdefault(choice.code, self.say(choice.label))
                if question.type in ("consent", "repeat"):
                    phrases = phrasebook(self.language).phrases
                    known.update({code: phrases[code] for code in ANSWERED})
        return found

    def say(self, text: Text) -> str:
        """A text on one line."""
        newest = self.versions[0]
        said = newest.say(text, self.language) or next(iter(text.values()), "")
        return " ".join(said.split())

    def of(self, column: Column) -> Mapping[str, str]:
        """The codes that may stand in a column; empty where there are none."""
        return {} if column.choice or column.inside else self.choices.get(column.question, {})

    def tongue(self, code: str) -> str:
        """A language by its name."""
        return language_name(code, self.language)

    def codes(self, column: Column) -> frozenset[str]:
        """All codes that any version has for the question of a column."""
        return frozenset(self.choices.get(column.question, ()))

    def heading(self, column: Column) -> str:
        """The question itself, with the choice behind it where the column is one's."""
        said = self.say(column.asked.label) or column.question
        if column.choice is None:
            return said
        return f"{said}/{self.choices[column.question].get(column.choice, column.choice)}"

    def headings(self, table: Table) -> list[str]:
        """Above each column its question; two that are called the same have their ids behind them."""
        said = [*table.key, *(self.heading(column) for column in table.columns)]
        times = Counter(said)
        named = zip(said, table.header, strict=True)
        return [
            heading if times[heading] == 1 else f"{heading} ({name})" for heading, name in named
        ]

    def cell(self, column: Column, cell: Cell) -> Cell:
        """The cell with labels for codes; what is no code stays."""
        if not isinstance(cell, str) or cell in (REFUSED, WITHHELD):
            return cell
        known = self.of(column)
        if column.asked.type != "select_multiple":
            return known.get(cell, cell)
        codes = cell.split(" ")
        return "; ".join(known[code] for code in codes) if known.keys() >= set(codes) else cell

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for flow in self.versions for code in flow.languages))

    @property
    def codebook_header(self) -> list[str]:
        return [*CODEBOOK, *(f"label ({language})" for language in self.languages)]

    def codebook(self) -> Iterator[Row]:
        """Every question, and behind it its choices: ids, codes and labels in all languages."""
        entries: dict[str, dict[str, Row]] = {}
        for flow in self.versions:
            for question in flow.questions:
                known = entries.setdefault(question.id, {})
                known.setdefault("", _about(question) | self._texts(question.label))
                for choice in question.choices:
                    themed: Row = {"choice": choice.code}
                    themed |= {"theme": choice.theme} if choice.theme else {}
                    known.setdefault(
                        choice.code, _about(question) | themed | self._texts(choice.label)
                    )
        yield from (row for rows in entries.values() for row in rows.values())
        if self.framework:
            yield from coding.codebook(self.framework, dict(self.coded), self.languages)

    def _texts(self, text: Text) -> Row:
        return {f"label ({code})": text.get(code) for code in self.languages}


def _about(question: Question) -> Row:
    return {
        "question": question.id,
        "type": question.type,
        "choice": None,
        "repeat": question.repeat or None,
        "scope": question.scope,
        "theme": question.theme or None,
        "sensitive": int(question.sensitive),
    }

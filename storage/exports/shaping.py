"""What an answer becomes in one kind of export, resolved once for every question. Nothing is decided of what may leave.

A table asks for cells by the names of their columns; JSON asks for values as it knows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from flows import Answer
from storage.exports.cells import Cell, cell, plain
from storage.exports.columns import Column, Table
from storage.exports.labelling import Labels

Dress = Callable[[Cell], Cell]


def bare(cell: Cell) -> Cell:
    """Nothing is put on."""
    return cell


class Shape(Protocol):
    """What becomes of answers."""

    @property
    def dress(self) -> Dress:
        """What is put on every cell, last of all."""

    def tongue(self, code: str | None) -> Cell:
        """The language of an interview; None while it has none."""

    def wants(self, question: str) -> bool:
        """Whether the answers to a question are looked at; of all others only that they are there."""

    def one(self, question: str) -> Dress | None:
        """What makes the one cell of a question out of what was written; None where there are several."""

    def of(self, question: str, answer: Answer) -> Any:
        """An answer as it stands under its question; of several columns all of them, by name."""


@dataclass(frozen=True)
class _Place:
    column: Column
    finish: Dress


@dataclass(frozen=True)
class Cells:
    """The cells of one table, with labels where ``labels`` are given; every cell is dressed last of all."""

    table: Table
    labels: Labels | None = None
    dress: Dress = bare
    _places: Mapping[str, list[_Place]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places: dict[str, list[_Place]] = {}
        for column in self.table.columns:
            if not column.inside:
                place = _Place(column, self._finish(column))
                places.setdefault(column.question, []).append(place)
        object.__setattr__(self, "_places", places)

    def _finish(self, column: Column) -> Dress:
        if self.labels is None or not self.labels.of(column):
            return self.dress
        labelled, dress = partial(self.labels.cell, column), self.dress
        return lambda cell: dress(labelled(cell))

    def tongue(self, code: str | None) -> Cell:
        return self.dress(self.labels.tongue(code) if self.labels and code else code)

    def wants(self, question: str) -> bool:
        return question in self._places

    def one(self, question: str) -> Dress | None:
        places = self._places.get(question, ())
        return places[0].finish if len(places) == 1 else None

    def of(self, question: str, answer: Answer) -> Any:
        found = {
            place.column.name: place.finish(cell(answer, place.column.choice))
            for place in self._places.get(question, ())
        }
        return found if len(found) > 1 else next(iter(found.values()), None)


@dataclass(frozen=True)
class Plain:
    """Values as JSON knows them, of all questions; with ``labels`` languages by their names."""

    labels: Labels | None = None

    @property
    def dress(self) -> Dress:
        return bare

    def tongue(self, code: str | None) -> Cell:
        return self.labels.tongue(code) if self.labels and code else code

    def wants(self, question: str) -> bool:
        return True

    def one(self, question: str) -> Dress:
        return bare

    def of(self, question: str, answer: Answer) -> Any:
        return plain(answer)

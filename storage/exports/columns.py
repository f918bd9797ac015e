"""The columns of an export: the questions of every version of a flow, the newest version first. No answers here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import COLUMNS, Flow, Question
from flows.language.kinds import kind_of
from storage.library import Library
from storage.models import FlowVersion


@dataclass(frozen=True)
class Column:
    """One column: a question's value, or whether one of its choices was taken.

    Of a repeat it is how many times was told; ``inside`` are its questions. ``asked`` is the question in the newest
    version that has it (for a choice: that has the choice).
    """

    name: str
    asked: Question = field(repr=False, compare=False)
    choice: str | None = None
    inside: frozenset[str] = frozenset()

    @property
    def question(self) -> str:
        return self.asked.id

    @property
    def kind(self) -> str:
        """What kind of value a cell holds, as ``flows.language.expressions`` names them."""
        return kind_of(self.asked)


@dataclass(frozen=True)
class Table:
    """The columns of one export; ``rows`` streams what belongs under them.

    ``repeat`` is "" for the table of interviews, else the repeat whose times are its rows. ``coded``: the columns of
    codes, which stand before those of questions, too.
    """

    flow: str
    columns: tuple[Column, ...]
    repeat: str = ""
    coded: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The columns before those of the questions."""
        return ("interview", "index") if self.repeat else (*COLUMNS, *self.coded)

    @property
    def header(self) -> list[str]:
        return [*self.key, *(column.name for column in self.columns)]

    @cached_property
    def questions(self) -> frozenset[str]:
        return frozenset(column.question for column in self.columns)


def versions_of(session: Session, flow: str, library: Library) -> tuple[Flow, ...]:
    """Every version of a flow, the newest first; empty for an unknown one."""
    ids = session.scalars(
        select(FlowVersion.id)
        .where(FlowVersion.flow == flow)
        .order_by(FlowVersion.published_at.desc(), FlowVersion.id.desc())
    ).all()
    return tuple(library.flow(session, version_id) for version_id in ids)


def tables_of(session: Session, flow: str, library: Library) -> tuple[Table, ...]:
    """The tables of a flow: one row an interview, then for each repeat one row a time.

    Columns are the union of the versions' questions, the newest version's order first. Empty for an unknown flow.
    """
    return tables_for(flow, versions_of(session, flow, library))


def tables_for(flow: str, versions: Iterable[Flow], translation: str = "") -> tuple[Table, ...]:
    """The tables of these versions of a flow, the newest first.

    ``translation``: the language into which words stand translated beside the original.
    """
    columns: dict[str, dict[str, Column]] = {}
    for version in versions:
        columns.setdefault("", {})
        for question in version.questions:
            table = "" if question.type == "repeat" else question.repeat
            for column in _columns(question, version, translation):
                columns.setdefault(table, {}).setdefault(column.name, column)
    return tuple(Table(flow, _together(found), repeat) for repeat, found in columns.items())


def translation_of(question: str, language: str) -> str:
    """What the column with the translations of a question's answers is called."""
    return f"{question}/translation/{language}"


def _columns(question: Question, flow: Flow, translation: str) -> Iterator[Column]:
    if not question.keeps:
        return
    repeats = question.type == "repeat"
    inside = [one.id for one in flow.questions if one.repeat == question.id] if repeats else ()
    yield Column(question.id, question, inside=frozenset(inside))
    if question.type == "select_multiple":
        for choice in question.choices:
            yield Column(f"{question.id}/{choice.code}", question, choice.code)
    if question.type == "text" and translation:
        name = translation_of(question.id, translation)
        label = {code: f"{said} ({translation})" for code, said in question.label.items()}
        yield Column(name, replace(question, id=name, label=label))


def _together(columns: dict[str, Column]) -> tuple[Column, ...]:
    """Choices that only an older version had stand with their question."""
    order = {name: place for place, name in enumerate(columns)}
    return tuple(
        sorted(columns.values(), key=lambda column: (order[column.question], order[column.name]))
    )

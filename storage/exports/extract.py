"""One export as it was asked for: its tables and rows as they may leave, with codes or with labels.

The one door: whoever writes a format reads from an Extract, and so cannot forget what is to be held back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from flows import Flow, Given
from storage import consents
from storage.db import Database
from storage.exports import coding
from storage.exports.cells import Cell, Row, utc
from storage.exports.columns import Table, tables_for, versions_of
from storage.exports.disclosing import Disclosure, disclosure
from storage.exports.labelling import Labels
from storage.exports.readers import Way
from storage.exports.reading import BATCH, Rows, Told, batches, ids_after, number_of
from storage.exports.shaping import Cells, Dress, Plain, Shape, bare
from storage.files import Store
from storage.library import Library
from storage.models import AnswerRow, InterviewRow
from storage.testimonies import Filter

SCOPES = (
    "quote",
    "updates",
    "follow_up",
    "media",
)  # what an export may ask people's words to be agreed for
CONSENTS = ("interview", "scope", "given", "language", "at", "digest")


class UnknownLanguage(Exception):
    """The flow is not in the language that its labels are asked for in; ``known`` are those that it is in."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"its languages are {', '.join(known)}")
        self.known = known


@dataclass(frozen=True)
class Order:
    """What is asked for. ``wanted`` names the flow.

    ``language`` is that of labels, "" for the flow's first. ``scope``: words only of those who agree to it.
    ``identified``: sensitive answers, telephones and e-mail too; ``exact``: places to the house; ``behind``:
    what is masked in clear. Rights to each are the caller's to check. ``translation``: words also as staff translated
    them into this language. ``codes``: with columns of what they are coded as.
    """

    wanted: Filter
    labels: bool = False
    language: str = ""
    scope: str = ""
    identified: bool = False
    exact: bool = False
    behind: bool = False
    translation: str = ""
    codes: bool = False


def _nothing(_number: int) -> None:
    return None


@dataclass(frozen=True)
class Extract:
    """What the formats read from. ``versions`` are the flow's, the newest first; ``step`` is told of every batch."""

    database: Database
    library: Library
    order: Order
    versions: tuple[Flow, ...]
    tables: tuple[Table, ...]
    rule: Disclosure
    labels: Labels
    files: Store | None = None
    step: Callable[[int], None] = field(default=_nothing, compare=False)

    @property
    def flow(self) -> str:
        return self.versions[0].name

    def coded(self) -> "Extract":
        """The same with codes, for formats that have labels beside them."""
        return replace(self, order=replace(self.order, labels=False))

    def count(self) -> int:
        """How many interviews there are."""
        with self.database.reading() as session:
            return number_of(session, self.order.wanted)

    def told(self) -> Iterator[Told]:
        """The interviews, by id, with values as JSON knows them."""
        for batch in self._batches(Plain(self.labels if self.order.labels else None)):
            yield from batch
            self.step(len(batch))

    def batches(self, table: Table, dress: Dress = bare) -> Iterator[list[list[Cell]]]:
        """The rows of one table, many at a time, with labels where they are asked for; every cell is dressed."""
        made = Rows(table)
        for batch in self._batches(Cells(table, self.labels if self.order.labels else None, dress)):
            yield [row for told in batch for row in made.of(told)]
            self.step(len(batch))

    def rows(self, table: Table) -> Iterator[Row]:
        """The same a row at a time, each cell under the name of its column."""
        header = table.header
        for batch in self.batches(table):
            for row in batch:
                yield dict(zip(header, row, strict=True))

    def _batches(self, shape: Shape) -> Iterator[list[Told]]:
        way = Way(self.database.vault, self.rule, shape)
        return batches(self.database, self.order.wanted, self.library, way)

    def headings(self, table: Table) -> list[str]:
        """What stands above the columns: their names, or the questions themselves."""
        return self.labels.headings(table) if self.order.labels else table.header

    def consents(self) -> Iterator[Row]:
        """Every consent that was given, as ``CONSENTS``."""
        last = 0
        while True:
            with self.database.reading() as session:
                ids = ids_after(session, self.order.wanted, last)
                found = list(consents.of_interviews(session, ids))
            for interview, one in found:
                cells: tuple[Cell, ...] = (
                    interview,
                    one.scope,
                    one.given,
                    one.language,
                    utc(one.at),
                    one.text,
                )
                yield dict(zip(CONSENTS, cells, strict=True))
            if len(ids) < BATCH:
                return
            last = ids[-1]

    def worded(self) -> frozenset[str]:
        """Questions to which somebody's words were kept as written: their cells are not all of one type."""
        statement = (
            select(AnswerRow.question)
            .join(InterviewRow, InterviewRow.id == AnswerRow.interview_id)
            .where(
                InterviewRow.flow == self.flow,
                AnswerRow.given == Given.KEPT,
            )
            .distinct()
        )
        with self.database.reading() as session:
            return frozenset(session.scalars(statement))


def take(
    database: Database,
    library: Library,
    order: Order,
    files: Store | None = None,
    step: Callable[[int], None] = _nothing,
) -> Extract | None:
    """An export of ``order``; None when its flow was never published. Raises UnknownLanguage."""
    name = order.wanted.flow or ""
    with database.reading() as session:
        versions = versions_of(session, name, library)
    if not versions:
        return None
    known = tuple(dict.fromkeys(code for flow in versions for code in flow.languages))
    if order.language and order.language not in known:
        raise UnknownLanguage(known)
    rule = disclosure(
        versions,
        scope=order.scope,
        identified=order.identified,
        exact=order.exact,
        behind=order.behind,
        translation=order.translation,
    )
    themes = library.themes if order.codes else None
    coded = coding.names_for(versions) if themes else {}
    rule = replace(rule, coded=coded)
    labels = Labels(versions, order.language or versions[0].source_language, themes, coded)
    tables = tables_for(name, versions, order.translation)
    tables = (replace(tables[0], coded=tuple(coded.values())), *tables[1:])
    return Extract(database, library, order, versions, tables, rule, labels, files, step)

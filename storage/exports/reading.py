"""The interviews of an export, a batch at a time: read, opened, and cut down to what may leave."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, cast, func, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from flows import Flow, Status
from storage import consents
from storage.db import Database
from storage.exports import coding, layers
from storage.exports.cells import SHORT_HASH, Cell, Row, Times, utc
from storage.exports.columns import Table
from storage.exports.disclosing import Disclosure
from storage.exports.readers import Lazy, Readers, Way
from storage.exports.shaping import Cells
from storage.library import Library
from storage.models import AnswerRow, FlowVersion, InterviewRow
from storage.narrowing import Filter, narrowed

BATCH = 500
EVERYTHING = Disclosure(exact=True)
INTERVIEW = (
    InterviewRow.id,
    InterviewRow.flow,
    FlowVersion.hash,
    InterviewRow.language,
    InterviewRow.channel,
    InterviewRow.status,
    InterviewRow.started_at,
    InterviewRow.completed_at,
    InterviewRow.flow_version_id,
)
# plain tables: rows come as the driver has them
INTERVIEWS, ANSWERS = InterviewRow.__table__, AnswerRow.__table__


@dataclass(frozen=True)
class Told:
    """One interview: what is said of it in every row, and its answers by instance and question."""

    head: list[Cell]
    times: Times = field(repr=False)

    @property
    def id(self) -> Cell:
        return self.head[0]


class Rows:
    """The rows of one table out of what was told."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._names = [column.name for column in table.columns]
        self._repeats = [
            (place, column.inside)
            for place, column in enumerate(table.columns, len(table.key))
            if column.inside
        ]

    def of(self, told: Told) -> Iterator[list[Cell]]:
        """The one row of an interview, or one for each time that the table's repeat was told."""
        if not self._table.repeat:
            row = [*told.head, *map(told.times.get(0, {}).get, self._names)]
            for place, inside in self._repeats:
                row[place] = _times(told.times, inside)
            yield row
            return
        for index in sorted(told.times):
            if index and not self._table.questions.isdisjoint(told.times[index]):
                yield [told.id, index, *map(told.times[index].get, self._names)]


def _times(times: Times, inside: frozenset[str]) -> Cell:
    """How many times of a repeat were told; empty where it was not asked."""
    told = [index for index, answers in times.items() if index and not inside.isdisjoint(answers)]
    return len(told) or None


def rows(
    database: Database,
    table: Table,
    wanted: Filter,
    library: Library,
    rule: Disclosure = EVERYTHING,
) -> Iterator[Row]:
    """The table's rows, by interview."""
    made = Rows(table)
    for batch in batches(database, wanted, library, Way(database.vault, rule, Cells(table))):
        for told in batch:
            for row in made.of(told):
                yield dict(zip(table.header, row, strict=True))


def batches(database: Database, wanted: Filter, library: Library, way: Way) -> Iterator[list[Told]]:
    """The interviews of ``wanted.flow``. Each batch is a transaction of its own, so none is held for long."""
    reader, last = _Batches(wanted, library, way), 0
    while True:
        with database.reading() as session:
            batch = reader.after(session, last)
        yield [told for _, told in batch]
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def number_of(session: Session, wanted: Filter) -> int:
    """How many interviews there are to read."""
    found = session.scalar(
        narrowed(session, select(func.count()).select_from(InterviewRow), wanted)
    )
    return int(found or 0)


def ids_after(session: Session, wanted: Filter, last: int) -> list[int]:
    """The ids of the next batch of interviews."""
    ids = narrowed(session, select(InterviewRow.id), wanted).where(InterviewRow.id > last)
    return list(session.scalars(ids.order_by(InterviewRow.id).limit(BATCH)))


class _Interview(NamedTuple):
    told: Times
    readers: Readers


class _Batches:
    """Reads a batch after the other; how a question is read is kept from one to the next."""

    def __init__(self, wanted: Filter, library: Library, way: Way) -> None:
        self._wanted, self._library, self._way = wanted, library, way
        self._readers: dict[tuple[str, bool], Readers] = {}
        self._named = Lazy(self._dressed)

    def after(self, session: Session, last: int) -> list[tuple[int, Told]]:
        """The next interviews after the one with this id, each with its own."""
        statement = (
            select(*INTERVIEW)
            .join(FlowVersion, FlowVersion.id == InterviewRow.flow_version_id)
            .where(InterviewRow.id > last)
            .order_by(InterviewRow.id)
            .limit(BATCH)
        )
        found = session.execute(narrowed(session, statement, self._wanted)).all()
        flows = {row[0]: self._library.flow(session, row[-1]) for row in found}
        # who did not agree, or withdrew it, is neither read nor coded
        taking_part = [row.id for row in found if row.status != Status.DECLINED]
        answers = self._answers(session, {number: flows[number] for number in taking_part})
        codes = coding.cells(session, taking_part, dict(self._way.rule.coded))
        return [
            (row[0], Told(self._head(row[:-1], codes.get(row[0], {})), answers.get(row[0], {})))
            for row in found
        ]

    def _head(self, about: Sequence[Any], codes: Row) -> list[Cell]:
        """What every export says of an interview: the columns ``flows.COLUMNS``, and its codes."""
        number, *named, started_at, completed_at = about
        head = [number, *self._named[tuple(named)], utc(started_at), utc(completed_at)]
        coded = self._way.rule.coded.values()
        return head + [self._way.shape.dress(codes.get(name)) for name in coded]

    def _dressed(self, named: tuple[Any, ...]) -> list[Cell]:
        flow, version, language, *others = named
        dress, tongue = self._way.shape.dress, self._way.shape.tongue(language)
        return [dress(flow), dress(version[:SHORT_HASH]), tongue, *map(dress, others)]

    def _answers(self, session: Session, flows: Mapping[int, Flow]) -> dict[int, Times]:
        """The answers that count: not those set aside, nor those whose consent was withdrawn."""
        if not flows:
            return {}
        rule = self._way.rule
        agreed = consents.agreed(session, flows, rule.scope) if rule.scope else frozenset()
        told: dict[int, Times] = {number: defaultdict(dict) for number in flows}
        found = {
            number: _Interview(told[number], self._reader(flow, agreed=number in agreed))
            for number, flow in flows.items()
        }
        hidden = {} if rule.behind else layers.hidden_in(session, flows)
        bare = [number for number in flows if number not in hidden]
        with closing(session.connection().execute(_stored(session, bare))) as stored:
            rows: Any = stored.cursor
            _take(rows, found)
        for seen in layers.behind_veils(session, flows, hidden):
            times, readers = found[seen.interview]
            reader = readers[seen.answer.given.value][seen.question]
            _put(times[seen.instance], seen.question, reader.seen(seen.answer), reader.several)
        if rule.translation:
            layers.translate(session, flows, agreed, self._way, told)
        return told

    def _reader(self, flow: Flow, *, agreed: bool) -> Readers:
        key = (flow.version, agreed)
        if key not in self._readers:
            self._readers[key] = self._way.readers(flow, agreed=agreed)
        return self._readers[key]


def _take(stored: Iterable[Any], found: Mapping[int, _Interview]) -> None:
    """Have every answer read by its reader. ``stored`` are the driver's own rows: there are millions, so a few steps
    for each, and no more.
    """
    current: int | None = None
    for interview, question, instance, given, value, words in stored:
        if interview != current:
            current = interview
            times, readers = found[interview]
        reader = readers[given][question]
        made = reader[value] if words is None else reader.words(value, words)
        if reader.several:
            times[instance].update(made)
        else:
            times[instance][question] = made


def _put(answers: dict[str, Any], question: str, made: Any, several: bool) -> None:
    answers.update(made if several else {question: made})


def _stored(session: Session, interviews: list[int]) -> Select[*tuple[Any, ...]]:
    """The answers as they are stored: a value as its JSON, or as the number that SQLite makes of it; words sealed."""
    value, plain = ANSWERS.c.value, NullType()
    postgresql = session.get_bind().dialect.name == "postgresql"
    return (
        select(
            ANSWERS.c.interview_id,
            ANSWERS.c.question,
            ANSWERS.c.instance,
            ANSWERS.c.given,
            cast(value, Text) if postgresql else type_coerce(value, plain),
            type_coerce(ANSWERS.c.words, plain),
        )
        .join(INTERVIEWS, INTERVIEWS.c.id == ANSWERS.c.interview_id)
        .where(
            INTERVIEWS.c.id.in_(interviews),
            INTERVIEWS.c.status != Status.DECLINED.value,
            ANSWERS.c.aside.is_(False),
        )
        .order_by(ANSWERS.c.interview_id)
    )

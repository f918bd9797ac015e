"""Statements of every message, and of every page: built and compiled once, then handed to the driver as they are.

A statement of SQLAlchemy is built anew each time it is used, and costs more than the database's own work with it. What
is asked thousands of times a minute, or many times for a page, is kept ready; all else is the ORM's.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Dialect, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, manager_of_class, set_committed_value
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from storage.base import Base
from storage.behind import as_ours, wire_of
from storage.lines import Line, Rows, line_of

Build = Callable[..., Any]
Process = Callable[[Any], Any]
One = TypeVar("One", bound=Base)
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class _Ready:
    """A statement as one database's driver takes it, and the ``order`` of its values."""

    sql: str
    order: Sequence[str]
    fixed: Mapping[str, Any]
    binders: Mapping[str, Process]
    readers: Sequence[tuple[int, Process]]

    def arguments(self, values: dict[str, Any]) -> tuple[Any, ...]:
        for name, bind in self.binders.items():
            if (value := values.get(name)) is not None:
                values[name] = bind(value)
        whole = {**self.fixed, **values} if self.fixed else values
        return tuple([whole[name] for name in self.order])

    def read(self, rows: Rows) -> Rows:
        if not self.readers:
            return rows
        return [self._read(list(row)) for row in rows]

    def _read(self, row: list[Any]) -> tuple[Any, ...]:
        for place, process in self.readers:
            if row[place] is not None:
                row[place] = process(row[place])
        return tuple(row)


@dataclass(frozen=True)
class _Compiled:
    """A statement compiled for one database; ``lists`` are those of its ``names`` that are given as lists."""

    compiler: SQLCompiler
    dialect: Dialect
    readers: list[tuple[int, Process]]
    names: frozenset[str]
    lists: tuple[str, ...]
    ready: dict[tuple[int, ...], _Ready] = field(default_factory=dict)

    def take(self, values: dict[str, Any]) -> _Ready:
        """The statement for lists of the lengths that they have in ``values``, where they are taken apart."""
        lengths = tuple([len(values[name]) for name in self.lists]) if self.lists else ()
        ready = self.ready.get(lengths)
        if ready is None:
            ready = self.ready[lengths] = self._expand(values)
        for name in self.lists:
            values.update((f"{name}_{place}", one) for place, one in enumerate(values.pop(name), 1))
        return ready

    def _expand(self, values: dict[str, Any]) -> _Ready:
        lists = {name: values[name] for name in self.lists}
        state = self.compiler.construct_expanded_state({**self.compiler.params, **lists})
        types = {name: self.compiler.binds[name].type for name in self.compiler.params}
        given = set(self.names)
        for name, parts in state.parameter_expansion.items():
            types.update(dict.fromkeys(parts, types.pop(name)))
            given.update(parts if name in lists else ())
        whole = {**state.parameters, **_defaults(self.compiler)}
        fixed = {name: value for name, value in whole.items() if name not in given}
        binders = _binders(types, self.dialect)
        return _Ready(state.statement, state.positiontup or (), fixed, binders, self.readers)


class Prepared:
    """A statement that is kept ready. ``build`` makes it; for an INSERT, of the database's own ``insert``.

    ``columns`` are those that an INSERT or UPDATE sets to values given with each run. A parameter may be a list
    (``bindparam(name, expanding=True)``) of whatever length.
    """

    def __init__(self, build: Build, *columns: str, inserts: bool = False) -> None:
        self._build = build
        self._columns = columns or None
        self._inserts = inserts
        self._compiled: dict[str, _Compiled] = {}

    def all(self, session: Session, **values: Any) -> Rows:
        """The rows that it finds or returns, as plain tuples."""
        line, ready = self._get_ready(session, values)
        try:
            rows = line.ask(ready.sql, ready.arguments(values))
        except line.dialect.loaded_dbapi.Error as error:
            raise as_ours(line.connection, ready.sql, error) from error
        return ready.read(rows)

    def first(self, session: Session, **values: Any) -> tuple[Any, ...] | None:
        """The first of these, if there is one."""
        return next(iter(self.all(session, **values)), None)

    def one(self, session: Session, **values: Any) -> Any:
        """The first column of the first row; None where there is no row."""
        return next(iter(self.first(session, **values) or ()), None)

    def run(self, session: Session, **values: Any) -> None:
        """Do it, for what it does; what it raises may be raised by what follows it (``storage.wire``)."""
        line, ready = self._get_ready(session, values)
        try:
            line.put(ready.sql, ready.arguments(values))
        except line.dialect.loaded_dbapi.Error as error:
            raise as_ours(line.connection, ready.sql, error) from error

    def foresee(self, session: Session, **values: Any) -> None:
        """Say that this will soon be asked with just these values: it may be answered along with what is asked before.

        It sees what is written by then, and nothing is lost by asking in vain.
        """
        if line_of(session).dialect.name == "postgresql":
            line, ready = self._get_ready(session, values)
            wire_of(line.connection).foresee(ready.sql, ready.arguments(values))

    def _get_ready(self, session: Session, values: dict[str, Any]) -> tuple[Line, _Ready]:
        """The session's way to its driver, and the statement for it."""
        # as ``new``, ``dirty`` and ``deleted`` tell, which first make sets
        if not session._is_clean():
            session.flush()  # as before any other statement
        line = line_of(session)
        return line, self._made_for(line.dialect, values)

    def _made_for(self, dialect: Dialect, values: dict[str, Any]) -> _Ready:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(_numbering(dialect))
        if values.keys() != compiled.names:  # a forgotten one would be written as NULL
            taken, given = (", ".join(sorted(names)) for names in (compiled.names, values))
            raise TypeError(f"the statement takes {taken}; it was given {given}")
        return compiled.take(values)

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement = self._build(INSERTS[dialect.name]) if self._inserts else self._build()
        compiler = statement.compile(dialect=dialect, column_keys=self._columns)
        names = frozenset(name for name, bind in compiler.binds.items() if bind.required)
        lists = tuple(
            name for name in compiler.params if name in names and compiler.binds[name].expanding
        )
        return _Compiled(compiler, dialect, _readers(statement, dialect), names, lists)


def _numbering(dialect: Dialect) -> Dialect:
    """The dialect with parameters as PostgreSQL itself has them, not as psycopg's cursors do."""
    if dialect.name != "postgresql":
        return dialect
    numbering = copy(dialect)
    numbering.paramstyle, numbering.positional = "numeric_dollar", True
    return numbering


def whole(kind: type[Base]) -> list[Any]:
    """All columns of a table, for a SELECT whose rows ``entity`` takes."""
    return list(kind.__table__.columns)


def entity(session: Session, kind: type[One], row: tuple[Any, ...] | None) -> One | None:
    """The ORM's object of a row of all columns, as a query would give it: what the session knows of it stands."""
    if row is None:
        return None
    known = session.identity_map.get(session.identity_key(kind, row[0]))
    if known is None:
        known = _bare(kind)
        instance_dict(known).update(zip(_names_of(kind), row, strict=True))
        make_transient_to_detached(known)
        session.add(known)
        # else the session forgets it as soon as nobody else holds it
        line_of(session).held.append(known)
    return cast(One, known)


def change(session: Session, known: Base, **values: Any) -> None:
    """Write at once what is new of an object: the ORM takes longer to find out what to write."""
    kind: Any = type(known)
    new = {name: value for name, value in values.items() if getattr(known, name) != value}
    if new:
        changing(kind, tuple(new)).run(session, this=cast(Any, known).id, **new)
    for name, value in new.items():
        set_committed_value(known, name, value)


@cache
def changing(kind: Any, columns: tuple[str, ...]) -> Prepared:
    """The UPDATE of these columns of one row, whose id is ``this``."""
    return Prepared(lambda: update(kind).where(kind.id == bindparam("this")), *columns)


def _bare(kind: type[One]) -> One:
    """An object of the ORM as a query makes it: its constructor would take note of every column."""
    made: One = manager_of_class(kind).new_instance()
    return made


@cache
def _names_of(kind: type[Base]) -> tuple[str, ...]:
    return tuple(kind.__table__.columns.keys())


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """The defaults of columns that an INSERT does not name; ours are plain values."""
    return {column.key: cast(Any, column.default).arg for column in compiled.insert_prefetch}


def _binders(types: dict[str, TypeEngine[Any]], dialect: Dialect) -> dict[str, Process]:
    """What values go through on their way to the driver, by name; most types need nothing."""
    ways = {
        name: kind.dialect_impl(dialect).bind_processor(dialect) for name, kind in types.items()
    }
    return {name: process for name, process in ways.items() if process}


def _readers(statement: Any, dialect: Dialect) -> list[tuple[int, Process]]:
    """What the columns of a row go through on their way from it, by place."""
    ways = (
        one.type.dialect_impl(dialect).result_processor(dialect, None)
        for one in statement.exported_columns
    )
    return [(place, process) for place, process in enumerate(ways) if process]

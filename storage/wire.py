"""A connection to PostgreSQL below psycopg's cursors: statements prepared once, sent together, read as plain rows.

A cursor is made anew for each statement, and takes more of the processor than PostgreSQL itself does with it; and to
wait for each statement takes longer than either. So a statement whose answer nobody waits for goes out with the next
that has one, ``BEGIN`` with the first and ``COMMIT`` with the last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg import Connection, abc, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import OperationalError, error_from_result
from psycopg.generators import fetch, send
from psycopg.pq.abc import PGresult

Values = Sequence[Any]
MOST = 300  # statements that a connection keeps ready; lists of many lengths make many
TEXT = 0  # of PostgreSQL's two formats; in it a value needs no exact type
BEGIN, COMMIT = "BEGIN", "COMMIT"
# what is said here goes by keys, or reads all of a small table: one plan is good for whatever values, and to plan
# takes longer than to do it
PLAN_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"
# what was prepared is not there any more, or its table is another: a new line prepares it anew
FORGOTTEN = ("26000", "42P05", "0A000")
WORD, WRITTEN = re.compile(r"\w+"), re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


@dataclass(frozen=True, eq=False)
class _Ready:
    """A statement as a connection knows it; without a ``name`` it is sent whole. ``reads`` its rows.

    ``words`` are all of its own, tables among them; ``table`` is where it ``writes``, or "" where that cannot be told.
    """

    sql: bytes
    name: bytes
    reads: abc.Transformer
    words: frozenset[str]
    writes: bool
    table: str


class _Asked(NamedTuple):
    ready: _Ready
    values: Sequence[abc.Buffer | None] | None

    @property
    def key(self) -> tuple[Any, ...]:
        return self.ready, *(None if one is None else bytes(one) for one in self.values or ())


class Wire:
    """One connection of psycopg. What a statement raises, psycopg's own errors, is raised where it is sent.

    ``trips`` counts how often PostgreSQL was waited for.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self.trips = 0
        self._line = connection
        self._libpq = connection.pgconn
        self._writes = Transformer(connection)
        self._ready: dict[str, _Ready] = {}
        self._waiting: list[_Asked] = []
        self._ahead: list[_Asked] = []
        self._foreseen: dict[tuple[Any, ...], PGresult] = {}

    def put(self, sql: str, values: Values) -> None:
        """Have a statement done before whatever follows."""
        asked = self._asked(sql, values)
        self._outdate(asked.ready)
        self._waiting.append(asked)

    def foresee(self, sql: str, values: Values) -> None:
        """Have a question sent behind the next; who asks it has its answer, unless its table was written to since."""
        self._ahead.append(self._asked(sql, values))

    def ask(self, sql: str, values: Values) -> list[tuple[Any, ...]]:
        """Do all that was put, and this; returns its rows."""
        asked = self._asked(sql, values)
        result = self._foreseen.pop(asked.key, None) if self._foreseen else None
        if result is None:
            result = self._answer(asked)
        if not result.ntuples:
            return []
        reads = asked.ready.reads
        reads.set_pgresult(result, set_loaders=reads.pgresult is None)
        return reads.load_rows(0, result.ntuples, tuple)

    def settle(self) -> None:
        """Do all that was put; what follows may write."""
        self._foreseen.clear()
        if self._waiting:
            self._send(self._taken())

    def commit(self) -> None:
        """Do all that was put, and end the transaction with it."""
        try:
            if self._waiting or self._is_within():
                self._send([*self._taken(), self._asked(COMMIT)])
        finally:
            self.drop()

    def drop(self) -> None:
        """Forget what was put and what was foreseen: the transaction is over."""
        self._waiting.clear()
        self._ahead.clear()
        self._foreseen.clear()

    def _answer(self, asked: _Asked) -> PGresult:
        """The answer to a question, and those to what is foreseen behind it, which are kept."""
        self._outdate(asked.ready)
        ahead, self._ahead = self._ahead, []
        results = self._send([*self._taken(), asked, *ahead])
        place = len(results) - len(ahead)
        self._foreseen.update(zip((one.key for one in ahead), results[place:], strict=True))
        return results[place - 1]

    def _outdate(self, ready: _Ready) -> None:
        """Forget what was foreseen of the table that a statement writes to; all of it, where that could be any."""
        if ready.writes:
            kept = self._foreseen.items() if ready.table else ()
            self._foreseen = {key: one for key, one in kept if ready.table not in key[0].words}

    def _is_within(self) -> bool:
        return self._libpq.transaction_status == pq.TransactionStatus.INTRANS

    def _taken(self) -> list[_Asked]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def _asked(self, sql: str, values: Values = ()) -> _Asked:
        ready = self._ready.get(sql) or self._prepare(sql)
        texts = [PyFormat.TEXT] * len(values)
        return _Asked(ready, self._writes.dump_sequence(values, texts) if values else None)

    def _prepare(self, sql: str) -> _Ready:
        """Have the server keep a statement ready; what types its values have, it finds out by itself."""
        written, name = sql.encode(), b""
        if len(self._ready) < MOST:
            name = b"testimony%d" % len(self._ready)
            self._good(self._libpq.prepare(name, written))
        words, writes, found = WORD.findall(sql), not sql.startswith("SELECT"), WRITTEN.match(sql)
        table = found[1] if found else ""
        reads = Transformer(self._line)
        ready = _Ready(written, name, reads, frozenset(words), writes, table)
        self._ready[sql] = ready
        return ready

    def _send(self, asked: list[_Asked]) -> list[PGresult]:
        """Do all of these, in a transaction; returns their answers, behind that to BEGIN."""
        if not self._is_within() and not self._line.autocommit:
            asked[:0] = map(self._asked, (BEGIN, PLAN_ONCE))
        self.trips += 1
        if len(asked) == 1:
            return [self._send_alone(*asked[0])]
        self._libpq.enter_pipeline_mode()
        try:
            results = self._line.wait(self._exchange(asked))
        finally:
            if self._libpq.status == pq.ConnStatus.OK:
                self._libpq.exit_pipeline_mode()
        return [self._good(one) for one in results]

    def _send_alone(self, ready: _Ready, values: Any) -> PGresult:
        libpq = self._libpq
        if ready.name:
            return self._good(libpq.exec_prepared(ready.name, values, None, TEXT))
        return self._good(libpq.exec_params(ready.sql, values, None, None, TEXT))

    def _exchange(self, asked: list[_Asked]) -> abc.PQGen[list[PGresult]]:
        """Send all of these at once; the answers, as far as it came."""
        for ready, values in asked:
            if ready.name:
                self._libpq.send_query_prepared(ready.name, values, None, TEXT)
            else:
                self._libpq.send_query_params(ready.sql, values, None, None, TEXT)
        self._libpq.pipeline_sync()
        yield from send(self._libpq)
        results = list[PGresult]()
        while True:
            result = yield from fetch(self._libpq)
            if result is None:  # the end of one statement's answers, or of the line
                if self._libpq.status != pq.ConnStatus.OK:
                    raise OperationalError("the line is lost")
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    def _good(self, result: PGresult) -> PGresult:
        if result.status in GOOD:
            return result
        error = error_from_result(result, encoding=self._line.info.encoding)
        if error.sqlstate in FORGOTTEN:
            self._libpq.finish()
        if self._line.closed:  # which libpq itself gives no number
            raise OperationalError(str(error))
        raise error

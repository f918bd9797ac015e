"""From a webhook to its durable commit, and on to the provider, beside the floor: parts of ``make bench``.

The floor is a Flask view on the same server with the same sync: it checks the signature and writes message, interview
and answer with SQLAlchemy's Core. Server, floor, database and driver share the machine; all are run in turn, and the
medians of the rounds compared: only the ratios count.
"""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.bench_table import ROUNDS, Row, Spent, Table
from tests.driving import Telegram, Text, drive, pace
from tests.served import (
    Served,
    both,
    postgres_pair,
    settings,
    slow_disk,
    sqlite_pair,
    upgraded,
)
from tests.support import postgres

SECONDS, AT_ONCE, AT_A_PROVIDER = 3.0, 16, 64
FLOOR = "a Core view on the same server"
OF_THE_FLOOR = 1 / 0.6  # times its time for a message
HALF = 0.5  # of what the service can: so fast are messages paced
Kind = type[Text] | type[Telegram]


class Drove(NamedTuple):
    """A round: messages a second, milliseconds to an answer, and microseconds of the servers' processor for each."""

    rate: float
    p50: float
    p99: float
    cpu: float

    @property
    def spent(self) -> Spent:
        """What each message took of the whole."""
        return Spent(1 / self.rate, self.cpu / 1e6)

    def __str__(self) -> str:
        return f"{self.rate:.0f}/s, p50 {self.p50:.1f}, p99 {self.p99:.1f} ms"


def _drove(kind: Kind, served: list[Served], number: int, seconds: float) -> Drove:
    before, ports = sum(one.cpu() for one in served), [one.port for one in served]
    *figures, done = drive(kind, ports, AT_ONCE, seconds, number)
    return Drove(*figures, (sum(one.cpu() for one in served) - before) * 1e6 / done)


def _median(rounds: list[Drove]) -> Drove:
    return Drove(*map(statistics.median, zip(*rounds, strict=True)))


@dataclass(frozen=True)
class Commits:
    """Webhooks to durable commits, at databases of their own."""

    table: Table
    folder: Path

    def compare(
        self,
        name: str,
        kind: Kind,
        pair: tuple[str, str],
        count: int = 1,
        most: float | None = OF_THE_FLOOR,
        **more: str,
    ) -> None:
        """Rounds in turn; the first of each, in which all is met for the first time, does not count."""
        with both(self.folder, *pair, count, **more) as (ours, floor):
            for served in (ours, floor):
                _drove(kind, served, 0, 1.0)
            rounds = [
                [_drove(kind, served, number, SECONDS) for served in (ours, floor)]
                for number in range(1, ROUNDS + 1)
            ]
        mine, theirs = (_median(list(column)) for column in zip(*rounds, strict=True))
        note = f"{mine}; floor {theirs}"
        self.table.add(Row(name, mine.spent, FLOOR, theirs.spent, most, note=note))


@contextmanager
def _room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def commits(table: Table) -> None:
    """Each comparison of webhooks to durable commits."""
    with _room() as folder, postgres.server(durable=True) as server:
        part = Commits(table, folder)
        for kind in (Text, Telegram):
            part.compare(f"{kind.name} to durable commit, SQLite", kind, sqlite_pair(folder))
        if slow := slow_disk(folder):
            pair = sqlite_pair(folder)
            part.compare(
                "SMS, SQLite, 2 ms more for each sync", Text, pair, most=None, LD_PRELOAD=slow
            )
        part.compare("SMS, SQLite, two processes", Text, sqlite_pair(folder), 2, most=None)
        for kind in (Text, Telegram):
            part.compare(f"{kind.name} to durable commit, PostgreSQL", kind, postgres_pair(server))
        part.compare("SMS, PostgreSQL, two processes", Text, postgres_pair(server), 2)


def ways(table: Table) -> None:
    """From a text to the reply at the provider's server, which takes 80 ms to answer; by one process, and by two."""
    for kind in (Text, Telegram):
        for worker in (False, True):
            with _room() as folder:
                drove = _way(folder, kind, worker)
            by = "a web process and a worker" if worker else "one process"
            name = f"{kind.name}, SQLite, reply at a provider of 80 ms, {by}"
            table.add(Row(name, drove.spent, note=str(drove)))


def _way(folder: Path, kind: Kind, worker: bool) -> Drove:
    url = upgraded(f"sqlite:///{folder}/ours.db")
    with ExitStack() as stack:

        def run(environ: dict[str, str], *command: str, listens: bool = True) -> Served:
            served = Served(folder, environ, *command, listens=listens)
            stack.callback(served.kill)
            return served

        provider = run({}, "tests.provider")
        there = f"http://127.0.0.1:{provider.port}"
        apis = {"TWILIO_API_URL": there, "TELEGRAM_API_URL": there, "TELEGRAM_RATE": "none"}
        environ = settings(url, WORK="worker" if worker else "threads", **apis)
        ours = [run(environ, "bot", "serve")]
        ours += [run(environ, "bot", "worker", listens=False)] if worker else []
        rounds = []
        for number in range(ROUNDS + 1):
            before = sum(one.cpu() for one in ours)
            *figures, done = drive(
                kind, [ours[0].port], AT_A_PROVIDER, SECONDS, number, provider.port
            )
            # a worker may begin only after the first round
            cpu = (sum(one.cpu() for one in ours) - before) * 1e6 / max(done, 1)
            rounds.append(Drove(*figures, cpu))
    return _median(rounds[1:])


def paces(table: Table) -> None:
    """Evenly paced texts, half as many as the service can take: how long the slowest of a hundred waits."""
    with _room() as folder, both(folder, *sqlite_pair(folder), 1) as (ours, floor):
        rate = _drove(Text, ours, 1, SECONDS).rate * HALF
        _drove(Text, floor, 1, 1.0)
        rounds = [
            [pace(Text, served[0].port, rate, SECONDS, number) for served in (ours, floor)]
            for number in range(1, ROUNDS + 1)
        ]
    (p50, p99), (floor_p50, floor_p99) = (
        [statistics.median(one) for one in zip(*column, strict=True)]
        for column in zip(*rounds, strict=True)
    )
    mine, theirs = (Spent(one / 1e3, one / 1e3) for one in (p99, floor_p99))
    note = f"p50 {p50:.1f}, p99 {p99:.1f} ms; floor {floor_p50:.1f}, {floor_p99:.1f}"
    name = f"SMS, SQLite, {rate:.0f}/s at even distances: the 99th percentile"
    table.add(Row(name, mine, FLOOR, theirs, most=2.5, note=note))

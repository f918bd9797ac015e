"""``python -m tests.bench_service``: from a webhook to its durable commit, and on to the provider, beside the floor.

The floor is a Flask view on the same server with the same sync: it checks the signature and writes message, interview
and answer with SQLAlchemy's Core. Server, floor, database and driver share the machine; all are run in turn, and the
medians of the rounds compared: only the ratios count. The table is printed, and written as JSON where a file is named.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import psycopg

from storage import schema
from storage.db import connect, database_url
from tests.conftest import at, create
from tests.driving import Telegram, Text, drive
from tests.floor import make_tables
from tests.support import postgres
from tests.support.processes import ROOT, Process, free_port

ROUNDS, SECONDS, AT_ONCE = 3, 3.0, 16
SLOWER = 0.002  # seconds that are added to each sync of the disk
KEYS = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
SLOW_DISK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
#define SLOW(name) int name(int fd) { \\
  static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, #name); usleep(%d); return real(fd); }
SLOW(fsync)
SLOW(fdatasync)
"""


@dataclass(frozen=True)
class Figure:
    """One row of the table: medians of all rounds; ``ratio`` is ours to the floor's, of messages a second.

    ``cpu``: microseconds of the servers' processes for a message, the database's own left out; noise touches it least.
    """

    name: str
    ours: float
    floor: float | None
    p50: float
    p99: float
    floor_p50: float | None = None
    floor_p99: float | None = None
    cpu: float | None = None
    floor_cpu: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None

    def __str__(self) -> str:
        told = f"{self.name:<44}{self.ours:>7.0f}/s  p50 {self.p50:>6.1f}  p99 {self.p99:>6.1f} ms"
        if self.floor is None:
            return told
        floor = f"{self.floor:>7.0f}/s  p50 {self.floor_p50:>6.1f}  p99 {self.floor_p99:>6.1f} ms"
        cpu = f"CPU {self.cpu:.0f} and {self.floor_cpu:.0f} us"
        return f"{told}   floor {floor}   x{self.ratio:.2f}   {cpu}"


def settings(url: str, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "SECRET_KEY": "bench",
        "TESTIMONY_KEYS": KEYS,
        "PUBLIC_URL": Text.public_url,
        "TWILIO_ACCOUNT_SID": "AC0",
        "TWILIO_AUTH_TOKEN": Text.token,
        "TWILIO_FROM": "+15005550006",
        "TELEGRAM_BOT_TOKEN": "1:a",
        "TELEGRAM_WEBHOOK_SECRET": Telegram.secret,
        "WORK": "worker",
        "LOG_LEVEL": "ERROR",
        **more,
    }


class Served(Process):
    """A module of Python that serves, once it has said so."""

    def __init__(self, folder: Path, environ: dict[str, str], *command: str) -> None:
        self.port = free_port()
        self.log = folder / f"log{self.port}"
        known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command, "--port", str(self.port)],
                cwd=ROOT,
                env={**known, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environ},
                stdout=log,
                stderr=log,
            )
        self.wait_until(lambda: "Serving on" in self.said)

    def cpu(self) -> float:
        """Seconds of processor that it has used, on Linux; 0 elsewhere."""
        known = Path(f"/proc/{self._process.pid}/stat")
        if not known.exists():
            return 0.0
        user, system = known.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def both(
    folder: Path, ours: str, floor: str, count: int, **more: str
) -> Iterator[tuple[list[Served], list[Served]]]:
    """So many processes of the service, and as many of the floor."""
    with ExitStack() as stack:
        made: list[list[Served]] = []
        for url, command in ((ours, ("bot", "serve")), (floor, ("tests.floor",))):
            served = [Served(folder, settings(url, **more), *command) for _ in range(count)]
            for one in served:
                stack.callback(one.kill)
            made.append(served)
        yield made[0], made[1]


def upgraded(url: str) -> str:
    """A database of the service, with its flows published."""
    engine = connect(database_url(url))
    schema.upgrade(engine)
    engine.dispose()
    command = [sys.executable, "-m", "bot", "flows", "publish"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **settings(url)}
    subprocess.run(command, check=True, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    return url


def sqlite_pair(folder: Path) -> tuple[str, str]:
    made = Path(tempfile.mkdtemp(dir=folder))
    return upgraded(f"sqlite:///{made}/ours.db"), make_tables(f"sqlite:///{made}/floor.db")


def postgres_pair(server: str) -> tuple[str, str]:
    with psycopg.connect(server) as connection:
        row = connection.execute("SELECT count(*) FROM pg_database").fetchone()
    number = row[0] if row else 0
    names = [f"{name}{number}" for name in ("ours", "floor")]
    for name in names:
        create(server, name)
    return upgraded(at(server, names[0])), make_tables(at(server, names[1]))


Kind = type[Text] | type[Telegram]


def compare(name: str, kind: Kind, ours: list[Served], floor: list[Served]) -> Figure:
    """Rounds in turn; the first of each, in which all is met for the first time, does not count."""
    found: list[list[tuple[float, float, float, float]]] = [[], []]
    for number in range(ROUNDS + 1):
        for place, served in enumerate((ours, floor)):
            before, ports = sum(one.cpu() for one in served), [one.port for one in served]
            *figures, done = drive(kind, ports, AT_ONCE, SECONDS if number else 1.0, number)
            cpu = (sum(one.cpu() for one in served) - before) * 1e6 / done
            if number:
                found[place].append((*figures, cpu))
    (rate, p50, p99, cpu), (floor_rate, floor_p50, floor_p99, floor_cpu) = (
        [statistics.median(column) for column in zip(*rounds, strict=True)] for rounds in found
    )
    return Figure(name, rate, floor_rate, p50, p99, floor_p50, floor_p99, cpu, floor_cpu)


def slow_disk(folder: Path) -> str | None:
    """A library that makes each sync slower, for LD_PRELOAD; None without a compiler of C."""
    source, made = folder / "slow.c", folder / "slow.so"
    source.write_text(SLOW_DISK % int(SLOWER * 1e6))
    try:
        command = [
            "cc",
            "-shared",
            "-fPIC",
            "-o",
            made,
            source,
            "-ldl",
        ]  # whatever compiler there is
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return str(made)


def commits(folder: Path, server: str) -> Iterator[Callable[[], Figure]]:
    """Each comparison of webhooks to durable commits."""

    def run(name: str, kind: Kind, pair: tuple[str, str], count: int = 1, **more: str) -> Figure:
        with both(folder, *pair, count, **more) as (ours, floor):
            return compare(name, kind, ours, floor)

    for kind in (Text, Telegram):
        yield lambda kind=kind: run(f"{kind.name}, SQLite", kind, sqlite_pair(folder))
    if slow := slow_disk(folder):
        name = "SMS, SQLite, 2 ms more for each sync"
        yield lambda: run(name, Text, sqlite_pair(folder), LD_PRELOAD=slow)
    yield lambda: run("SMS, SQLite, two processes", Text, sqlite_pair(folder), 2)
    for kind in (Text, Telegram):
        yield lambda kind=kind: run(f"{kind.name}, PostgreSQL", kind, postgres_pair(server))
    yield lambda: run("SMS, PostgreSQL, two processes", Text, postgres_pair(server), 2)


def whole_way(folder: Path, kind: Kind) -> Figure:
    """From a text to the reply at the provider's server, which takes 80 ms to answer."""
    url = upgraded(f"sqlite:///{Path(tempfile.mkdtemp(dir=folder))}/ours.db")
    provider = Served(folder, {}, "tests.provider")
    there = f"http://127.0.0.1:{provider.port}"
    more = {"WORK": "threads", "TWILIO_API_URL": there, "TELEGRAM_API_URL": there}
    served = Served(folder, settings(url, **more), "bot", "serve")
    try:
        rounds = [
            drive(kind, [served.port], 64, SECONDS if number else 1.0, number, provider.port)
            for number in range(ROUNDS + 1)
        ][1:]
    finally:
        served.kill()
        provider.kill()
    rate, p50, p99, _ = (statistics.median(column) for column in zip(*rounds, strict=True))
    return Figure(f"{kind.name}, SQLite, reply at a provider of 80 ms", rate, None, p50, p99)


def measured(only: str) -> Iterator[Figure]:
    """The figures, one after the other; those whose place in the order is named in ``only``, or all."""
    with tempfile.TemporaryDirectory() as made, postgres.server(durable=True) as server:
        folder = Path(made)
        work = [*commits(folder, server)]
        work += [partial(whole_way, folder, kind) for kind in (Text, Telegram)]
        for place, figure in enumerate(work):
            if not only or str(place) in only.split(","):
                yield figure()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="Where to write the figures.")
    parser.add_argument("--only", default="", help="The rows to measure, as 0,2,5.")
    asked = parser.parse_args()
    figures = []
    for figure in measured(asked.only):
        print(figure, flush=True)
        figures.append({**asdict(figure), "ratio": figure.ratio})
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""``python -m tests.measure_scale [RESIDENTS]``: what a message costs, as processes; for docs/scaling.md.

Whole interviews of the survey that ships, by signed webhooks, answered to a provider on this machine: processor time of
each part, bytes in the database, memory, connections, and how long people wait. Processor time is what holds elsewhere.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sqlalchemy import func, select, text

from bot.settings import SURVEYS
from flows import load
from storage import library, schema, watching
from storage.db import Database, open_database
from storage.models import Job, MessageRow
from tests.bench_engine import DIALOGUE
from tests.bot.conftest import deployment, signature
from tests.conftest import KEY, at, create
from tests.support import postgres
from tests.support.processes import Process, Server
from tests.support.providers import TelegramServer, TwilioServer
from tests.support.rabbit import Rabbit, program

SURVEY = (SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8")
PATH = "/webhooks/twilio"
ROUNDS, SINGLES = 5, 20  # of the rounds the best counts: other work only ever slows
TICK = os.sysconf("SC_CLK_TCK")


def cpu(pids: list[int]) -> float:
    """Seconds of processor time that these have used."""
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += sum(int(one) for one in fields[11:15])  # its own, and of children that have ended
    return used / TICK


def children(pid: int) -> list[int]:
    """A process with all that it has started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for one in (task / "children").read_text().split():
            found += children(int(one))
    return found


def memory(process: Process) -> float:
    """Megabytes that only this process has."""
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


@dataclass
class Site:
    """The service as processes of one make, and its database."""

    name: str
    database: Database
    folder: Path
    environ: dict[str, str]
    twilio: TwilioServer
    others: dict[str, int] = field(default_factory=dict)  # the pids of database and broker
    servers: list[Server] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    refused: int = 0

    def begin(self, servers: int, workers: int) -> None:
        self.servers = [Server(self.folder, self.environ) for _ in range(servers)]
        self.workers = [Process(self.folder, self.environ, "worker") for _ in range(workers)]
        for one in self.workers:
            one.wait_until(lambda one=one: "The worker runs." in one.said)  # type: ignore[misc]

    def end(self) -> None:
        for one in (*self.servers, *self.workers):
            one.terminate()
        self.database.close()

    def bring(self, number: int, sender: str, words: str) -> None:
        form = {"MessageSid": f"SM{number:032d}", "From": sender, "Body": words}
        server = self.servers[number % len(self.servers)]
        while server.post(PATH, form, signature(PATH, form)) != 200:
            self.refused += 1  # as a provider does, it is brought again

    def tell(self, resident: int) -> None:
        for number, words in enumerate(DIALOGUE):
            self.bring(resident * 100 + number, f"+1404555{resident:04d}", words)

    def wait_until_sent(self) -> None:
        undone = select(Job.id).where(Job.done_at.is_(None)).limit(1)
        while True:
            with self.database.reading() as session:
                if session.scalar(undone) is None:
                    return
            Event().wait(0.05)

    def used(self) -> dict[str, float]:
        """Processor time so far, by part."""
        found = {"web": cpu([one.pid for one in self.servers])}
        found["worker"] = cpu([one.pid for one in self.workers])
        return found | {name: cpu(children(pid)) for name, pid in self.others.items()}

    def size(self) -> int:
        with self.database.reading() as session:
            return watching.size(session)

    def connections(self) -> int:
        if self.database.dialect != "postgresql":
            return 0
        with self.database.reading() as session:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            return session.scalar(text(asked)) or 0


def measure(site: Site, residents: int) -> None:
    site.bring(0, "+14045559999", "HELP")
    site.wait_until_sent()
    size, each = site.size(), max(residents // ROUNDS, 1)
    rounds = [measure_round(site, number * each + 1, each) for number in range(ROUNDS)]
    spent = {name: min(one.spent[name] for one in rounds) for name in rounds[0].spent}
    residents, number = each * ROUNDS, each * ROUNDS * len(DIALOGUE)
    connections = site.connections()
    taken, whole = (max(one.taken for one in rounds), max(one.answered for one in rounds))
    with site.database.reading() as session:
        messages = (session.scalar(select(func.count()).select_from(MessageRow)) or 2) - 2
    grown = site.size() - size
    print(f"\n{site.name}: {residents} interviews, {number} messages in, {messages - number} out")
    print(f"  taken {taken:.0f}/s, answered {whole:.0f}/s, {site.refused} brought again")
    told = ", ".join(f"{name} {seconds * 1000:.2f}" for name, seconds in spent.items())
    print(f"  processor time of a message and its reply, ms: {told}")
    print(
        f"  grown by {grown / messages:.0f} bytes a message, {grown / residents:.0f} an interview"
    )
    mine = [f"{memory(one):.0f}" for one in (*site.servers, *site.workers)]
    print(f"  memory of each process, MB: {', '.join(mine)}; connections: {connections}")
    waits = sorted(1000 * wait for wait in singles(site))
    print(f"  one at a time, ms: p50 {statistics.median(waits):.0f}, p95 {waits[-3]:.0f}")


@dataclass(frozen=True)
class Round:
    """``taken`` and ``answered`` in messages a second, ``spent`` in seconds of processor time a message."""

    taken: float
    answered: float
    spent: dict[str, float]


def measure_round(site: Site, first: int, residents: int) -> Round:
    used, began, number = site.used(), time.perf_counter(), residents * len(DIALOGUE)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(site.tell, range(first, first + residents)))
    taken = number / (time.perf_counter() - began)
    site.wait_until_sent()
    answered = number / (time.perf_counter() - began)
    spent = {name: (now - used[name]) / number for name, now in site.used().items()}
    return Round(taken, answered, spent)


def singles(site: Site) -> Iterator[float]:
    """From the acknowledgement of a single message to its reply at the provider."""
    for number in range(SINGLES):
        before = len(site.twilio.calls)
        site.bring(10**7 + number, f"+1404556{number:04d}", "RIGHTS")
        began = time.perf_counter()
        with site.twilio.arrived:
            site.twilio.arrived.wait_for(lambda before=before: len(site.twilio.calls) > before, 60)  # type: ignore[misc]
        yield time.perf_counter() - began
        site.wait_until_sent()


@contextmanager
def made(name: str, url: str, others: dict[str, int], **changes: str) -> Iterator[Site]:
    database = open_database(url, [KEY])
    schema.upgrade(database.engine)
    with database.writing() as session:
        library.publish(session, load(SURVEY), SURVEY, datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder:
        twilio, telegram = TwilioServer(), TelegramServer()
        environ = deployment(url, twilio, telegram) | changes
        site = Site(name, database, Path(folder), environ, twilio, others)
        try:
            yield site
        finally:
            site.end()
            twilio.close()
            telegram.close()


def run(residents: int, stack: ExitStack) -> None:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    with made("SQLite, one process", f"sqlite:///{folder}/testimony.db", {}) as site:
        site.begin(1, 0)
        measure(site, residents)
    server = stack.enter_context(postgres.server())
    place = Path(server.partition("host=")[2])
    others = {"PostgreSQL": int((place / "data" / "postmaster.pid").read_text().split()[0])}
    makes: dict[str, tuple[int, int, dict[str, str]]] = {
        "PostgreSQL, one process": (1, 0, {}),
        "PostgreSQL, two servers and two workers": (2, 2, {"WORK": "worker"}),
    }
    if program():
        rabbit = Rabbit(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        stack.callback(rabbit.close)
        celery = {"WORK": "celery", "CELERY_BROKER_URL": rabbit.url}
        makes["PostgreSQL, two servers and two Celery workers"] = (2, 2, celery)
    for number, (name, (servers, workers, changes)) in enumerate(makes.items()):
        create(server, f"scale{number}")
        with made(name, at(server, f"scale{number}"), others, **changes) as site:
            site.begin(servers, workers)
            measure(site, residents)


def main(words: list[str]) -> None:
    with ExitStack() as stack:
        run(int(words[0]) if words else 200, stack)


if __name__ == "__main__":
    main(sys.argv[1:])

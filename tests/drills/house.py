"""The service in its processes: the web, and the worker. What ends is started again, as by whoever watches it."""

import random
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from bot.settings import SURVEYS
from flows import load
from storage import library, schema
from storage.db import Database, open_database
from tests.bot.conftest import deployment
from tests.conftest import KEY
from tests.drills.databases import Home
from tests.drills.outside import Outside
from tests.drills.replies import in_hand
from tests.support.processes import PATIENCE, Process, free_port

WEB, WORKER = "web", "worker"
SURVEY = (SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8")


class House:
    """``testimony serve`` and ``testimony worker`` on one database; ``apart``: senders in a process of their own."""

    def __init__(
        self,
        folder: Path,
        home: Home,
        outside: Outside,
        *,
        apart: bool = True,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.home, self.port, self._folder = home, free_port(), folder / "logs"
        self._folder.mkdir()
        self.database: Database = open_database(home.url, [KEY])
        environ = deployment(home.url, outside.twilio, outside.telegram)
        self.environ = {**environ, "WORK": "worker" if apart else "threads", **(more or {})}
        self.names = (WEB, WORKER) if apart else (WEB,)
        self._running: dict[str, Process] = {}
        self.said: list[str] = []
        self.in_hand: list[dict[str, int]] = []  # by channel, of each who sent and was killed
        self._dead: set[str] = set()

    def move_in(self, now: object) -> None:
        """Tables and survey, then the processes."""
        schema.upgrade(self.database.engine)
        with self.database.writing() as session:
            library.publish(session, load(SURVEY), SURVEY, now)  # type: ignore[arg-type]
        for name in self.names:
            self.start(name)

    def start(self, name: str) -> None:
        """Start a process, and wait until it does its work; one that ends before is started again."""
        where = ("serve", "--port", str(self.port)) if name == WEB else ("worker",)
        for _ in range(int(PATIENCE)):
            self.home.see_to()
            process = self._running[name] = Process(self._folder, self.environ, *where)
            while not process.ended:
                if self._answers() if name == WEB else "The worker runs" in process.said:
                    return
                threading.Event().wait(0.05)
            self.said.append(process.said)
            threading.Event().wait(0.5)
        raise AssertionError(f"{name} does not start:\n{self.said[-1]}")

    def kill(self, name: str) -> None:
        """kill -9, and start it again. What a worker has in hand then is counted."""
        self._end(name, kill=True)
        if name == self.names[-1]:  # who sends
            self.in_hand.append(in_hand(self.database, self._dead))
        self.start(name)

    def relieve(self, name: str) -> int:
        """Ask it to end, and start it again; returns how it ended."""
        ended = self._end(name, kill=False)
        self.start(name)
        return ended

    def run(self, *arguments: str) -> None:
        """A command of the program, to its end, which must be good."""
        process = Process(self._folder, self.environ, *arguments)
        code = process.end()
        self.said.append(process.said)
        assert code == 0, f"testimony {' '.join(arguments)} ended with {code}:\n{process.said}"

    def close(self) -> None:
        for name in tuple(self._running):
            self._end(name, kill=True)
        self.database.close()

    def _end(self, name: str, *, kill: bool) -> int:
        process = self._running.pop(name)
        code = -9
        if kill:
            process.kill()
        else:
            code = process.terminate()
        self.said.append(process.said)
        return code

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as page:
                return bool(page.status == 200)
        except OSError:
            return False


def turns(house: House, chance: random.Random, count: int) -> list[str]:
    """So many of the processes in any order, each as often as the others."""
    names = [house.names[number % len(house.names)] for number in range(count)]
    chance.shuffle(names)
    return names

"""Servers for the benches: the service, its floor and a provider, each a process of its own on databases of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from storage import schema
from storage.engines import connect, database_url
from tests.conftest import at, create
from tests.driving import Telegram, Text
from tests.floor import make_tables
from tests.support.processes import ROOT, Process, free_port

KEYS = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
SLOWER = 0.002  # seconds that are added to each sync of the disk
SLOW_DISK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
#define SLOW(name) int name(int fd) { \\
  static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, #name); usleep(%d); return real(fd); }
SLOW(fsync)
SLOW(fdatasync)
"""


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
    """A module of Python that serves, once it has said so; ``listens``: on a port of its own."""

    def __init__(
        self, folder: Path, environ: dict[str, str], *command: str, listens: bool = True
    ) -> None:
        self.port = free_port()
        self.log = folder / f"log{self.port}"
        ported = ("--port", str(self.port)) if listens else ()
        known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command, *ported],
                cwd=ROOT,
                env={**known, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environ},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until(lambda: ("Serving on" if listens else "The worker runs") in self.said)

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
        for one in made[0]:  # who apologizes quickly is not fast
            assert "ERROR" not in one.said, one.said[-500:]


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


def slow_disk(folder: Path) -> str | None:
    """A library that makes each sync slower, for LD_PRELOAD; None without a compiler of C."""
    source, made = folder / "slow.c", folder / "slow.so"
    source.write_text(SLOW_DISK % int(SLOWER * 1e6))
    command = ["cc", "-shared", "-fPIC", "-o", made, source, "-ldl"]  # whatever compiler there is
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return str(made)

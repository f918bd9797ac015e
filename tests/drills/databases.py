"""The database of a drill: a file, or a PostgreSQL server of its own; on a small disk where that is to fill up.

Commits wait for the disk, as they do in a deployment: the point of a drill is what outlives a crash.
"""

import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.postgres import Postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
SMALL = {SQLITE: 48, POSTGRESQL: 160}  # MB of a small disk
MODEST = ("min_wal_size=2MB", "max_wal_size=4MB", "shared_buffers=16MB", "listen_addresses=")


class LeftOut(Exception):
    """This machine does not allow the drill; says what it would need."""


class SqliteHome:
    """A file in a folder."""

    kind = SQLITE

    def __init__(self, folder: Path) -> None:
        self.path = folder / "testimony.db"
        self.url = f"sqlite:///{self.path}"

    def take_away(self, gone: threading.Event, wanted: threading.Event) -> None:
        """Another program holds the file's lock, from ``gone`` until ``wanted``."""
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            gone.set()
            wanted.wait()
            other.execute("ROLLBACK")

    def see_to(self) -> None:
        """A file needs nobody."""

    def close(self) -> None:
        """Nothing runs."""


class PostgresHome:
    """A server of its own, with its log in ``folder`` and its data in ``data``."""

    kind = POSTGRESQL

    def __init__(self, folder: Path, data: Path) -> None:
        self._server = Postgres(folder, MODEST, data)
        self._server.start()
        self.url = self._server.url

    def take_away(self, gone: threading.Event, wanted: threading.Event) -> None:
        """The server has crashed, from ``gone`` until ``wanted``."""
        self._server.stop(signal.SIGQUIT)
        gone.set()
        wanted.wait()
        self._server.start()

    def see_to(self) -> None:
        """Start it again where it has given up."""
        if self._server.ended:
            self._server.start()

    def close(self) -> None:
        self._server.stop()


Home = SqliteHome | PostgresHome


@contextmanager
def home(kind: str, folder: Path, *, small: bool) -> Iterator[tuple[Home, Path]]:
    """A database of a kind, and the folder that its data is in; raises LeftOut."""
    if not small:
        yield from _home(kind, folder, None)
        return
    disk = folder / "disk"
    disk.mkdir()
    with mounted(disk, SMALL[kind]):
        yield from _home(kind, folder, disk)


def _home(kind: str, folder: Path, disk: Path | None) -> Iterator[tuple[Home, Path]]:
    data = disk / "data" if disk else None
    made = (
        SqliteHome(disk or folder)
        if kind == SQLITE
        else PostgresHome(folder, data or folder / "data")
    )
    try:
        yield made, disk or folder
    finally:
        made.close()


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[None]:
    """A disk of so many megabytes at ``folder``; root may do that."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "drill", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise LeftOut("only root can mount a small disk") from None
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def fill(folder: Path) -> Path:
    """A file that takes all the room that is left; without it there is room again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue
    os.sync()
    return ballast

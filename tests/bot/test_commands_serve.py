"""``testimony start`` and ``serve``: up with one command, down in good order, and plain words when they cannot."""

import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.db import open_database
from storage.staff import log_in
from tests.bot.test_commands_shell import KEY, KEYS, ROOT, run, spawn


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(folder: Path, *words: str, **environ: str) -> Iterator["subprocess.Popen[str]"]:
    """A command as a process of its own, ended when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: "subprocess.Popen[str]", last: str) -> str:
    """What the process says, up to the line that begins with ``last``."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if line.startswith(last):
            return said
    raise AssertionError(said)


def get(port: int, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=named)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def ended(process: "subprocess.Popen[str]", how: signal.Signals) -> tuple[int, str]:
    """The exit code after a signal, and what was said until then."""
    process.send_signal(how)
    rest, _ = process.communicate(timeout=60)
    return process.returncode, rest


def test_a_fresh_folder_becomes_a_running_service(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "start", PORT=str(port), **KEYS) as process:
        said = heard(process, "Serving on ")
        assert get(port, "/healthz") == (200, "ok\n")
        assert get(port, "/readyz")[0] == 200
        assert ended(process, signal.SIGTERM) == (0, "")
    assert "Published city-testimony (" in said
    assert f"Try a flow   http://localhost:{port}/\n" in said
    assert f"Serving on http://127.0.0.1:{port}\n" in said
    email, password = re.findall(r"Log in as    (\S+)\n  Password     (\S+)\n", said)[0]
    database = open_database(f"sqlite:///{tmp_path}/instance/testimony.db", [bytes(32)])
    with database.reading() as session:
        member = log_in(session, email, password)
        assert member is not None
        assert member.role == "owner"
    database.close()


@pytest.mark.parametrize(("proxies", "others"), [("0", 429), ("1", 410)])
def test_a_visitor_is_known_by_the_proxies_that_are_trusted_and_by_no_other(
    tmp_path: Path, proxies: str, others: int
) -> None:
    """What visitors write into the header themselves stands before what the trusted proxy adds, and counts nothing."""
    port = free_port()
    with running(tmp_path, "start", PORT=str(port), TRUSTED_PROXIES=proxies, **KEYS) as process:
        heard(process, "Serving on ")
        told = [
            get(port, "/admin/welcome/x", X_Forwarded_For=f"192.0.2.{number}, 198.51.100.7")[0]
            for number in range(60)
        ]
        assert told[:30] == [410] * 30
        assert 429 in told
        elsewhere = get(port, "/admin/welcome/x", X_Forwarded_For="192.0.2.1, 198.51.100.8")[0]
        assert elsewhere == others


def test_a_second_start_shows_no_password_and_ends_at_a_keypress(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/testimony.db"
    run("db", "upgrade", DATABASE_URL=url)
    run("flows", "publish", DATABASE_URL=url)
    run("staff", "add", "ana@example.org", DATABASE_URL=url)
    port = free_port()
    with running(tmp_path, "start", DATABASE_URL=url, PORT=str(port), **KEYS) as process:
        said = heard(process, "Serving on ")
        assert "city-testimony is current already.\n" in said
        assert "Password" not in said
        assert get(port, "/healthz") == (200, "ok\n")
        code, rest = ended(process, signal.SIGINT)
    assert code == 0
    assert "Traceback" not in rest


def test_a_worker_ends_in_good_order(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/testimony.db"
    run("db", "upgrade", DATABASE_URL=url)
    with running(tmp_path, "worker", DATABASE_URL=url, WORK="worker", **KEYS) as process:
        heard(process, "The worker runs.")
        assert ended(process, signal.SIGTERM) == (0, "")


def test_a_port_that_is_taken_is_told(sqlite_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = spawn(tmp_path, "serve", "--port", str(port), DATABASE_URL=sqlite_url, **KEYS)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"PORT {port} on 127.0.0.1 cannot be used: Address already in use.\n"


def test_a_host_that_is_none_of_ours_is_told(sqlite_url: str, tmp_path: Path) -> None:
    done = spawn(tmp_path, "serve", "--host", "no such host", DATABASE_URL=sqlite_url, **KEYS)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "no such host" in line


def test_a_start_that_finds_a_bad_flow_does_not_serve(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("flow: bad\n", encoding="utf-8")
    given = {"DATABASE_URL": sqlite_url, "FLOWS_DIR": str(tmp_path)}
    result = run("start", **given, TESTIMONY_KEYS=KEY)
    assert result.exit_code == 1
    assert "Nothing was published." in result.stderr
    assert "Serving" not in result.stdout


SIGNALLED = """
import os, signal
from bot.commands.serve import end_by_signal
stop = end_by_signal()
with stop._cond:  # as it is for a moment when waiting begins
    os.kill(os.getpid(), signal.SIGTERM)
stop.wait()
print("ended")
"""


def test_a_signal_at_the_moment_when_waiting_begins_is_heard() -> None:
    """It once found the event locked by its own thread, and the worker never ended."""
    command = [sys.executable, "-c", SIGNALLED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    assert done.stdout == "ended\n"

"""What the command line and the server take to start: a part of ``make bench``."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.bench_table import Spent, Table, processor, spent

TIMES = 5
# seconds; the goals were set where a bare interpreter and the imports took so long: only ratios count elsewhere
HELP, READY, BARE, IMPORTED = 0.120, 2.0, 0.009, 0.317
LOOK_EVERY = 0.02  # seconds
ROOT = Path(__file__).parents[1]


def command(*arguments: str) -> Spent:
    """A command from its start to its end."""
    whole = (sys.executable, *arguments)
    return spent(lambda: subprocess.run(whole, check=True, capture_output=True), TIMES)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _until_ready(port: int) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except OSError:  # it does not listen yet, or is not ready
            time.sleep(LOOK_EVERY)


def _begun(folder: str) -> Spent:
    """The server in a folder: seconds on the clock until it says that it is ready; of the processor until it ended."""
    port, began, used = _free_port(), time.perf_counter(), processor()
    kept = {"PATH": os.environ["PATH"], "HOME": folder, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "start", "--port", str(port)],
        cwd=folder,
        env=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _until_ready(port)
            ready = time.perf_counter()
        finally:
            server.send_signal(signal.SIGTERM)
    return Spent(ready - began, processor() - used)


def ready_to_serve() -> Spent:
    """From its start to ready; its tables are there from a first start."""
    with tempfile.TemporaryDirectory() as folder:
        _begun(folder)
        return _begun(folder)


def starting(table: Table) -> None:
    """The two goals."""
    table.compare(
        "testimony --help",
        lambda: command("-m", "bot", "--help"),
        lambda: command("-c", "pass"),
        "a bare interpreter",
        most=HELP / BARE,
    )
    table.compare(
        "ready to serve; of the processor: until it has ended",
        ready_to_serve,
        lambda: command("-c", "import flask, sqlalchemy.orm"),
        "importing flask and sqlalchemy.orm",
        most=READY / IMPORTED,
    )

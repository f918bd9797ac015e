"""The program as a process of its own, so that tests can kill it."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds until a process that does nothing has failed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """``python -m bot <arguments>``; what it says is kept in a file."""

    within: tuple[str, ...] = ()  # what starts it, for one in a network of its own

    def __init__(self, folder: Path, environ: Mapping[str, str], *arguments: str) -> None:
        self.log = folder / f"log{len(list(folder.glob('log*')))}"
        known = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [*self.within, sys.executable, "-m", "bot", *arguments],
                cwd=ROOT,
                env={**known, "PYTHONUNBUFFERED": "1", **environ},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait until ``ready`` is true; a process that ends before has failed."""
        for _ in range(int(PATIENCE * 50)):
            if ready():
                return
            assert not self.ended, self.said
            Event().wait(0.02)
        raise AssertionError(f"nothing came of it:\n{self.said}")

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self) -> int:
        """How it ended, once it has."""
        return self._process.wait(PATIENCE)

    def terminate(self) -> int:
        self.signal(signal.SIGTERM)
        return self.end()

    def kill(self) -> None:
        """kill -9, it and what it has started: nothing is finished, nothing written down."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Server(Process):
    """``testimony serve`` on a free port, ready to answer."""

    address = "127.0.0.1"

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.port = free_port()
        super().__init__(folder, environ, "serve", "--port", str(self.port))
        self.wait_until(lambda: "Serving on" in self.said)

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        headers: Mapping[str, str],
        timeout: float = PATIENCE,
    ) -> int:
        """The status of the answer; ConnectionError when there is none."""
        return self._ask(path, urllib.parse.urlencode(form).encode(), headers, timeout)

    def is_ready(self) -> bool:
        """What it says of itself."""
        return self._ask("/readyz", None, {}, PATIENCE) == 200

    def _ask(
        self, path: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> int:
        url = f"http://{self.address}:{self.port}{path}"
        request = urllib.request.Request(url, body, dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

"""A RabbitMQ of the tests' own, where one is installed: on free ports, in a folder, with an epmd that ends with it."""

import os
import shutil
import signal
import socket
import subprocess
import uuid
from pathlib import Path
from threading import Event

from tests.support.processes import PATIENCE, free_port

# Debian's own start script in /usr/sbin changes the user; the program itself is the first of these
PROGRAMS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server")


def program() -> str | None:
    """Where RabbitMQ is on this machine."""
    return next((found for one in PROGRAMS if (found := shutil.which(one))), None)


class Rabbit:
    """A node that can be killed, and started again on the same port with nothing forgotten but its nudges."""

    def __init__(self, folder: Path) -> None:
        self.port, self._epmd = free_port(), str(free_port())
        self._folder = folder
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        settings = folder / "rabbitmq.conf"
        settings.write_text(f"listeners.tcp.default = 127.0.0.1:{self.port}\n")
        (folder / "plugins").write_text("[].\n")
        self._environ = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "LANG")},
            "HOME": str(folder),
            "ERL_EPMD_PORT": self._epmd,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"test{uuid.uuid4().hex}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(settings),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        found = program()
        assert found is not None
        with (self._folder / "said").open("ab") as said:
            self._process = subprocess.Popen(
                [found], env=self._environ, stdout=said, stderr=said, start_new_session=True
            )
        for _ in range(int(3 * PATIENCE * 20)):
            if self._answers():
                return
            assert self._process.poll() is None, (self._folder / "said").read_text()
            Event().wait(0.05)
        raise AssertionError((self._folder / "said").read_text())

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as asking:
                asking.sendall(b"AMQP\x00\x00\x09\x01")
                return asking.recv(1) == b"\x01"  # a frame: it speaks
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9 of the node and what it has started."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.kill()
        command = ["epmd", "-port", self._epmd, "-kill"]
        for _ in range(100):  # it refuses until it has seen that the node is gone
            done = subprocess.run(command, env=self._environ, capture_output=True, check=False)
            if done.returncode == 0:
                return
            Event().wait(0.05)

"""Three hosts on one machine: two that run the program and one with the database, each in a network namespace.

Each application host has a line to the world, where the providers are, and a line to the database, which can be cut.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass

WORLD = "10.213.{0}.{1}"  # the lines to the world; the first number is this process's own
INSIDE = "172.31.0.{0}"  # the lines to the database


def why_not() -> str | None:
    """Why there can be no such hosts here, or None."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    missing = [name for name in ("ip", "setpriv") if shutil.which(name) is None]
    if missing:
        return f"{missing[0]} is not installed"
    name = f"tryout{os.getpid()}"
    try:
        _ip("netns", "add", name)
    except subprocess.CalledProcessError:
        return "network namespaces are not allowed here"
    _ip("netns", "del", name)
    return None


def _ip(*words: str) -> None:
    command = ["ip", *words]
    subprocess.run(command, check=True, capture_output=True)


@dataclass(frozen=True)
class Host:
    """``address``: where the world reaches it; ``world``, ``database``: where it reaches these."""

    name: str
    address: str
    world: str
    database: str
    _line: str
    _other_end: tuple[str, str]

    @property
    def within(self) -> tuple[str, ...]:
        """What starts a program on this host."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """The line to the database goes down at both ends: nobody is told."""
        self._set("down")

    def mend(self) -> None:
        self._set("up")

    def _set(self, how: str) -> None:
        namespace, line = self._other_end
        _ip("-n", self.name, "link", "set", self._line, how)
        _ip("-n", namespace, "link", "set", line, how)


class Lan:
    """The three hosts; gone with all their lines after ``close``."""

    def __init__(self) -> None:
        self._mark, self._number = os.getpid(), os.getpid() % 250 + 1
        self.store = f"hgdb{self._mark}"
        self._names = [self.store]
        _ip("netns", "add", self.store)
        _ip("-n", self.store, "link", "set", "lo", "up")
        self.hosts = [self._host(number) for number in range(2)]

    def _host(self, number: int) -> Host:
        name = f"hgapp{number}x{self._mark}"
        self._names.append(name)
        _ip("netns", "add", name)
        _ip("-n", name, "link", "set", "lo", "up")
        out, inward, far = (f"hg{kind}{number}x{self._mark}" for kind in ("w", "i", "d"))
        first = 4 * number + 1
        world, address = (WORLD.format(self._number, first + one) for one in range(2))
        here, database = (INSIDE.format(first + one) for one in range(2))
        _ip("link", "add", out, "type", "veth", "peer", "name", "world", "netns", name)
        _ip("addr", "add", f"{world}/30", "dev", out)
        _ip("link", "set", out, "up")
        _ip("-n", name, "addr", "add", f"{address}/30", "dev", "world")
        _ip("-n", name, "link", "set", "world", "up")
        peer = ("type", "veth", "peer", "name", far, "netns", self.store)
        _ip("-n", name, "link", "add", inward, *peer)
        _ip("-n", name, "addr", "add", f"{here}/30", "dev", inward)
        _ip("-n", self.store, "addr", "add", f"{database}/30", "dev", far)
        host = Host(name, address, world, database, inward, (self.store, far))
        host.mend()
        return host

    def close(self) -> None:
        for name in self._names:
            _ip("netns", "del", name)

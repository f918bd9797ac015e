"""Clients that send a little now and then, and never an end, or read nothing: they hold up nobody."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.bot.conftest import ON_SQLITE, RESIDENT, Service, signature
from tests.support.processes import Server

PATH = "/webhooks/twilio"
MANY = 150  # of each kind: more than there are threads, or connections by default
UNENDING = [
    b"POST /webhooks/twilio HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST /webhooks/twilio HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 100000\r\n\r\nMessage",
]
ASK = b"GET /admin/static/flows.js HTTP/1.1\r\nHost: x\r\n\r\n"
FILES = 120  # that a process in need of files may open


class Tight(Server):
    within = ("sh", "-c", f'ulimit -n {FILES}; exec "$@"', "sh")


@pytest.fixture
def tight(service: Service, environ: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    started = Tight(tmp_path, environ)
    yield started
    started.kill()


@pytest.fixture
def server(service: Service, environ: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path, environ)
    yield started
    started.kill()


def bring(server: Server, number: int, words: str) -> int:
    form = {"MessageSid": f"SM{number:032d}", "From": RESIDENT, "Body": words}
    return server.post(PATH, form, signature(PATH, form))


@ON_SQLITE
def test_slow_clients_hold_up_no_message(service: Service, server: Server) -> None:
    with ExitStack() as stack:
        slow = []
        for number in range(2 * MANY):
            line = socket.create_connection(("127.0.0.1", server.port), timeout=60)
            stack.enter_context(line)
            line.sendall(UNENDING[number % 2])
            slow.append(line)
        for number, words in enumerate(["RIGHTS", "yes", "Atlanta"]):
            for line in slow[number::50]:
                line.sendall(b"a")
            assert bring(server, number, words) == 200
    assert service.heard == ["RIGHTS", "yes", "Atlanta"]
    assert server.terminate() == 0


def asking(server: Server, stack: ExitStack, asked: bytes) -> socket.socket:
    """A client that asks and reads nothing."""
    line = stack.enter_context(socket.socket())
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(60)
    line.connect(("127.0.0.1", server.port))
    line.sendall(asked)
    return line


@ON_SQLITE
def test_who_asks_for_many_files_in_one_piece_is_cut(service: Service, server: Server) -> None:
    with ExitStack() as stack:
        line = asking(server, stack, 8192 // len(ASK) * ASK)
        came = 0
        with suppress(ConnectionError):
            while piece := line.recv(65536):
                came += len(piece)
        assert came < 5 * 20_000
        assert bring(server, 1, "RIGHTS") == 200


@ON_SQLITE
def test_files_that_nobody_reads_are_not_kept_open(service: Service, tight: Server) -> None:
    """Each client takes a connection, and no file for what it asked for."""
    with ExitStack() as stack:
        for _ in range(FILES // 3):
            asking(tight, stack, 4 * ASK)
        for number, words in enumerate(["RIGHTS", "yes", "Atlanta"]):
            assert bring(tight, number, words) == 200
    assert service.heard == ["RIGHTS", "yes", "Atlanta"]
    assert "no more connections" not in tight.said


@ON_SQLITE
def test_more_connections_than_files_are_said_once_and_served_later(
    service: Service, tight: Server
) -> None:
    with ExitStack() as stack:
        for _ in range(2 * FILES):
            asking(tight, stack, UNENDING[0])
        tight.wait_until(lambda: "no more connections" in tight.said)
    assert bring(tight, 1, "RIGHTS") == 200
    assert tight.said.count("no more connections") < 5
    assert "Traceback" not in tight.said

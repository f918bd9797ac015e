"""Clients that send a little now and then, and never an end: they hold up nobody who has something to say."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
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

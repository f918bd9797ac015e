"""Whoever makes an answer sends it, and the loop of the web server does not ask meanwhile; what is left it sends."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.connections import Connection, listen

PIECE = b"a" * 65536
MUCH = 4 * 1024 * 1024  # more than sockets hold
ASK = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@contextmanager
def served(app: App, **options: Any) -> Iterator[tuple[str, int]]:
    server = listen(app, host="127.0.0.1", port=0, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield "127.0.0.1", server.effective_port
    finally:
        server.trigger.pull_trigger(server.close)
        thread.join()
        server.task_dispatcher.shutdown()


def all_of(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize("watermark", [1, len(PIECE), 2 * len(PIECE), 2 * MUCH])
def test_an_answer_that_is_read_late_comes_whole(watermark: int) -> None:
    """However much of it may wait to be sent: more than all, or so little that its maker waits for the loop."""
    made = threading.Event()

    def app(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [("Content-Length", str(MUCH))])
        for _ in range(MUCH // len(PIECE)):
            yield PIECE
        made.set()

    with (
        served(app, outbuf_high_watermark=watermark) as address,
        socket.create_connection(address) as line,
    ):
        line.sendall(ASK)
        if watermark > MUCH:
            assert made.wait(30), "its maker waited, though all of it may wait instead"
        head, _, body = all_of(line).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(body) == MUCH
    assert made.is_set()


def test_while_an_answer_is_made_the_loop_does_not_ask_whether_it_may_send() -> None:
    seen: list[bool] = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        channel = environ["waitress.client_disconnected"].__self__
        assert isinstance(channel, Connection)
        start("200 OK", [("Content-Length", str(MUCH + 1))])
        yield b"a" * MUCH
        seen.append(channel.writable())
        yield b"a"

    with served(app) as address, socket.create_connection(address) as line:
        line.sendall(ASK)
        assert len(all_of(line)) > MUCH
    assert seen == [False]

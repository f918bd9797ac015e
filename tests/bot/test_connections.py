"""Whoever makes an answer sends it, and the loop of the web server does not ask meanwhile; what is left it sends.

Nobody waits for a client, and a client that reads nothing is cut.
"""

import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from waitress.parser import HTTPRequestParser

from bot.connections import Connection, listen

PIECE = b"a" * 65536
MUCH = 4 * 1024 * 1024  # more than sockets hold
ASK = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
MORE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE = 30.0

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@contextmanager
def running(app: App, **options: Any) -> Iterator[Any]:
    server = listen(app, host="127.0.0.1", port=0, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.trigger.pull_trigger(server.close)
        thread.join()
        server.task_dispatcher.shutdown()


@contextmanager
def served(app: App, **options: Any) -> Iterator[tuple[str, int]]:
    with running(app, **options) as server:
        yield "127.0.0.1", server.effective_port


def connected(server: Any) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.effective_port), timeout=PATIENCE)


def all_of(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize("watermark", [1, len(PIECE), 2 * len(PIECE), 2 * MUCH])
def test_an_answer_that_is_read_late_comes_whole(watermark: int) -> None:
    """However little of it waitress would have wait to be sent, its maker does not."""
    made = threading.Event()

    def app(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [("Content-Length", str(MUCH))])
        for _ in range(MUCH // len(PIECE)):
            yield PIECE
        made.set()

    with (
        served(app, threads=1, outbuf_high_watermark=watermark) as address,
        socket.create_connection(address) as line,
    ):
        line.sendall(ASK)
        assert made.wait(PATIENCE), "its maker waited for whoever asked"
        head, _, body = all_of(line).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(body) == MUCH


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


class Making:
    """An application that answers with much, or at another path with little; it counts what it made of much."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        is_small = environ["PATH_INFO"] == "/small"
        answer = b"small" if is_small else b"a" * MUCH
        self.made += not is_small
        start("200 OK", [("Content-Length", str(len(answer)))])
        return [answer]


class Exporting(Making):
    """An application that answers with very much, piece by piece, or with little; it counts the bytes it made."""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return (
            super().__call__(environ, start)
            if environ["PATH_INFO"] == "/small"
            else self._pieces(start)
        )

    def _pieces(self, start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [("Content-Length", str(8 * MUCH))])
        for _ in range(8 * MUCH // len(PIECE)):
            self.made += len(PIECE)
            yield PIECE


def is_answered(server: Any) -> bool:
    with connected(server) as line:
        line.sendall(ASK.replace(b"/ ", b"/small ", 1))
        return all_of(line).endswith(b"small")


def test_who_reads_nothing_holds_no_thread() -> None:
    with (
        running(Making(), threads=1, outbuf_high_watermark=1) as server,
        connected(server) as line,
    ):
        line.sendall(2 * MORE)
        assert is_answered(server)
        assert is_answered(server)


def test_the_next_answer_is_made_when_the_one_before_is_sent() -> None:
    """Else each that is asked for would lie in memory until somebody reads it."""
    app = Making()
    with running(app, threads=1) as server, connected(server) as line:
        line.sendall(MORE + MORE + ASK)
        assert is_answered(server)
        assert is_answered(server)  # by then the one thread has come to the second
        assert app.made == 1
        assert len(all_of(line)) > 3 * MUCH
        assert app.made == 3


class Handing(threading.Condition):
    """A lock; who lets go of it is interrupted once, by what comes ``then``."""

    then: Callable[[], object] | None = None

    def __exit__(self, *args: Any) -> None:
        super().__exit__(*args)
        then, self.then = self.then, None
        if then:
            then()


def test_what_is_sent_while_the_next_is_being_held_back_has_that_made_once() -> None:
    """The loop sends the rest, and hands the next on, before the thread that holds it back has gone its way."""
    app, tasks = Making(), list[Connection]()
    ours, theirs = socket.socketpair()
    with running(app) as server, ours, theirs:
        server.add_task = tasks.append
        channel = Connection(server, ours, ("127.0.0.1", 1), server.adj, map={})
        channel.requests.append(HTTPRequestParser(server.adj))
        channel.requests[0].received(MORE)
        channel.outbufs[0].append(b"before")
        channel.total_outbufs_len = len(b"before")
        channel.outbuf_lock = Handing()
        channel.outbuf_lock.then = channel.handle_write
        channel.service()
        assert (tasks, app.made) == ([channel], 0)
        channel.service()
        assert app.made == 1
        channel.handle_close()


def test_of_very_much_no_more_is_made_than_is_read_and_others_are_answered() -> None:
    """An export in clear is not to lie on a disk; and of four threads one may wait for its reader."""
    app = Exporting()
    with (
        running(app, threads=4, outbuf_high_watermark=len(PIECE)) as server,
        connected(server) as line,
    ):
        line.sendall(ASK)
        until(lambda: any(one.is_waited_for for one in server.active_channels.values()))
        assert is_answered(server)
        assert app.made < 8 * MUCH
        body = all_of(line).partition(b"\r\n\r\n")[2]
    assert len(body) == app.made == 8 * MUCH


def test_who_is_waited_for_and_reads_nothing_is_cut() -> None:
    with (
        running(Exporting(), threads=4, outbuf_high_watermark=1) as server,
        connected(server) as line,
    ):
        line.sendall(MORE)
        until(lambda: any(one.is_waited_for for one in server.active_channels.values()))
        later(server)
        until(lambda: not server.active_channels)
        assert server.patient.acquire(timeout=PATIENCE)
        server.patient.release()


def test_a_client_that_reads_nothing_is_cut() -> None:
    with running(Making()) as server, connected(server) as line:
        line.sendall(2 * MORE)
        until(lambda: any(one.holds_back for one in server.active_channels.values()))
        later(server)
        until(lambda: not server.active_channels)
        assert len(rest_of(line)) < MUCH


def test_a_client_whose_answer_is_being_made_is_not_cut() -> None:
    begun, seen = threading.Event(), threading.Event()

    def app(_environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        begun.set()
        seen.wait(PATIENCE)
        start("200 OK", [("Content-Length", "4")])
        return [b"late"]

    with running(app) as server, connected(server) as line:
        line.sendall(ASK)
        assert begun.wait(PATIENCE)
        later(server)
        seen.set()
        assert all_of(line).endswith(b"late")


def test_whoever_sends_urgent_data_is_cut() -> None:
    with running(Making()) as server, connected(server) as line:
        line.send(b"!", socket.MSG_OOB)
        assert rest_of(line) == b""
        assert is_answered(server)


def test_files_of_any_number_are_served() -> None:
    """select, which is asked by default, ends at the first above 1023."""
    most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4 * 1024:
        pytest.skip("so many files cannot be opened here")
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (most, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (4 * 1024, hard))
        server = stack.enter_context(running(Making()))
        for _ in range(1024):
            stack.callback(os.close, os.dup(server.socket.fileno()))
        assert is_answered(server)


def later(server: Any) -> None:
    """The loop looks after its connections, as it will when nothing has come or gone for a long time."""
    looked = threading.Event()

    def look() -> None:
        server.maintenance(time.time() + 3600)
        looked.set()

    server.trigger.pull_trigger(look)
    assert looked.wait(PATIENCE)


def until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end, "nothing came of it"
        threading.Event().wait(0.01)


def rest_of(line: socket.socket) -> bytes:
    """What still comes of a connection that may be cut."""
    try:
        return all_of(line)
    except ConnectionError:
        return b""

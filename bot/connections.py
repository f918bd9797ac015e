"""The web server's connections: an answer is sent by the thread that makes it, and the loop keeps out of the way.

Waitress lets both send. While a thread did, its loop asked again and again whether it could too: fourteen rounds over
all connections for a message, each of which kept the threads from their work. And hardly a thread waits for a client:
what it does not read is kept for it, and the loop sends it, until there was no progress for so long that it is cut.
"""

import logging
import socket
import threading
import time
from contextlib import closing, suppress
from typing import Any

from waitress.adjustments import Adjustments
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

log = logging.getLogger(__name__)

AHEAD = 4  # requests that may wait; neither browsers nor providers send any ahead
SMALL = 1024 * 1024  # bytes of a file that are read at once: unsent, it is open no longer
PAUSE = 1.0  # seconds until a connection is taken again, where none could be


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """One client's. It holds one answer at most: the next is made when that is sent."""

    holds_back = False  # whether a request waits until the answer before it is sent
    is_waited_for = False  # whether the thread that answers waits until so much is read

    def writable(self) -> bool:
        is_sent_by_thread = self.requests and not (self.holds_back or self.is_waited_for)
        left = 0 if is_sent_by_thread else self.total_outbufs_len
        return bool(left or self.will_close or self.close_when_flushed)

    def received(self, data: bytes) -> bool:
        taken: bool = super().received(data)
        if len(self.requests) > AHEAD:
            self.handle_close()
        return taken

    def service(self) -> None:
        """Answer one request, unless the answer before it is not sent yet."""
        with self.outbuf_lock:
            self.holds_back = is_early = self.total_outbufs_len > 0
        if is_early:  # what it says of itself by now, the loop may have changed
            self.server.pull_trigger()
        else:
            super().service()

    def handle_write(self) -> None:
        super().handle_write()
        if self.holds_back and not self.total_outbufs_len:
            self.holds_back = False
            self.server.add_task(self)

    def handle_expt(self) -> None:
        """Whoever sends what TCP calls urgent is cut: it would be told of again at once, and for ever."""
        self.handle_close()

    def write_soon(self, data: Any) -> int:
        if not self.total_outbufs_len:
            self.last_activity = time.time()  # the client's time to read begins
        if isinstance(data, ReadOnlyFileBasedBuffer) and len(data) <= SMALL:
            with closing(data):
                data = data.get()
        sent: int = super().write_soon(data)
        return sent

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Of very much, as of an export, a few threads wait for the client to read, lest it all lies on a disk."""
        much = self.total_outbufs_len > self.adj.outbuf_high_watermark
        if much and self.server.patient.acquire(blocking=False):
            self.is_waited_for = True
            try:
                super()._flush_outbufs_below_high_watermark()
            finally:
                self.is_waited_for = False
                self.server.patient.release()

    def cut(self) -> None:
        """End it at the loop's next round, which an end alone would not: what is full is never ready to be written."""
        self.will_close = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """Takes the connections of one address, and cuts them."""

    channel_class = Connection
    is_full, takes_again = False, 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.patient = threading.Semaphore(self.adj.threads // 4)  # of them may wait

    def readable(self) -> bool:
        return bool(super().readable() and time.monotonic() >= self.takes_again)

    def accept(self) -> Any:
        """The next connection; None where there is none, or none can be taken: then not for a moment, and said once."""
        try:
            taken = super().accept()
        except OSError as error:
            if not self.is_full:
                log.warning("no more connections can be taken: %s", error.strerror)
            self.is_full, self.takes_again = True, time.monotonic() + PAUSE
            return None
        self.is_full = False
        return taken

    def maintenance(self, now: float) -> None:
        """Cut who has been silent for too long, or has read nothing of what waits for them."""
        cutoff = now - self.adj.channel_timeout
        for one in list(self.active_channels.values()):
            is_their_turn = one.total_outbufs_len or not one.requests
            if is_their_turn and one.last_activity < cutoff:
                one.cut()


def listen(app: Any, **options: Any) -> Any:
    """A server of a WSGI application, as ``waitress.server.create_server`` makes it, with such connections.

    Its loop asks by poll: select ends at the first file whose number is above 1023.
    """
    adj = Adjustments(asyncore_use_poll=True, **options)
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(adj.threads)
    sockets: dict[int, Any] = {}
    made = [
        Listener(app, sockets, dispatcher=dispatcher, adj=adj, sockinfo=one) for one in adj.listen
    ]
    if len(made) == 1:
        return made[0]
    places = [(one.effective_host, one.effective_port) for one in made]
    return MultiSocketServer(sockets, adj, places, dispatcher, made[0].log_info)

"""The web server's connections: an answer is sent by the thread that makes it, and the loop keeps out of the way.

Waitress lets both send. While a thread did, its loop asked again and again whether it could too: fourteen rounds over
all connections for a message, each of which kept the threads from their work.
"""

from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """The loop sends what is left when the answer is made, or when the thread waits for so much to be gone."""

    def writable(self) -> bool:
        is_sent_by_thread = (
            self.requests and self.total_outbufs_len < self.adj.outbuf_high_watermark
        )
        left = 0 if is_sent_by_thread else self.total_outbufs_len
        return bool(left or self.will_close or self.close_when_flushed)


def listen(app: Any, **options: Any) -> Any:
    """A server of a WSGI application, as ``waitress.server.create_server`` makes it, with such connections."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, **options)
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = Connection
    return server

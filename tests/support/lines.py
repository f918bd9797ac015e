"""A server that answers all alike, and may close each line after one answer without a word of it."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class Line:
    """Counts the lines that were ``taken`` and the calls ``heard``. ``stays``: lines stay open after an answer."""

    def __init__(
        self, body: bytes, *, stays: bool = False, certificate: Path | None = None
    ) -> None:
        self.heard = self.taken = 0
        self._closed = threading.Semaphore(0)
        self._answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        self._stays = stays
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        port = self._listening.getsockname()[1]
        self.url = f"https://localhost:{port}" if certificate else f"http://127.0.0.1:{port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def wait_until_closed(self) -> None:
        """Wait until one more line was closed from this side."""
        assert self._closed.acquire(timeout=30), "no line was closed"

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                plain = self._listening.accept()[0]
                self.taken += 1
                with suppress(OSError), self._wrapped(plain) as line:
                    self._answer_all(line)
                plain.close()
                self._closed.release()

    def _wrapped(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain

    def _answer_all(self, line: socket.socket) -> None:
        with line.makefile("rb") as said:
            while said.readline():
                length = 0
                while (head := said.readline()) not in (b"\r\n", b""):
                    name, _, value = head.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                said.read(length)
                self.heard += 1
                line.sendall(self._answer)
                if not self._stays:
                    return

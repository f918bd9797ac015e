"""Contacts who text as fast as they are answered, over connections that stay open: one loop drives them all."""

import base64
import hashlib
import hmac
import json
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import ClassVar
from urllib.parse import urlencode

TALK = ["RIGHTS", "yes", "Atlanta", "1 2", "home", "1 3", "The rent", "skip", "Less rent", "Mayor"]
LINES = 64  # connections for messages that are paced
PATIENCE = 60.0  # seconds until a server that says nothing has failed
NUMBERS = count(1)


class Text:
    """A text message as Twilio brings it, with all the fields that it sends."""

    name = "SMS"
    public_url, token, path = "https://bench.example", "token", "/webhooks/twilio"
    FIELDS: ClassVar = {
        **{"AccountSid": "AC0", "To": "+15005550006", "NumMedia": "0", "NumSegments": "1"},
        **{"FromCity": "ATLANTA", "FromState": "GA", "FromZip": "30301", "FromCountry": "US"},
        **{"ToCity": "", "ToState": "", "ToZip": "", "ToCountry": "US"},
        **{"SmsStatus": "received", "ApiVersion": "2010-04-01"},
    }

    @classmethod
    def request(cls, person: int, words: str) -> bytes:
        sid = f"SM{next(NUMBERS):032x}"
        form = {**cls.FIELDS, "From": f"+1404{person:07d}", "Body": words}
        form |= {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid}
        said = cls.public_url + cls.path + "".join(key + form[key] for key in sorted(form))
        made = hmac.digest(cls.token.encode(), said.encode(), hashlib.sha1)
        headers = f"X-Twilio-Signature: {base64.b64encode(made).decode()}\r\n"
        headers += "Content-Type: application/x-www-form-urlencoded\r\n"
        return _request(cls.path, headers, urlencode(form).encode())


class Telegram:
    """A message as Telegram brings it."""

    name = "Telegram"
    secret, path = "a-secret", "/webhooks/telegram"

    @classmethod
    def request(cls, person: int, words: str) -> bytes:
        who = {"id": person, "is_bot": False, "first_name": "R", "language_code": "en"}
        number, chat = next(NUMBERS), {"id": person, "type": "private", "first_name": "R"}
        told = {"message_id": number, "date": int(time.time()), "chat": chat, "from": who}
        body = {"update_id": number, "message": {**told, "text": words}}
        headers = f"X-Telegram-Bot-Api-Secret-Token: {cls.secret}\r\n"
        headers += "Content-Type: application/json\r\n"
        return _request(cls.path, headers, json.dumps(body).encode())


def _request(path: str, headers: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: bench.example\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class _Line:
    """A connection, whose turn it is on it, and since when an answer is awaited."""

    connection: socket.socket
    said: Iterator[bytes]
    since: float = 0.0
    heard: bytes = b""

    def say(self, since: float | None = None) -> None:
        """Say the next; ``since``: when it was due, if that was not now."""
        self.since = time.perf_counter() if since is None else since
        self.connection.sendall(next(self.said))

    def is_answered(self) -> bool:
        """Take what came; whether the answer is whole. Raises RuntimeError for one that refuses."""
        self.heard += self.connection.recv(65536)
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return False
        named = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) < int(named.get(b"content-length", 0)):
            return False
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(head.decode())
        self.heard = b""
        return True


def _talk(kind: type[Text] | type[Telegram], first: int) -> Iterator[bytes]:
    """What one after the other says, each a whole interview."""
    for person in count(first):
        for words in TALK:
            yield kind.request(person, words)


def drive(
    kind: type[Text] | type[Telegram],
    ports: list[int],
    at_once: int,
    seconds: float,
    turn: int,
    provider: int | None = None,
) -> tuple[float, float, float, int]:
    """Messages a second, the median and 99th percentile of milliseconds, and how many there were, of so many at once.

    With a ``provider`` a second's messages are those that it took: the pace is its own.
    """
    with selectors.DefaultSelector() as selector, _lines(kind, ports, at_once, turn) as lines:
        for line in lines:
            selector.register(line.connection, selectors.EVENT_READ, line)
        before = _taken(provider)
        began, took = time.perf_counter(), list[float]()
        for line in lines:
            line.say()
        while time.perf_counter() - began < seconds or len(took) < at_once:
            took += _answers(selector)
        lasted, taken = time.perf_counter() - began, _taken(provider) - before
    done = taken if provider else len(took)
    return done / lasted, *_percentiles(took), done


def pace(
    kind: type[Text] | type[Telegram], port: int, rate: float, seconds: float, turn: int
) -> tuple[float, float]:
    """The median and 99th percentile of milliseconds, of so many messages a second at even distances.

    The time of each counts from when it was due, though none of the connections be free.
    """
    took, idle = list[float](), deque[_Line]()
    with selectors.DefaultSelector() as selector, _lines(kind, [port], LINES, turn) as lines:
        for line in lines:
            selector.register(line.connection, selectors.EVENT_READ, line)
            idle.append(line)
        began, said, all_of_them = time.perf_counter(), 0, int(rate * seconds)
        while len(took) < all_of_them:
            passed = time.perf_counter() - began
            while idle and said < all_of_them and said / rate <= passed:
                idle.popleft().say(began + said / rate)
                said += 1
            rest = PATIENCE if not idle or said == all_of_them else began + said / rate
            rest = rest if rest == PATIENCE else max(rest - time.perf_counter(), 0.0)
            for key, _ in selector.select(rest):
                if key.data.is_answered():
                    took.append(time.perf_counter() - key.data.since)
                    idle.append(key.data)
    return _percentiles(took)


@contextmanager
def _lines(
    kind: type[Text] | type[Telegram], ports: list[int], count: int, turn: int
) -> Iterator[list[_Line]]:
    """Connections that stay open, each with contacts of its own."""
    with ExitStack() as stack:
        lines = []
        for number in range(count):
            address = ("127.0.0.1", ports[number % len(ports)])
            connection = stack.enter_context(socket.create_connection(address))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines.append(_Line(connection, _talk(kind, (turn * count + number + 1) * 1000)))
        yield lines


def _percentiles(took: list[float]) -> tuple[float, float]:
    took.sort()
    p50, p99 = (took[len(took) * part // 100] * 1000 for part in (50, 99))
    return p50, p99


def _answers(selector: selectors.BaseSelector) -> Iterator[float]:
    """How long each took that is answered now; each says the next at once."""
    ready = selector.select(PATIENCE)
    if not ready:
        raise TimeoutError("the server says nothing")
    for key, _ in ready:
        line: _Line = key.data
        if line.is_answered():
            yield time.perf_counter() - line.since
            line.say()


def _taken(provider: int | None) -> int:
    """How many messages a provider's server has taken by now."""
    if provider is None:
        return 0
    with socket.create_connection(("127.0.0.1", provider)) as asked:
        asked.sendall(b"GET /taken HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        told = b"".join(iter(lambda: asked.recv(65536), b""))
    return int(told.partition(b"\r\n\r\n")[2])

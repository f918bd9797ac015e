"""Contacts who text as fast as they are answered, over connections that stay open: one loop drives them all."""

import base64
import hashlib
import hmac
import json
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import ClassVar
from urllib.parse import urlencode

TALK = ["RIGHTS", "yes", "Atlanta", "1 2", "home", "1 3", "The rent", "skip", "Less rent", "Mayor"]
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

    def say(self) -> None:
        self.since = time.perf_counter()
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
    lines = []
    with selectors.DefaultSelector() as selector:
        for number in range(at_once):
            connection = socket.create_connection(("127.0.0.1", ports[number % len(ports)]))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines.append(_Line(connection, _talk(kind, (turn * at_once + number + 1) * 1000)))
            selector.register(connection, selectors.EVENT_READ, lines[-1])
        before = _taken(provider)
        began, took = time.perf_counter(), list[float]()
        for line in lines:
            line.say()
        while time.perf_counter() - began < seconds or len(took) < at_once:
            took += _answers(selector)
        lasted, taken = time.perf_counter() - began, _taken(provider) - before
        for line in lines:
            line.connection.close()
    took.sort()
    done = taken if provider else len(took)
    p50, p99 = (took[len(took) * part // 100] * 1000 for part in (50, 99))
    return done / lasted, p50, p99, done


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

"""Local servers that speak Twilio's REST API and Telegram's Bot API, as far as this program uses them.

They are the one seam that tests replace. Each keeps what it was sent, and answers well unless told otherwise.
"""

import base64
import json
import sys
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CUT = "cut"  # an answer that is no answer: the connection is cut after the request was read


@dataclass
class Answer:
    """One answer out of the ordinary; a body of bytes is a file, all else is JSON."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    path: str
    form: dict[str, str]
    method: str = "POST"
    authorized: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of what went wrong; but who called may have been killed since, with the connection open."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Provider(ABC):
    """A server on a free port; ``answers`` are given first, in order, then the ordinary ones."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: deque[Answer | str] = deque()
        self.arrived = threading.Condition()
        self.open = threading.Event()  # cleared: calls are read and kept, and wait for their answer
        self.open.set()
        self.pause = 0.0  # seconds that an answer takes
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = (
                True  # an answer goes out in two writes; the second would wait for 40 ms
            )

            def do_POST(self) -> None:
                outer._handle(self)

            def do_GET(self) -> None:
                outer._handle(self)

            def do_DELETE(self) -> None:
                outer._handle(self)

            def log_message(self, *_: Any) -> None:
                """Tests print nothing."""

        self._server = _Server((self.host, 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.open.set()
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Wait until a call has made ``ready`` true."""
        with self.arrived:
            assert self.arrived.wait_for(ready, timeout=30), "the provider was not called"

    @abstractmethod
    def answer(self, call: Call, headers: Any) -> Answer | str:
        """The ordinary answer to a call."""

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length)
        if len(raw) < length:  # who asked has died in the middle of it
            handler.close_connection = True
            return
        if handler.headers.get("Content-Type", "").startswith("application/json"):
            form = json.loads(raw or b"{}")
        else:
            form = {
                name: values[0]
                for name, values in parse_qs(raw.decode(), keep_blank_values=True).items()
            }
        query = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        shown = "Authorization" in handler.headers
        call = Call(urlsplit(handler.path).path, {**query, **form}, handler.command, shown)
        with self.arrived:
            given = self.answers.popleft() if self.answers else self.answer(call, handler.headers)
            self.calls.append(call)
            self.arrived.notify_all()
        self.open.wait()
        if self.pause:
            threading.Event().wait(self.pause)
        if isinstance(given, str):
            handler.close_connection = True
            return
        with suppress(ConnectionError):  # who asked has died meanwhile
            self._write(handler, given)

    @staticmethod
    def _write(handler: BaseHTTPRequestHandler, given: Answer) -> None:
        file = isinstance(given.body, bytes)
        body = given.body if file else json.dumps(given.body).encode()
        handler.send_response(given.status)
        usual = {"Content-Type": "text/plain" if file else "application/json"}
        usual["Content-Length"] = str(len(body))
        for name, value in {**usual, **given.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        if "Content-Length" in given.headers:  # a body that breaks off
            handler.close_connection = True


class TwilioServer(Provider):
    """POST /2010-04-01/Accounts/<sid>/Messages.json, with Basic auth, and the webhook settings of a number.

    Files are kept on another host, which wants no credentials, as Twilio does it. ``log`` is what it took and
    received, the oldest first; it is told the newest first, a page at a time. ``clock`` dates what it takes.
    """

    SID, TOKEN = "AC" + "0" * 32, "a-token-of-twilio"
    NUMBER = "+15005550006"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cleared: list[str] = []
        self.log: list[dict[str, Any]] = []
        self.pool: list[str] = [self.NUMBER]
        self.clock: Callable[[], datetime] = lambda: datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
        self.most_on_a_page = 1000
        super().__init__()

    def receives(
        self, sid: str, text: str, sender: str, at: datetime, to: str = NUMBER, files: int = 0
    ) -> None:
        """Somebody texts, and our webhook does not hear of it."""
        self._note(sid, "inbound", sender, to, text, "received", at)
        self.log[-1]["num_media"] = str(files)

    def becomes(self, sid: str, status: str, code: int | None = None) -> None:
        """A message has come so far, and our webhook does not hear of it."""
        row = next(row for row in self.log if row["sid"] == sid)
        row.update(status=status, error_code=code, date_sent=row["date_created"])

    def _note(
        self, sid: str, direction: str, sender: str, to: str, text: str, status: str, at: datetime
    ) -> None:
        came = format_datetime(at)
        waits = status == "queued"  # in Twilio's own queue: it has no date of sending yet
        row = {"sid": sid, "account_sid": self.SID, "direction": direction, "from": sender}
        row |= {"to": to, "body": text, "status": status, "date_created": came}
        self.log.append(
            {**row, "date_sent": None if waits else came, "num_media": "0", "error_code": None}
        )

    def hold(self, data: bytes) -> str:
        """Keep a file; returns its address as webhooks name it."""
        number = len(self.files) + 1
        sids = f"Messages/MM{number:032x}/Media/ME{number:032x}"
        self.files[f"ME{number:032x}"] = data
        return f"https://api.twilio.com/2010-04-01/Accounts/{self.SID}/{sids}"

    @property
    def sent(self) -> list[dict[str, str]]:
        """The messages taken or refused, in order."""
        posts = (call for call in self.calls if call.method == "POST")
        return [call.form for call in posts if call.path.endswith("/Messages.json")]

    @property
    def looked_up(self) -> list[dict[str, str]]:
        """What was asked of the log, in order."""
        asked = (call for call in self.calls if call.method == "GET")
        return [call.form for call in asked if call.path.endswith("/Messages.json")]

    @staticmethod
    def refusal(status: int, code: int) -> Answer:
        return Answer(
            status, {"code": code, "message": "refused", "status": status, "more_info": ""}
        )

    def answer(self, call: Call, headers: Any) -> Answer:
        if call.path.startswith("/elsewhere/"):
            return self._file(call)
        expected = base64.b64encode(f"{self.SID}:{self.TOKEN}".encode()).decode()
        if headers.get("Authorization") != f"Basic {expected}":
            return self.refusal(401, 20003)
        number = {"sid": "PN" + "1" * 32, "phone_number": "+15005550006", "account_sid": self.SID}
        if call.path.endswith("/IncomingPhoneNumbers.json"):
            return Answer(
                200, {"incoming_phone_numbers": [number], "page": 0, "next_page_uri": None}
            )
        if "/IncomingPhoneNumbers/" in call.path:
            return Answer(200, number)
        if call.path.endswith("/PhoneNumbers"):
            listed = [{"sid": "PN" + "1" * 32, "phone_number": one} for one in self.pool]
            meta = {"key": "phone_numbers", "page": 0, "page_size": 50, "next_page_url": None}
            return Answer(200, {"phone_numbers": listed, "meta": meta})
        if "/Services/" in call.path:
            return Answer(200, {"sid": "MG" + "2" * 32, "account_sid": self.SID})
        if "/Messages/" in call.path:
            return self._message(call)
        if not call.path.endswith(f"/Accounts/{self.SID}/Messages.json"):
            return self.refusal(404, 20404)
        if call.method == "GET":
            return self._list(call)
        if not call.form.get("Body") or not call.form.get("To"):
            return self.refusal(400, 21602)
        sid = f"SM{len(self.calls):032x}"
        to, sender = call.form["To"], call.form.get("From", self.NUMBER)
        at = self.clock()
        self._note(sid, "outbound-api", sender, to, call.form["Body"], "queued", at)
        return Answer(
            201,
            {"sid": sid, "status": "queued", "account_sid": self.SID, "body": call.form["Body"]},
        )

    def _list(self, call: Call) -> Answer:
        """A page of the log, by the filters that Twilio knows."""
        form = call.form
        size = min(int(form.get("PageSize", 50)), self.most_on_a_page)
        page = int(form.get("Page", 0))
        found = [row for row in reversed(self.log) if self._is_wanted(row, form)]
        next_page = None
        if found[(page + 1) * size :]:
            kept = {name: value for name, value in form.items() if name != "Page"}
            next_page = f"{call.path}?{urlencode({**kept, 'Page': page + 1})}"
        shown = found[page * size : (page + 1) * size]
        return Answer(200, {"messages": shown, "page": page, "next_page_uri": next_page})

    @staticmethod
    def _is_wanted(row: dict[str, Any], form: dict[str, str]) -> bool:
        for name, field_name in (("To", "to"), ("From", "from")):
            if form.get(name, row[field_name]) != row[field_name]:
                return False
        bounds = {
            name: form[name] for name in ("DateSent", "DateSent<", "DateSent>") if name in form
        }
        if not bounds:
            return True
        if row["date_sent"] is None:
            return False
        sent = parsedate_to_datetime(row["date_sent"])
        rules = {"DateSent": sent.__eq__, "DateSent<": sent.__le__, "DateSent>": sent.__ge__}
        return all(rules[name](datetime.fromisoformat(value)) for name, value in bounds.items())

    def _file(self, call: Call) -> Answer:
        found = self.files.get(call.path.rpartition("/")[2])
        if call.authorized:
            return Answer(400, "only one way to show who you are")
        return Answer(200, found) if found is not None else self.refusal(404, 20404)

    def _message(self, call: Call) -> Answer:
        """One message or one of its files: fetched, taken away, or its words blanked."""
        thing = call.path.rpartition("/")[2].removesuffix(".json")
        if call.path.endswith("/Media.json"):
            return self._files_of(call)
        if call.method == "GET":
            if thing not in self.files:
                return self.refusal(404, 20404)
            port = self.url.rpartition(":")[2]
            return Answer(307, "", {"Location": f"http://localhost:{port}/elsewhere/{thing}"})
        if call.method == "DELETE" and self.files.pop(thing, None) is None:
            return self.refusal(404, 20404)
        self.cleared.append(thing)
        if call.method == "DELETE":
            return Answer(204, b"")
        done = {"sid": thing, "account_sid": self.SID, "body": "", "status": "delivered"}
        return Answer(200, done)

    def _files_of(self, call: Call) -> Answer:
        """The files of a message, by the names that ``hold`` gives the first ones."""
        message = call.path.split("/")[-2]
        count = next(int(row["num_media"]) for row in self.log if row["sid"] == message)
        path = call.path.removesuffix(".json")
        listed = [
            {"sid": f"ME{n:032x}", "content_type": "image/jpeg", "uri": f"{path}/ME{n:032x}.json"}
            for n in range(1, count + 1)
        ]
        return Answer(200, {"media_list": listed, "page": 0, "next_page_uri": None})


class TelegramServer(Provider):
    """POST /bot<token>/<method>, and GET /file/bot<token>/<path>."""

    TOKEN = "123456:a-token-of-telegram"
    LARGEST = 20 * 1024 * 1024

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.updates: list[dict[str, Any]] = []
        self.clock = 1  # the time at which messages are taken, in seconds
        super().__init__()

    @property
    def sent(self) -> list[dict[str, str]]:
        """The messages taken or refused, in order."""
        return [call.form for call in self.calls if call.path.endswith("/sendMessage")]

    @staticmethod
    def refusal(status: int, description: str, **parameters: Any) -> Answer:
        body = {
            "ok": False,
            "error_code": status,
            "description": description,
            "parameters": parameters,
        }
        return Answer(status, body)

    def answer(self, call: Call, headers: Any) -> Answer:
        if call.path.startswith(f"/file/bot{self.TOKEN}/"):
            found = self.files.get(call.path.rpartition("/")[2])
            return Answer(404, b"") if found is None else Answer(200, found)
        base, _, method = call.path.rpartition("/")
        if base != f"/bot{self.TOKEN}":
            return self.refusal(401, "Unauthorized")
        if method == "sendMessage":
            chat = {"id": int(call.form["chat_id"]), "type": "private"}
            result: Any = {
                "message_id": 1000 + len(self.calls),
                "date": self.clock,
                "chat": chat,
                "text": "sent",
            }
        elif method == "getUpdates":
            offset = int(call.form.get("offset", 0))
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
            result = self.updates
        elif method == "getFile":
            name = call.form["file_id"]
            if name not in self.files:
                return self.refusal(400, "Bad Request: invalid file_id")
            if len(self.files[name]) > self.LARGEST:
                return self.refusal(400, "Bad Request: file is too big")
            result = {"file_id": name, "file_unique_id": f"u{name}", "file_path": f"some/{name}"}
        elif method in ("setWebhook", "deleteWebhook"):
            result = True
        else:
            return self.refusal(404, "Not Found")
        return Answer(200, {"ok": True, "result": result})

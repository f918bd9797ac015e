"""Local servers that speak Twilio's REST API and Telegram's Bot API, as far as this program uses them.

They are the one seam that tests replace. Each keeps what it was sent, and answers well unless told otherwise.
"""

import base64
import json
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

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


class Provider(ABC):
    """A server on a free port; ``answers`` are given first, in order, then the ordinary ones."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: deque[Answer | str] = deque()
        self.arrived = threading.Condition()
        self.open = threading.Event()  # cleared: calls are read and kept, and wait for their answer
        self.open.set()
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

        self._server = ThreadingHTTPServer((self.host, 0), Handler)
        self._server.daemon_threads = True
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
    def answer(self, call: Call, headers: Any) -> Answer:
        """The ordinary answer to a call."""

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length)
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

    Files are kept on another host, which wants no credentials, as Twilio does it.
    """

    SID, TOKEN = "AC" + "0" * 32, "a-token-of-twilio"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cleared: list[str] = []
        super().__init__()

    def hold(self, data: bytes) -> str:
        """Keep a file; returns its address as webhooks name it."""
        number = len(self.files) + 1
        sids = f"Messages/MM{number:032x}/Media/ME{number:032x}"
        self.files[f"ME{number:032x}"] = data
        return f"https://api.twilio.com/2010-04-01/Accounts/{self.SID}/{sids}"

    @property
    def sent(self) -> list[dict[str, str]]:
        """The messages taken or refused, in order."""
        return [call.form for call in self.calls if call.path.endswith("/Messages.json")]

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
        if "/Services/" in call.path:
            return Answer(200, {"sid": "MG" + "2" * 32, "account_sid": self.SID})
        if "/Messages/" in call.path:
            return self._message(call)
        if not call.path.endswith(f"/Accounts/{self.SID}/Messages.json"):
            return self.refusal(404, 20404)
        if not call.form.get("Body") or not call.form.get("To"):
            return self.refusal(400, 21602)
        sid = f"SM{len(self.calls):032x}"
        return Answer(
            201,
            {"sid": sid, "status": "queued", "account_sid": self.SID, "body": call.form["Body"]},
        )

    def _file(self, call: Call) -> Answer:
        found = self.files.get(call.path.rpartition("/")[2])
        if call.authorized:
            return Answer(400, "only one way to show who you are")
        return Answer(200, found) if found is not None else self.refusal(404, 20404)

    def _message(self, call: Call) -> Answer:
        """One message or one of its files: fetched, taken away, or its words blanked."""
        thing = call.path.rpartition("/")[2].removesuffix(".json")
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

"""The whole service on a real database, with the providers' servers replaced by local ones."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from bot.app import build_services, create_app
from bot.sender import Sender
from bot.services import Services
from bot.settings import SURVEYS, load_settings
from flows import load
from storage import library
from storage.answers import answer_of
from storage.messages import IN, OUT, body_of
from storage.models import AnswerRow, Base, InterviewRow, MessageRow, Suppression
from tests.conftest import KEY, Clock
from tests.support.processes import Process, Server
from tests.support.providers import TelegramServer, TwilioServer

PUBLIC_URL = "https://testimony.example"
SECRET = "a-secret-of-telegram"
RESIDENT = "+14045550123"
CHAT = 55501

# For rules that are the same, or that there are, on one kind of database.
ON_SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    server = TwilioServer()
    yield server
    server.close()


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    server = TelegramServer()
    yield server
    server.close()


@pytest.fixture
def environ(url: str, twilio: TwilioServer, telegram: TelegramServer) -> dict[str, str]:
    return deployment(url, twilio, telegram)


def deployment(url: str, twilio: TwilioServer, telegram: TelegramServer) -> dict[str, str]:
    """The environment of a deployment with both channels."""
    return {
        "DATABASE_URL": url,
        "SECRET_KEY": "a-secret-key-of-flask",
        "TESTIMONY_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",  # conftest.KEY
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": twilio.SID,
        "TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "TWILIO_FROM": "+15005550006",
        "TWILIO_API_URL": twilio.url,
        "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_API_URL": telegram.url,
    }


class Service:
    """The service as the world sees it: providers call it, and it calls providers."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services, self.clock = services, clock
        self.database = services.database
        self.app = create_app(services)
        self.client: FlaskClient = self.app.test_client()
        self.sender = Sender(services)
        self.count = 0

    def publish(self, source: str) -> None:
        with self.database.writing() as session:
            library.publish(session, load(source), source, self.clock())
        self.clock.forward(seconds=1)

    def sms(self, body: str, sender: str = RESIDENT, **fields: str) -> int:
        """A text message comes in by a signed webhook; returns the status of the answer."""
        self.count += 1
        form = {
            "MessageSid": f"SM{self.count:032d}",
            "From": sender,
            "To": "+15005550006",
            "Body": body,
        }
        return self.signed("/webhooks/twilio", {**form, **fields})

    def signed(self, path: str, form: dict[str, str]) -> int:
        token = self.services.settings.twilio.auth_token  # type: ignore[union-attr]
        signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, form)
        headers = {"X-Twilio-Signature": signature}
        self.clock.forward(seconds=1)
        return self.client.post(path, data=form, headers=headers).status_code

    def telegram(self, text: str | None = None, *, secret: str = SECRET, **message: Any) -> int:
        """A Telegram message comes in; returns the status of the answer."""
        self.count += 1
        person = {"id": CHAT, "is_bot": False, "first_name": "R", "language_code": "en"}
        chat = {"id": CHAT, "type": "private"}
        whole = {
            "message_id": self.count,
            "date": 1_780_000_000,
            "chat": chat,
            "from": person,
            **message,
        }
        if text is not None:
            whole["text"] = text
        return self.update({"update_id": 9000 + self.count, "message": whole}, secret=secret)

    def update(self, update: Any, *, secret: str = SECRET) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        self.clock.forward(seconds=1)
        return self.client.post("/webhooks/telegram", data=body, headers=headers).status_code

    def drain(self) -> None:
        """Let the sender do all that is due."""
        while self.sender.run_once():
            pass

    def texts(self, direction: str) -> list[str]:
        with self.database.reading() as session:
            rows = session.scalars(
                select(MessageRow).where(MessageRow.direction == direction).order_by(MessageRow.id)
            )
            return [body_of(session, row) for row in rows]

    @property
    def told(self) -> dict[str, Any]:
        """The newest answers by question, words in clear."""
        with self.database.reading() as session:
            found = {}
            for row in session.scalars(select(AnswerRow).order_by(AnswerRow.id)):
                version = session.get_one(InterviewRow, row.interview_id).flow_version_id
                flow = self.services.library.flow(session, version)
                answer = answer_of(session, row, flow)
                found[row.question] = answer.words if answer.value is None else answer.value
            return found

    @property
    def heard(self) -> list[str]:
        return self.texts(IN)

    @property
    def said(self) -> list[str]:
        return self.texts(OUT)

    def rows(self, table: type[Base]) -> list[Any]:
        with self.database.reading() as session:
            found = list(session.scalars(select(table).order_by(table.__table__.c.id)))
            session.expunge_all()
            return found

    @property
    def stopped(self) -> list[str]:
        """Why people get no messages: a reason for each of them."""
        with self.database.reading() as session:
            wanted = select(Suppression.reason).order_by(Suppression.at, Suppression.digest)
            return list(session.scalars(wanted))

    def counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        with self.database.reading() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }

    def talk(self, *texts: str, sender: str = RESIDENT) -> None:
        """One contact texts, and each text is answered before the next."""
        for text in texts:
            assert self.sms(text, sender) == 200
            self.drain()


Serving = Callable[..., Service]


def signature(path: str, form: Mapping[str, str], url: str = PUBLIC_URL) -> dict[str, str]:
    """The header by which Twilio signs a webhook for ``url``."""
    signed = RequestValidator(TwilioServer.TOKEN).compute_signature(url + path, dict(form))
    return {"X-Twilio-Signature": signed}


@pytest.fixture
def serving(environ: dict[str, str], clock: Clock, tmp_path: Path) -> Iterator[Serving]:
    """Makes services of other settings: ``serving(PUBLIC_URL=..., TELEGRAM_BOT_TOKEN="")``."""
    made: list[Services] = []

    def serve(**changes: str) -> Service:
        made.append(build_services(load_settings({**environ, **changes}, tmp_path), clock))
        return Service(made[-1], clock)

    yield serve
    for services in made:
        services.close()


@pytest.fixture
def service(environ: dict[str, str], clock: Clock, tmp_path: Path) -> Iterator[Service]:
    """The service with the city's survey published; runs once on each kind of database."""
    services = build_services(load_settings(environ, tmp_path), clock)
    assert services.settings.keys == (KEY,)
    running = Service(services, clock)
    running.publish((SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8"))
    yield running
    services.close()


Start = Callable[..., Any]


@pytest.fixture
def apart() -> dict[str, str]:
    """Settings of processes that ``start`` begins, beside those of the service; a module may have its own."""
    return {"LOG_LEVEL": "DEBUG"}


@pytest.fixture
def start(
    service: Service, environ: dict[str, str], apart: dict[str, str], tmp_path: Path
) -> Iterator[Start]:
    """Starts processes on the service's database, with its survey published; ends those that live.

    ``start()`` is a server, ``start("worker")`` the command of that name; settings come as keywords.
    """
    started: list[Process] = []

    def begin(*arguments: str, **changes: str) -> Process:
        whole = {**environ, **apart, **changes}
        process = Process(tmp_path, whole, *arguments) if arguments else Server(tmp_path, whole)
        started.append(process)
        return process

    yield begin
    for process in started:
        if not process.ended:
            process.kill()

"""What a signed message takes into a whole service, beside a view that checks, inserts and commits.

A part of ``make bench``; no server between: Flask's test client asks both.
"""

import tempfile
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Flask, request
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from bot.app import build_services, create_app
from bot.settings import load_settings
from storage import library, schema
from tests.bench_engine import DIALOGUE, LOADED, SURVEY
from tests.bench_table import Table, spent
from tests.many_testimonies import KEY, gather

PUBLIC_URL, TOKEN = "https://bench.example", "token"
MESSAGES = 200
FEW, MANY, GROWN = 1_000, 1_000_000, 1.3  # interviews; times the cost beside few


class Webhook:
    """Signed messages into a whole service, and into a view that only checks, inserts and commits."""

    def __init__(self, folder: Path, **more: str) -> None:
        environ = {
            **more,
            "PUBLIC_URL": PUBLIC_URL,
            "TWILIO_ACCOUNT_SID": "AC0",
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": "+15005550006",
        }
        self.services = build_services(load_settings(environ, folder))
        schema.upgrade(self.services.database.engine)
        with self.services.database.writing() as session:
            library.publish(session, LOADED, SURVEY, datetime.now(UTC))
        self.ours = create_app(self.services).test_client()
        self.bare = self.floor_app().test_client()
        self.count = 0

    def floor_app(self) -> Flask:
        app, engine = Flask("floor"), self.services.database.engine
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE floor (sid TEXT PRIMARY KEY, body TEXT)"))

        @app.post("/webhooks/twilio")
        def take() -> str:
            url, signature = PUBLIC_URL + request.path, request.headers["X-Twilio-Signature"]
            assert RequestValidator(TOKEN).validate(url, request.form, signature)
            with engine.begin() as connection:
                values = {"sid": request.form["MessageSid"], "body": request.form["Body"]}
                connection.execute(text("INSERT INTO floor VALUES (:sid, :body)"), values)
            return ""

        return app

    def post(self, client: object) -> None:
        self.count += 1
        sender = f"+1404555{self.count // len(DIALOGUE) % 10_000:04d}"
        form = {
            "MessageSid": f"SM{self.count:032d}",
            "From": sender,
            "Body": DIALOGUE[self.count % len(DIALOGUE)],
        }
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}/webhooks/twilio", form)
        headers = {"X-Twilio-Signature": signature}
        answer = client.post("/webhooks/twilio", data=form, headers=headers)  # type: ignore[attr-defined]
        assert answer.status_code == 200


def webhook(table: Table) -> None:
    """One message, committed."""
    with tempfile.TemporaryDirectory() as folder:
        service = Webhook(Path(folder))
        ours, theirs = (partial(service.post, client) for client in (service.ours, service.bare))
        table.compare(
            "webhook to durable commit, SQLite, no server",
            partial(spent, ours, MESSAGES),
            partial(spent, theirs, MESSAGES),
            "a view that checks and inserts",
        )
        service.services.close()


def grown(table: Table) -> None:
    """A message beside many interviews, and beside few."""
    keys = urlsafe_b64encode(KEY).decode().rstrip("=")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        sizes = (MANY, FEW)
        urls = [gather(folder / f"{size}.db", size) for size in sizes]
        many, few = (Webhook(folder, DATABASE_URL=url, TESTIMONY_KEYS=keys) for url in urls)
        table.compare(
            f"a message beside {MANY:,} interviews, SQLite, no server",
            partial(spent, partial(many.post, many.ours), MESSAGES),
            partial(spent, partial(few.post, few.ours), MESSAGES),
            f"beside {FEW:,}",
            most=GROWN,
        )
        many.services.close()
        few.services.close()

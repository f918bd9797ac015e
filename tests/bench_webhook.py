"""What a signed message takes into a whole service, beside a view that checks, inserts and commits.

A part of ``make bench``; no server between: Flask's test client asks both.
"""

import tempfile
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

PUBLIC_URL, TOKEN = "https://bench.example", "token"
MESSAGES = 200


class Webhook:
    """Signed messages into a whole service, and into a view that only checks, inserts and commits."""

    def __init__(self, folder: Path) -> None:
        environ = {
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

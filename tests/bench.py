"""``make bench``: how fast the spine is, each figure beside its floor, measured in the same run.

Rounds alternate between the two, and medians are compared: machines are noisy, ratios less so.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from flask import Flask, request
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from bot.app import build_services, create_app
from bot.settings import SURVEYS, load_settings
from flows import Said, Standing, converse, examine, load
from flows.notation.reading import read
from storage import library, schema
from tests.bench_exports import exports
from tests.bench_pages import ROWS, Offices
from tests.bench_search import SEARCHES, Archive, look_for, open_all

ROUNDS = 5
SURVEY = (SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8")
DIALOGUE = [
    "RIGHTS",
    "yes",
    "Atlanta",
    "1 2",
    "home",
    "1 3",
    "The rent",
    "skip",
    "Less rent",
    "Mayor",
    "yes",
    "no",
]
TEN = ("en", "es", "fr", "pt", "ht", "vi", "so", "am", "ko", "zh")


def large(count: int = 1000) -> str:
    """A flow of so many questions in ten languages: half of them of five choices, a tenth with conditions."""

    def said(text: str) -> str:
        return "{" + ", ".join(f"{code}: {text} in {code}" for code in TEN) + "}"

    lines = ["flow: large", f"title: {said('Large')}", f"languages: [{', '.join(TEN)}]"]
    lines += [
        "contact: The testers",
        f"consent: {{label: {said('May we')}, declined: {said('Bye')}}}",
    ]
    lines += [f"closing: {said('Thanks')}", "questions:"]
    for number in range(count):
        listed = number % 2 == 0
        lines += [f"  q{number}:", f"    type: {'select_one' if listed else 'text'}"]
        lines.append(f"    label: {said(f'Question {number}')}")
        if number % 10 == 5:
            lines.append(f"    relevant: q{number - 1} == c1 or q{number - 1} == c2")
        if listed:
            lines.append("    choices:")
            lines += [
                f"      c{one}: {said(f'Answer {chr(97 + one) * 5}{number}')}" for one in range(5)
            ]
    return "\n".join(lines) + "\n"


LARGE = large()
PUBLIC_URL, TOKEN = "https://bench.example", "token"


def seconds(work: Callable[[], object], times: int) -> float:
    """Seconds for one ``work``, over ``times``."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def compare(
    name: str, work: Callable[[], float], floor: Callable[[], float], floor_name: str
) -> None:
    """Print the medians of both, in alternating rounds, and their ratio."""
    pairs = [(work(), floor()) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"{name:<44}{ours * 1000:>10.3f} ms   {floor_name:<34}{theirs * 1000:>10.3f} ms   x{ours / theirs:.2f}"
    )


def play() -> None:
    """One whole interview through the engine."""
    flow, standing = LOADED, Standing()
    for message in DIALOGUE:
        outcome = converse({flow.name: flow}, standing, Said(message), date(2026, 5, 31))
        current = outcome.interviews[0] if outcome.interviews else None
        standing = Standing(outcome.language or standing.language, current=current)


LOADED = load(SURVEY)


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


def pages() -> None:
    """The pages of staff with 1,000,000 answers, beside the same with 10,000."""
    with Offices() as (large, small):
        for name, address, anew in ROWS:
            ours, theirs = (partial(one.ask, address, anew=anew) for one in (large, small))
            compare(f"1,000,000 answers: {name}", ours, theirs, "10,000 answers")


def command(*arguments: str) -> Callable[[], float]:
    return lambda: seconds(lambda: subprocess.run(arguments, check=True, capture_output=True), 5)


def main() -> None:
    compare(
        "engine: one turn",
        lambda: seconds(play, 20) / len(DIALOGUE),
        lambda: seconds(lambda: load(SURVEY), 10),
        "loading the flow",
    )
    compare(
        "flow: load and check",
        lambda: seconds(lambda: load(SURVEY), 10),
        lambda: seconds(lambda: load(SURVEY, trusted=True), 10),
        "load alone",
    )
    compare(
        "1,000 questions, ten languages: check",
        lambda: seconds(lambda: examine(LARGE), 1),
        lambda: seconds(lambda: read(LARGE, "flow.yaml"), 1),
        "reading its YAML",
    )
    exports()
    with tempfile.TemporaryDirectory() as folder:
        webhook = Webhook(Path(folder))
        compare(
            "webhook to durable commit, SQLite",
            lambda: seconds(lambda: webhook.post(webhook.ours), 200),
            lambda: seconds(lambda: webhook.post(webhook.bare), 200),
            "a view that checks and inserts",
        )
        webhook.services.close()
    with Archive() as archive:
        for name, wanted in SEARCHES.items():
            compare(
                name,
                partial(seconds, partial(look_for, archive, wanted), 1),
                partial(seconds, partial(open_all, archive), 1),
                "reading and opening them all",
            )
    pages()
    compare(
        "testimony --help",
        command(sys.executable, "-m", "bot", "--help"),
        command(sys.executable, "-c", "pass"),
        "bare interpreter",
    )


if __name__ == "__main__":
    main()

"""The least that a survey by webhook can do, as a server of its own: what the service is measured beside.

It checks the signature, and writes message, interview and answer in one transaction of SQLAlchemy's Core: no engine, no
encryption, no languages, no outbox. The server and the sync of the disk are the service's own.
"""

import os
import sys
from typing import Any

from flask import Flask, Response, abort, request
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from twilio.request_validator import RequestValidator

from bot.commands.serve import REQUEST_THREADS
from bot.connections import listen
from storage.engines import database_url

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
tables = MetaData()
number = {"primary_key": True}
interviews = Table(
    "interviews",
    tables,
    Column("id", Integer, **number),  # type: ignore[arg-type]
    Column("sender", Text, unique=True),
    Column("step", Integer),
)
messages = Table(
    "messages",
    tables,
    Column("id", Integer, **number),  # type: ignore[arg-type]
    Column("sid", Text, unique=True),
    Column("sender", Text),
    Column("body", Text),
)
answers = Table(
    "answers",
    tables,
    Column("id", Integer, **number),  # type: ignore[arg-type]
    Column("interview_id", Integer),
    Column("step", Integer),
    Column("body", Text),
    UniqueConstraint("interview_id", "step"),
)


def plain_engine(url: str) -> Engine:
    """SQLAlchemy's own, with the service's log, sync and write lock on SQLite, and nothing else of the service."""
    engine = create_engine(database_url(url), pool_size=10, max_overflow=20)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", lambda line: line.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def make_tables(url: str) -> str:
    engine = plain_engine(url)
    tables.create_all(engine)
    engine.dispose()
    return url


def keep(connection: Connection, sid: str, sender: str, body: str) -> None:
    dialect = connection.dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = insert(messages).values(sid=sid, sender=sender, body=body).on_conflict_do_nothing()
    if connection.execute(new.returning(messages.c.id)).first() is None:
        return
    wanted = select(interviews.c.id, interviews.c.step).where(interviews.c.sender == sender)
    row = connection.execute(wanted.with_for_update()).first()
    if row is None:
        connection.execute(insert(interviews).values(sender=sender, step=0))
        return
    given = insert(answers).values(interview_id=row.id, step=row.step, body=body)
    connection.execute(given.on_conflict_do_nothing())
    moved = update(interviews).where(interviews.c.id == row.id).values(step=row.step + 1)
    connection.execute(moved)


def make_app() -> Flask:
    app, engine = Flask("floor"), plain_engine(os.environ["DATABASE_URL"])
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    public_url, secret = os.environ["PUBLIC_URL"], os.environ["TELEGRAM_WEBHOOK_SECRET"]

    @app.post("/webhooks/twilio")
    def text() -> Response:
        form, signature = request.form, request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(public_url + request.path, form, signature):
            abort(403)
        with engine.begin() as connection:
            keep(connection, form["MessageSid"], form["From"], form["Body"])
        return Response(EMPTY, content_type="text/xml")

    @app.post("/webhooks/telegram")
    def update_() -> Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != secret:
            abort(403)
        told = request.get_json()
        message = told["message"]
        with engine.begin() as connection:
            sender = str(message["chat"]["id"])
            keep(connection, str(told["update_id"]), sender, message["text"])
        return Response(status=200)

    return app


if __name__ == "__main__":
    port = int(sys.argv[sys.argv.index("--port") + 1])
    server = listen(make_app(), host="127.0.0.1", port=port, threads=REQUEST_THREADS)
    print(f"Serving on {port}", flush=True)
    server.run()

"""Whether the process lives, and whether it can do its work."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from bot.webhooks import services
from storage import outbox, schema

bp = Blueprint("health", __name__)
TOO_LATE = 300.0  # seconds that work which is due may wait for somebody to do it


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, migrations and the age of the outbox; 503 when one of them is not well."""
    database, now = services().database, services().now()
    report = {"database": "away", "migrations": "unknown", "outbox_seconds": 0.0}
    try:
        if schema.revision(database.engine) != schema.head():
            report |= {"database": "ok", "migrations": "behind"}
            return jsonify(report), 503
        with database.reading() as session:
            due = outbox.next_due(session, without=outbox.SLOW)
    except SQLAlchemyError:
        return jsonify(report), 503
    late = max((now - due).total_seconds(), 0.0) if due else 0.0
    report = {"database": "ok", "migrations": "ok", "outbox_seconds": round(late, 1)}
    return jsonify(report), 200 if late < TOO_LATE else 503

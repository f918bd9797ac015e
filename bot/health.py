"""Whether the process lives, and whether it can do its work."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from bot.webhooks import services
from storage import outbox, schema

bp = Blueprint("health", __name__)
TOO_OLD = 300.0  # seconds that the oldest queued work may wait


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
        current = schema.revision(database.engine)
        with database.reading() as session:
            oldest = outbox.oldest_waiting(session)
    except SQLAlchemyError:
        return jsonify(report), 503
    age = (now - oldest).total_seconds() if oldest else 0.0
    migrated = current == schema.head()
    report = {
        "database": "ok",
        "migrations": "ok" if migrated else "behind",
        "outbox_seconds": round(age, 1),
    }
    return jsonify(report), 200 if migrated and age < TOO_OLD else 503

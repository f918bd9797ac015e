"""Whether the process lives, whether it can do its work, and how it does it; for those who watch."""

import hmac
from ipaddress import IPv6Address, ip_address

from flask import Blueprint, Flask, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from bot.gauges import Scrape
from bot.limits import Limits
from bot.patience import Hanging
from bot.services import NAME, Services
from bot.webhooks import services
from storage import schema, watching

bp = Blueprint("health", __name__)
TOO_LATE = 300.0  # seconds that work which is due may wait for somebody to do it
THROUGH = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")  # what a proxy adds to a request
AWAY = "the database does not answer"
BEHIND = "the database is not at the program's version: run testimony db upgrade"
LATE = "nobody does what is due in the outbox: start a sender"
CLOSED = "Only this machine itself may ask. To let others ask, set METRICS_TOKEN.\n"


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, migrations and the age of the outbox; 503 and what is wrong when one of them is not well."""
    here = services()
    report: dict[str, object] = {"database": "away", "migrations": "unknown", "outbox_seconds": 0.0}
    try:
        late = here.patience.wait_for(lambda: _lateness(here))
    except (SQLAlchemyError, Hanging):
        return jsonify({**report, "wrong": AWAY}), 503
    report["database"] = "ok"
    if late is None:
        return jsonify({**report, "migrations": "behind", "wrong": BEHIND}), 503
    report |= {"migrations": "ok", "outbox_seconds": round(late, 1)}
    return (jsonify(report), 200) if late < TOO_LATE else (jsonify({**report, "wrong": LATE}), 503)


def _lateness(here: Services) -> float | None:
    """For how many seconds what people wait for has been due; None where the tables are not the program's."""
    if schema.revision(here.database.engine) != schema.head():
        return None
    with here.database.reading() as session:
        shut = (
            Limits(here).look(session).shut
        )  # what waits on purpose is no reason to take no messages
        return watching.late(session, here.now(), shut)[watching.REPLIES]


@bp.get("/metrics")
def metrics() -> Response:
    """What Prometheus reads: for who shows the token; without one, for this machine alone."""
    from prometheus_client.exposition import choose_encoder  # it brings a web server of its own

    here = services()
    if refusal := _refusal(here.settings.metrics_token):
        return refusal
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(Scrape(here)), content_type=content_type)


def _refusal(token: str) -> Response | None:
    if not token:
        return None if _from_here() else Response(CLOSED, status=403, content_type="text/plain")
    shown = request.headers.get("Authorization", "").encode()
    if hmac.compare_digest(shown, f"Bearer {token}".encode()):
        return None
    headers = {"WWW-Authenticate": "Bearer"}
    return Response("unauthorized\n", status=401, content_type="text/plain", headers=headers)


def _from_here() -> bool:
    """Whether this machine itself asks, and not a proxy on it for somebody else."""
    if any(name in request.headers for name in THROUGH):
        return False
    try:
        asking = ip_address(request.remote_addr or "")
    except ValueError:  # a socket, which only a proxy speaks through
        return False
    mapped = asking.ipv4_mapped if isinstance(asking, IPv6Address) else None
    return (mapped or asking).is_loopback


def alone(here: Services) -> Flask:
    """These three pages and nothing else, for a process that serves no others."""
    app = Flask("bot", static_folder=None)
    app.extensions[NAME] = here
    app.register_blueprint(bp)
    return app

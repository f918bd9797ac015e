"""The web view of staff: what it consists of, and how it is put into the app.

Every page stands in ROUTES and has its entry in ``rights.RIGHTS``; there is no other way in. The package reads through
``storage`` and never sends a message.
"""

from collections.abc import Callable

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from admin import access, errors, exporting, flows, rights, views, words
from admin.desk import Desk, put_desk

ROUTES = (
    ("/", "testimonies", views.testimonies, ["GET"]),
    (
        "/testimonies/<int:interview_id>",
        "testimony",
        views.testimony,
        ["GET"],
    ),
    ("/export", "export", exporting.export, ["GET"]),
    ("/export.csv", "export_csv", exporting.export_csv, ["GET"]),
    *flows.ROUTES,
    ("/login", "login", access.login, ["GET", "POST"]),
    ("/logout", "logout", access.logout, ["POST"]),
    ("/<path:missing>", "missing", errors.missing, ["GET"]),
)


def register(app: Flask, desk: Desk) -> None:
    """Put the admin view into ``app`` at /admin, working with ``desk``."""
    put_desk(app, desk)
    manager = LoginManager(app)
    manager.user_loader(access.load_member)
    app.register_blueprint(_blueprint())


def _blueprint() -> Blueprint:
    admin = Blueprint(
        "admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static"
    )
    for rule, endpoint, view, methods in ROUTES:
        admin.add_url_rule(rule, endpoint, view, methods=methods)
    admin.before_request(_guard)
    admin.after_request(_keep_nowhere)
    admin.context_processor(_helpers)
    admin.register_error_handler(403, errors.forbidden)
    admin.register_error_handler(404, errors.not_found)
    admin.register_error_handler(413, errors.too_large)
    admin.register_error_handler(CSRFError, errors.stale_form)
    return admin


def _guard() -> ResponseReturnValue | None:
    refusal = rights.enforce()
    if refusal is None:
        access.stay()
    return refusal


def _helpers() -> dict[str, Callable[..., object]]:
    return {"may": rights.may, "moment": words.moment, "clock": words.clock}


def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

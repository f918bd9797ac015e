"""The web view of staff: what it consists of, and how it is put into the app.

Every page stands in ROUTES and has its entry in ``rights.RIGHTS``; there is no other way in. The package reads and
writes through ``storage``; what staff write to people goes to the outbox, and is sent by others.
"""

from collections.abc import Callable

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from admin import (
    access,
    answering,
    errors,
    exporting,
    files,
    flows,
    rights,
    testimony,
    views,
    words,
)
from admin.desk import Desk, put_desk

ROUTES = (
    ("/", "testimonies", views.testimonies, ["GET"]),
    ("/testimonies/<int:interview_id>", "testimony", testimony.testimony, ["GET"]),
    ("/testimonies/<int:interview_id>/news", "news", testimony.news, ["GET"]),
    ("/testimonies/<int:interview_id>/write", "write", answering.write, ["POST"]),
    ("/testimonies/<int:interview_id>/hold", "hold", answering.hold, ["POST"]),
    ("/testimonies/<int:interview_id>/hand-back", "hand_back", answering.hand_back, ["POST"]),
    ("/testimonies/<int:interview_id>/files/<int:file_id>", "file", files.file, ["GET"]),
    (
        "/testimonies/<int:interview_id>/files/<int:file_id>/original",
        "original",
        files.original,
        ["GET"],
    ),
    ("/export", "export", exporting.export, ["GET"]),
    ("/export.csv", "export_csv", exporting.export_csv, ["GET"]),
    ("/export/file", "export_file", exporting.export_file, ["POST"]),
    ("/export/identified", "export_identified", exporting.export_identified, ["POST"]),
    *flows.ROUTES,
    ("/login", "login", access.login, ["GET", "POST"]),
    ("/logout", "logout", access.logout, ["POST"]),
    ("/<path:missing>", "missing", errors.missing, ["GET"]),
)

BY_ITSELF = {"admin.news"}  # what an open page asks for by itself: it keeps nobody logged in


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
    if refusal is None and request.endpoint not in BY_ITSELF:
        access.stay()
    return refusal


def _helpers() -> dict[str, Callable[..., object]]:
    return {"may": rights.may, "moment": words.moment, "clock": words.clock}


def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

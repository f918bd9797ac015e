"""The web view of staff: what it consists of, and how it is put into the app.

Each room brings its ROUTES, and every route its right; there is no other way in. The package reads and writes through
``storage``; what staff write to people goes to the outbox, and is sent by others.
"""

from collections.abc import Callable

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from admin import (
    access,
    alerts,
    answering,
    auditing,
    broadcasts,
    codes,
    coding,
    errors,
    exporting,
    exports,
    files,
    finding,
    flows,
    glance,
    held,
    interface,
    layers,
    marking,
    meetings,
    menu,
    myself,
    people,
    quarantine,
    retelling,
    rights,
    testimony,
    tongue,
    unmasking,
    views,
    welcome,
    words,
)
from admin.desk import Desk, put_desk
from admin.rights import Routes
from storage.permits import NotPermitted

ROOMS = (
    *(views, testimony, answering, files, unmasking, layers, marking, codes),
    *(finding, glance, coding, flows, meetings, broadcasts, exporting, exports),
    *(access, tongue, welcome, myself, people, auditing, alerts, quarantine, errors),
)
ROUTES: Routes = tuple(route for room in ROOMS for route in room.ROUTES)
RIGHTS = rights.of_routes(ROUTES)

BY_ITSELF = {
    "admin.news",
    "admin.glance_news",
    "admin.exports_news",
    "admin.broadcast_news",
}  # what an open page asks for by itself: it keeps nobody logged in


def register(app: Flask, desk: Desk) -> None:
    """Put the admin view into ``app`` at /admin, working with ``desk``."""
    put_desk(app, desk)
    rights.put_rights(app, RIGHTS)
    interface.speak(app)
    manager = LoginManager(app)
    manager.user_loader(access.load_member)
    app.register_blueprint(_blueprint())


def _blueprint() -> Blueprint:
    admin = Blueprint(
        "admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static"
    )
    for rule, endpoint, view, methods, _right in ROUTES:
        admin.add_url_rule(rule, endpoint, view, methods=methods)
    admin.before_request(_guard)
    admin.after_request(_keep_nowhere)
    admin.context_processor(_helpers)
    admin.register_error_handler(403, errors.forbidden)
    admin.register_error_handler(NotPermitted, errors.forbidden)
    admin.register_error_handler(404, errors.not_found)
    admin.register_error_handler(413, errors.too_large)
    admin.register_error_handler(CSRFError, errors.stale_form)
    return admin


def _guard() -> ResponseReturnValue | None:
    if held.is_worth_it():
        return held.ask_to_log_in()
    refusal = rights.enforce()
    if refusal is None and request.endpoint not in BY_ITSELF:
        access.stay()
    return refusal


def _helpers() -> dict[str, Callable[..., object]]:
    return {
        "may": rights.may,
        "entries": menu.entries,
        "moment": words.moment,
        "clock": words.clock,
        "titled": words.titled,
        "role_name": words.role_name,
        "segments": words.segments,
        "lengthy": words.lengthy,
        "figure": words.number,
        "retold": retelling.retold,
        "interface": interface.tag,
        "direction": interface.direction,
        "tongues": interface.languages,
        "day_of": words.day_there,
    }


def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

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
    auditing,
    coded,
    coding,
    errors,
    exporting,
    exports,
    files,
    finding,
    flows,
    glance,
    interface,
    layers,
    marking,
    meetings,
    menu,
    myself,
    people,
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
from storage.permits import NotPermitted

ONE = "/testimonies/<int:interview_id>"

ROUTES = (
    ("/", "testimonies", views.testimonies, ["GET"]),
    (ONE, "testimony", testimony.testimony, ["GET"]),
    (f"{ONE}/news", "news", testimony.news, ["GET"]),
    (f"{ONE}/write", "write", answering.write, ["POST"]),
    (f"{ONE}/hold", "hold", answering.hold, ["POST"]),
    (f"{ONE}/hand-back", "hand_back", answering.hand_back, ["POST"]),
    (f"{ONE}/files/<int:file_id>", "file", files.file, ["GET"]),
    (
        f"{ONE}/files/<int:file_id>/original",
        "original",
        files.original,
        ["GET"],
    ),
    (f"{ONE}/unmask", "unmask", unmasking.ask, ["POST"]),
    (f"{ONE}/unmask/<int:asked_id>", "unmask_show", unmasking.show, ["POST"]),
    (f"{ONE}/unmask/<int:asked_id>/decide", "unmask_decide", unmasking.decide, ["POST"]),
    (f"{ONE}/mask", "mask", layers.mask, ["POST"]),
    (f"{ONE}/mask/suggested", "mask_suggested", layers.mask_suggested, ["POST"]),
    (f"{ONE}/masks/<int:mask_id>/<deed>", "mask_change", layers.mask_change, ["POST"]),
    (f"{ONE}/answers/<int:answer_id>/translate", "translate", layers.translate, ["POST"]),
    (
        f"{ONE}/answers/<int:answer_id>/translations/<language>",
        "translated",
        layers.translated,
        ["GET"],
    ),
    ("/export", "export", exporting.export, ["GET"]),
    ("/export/count", "export_count", exporting.export_count, ["POST"]),
    ("/export.csv", "export_csv", exporting.export_csv, ["GET"]),
    ("/export/file", "export_file", exporting.export_file, ["POST"]),
    ("/export/identified", "export_identified", exporting.export_identified, ["POST"]),
    ("/exports", "exports", exports.exports, ["GET"]),
    ("/exports/news", "exports_news", exports.news, ["GET"]),
    ("/exports/<int:export_id>/file", "exports_download", exports.download, ["GET"]),
    ("/exports/<int:export_id>/cancel", "exports_cancel", exports.cancel, ["POST"]),
    ("/exports/<int:export_id>/repeat", "exports_repeat", exports.repeat, ["POST"]),
    *finding.ROUTES,
    *marking.ROUTES,
    *flows.ROUTES,
    *glance.ROUTES,
    *meetings.ROUTES,
    *coding.ROUTES,
    ("/login", "login", access.login, ["GET", "POST"]),
    ("/login/code", "code", access.code, ["GET", "POST"]),
    ("/logout", "logout", access.logout, ["POST"]),
    ("/language", "language", tongue.choose, ["POST"]),
    ("/welcome/<token>", "welcome", welcome.welcome, ["GET", "POST"]),
    ("/me", "me", myself.me, ["GET"]),
    ("/me/log-ins/<int:log_in_id>", "me_end", myself.end_log_in, ["POST"]),
    ("/me/password", "me_password", myself.password, ["POST"]),
    ("/me/second-factor", "me_second", myself.second, ["POST"]),
    ("/me/second-factor/confirm", "me_confirm", myself.confirm, ["POST"]),
    ("/me/second-factor/codes", "me_codes", myself.codes, ["POST"]),
    ("/me/second-factor/off", "me_second_off", myself.second_off, ["POST"]),
    ("/people", "people", people.everybody, ["GET"]),
    ("/people/invite", "invite", people.invite, ["POST"]),
    ("/people/invitations/<int:link_id>", "withdraw", people.withdraw, ["POST"]),
    ("/people/rules", "rules", people.rules, ["POST"]),
    ("/people/<int:staff_id>", "person", people.person, ["GET"]),
    ("/people/<int:staff_id>/<deed>", "person_change", people.change, ["POST"]),
    ("/audit", "audit", auditing.audit_log, ["GET"]),
    ("/<path:missing>", "missing", errors.missing, ["GET"]),
)

BY_ITSELF = {
    "admin.news",
    "admin.glance_news",
    "admin.exports_news",
}  # what an open page asks for by itself: it keeps nobody logged in


def register(app: Flask, desk: Desk) -> None:
    """Put the admin view into ``app`` at /admin, working with ``desk``."""
    put_desk(app, desk)
    interface.speak(app)
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
    admin.register_error_handler(NotPermitted, errors.forbidden)
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
    return {
        "may": rights.may,
        "entries": menu.entries,
        "moment": words.moment,
        "clock": words.clock,
        "titled": words.titled,
        "role_name": words.role_name,
        "segments": words.segments,
        "retold": retelling.retold,
        "interface": interface.tag,
        "direction": interface.direction,
        "tongues": interface.languages,
        "day_of": words.day_there,
        "coding_of": coded.section,
        "codes_of": coded.sorted_codes,
        "code_name": coded.name,
    }


def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

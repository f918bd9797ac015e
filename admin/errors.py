"""The pages for what does not work out. They say what happened and where to go; they never say what is hidden."""

from datetime import timedelta
from typing import Any, NoReturn

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user

from admin import filters, held, interface
from admin.desk import desk
from admin.rights import MEMBERS, Routes, known
from storage import audit

FAILED = {
    500: (
        lazy_gettext("Something went wrong"),
        lazy_gettext("The fault is ours, and it is noted. Please try again later."),
    ),
    503: (
        lazy_gettext("Please try again in a minute"),
        lazy_gettext(
            "Our database does not answer at the moment. Nothing you sent before is lost."
        ),
    ),
}
OTHER = (
    lazy_gettext("This does not work here"),
    lazy_gettext("Go back to the page that you came from, and try again from there."),
)


def failed(code: int) -> dict[str, Any]:
    """What the page says where no other can be made. Nothing of it is asked of the database, not even who reads it."""
    title, text = FAILED.get(code, OTHER)
    spoken = {"language": interface.tag(), "direction": interface.direction()}
    link = {"link": "/admin/", "link_text": _("To the list of testimonies")}
    return {"title": title, "text": text, **spoken, **link}


def _page(code: int, heading: str, text: str) -> tuple[str, int]:
    return render_template("admin/error.html", heading=heading, text=text), code


def forbidden(_error: Exception) -> ResponseReturnValue:
    if current_user.is_authenticated and known(request.endpoint):
        _note_refusal((request.endpoint or "").removeprefix("admin."))
    text = _("Your role does not include this page. If you need it for your work, ask an owner.")
    if not current_user.is_authenticated:
        text = _("This page is not open.")
    return _page(403, _("Not for your role"), text)


def _note_refusal(page: str) -> None:
    """Write down that somebody tried what their role does not allow: of a testimony, where it is about one."""
    number, method = (
        (request.view_args or {}).get("interview_id", filters.MAX_KEY + 1),
        request.method,
    )
    one = number <= filters.MAX_KEY
    subject = f"interview:{number}" if one else f"page:{page}"
    detail = {"page": page, "method": method} if one else {"method": method}
    with desk().database.writing() as session:
        audit.record(session, desk().now(), "refused", subject, current_user.id, **detail)


def not_found(_error: Exception) -> ResponseReturnValue:
    text = _(
        "There is nothing under this address. A testimony may have been erased because the person "
        "who gave it wished so."
    )
    return _page(404, _("Nothing here"), text)


def stale_form(_error: Exception) -> ResponseReturnValue:
    if held.is_worth_it() and held.is_of_our_page():
        return held.ask_to_log_in()
    text = _("The page stood open for too long, or cookies are off. Open it again, then send it.")
    return _page(400, _("This form has expired"), text)


def too_large(_error: Exception) -> ResponseReturnValue:
    text = _(
        "What you sent is larger than 1 MB, and nothing of it was kept. A survey’s text has at most 500 kB."
    )
    return _page(413, _("Too large"), text)


def too_many(wait: timedelta) -> ResponseReturnValue:
    """Too many tries to log in; ``wait`` is how long until the next is looked at."""
    seconds = int(wait.total_seconds())
    text = ngettext(
        "There were too many tries to log in. Please try again in %(num)d second.",
        "There were too many tries to log in. Please try again in %(num)d seconds.",
        seconds,
    )
    return *_page(429, _("A short pause"), text), {"Retry-After": str(seconds)}


def missing(missing: str) -> NoReturn:
    """Any address under /admin/ that is no page."""
    abort(404)


ROUTES: Routes = (("/<path:missing>", "missing", missing, ["GET"], MEMBERS),)

"""What somebody typed and sent when their log-in had ended: the log-in carries it in its pages, and hands it back.

Nothing of it is kept here, and nothing is done with it before the one who logged in sends it again.
"""

from urllib.parse import parse_qsl, urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

PATHS = "/admin/"
# where people write words of their own; what has a password among its fields is never carried
WRITTEN = frozenset(
    {
        *("admin.meeting_enter", "admin.meeting_new", "admin.meeting_edit", "admin.interview"),
        *("admin.translate", "admin.quote", "admin.codes", "admin.write"),
        *("admin.broadcast_new", "admin.broadcast_edit"),
    }
)


def is_worth_it() -> bool:
    """Whether this is something typed, by somebody who is logged in no more."""
    typed = request.method == "POST" and request.endpoint in WRITTEN and bool(_fields())
    return typed and not current_user.is_authenticated


def is_of_our_page() -> bool:
    """Whether the browser itself says that a page of ours sent it: then it is believed without a token."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def ask_to_log_in() -> ResponseReturnValue:
    """The log-in, with what was sent in it."""
    told = urlencode([("", request.path), *_fields()])
    return render_template("admin/login.html", next=PATHS, email="", wrong=False, held=told), 401


def carried() -> str:
    """What the log-in that was sent has in it; "" where there is nothing."""
    return request.form.get("held", "")


def hand_back(target: str) -> ResponseReturnValue:
    """After a log-in: what it carried, to be sent again; else the page that was wanted."""
    path, fields = _read(carried())
    if not fields:
        return redirect(target, 303)
    return render_template("admin/held.html", path=path, fields=fields)


def _fields() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _read(told: str) -> tuple[str, list[tuple[str, str]]]:
    (_name, path), *fields = parse_qsl(told, keep_blank_values=True) or [("", "")]
    ours = path.startswith(PATHS) and path.isprintable() and "\\" not in path
    return (path, fields) if ours else ("", [])

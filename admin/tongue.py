"""Where somebody says in which language the pages shall speak, logged in or not. It is kept in this browser alone."""

from datetime import timedelta

from flask import abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from admin import interface
from admin.access import local_path
from admin.rights import PUBLIC, Routes

KEPT = timedelta(days=365)


def choose() -> ResponseReturnValue:
    """Keep the choice, and go back to the page where it was made."""
    wanted = request.form.get("language", "")
    if wanted not in interface.languages():
        abort(404)
    answer = redirect(local_path(request.form.get("back", "")), 303)
    answer.set_cookie(
        interface.COOKIE,
        wanted,
        KEPT,
        path="/admin",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


ROUTES: Routes = (("/language", "language", choose, ["POST"], PUBLIC),)

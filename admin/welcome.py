"""The page behind a link: somebody who was invited, or who forgot a password, sets one and is sent to the log-in.

Opening the page uses nothing up: programs that look at links in letters do so too.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import errors, throttle
from admin.desk import desk
from admin.retelling import sentence
from admin.rights import PUBLIC, Routes
from storage import staff, staff_links
from storage.staff import StaffError

GONE = 410
UNUSABLE = 422


def welcome(token: str) -> ResponseReturnValue:
    """Ask for a password, or set the one that was sent."""
    if wait := throttle.wait_for_link():
        return errors.too_many(wait)
    with desk().database.reading() as session:
        link = staff_links.find(session, token, desk().now())
        shown = {"email": link.email, "role": link.role} if link else {}
    if not shown:
        return _gone()
    if request.method != "POST":
        return render_template("admin/welcome.html", trouble="", least=staff.MIN_PASSWORD, **shown)
    try:
        with desk().database.writing() as session:
            given = request.form.get("password", "")
            member = staff_links.follow(session, token, given, desk().now())
    except StaffError as error:
        told = sentence(error)
        page = render_template(
            "admin/welcome.html", trouble=told, least=staff.MIN_PASSWORD, **shown
        )
        return page, UNUSABLE
    return redirect(url_for("admin.login"), 303) if member else _gone()


def _gone() -> ResponseReturnValue:
    text = _("It was used, taken back, or is older than a week. Ask an owner for a new one.")
    heading = _("This link is good no more")
    return render_template("admin/error.html", heading=heading, text=text), GONE


ROUTES: Routes = (("/welcome/<token>", "welcome", welcome, ["GET", "POST"], PUBLIC),)

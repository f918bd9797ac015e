"""Logging in and out, in one step or two, and whether a log-in still holds.

Every try is counted before the password or code is looked at. The browser's cookie has the token of a log-in that
the database knows (``storage.log_ins``); a log-in that was ended there lets nobody in, whoever has the cookie. The
audit log knows members by id.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session

from admin import errors, held, throttle
from admin.desk import desk
from admin.rights import MEMBERS, PUBLIC, Routes
from storage import audit, house_rules, log_ins, second_factor, staff
from storage.house_rules import Rule
from storage.models import LogIn, StaffMember

HALF = "half"  # where the cookie has the token of a log-in that awaits its code
HOME = "/admin/"


@dataclass(frozen=True)
class Member:
    """The staff member who asks, as Flask-Login wants one. ``bare``: a second factor is demanded, and there is none."""

    id: int
    email: str
    role: str
    token: str
    log_in: int
    seen_at: datetime
    bare: bool

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token


def load_member(token: str) -> Member | None:
    """The member of a log-in that still holds: used lately, not too old, not ended, the member not disabled."""
    with desk().database.reading() as reading:
        found = log_ins.find(reading, token, desk().now())
        return _member(reading, token, *found) if found else None


def _member(reading: Session, token: str, log_in: LogIn, row: StaffMember) -> Member:
    bare = row.totp is None and house_rules.holds(reading, Rule.SECOND_FACTOR)
    return Member(row.id, row.email, row.role, token, log_in.id, log_in.seen_at, bare)


def stay() -> None:
    """Note that the log-in is in use."""
    now = desk().now()
    if current_user.is_authenticated and now - current_user.seen_at >= log_ins.TOUCH:
        with desk().database.writing() as writing:
            log_ins.touch(writing, current_user.log_in, now)


def login() -> ResponseReturnValue:
    """The log-in page and what it submits."""
    target = local_path(request.values.get("next", ""))
    if request.method != "POST":
        if current_user.is_authenticated:
            return redirect(target)
        return render_template("admin/login.html", next=target, email="", wrong=False)
    email = request.form.get("email", "").replace("\0", "").strip().lower()
    if wait := throttle.wait_for_password(email):
        return errors.too_many(wait)
    known = _known(email, request.form.get("password", ""))
    if known is None:
        told = {"email": email, "wrong": True, "held": held.carried()}
        return render_template("admin/login.html", next=target, **told), 401
    staff_id, two_steps = known
    session.clear()
    if two_steps:
        with desk().database.writing() as writing:
            session[HALF] = log_ins.begin(writing, staff_id, desk().now(), half=True)
        if held.carried():
            return _code_page(target)
        return redirect(url_for("admin.code", next=target), 303)
    begin(staff_id)
    return held.hand_back(target)


def code() -> ResponseReturnValue:
    """The second step: a code by time, or one for recovery."""
    target = local_path(request.values.get("next", ""))
    half = session.get(HALF, "")
    with desk().database.reading() as reading:
        found = log_ins.find(reading, half, desk().now(), half=True)
    if found is None:
        return redirect(url_for("admin.login", next=target), 303)
    if request.method != "POST":
        return _code_page(target)
    staff_id = found[1].id
    if wait := throttle.wait_for_code(staff_id):
        return errors.too_many(wait)
    if not _second_step(half, request.form.get("code", "")):
        return _code_page(target, wrong=True), 401
    session.clear()
    begin(staff_id)
    return held.hand_back(target)


def _code_page(target: str, *, wrong: bool = False) -> str:
    return render_template("admin/code.html", next=target, wrong=wrong, held=held.carried())


def begin(staff_id: int) -> None:
    """Log a member in, who has shown that it is them."""
    now = desk().now()
    with desk().database.writing() as writing:
        token = log_ins.begin(writing, staff_id, now)
        found = log_ins.find(writing, token, now)
        member = _member(writing, token, *found) if found else None
        if member:
            _audit(writing, "log-in", staff_id)
    if member:
        login_user(member)


def logout() -> ResponseReturnValue:
    """End the log-in, and forget all that this browser's cookie holds."""
    with desk().database.writing() as writing:
        log_ins.end(writing, current_user.id, current_user.log_in)
        _audit(writing, "log-out", current_user.id)
    logout_user()
    session.clear()
    return redirect(url_for("admin.login"), 303)


def _known(email: str, password: str) -> tuple[int, bool] | None:
    """Whose password this is, and whether a code is wanted too; a wrong one goes to the audit log."""
    with desk().database.reading() as reading:
        row = staff.log_in(reading, email, password)
        known = (row.id, row.totp is not None) if row else None
    if known is None:
        with desk().database.writing() as writing:
            audit.record(writing, desk().now(), "log-in failed", "staff")
    return known


def _second_step(half: str, typed: str) -> bool:
    """Whether the code is good; the half log-in ends with it, and a wrong code goes to the audit log."""
    now = desk().now()
    with desk().database.writing() as writing:
        found = log_ins.find(writing, half, now, half=True)
        if found is None:
            return False
        log_in, member = found
        if second_factor.check(writing, member, typed, now):
            return log_ins.end(writing, member.id, log_in.id)
        audit.record(writing, now, "code failed", f"staff:{member.id}")
        return False


def is_own_password(password: str) -> bool:
    """Whether it is the password of who is logged in; for what a borrowed browser shall not do."""
    with desk().database.reading() as reading:
        row = staff.log_in(reading, current_user.email, password)
        return row is not None and row.id == current_user.id


def _audit(writing: Session, action: str, staff_id: int) -> None:
    audit.record(writing, desk().now(), action, f"staff:{staff_id}", staff_id)


def local_path(wanted: str) -> str:
    """Where to go after the log-in: a path of the admin view, whatever was asked for."""
    plain = wanted.startswith(HOME) and wanted.isprintable() and "\\" not in wanted
    return wanted if plain else HOME


ROUTES: Routes = (
    ("/login", "login", login, ["GET", "POST"], PUBLIC),
    ("/login/code", "code", code, ["GET", "POST"], PUBLIC),
    ("/logout", "logout", logout, ["POST"], MEMBERS),
)

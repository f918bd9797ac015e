"""Logging in and out, and how long a log-in lasts.

Every try is counted before the password is looked at. No e-mail address and no network address is written down: the
limits know them by a keyed hash, the audit log knows members by id.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session

from admin import errors
from admin.desk import desk
from storage import audit, rates, staff
from storage.models import StaffMember

IDLE = timedelta(hours=8)
TOUCH = timedelta(minutes=1)  # how exactly the last use is kept: not every page needs a new cookie
SEEN = "seen"
HOME = "/admin/"
PER_ADDRESS = (timedelta(seconds=5), 30)
PER_ACCOUNT = (timedelta(seconds=30), 5)


@dataclass(frozen=True)
class Member:
    """The staff member who asks, as Flask-Login wants one. ``stamp`` changes with the password."""

    id: int
    email: str
    role: str
    stamp: str

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return f"{self.id}:{self.stamp}"


def _member(row: StaffMember) -> Member:
    stamp = hashlib.sha256(row.password.encode()).hexdigest()[:16]
    return Member(row.id, row.email, row.role, stamp)


def load_member(key: str) -> Member | None:
    """The member of a log-in that still holds: used lately, not disabled, the password unchanged."""
    seen = session.get(SEEN, 0)
    if desk().now().timestamp() - seen > IDLE.total_seconds():
        return None
    with desk().database.reading() as reading:
        row = staff.by_id(reading, int(key.partition(":")[0]))
        member = _member(row) if row else None
    return member if member and member.get_id() == key else None


def stay() -> None:
    """Note that the log-in is in use."""
    now = desk().now().timestamp()
    if current_user.is_authenticated and now - session.get(SEEN, 0) >= TOUCH.total_seconds():
        session[SEEN] = int(now)


def login() -> ResponseReturnValue:
    """The log-in page and what it submits."""
    target = local_path(request.values.get("next", ""))
    if request.method != "POST":
        if current_user.is_authenticated:
            return redirect(target)
        return render_template("admin/login.html", next=target, email="", wrong=False)
    email = request.form.get("email", "").replace("\0", "").strip().lower()
    if wait := _wait(email):
        return errors.too_many(wait)
    member = _known(email, request.form.get("password", ""))
    if member is None:
        return render_template("admin/login.html", next=target, email=email, wrong=True), 401
    session.clear()
    login_user(member)
    session[SEEN] = int(desk().now().timestamp())
    return redirect(target, 303)


def logout() -> ResponseReturnValue:
    """Forget all that this browser's cookie holds."""
    with desk().database.writing() as writing:
        _audit(writing, "log-out", current_user.id)
    logout_user()
    session.clear()
    return redirect(url_for("admin.login"), 303)


def _known(email: str, password: str) -> Member | None:
    """The member whose password this is; the try goes to the audit log either way."""
    with desk().database.reading() as reading:
        row = staff.log_in(reading, email, password)
        member = _member(row) if row else None
    with desk().database.writing() as writing:
        if member:
            _audit(writing, "log-in", member.id)
        else:
            audit.record(writing, desk().now(), "log-in failed", "staff")
    return member


def _audit(writing: Session, action: str, staff_id: int) -> None:
    audit.record(writing, desk().now(), action, f"staff:{staff_id}", staff_id)


def _wait(email: str) -> timedelta | None:
    """How long to wait before the next try, or None when this one is allowed."""
    limits = (
        ("address", _network(request.remote_addr or ""), PER_ADDRESS),
        ("account", email, PER_ACCOUNT),
    )
    with desk().database.writing() as writing:
        for name, whose, (every, burst) in limits:
            if not rates.allow(
                writing, f"login:{name}:{_hashed(whose)}", every, burst, desk().now()
            ):
                return every
    return None


def _hashed(text: str) -> str:
    key = current_app.secret_key or ""
    return hmac.digest(key.encode() if isinstance(key, str) else key, text.encode(), "sha256").hex()


def _network(address: str) -> str:
    """An IPv4 address itself; of an IPv6 address its /64, which is one customer's."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((int(known), 64), strict=False))


def local_path(wanted: str) -> str:
    """Where to go after the log-in: a path of the admin view, whatever was asked for."""
    plain = wanted.startswith(HOME) and wanted.isprintable() and "\\" not in wanted
    return wanted if plain else HOME

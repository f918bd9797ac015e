"""One's own page: where one is logged in, one's password, one's second factor and its recovery codes.

Whatever would let a stranger at an open browser stay, or keep the owner of the account out, asks for the password.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_login import current_user

from admin import access, errors, throttle
from admin.desk import desk
from admin.retelling import sentence
from admin.rights import MEMBERS, Routes
from storage import audit, house_rules, log_ins, second_factor, staff
from storage.house_rules import Rule
from storage.models import StaffMember
from storage.staff import StaffError

UNUSABLE = 422
WRONG = lazy_gettext("This is not your password.")
WRONG_CODE = lazy_gettext(
    "This code is not the one. Codes change every 30 seconds, and each is good once; is the clock right?"
)


def me() -> ResponseReturnValue:
    """The page."""
    return _page()


def _page(trouble: str = "", place: str = "", codes: list[str] | None = None) -> str:
    """The page, with what did not work at its ``place``, or recovery codes to be written down now."""
    with desk().database.reading() as session:
        member = session.get_one(StaffMember, current_user.id)
        return render_template(
            "admin/me.html",
            open_log_ins=log_ins.of_member(session, member.id, desk().now()),
            second=member.totp is not None,
            left=second_factor.codes_left(session, member),
            demanded=house_rules.holds(session, Rule.SECOND_FACTOR),
            trouble=trouble,
            place=place,
            codes=codes,
            least=staff.MIN_PASSWORD,
        )


def end_log_in(log_in_id: int) -> ResponseReturnValue:
    """End one of one's log-ins, or with 0 all but this one."""
    now, mine = desk().now(), current_user.id
    with desk().database.writing() as session:
        if log_in_id:
            ended = int(log_in_id < 2**63 and log_ins.end(session, mine, log_in_id))
        else:
            ended = log_ins.end_all(session, mine, current_user.log_in)
        audit.record(session, now, "log-ins ended", f"staff:{mine}", mine, ended=ended)
    return redirect(url_for("admin.me", _anchor="log-ins"), 303)


def password() -> ResponseReturnValue:
    """A new password; every other log-in ends with the old one, and this browser is logged in anew."""
    if refusal := _unproven("password"):
        return refusal
    now, mine = desk().now(), current_user.id
    try:
        with desk().database.writing() as session:
            staff.set_password(session, current_user.email, request.form.get("new", ""))
            audit.record(session, now, "staff password", f"staff:{mine}", mine)
    except StaffError as error:
        return _page(sentence(error), "password"), UNUSABLE
    access.begin(mine)
    return redirect(url_for("admin.me"), 303)


def second() -> ResponseReturnValue:
    """Offer a second factor: the page with its QR code, to be confirmed by one code."""
    if refusal := _unproven("second"):
        return refusal
    with desk().database.writing() as session:
        secret = second_factor.offer(session, session.get_one(StaffMember, current_user.id))
    return _offer(secret)


def _offer(secret: str, trouble: str = "") -> str:
    import segno  # only this page draws

    address = second_factor.address(secret, current_user.email)
    drawn = segno.make_qr(address).svg_inline(border=4, light="#fff", omitsize=True)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template("admin/second.html", drawn=drawn, secret=groups, trouble=trouble)


def confirm() -> ResponseReturnValue:
    """One code of the offered second factor puts it in force; the recovery codes are shown this once."""
    if wait := throttle.wait_for_code(current_user.id):
        return errors.too_many(wait)
    now, mine = desk().now(), current_user.id
    with desk().database.writing() as session:
        member = session.get_one(StaffMember, mine)
        secret = second_factor.offered(session, member)
        codes = second_factor.confirm(session, member, request.form.get("code", ""), now)
        if codes:
            log_ins.end_all(session, mine, current_user.log_in)
    if secret is None:
        return redirect(url_for("admin.me"), 303)
    return _page(codes=codes) if codes else (_offer(secret, WRONG_CODE), UNUSABLE)


def codes() -> ResponseReturnValue:
    """New recovery codes in place of the old ones."""
    if refusal := _unproven("second"):
        return refusal
    with desk().database.writing() as session:
        member = session.get_one(StaffMember, current_user.id)
        made = second_factor.renew_codes(session, member, desk().now()) if member.totp else None
    return _page(codes=made)


def second_off() -> ResponseReturnValue:
    """Do without a second factor, where that is allowed."""
    if refusal := _unproven("second"):
        return refusal
    with desk().database.writing() as session:
        if not house_rules.holds(session, Rule.SECOND_FACTOR):
            member = session.get_one(StaffMember, current_user.id)
            second_factor.remove(session, member, current_user.id, desk().now())
    return redirect(url_for("admin.me"), 303)


def _unproven(place: str) -> ResponseReturnValue | None:
    """What to answer when the password that came along is not one's own."""
    if wait := throttle.wait_for_password(current_user.email):
        return errors.too_many(wait)
    if access.is_own_password(request.form.get("password", "")):
        return None
    return _page(WRONG, place), UNUSABLE


ROUTES: Routes = (
    ("/me", "me", me, ["GET"], MEMBERS),
    ("/me/log-ins/<int:log_in_id>", "me_end", end_log_in, ["POST"], MEMBERS),
    ("/me/password", "me_password", password, ["POST"], MEMBERS),
    ("/me/second-factor", "me_second", second, ["POST"], MEMBERS),
    ("/me/second-factor/confirm", "me_confirm", confirm, ["POST"], MEMBERS),
    ("/me/second-factor/codes", "me_codes", codes, ["POST"], MEMBERS),
    ("/me/second-factor/off", "me_second_off", second_off, ["POST"], MEMBERS),
)

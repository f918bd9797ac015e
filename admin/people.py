"""The pages where owners say who works here: the list, one person, invitations, and the house rules.

A link that lets somebody in is shown once, in the answer to the press that made it; it is kept nowhere.
"""

from collections.abc import Callable, Mapping

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.filters import key_or_404
from admin.retelling import sentence
from admin.rights import OWNERS, Routes
from storage import house_rules, log_ins, people, second_factor, staff_links
from storage.house_rules import Rule
from storage.models import StaffMember
from storage.staff import Role, StaffError

UNUSABLE = 422
ROLES = {
    Role.OWNER: lazy_gettext("Owner: everything, and says who works here"),
    Role.ORGANIZER: lazy_gettext("Organizer: writes and publishes surveys, reads testimonies"),
    Role.COORDINATOR: lazy_gettext("Coordinator: reads testimonies, writes to people"),
    Role.VIEWER: lazy_gettext("Viewer: sees counts, never a testimony"),
}
RULES = {
    Rule.SECOND_FACTOR: lazy_gettext("Everybody needs a second factor to log in"),
    Rule.SECOND_PERSON: lazy_gettext("A number is shown only when a second person agrees"),
}


def everybody() -> ResponseReturnValue:
    """The list."""
    return _list()


def _list(trouble: str = "", link: str = "", email: str = "") -> str:
    with desk().database.reading() as session:
        return render_template(
            "admin/people.html",
            people=people.everybody(session),
            invitations=staff_links.invitations(session, desk().now()),
            held=house_rules.all_of_them(session),
            rules=RULES,
            roles=ROLES,
            trouble=trouble,
            link=link,
            email=email,
            days=staff_links.GOOD_FOR.days,
        )


def invite() -> ResponseReturnValue:
    """Make an invitation, and show its link this once."""
    email, role = request.form.get("email", "").replace("\0", ""), request.form.get("role", "")
    if role not in list(Role):
        return _list(_("Choose a role."), email=email), UNUSABLE
    try:
        with desk().database.writing() as session:
            token = staff_links.invite(session, email, Role(role), current_user.id, desk().now())
    except StaffError as error:
        return _list(sentence(error), email=email), UNUSABLE
    return _list(link=_address(token), email=email.strip().lower())


def withdraw(link_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    with desk().database.writing() as session:
        staff_links.withdraw(session, key_or_404(link_id), current_user.id, desk().now())
    return redirect(url_for("admin.people"), 303)


def rules() -> ResponseReturnValue:
    """Set the house rules as they are ticked."""
    with desk().database.writing() as session:
        for rule in Rule:
            ticked = rule.value in request.form
            house_rules.put(session, rule, ticked, current_user.id, desk().now())
    return redirect(url_for("admin.people", _anchor="rules"), 303)


def person(staff_id: int) -> ResponseReturnValue:
    """One member, and what can be changed."""
    return _one(staff_id)


def _one(staff_id: int, trouble: str = "", link: str = "") -> str:
    with desk().database.reading() as session:
        member = people.member_of(session, key_or_404(staff_id)) or abort(404)
        return render_template(
            "admin/person.html",
            member=member,
            open_log_ins=log_ins.of_member(session, member.id, desk().now()),
            left=second_factor.codes_left(session, member),
            roles=ROLES,
            trouble=trouble,
            link=link,
            days=staff_links.GOOD_FOR.days,
        )


def change(staff_id: int, deed: str) -> ResponseReturnValue:
    """Do one of the DEEDS to a member."""
    done = DEEDS.get(deed) or abort(404)
    try:
        with desk().database.writing() as session:
            member = people.member_of(session, key_or_404(staff_id)) or abort(404)
            token = done(session, member)
    except StaffError as error:
        return _one(staff_id, sentence(error)), UNUSABLE
    if token:
        return _one(staff_id, link=_address(token))
    return redirect(url_for("admin.person", staff_id=staff_id), 303)


def _set_role(session: Session, member: StaffMember) -> None:
    role = request.form.get("role", "")
    if role not in list(Role):
        raise StaffError("choose a role")
    people.set_role(session, member, Role(role), current_user.id, desk().now())


def _disable(session: Session, member: StaffMember) -> None:
    people.disable(session, member, current_user.id, desk().now())


def _enable(session: Session, member: StaffMember) -> None:
    people.enable(session, member, current_user.id, desk().now())


def _log_out(session: Session, member: StaffMember) -> None:
    people.end_log_ins(session, member, current_user.id, desk().now())


def _second_off(session: Session, member: StaffMember) -> None:
    second_factor.remove(session, member, current_user.id, desk().now())


def _link(session: Session, member: StaffMember) -> str:
    if member.disabled_at is not None:
        raise StaffError(f"{member.email} is disabled; enable them first")
    return staff_links.renew(session, member, current_user.id, desk().now())


DEEDS: Mapping[str, Callable[[Session, StaffMember], str | None]] = {
    "role": _set_role,
    "disable": _disable,
    "enable": _enable,
    "log-out": _log_out,
    "second-factor-off": _second_off,
    "password-link": _link,
}


def _address(token: str) -> str:
    """The whole link, at the address that people know us by."""
    path = url_for("admin.welcome", token=token)
    return f"{desk().public_url or request.host_url.rstrip('/')}{path}"


ROUTES: Routes = (
    ("/people", "people", everybody, ["GET"], OWNERS),
    ("/people/invite", "invite", invite, ["POST"], OWNERS),
    ("/people/invitations/<int:link_id>", "withdraw", withdraw, ["POST"], OWNERS),
    ("/people/rules", "rules", rules, ["POST"], OWNERS),
    ("/people/<int:staff_id>", "person", person, ["GET"], OWNERS),
    ("/people/<int:staff_id>/<deed>", "person_change", change, ["POST"], OWNERS),
)

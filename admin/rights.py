"""Who may open which page: one table, and the check that holds every page of the admin view to it.

A page without an entry is refused to everybody. Nothing here looks at what a page shows.
"""

from collections.abc import Mapping
from typing import Literal

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from storage.permits import PERMITS, Permit
from storage.staff import Role

PUBLIC: Literal["public"] = "public"
MEMBERS = frozenset(Role)
READERS = PERMITS[Permit.WORDS]
UNMASKED = PERMITS[Permit.BEHIND]
WRITERS = PERMITS[Permit.NUMBERS]
OWNERS = PERMITS[Permit.PEOPLE]
ORGANIZERS = frozenset({Role.OWNER, Role.ORGANIZER})

RIGHTS: Mapping[str, frozenset[Role] | Literal["public"]] = {
    "admin.login": PUBLIC,
    "admin.code": PUBLIC,
    "admin.welcome": PUBLIC,
    "admin.language": PUBLIC,
    "admin.static": PUBLIC,
    "admin.logout": MEMBERS,
    "admin.me": MEMBERS,
    "admin.me_end": MEMBERS,
    "admin.me_password": MEMBERS,
    "admin.me_second": MEMBERS,
    "admin.me_confirm": MEMBERS,
    "admin.me_codes": MEMBERS,
    "admin.me_second_off": MEMBERS,
    "admin.missing": MEMBERS,
    "admin.testimonies": MEMBERS,
    "admin.glance": MEMBERS,
    "admin.glance_news": READERS,
    "admin.testimony": READERS,
    "admin.news": READERS,
    "admin.search": READERS,
    "admin.found": READERS,
    "admin.tag": READERS,
    "admin.untag": READERS,
    "admin.looked": READERS,
    "admin.save_view": READERS,
    "admin.remove_view": READERS,
    "admin.file": READERS,
    "admin.original": WRITERS,
    "admin.write": WRITERS,
    "admin.hold": WRITERS,
    "admin.hand_back": WRITERS,
    "admin.unmask": WRITERS,
    "admin.unmask_show": WRITERS,
    "admin.unmask_decide": WRITERS,
    "admin.mask": UNMASKED,
    "admin.mask_suggested": UNMASKED,
    "admin.mask_change": UNMASKED,
    "admin.translate": READERS,
    "admin.translated": READERS,
    "admin.people": OWNERS,
    "admin.person": OWNERS,
    "admin.person_change": OWNERS,
    "admin.invite": OWNERS,
    "admin.withdraw": OWNERS,
    "admin.rules": OWNERS,
    "admin.audit": OWNERS,
    "admin.export": READERS,
    "admin.export_count": READERS,
    "admin.export_csv": READERS,
    "admin.export_file": READERS,
    "admin.export_identified": WRITERS,
    "admin.exports": READERS,
    "admin.exports_news": READERS,
    "admin.exports_download": READERS,
    "admin.exports_cancel": READERS,
    "admin.exports_repeat": READERS,
    "admin.coding": MEMBERS,
    "admin.coding_theme": READERS,
    "admin.codes": READERS,
    "admin.quote": READERS,
    "admin.quote_end": READERS,
    "admin.flows": ORGANIZERS,
    "admin.flow_new": ORGANIZERS,
    "admin.flow": ORGANIZERS,
    "admin.flow_edit": ORGANIZERS,
    "admin.flow_save": ORGANIZERS,
    "admin.flow_check": ORGANIZERS,
    "admin.flow_discard": ORGANIZERS,
    "admin.flow_play": ORGANIZERS,
    "admin.flow_publish": ORGANIZERS,
    "admin.flow_back": ORGANIZERS,
    "admin.flow_version": ORGANIZERS,
    "admin.flow_draft": ORGANIZERS,
    "admin.flow_picture": ORGANIZERS,
    "admin.flow_posters": ORGANIZERS,
    "admin.flow_poster": ORGANIZERS,
    "admin.flow_form": ORGANIZERS,
    "admin.meetings": MEMBERS,
    "admin.meeting": MEMBERS,
    "admin.meeting_new": READERS,
    "admin.meeting_edit": READERS,
    "admin.meeting_poster": READERS,
    "admin.meeting_form": READERS,
    "admin.meeting_enter": READERS,
    "admin.meeting_look": READERS,
    "admin.interviews": READERS,
    "admin.interview": READERS,
}

# what is open to who needs a second factor and has none yet: to set one up, and to leave
BARE = frozenset(
    {"admin.logout", "admin.me", "admin.me_end", "admin.me_second", "admin.me_confirm"}
)


def may(endpoint: str) -> bool:
    """Whether the one who asks may open the page; for links that would only lead to a refusal."""
    right = RIGHTS.get(endpoint, frozenset())
    if right == PUBLIC:
        return True
    if not current_user.is_authenticated or (current_user.bare and endpoint not in BARE):
        return False
    return current_user.role in right


def enforce() -> ResponseReturnValue | None:
    """Refuse the request, send it to the log-in, or (None) let it pass."""
    endpoint = request.endpoint or ""
    if may(endpoint):
        return None
    if endpoint in RIGHTS and current_user.is_authenticated and current_user.bare:
        return redirect(url_for("admin.me", _anchor="second"), 303)
    if endpoint not in RIGHTS or current_user.is_authenticated:
        abort(403)
    wanted = request.full_path.removesuffix("?") if request.method == "GET" else None
    return redirect(url_for("admin.login", next=wanted))

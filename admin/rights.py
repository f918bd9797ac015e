"""Who may open which page, as its route says, and the check that holds every page of the admin view to it.

A page that is no route of a room is refused to everybody. Nothing here looks at what a page shows.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from storage.permits import PERMITS, Permit
from storage.staff import Role

Right = frozenset[Role] | Literal["public"]
Rights = Mapping[str, Right]
# its rule, endpoint, view and methods, and whom it lets in
Route = tuple[str, str, Callable[..., ResponseReturnValue], list[str], Right]
Routes = tuple[Route, ...]

NAME = "testimony.rights"
PUBLIC: Literal["public"] = "public"
MEMBERS = frozenset(Role)
READERS = PERMITS[Permit.WORDS]
UNMASKED = PERMITS[Permit.BEHIND]
WRITERS = PERMITS[Permit.NUMBERS]
SENDERS = PERMITS[Permit.BROADCAST]
OWNERS = PERMITS[Permit.PEOPLE]
ORGANIZERS = frozenset({Role.OWNER, Role.ORGANIZER})

# what is open to who needs a second factor and has none yet: to set one up, and to leave
BARE = frozenset(
    {"admin.logout", "admin.me", "admin.me_end", "admin.me_second", "admin.me_confirm"}
)


def of_routes(routes: Routes) -> Rights:
    """Whom every page lets in. A page that does not say so, or says it twice, lets nothing start."""
    rights: dict[str, Right] = {"admin.static": PUBLIC}
    for _rule, endpoint, _view, _methods, right in routes:
        if not right or f"admin.{endpoint}" in rights:
            raise ValueError(f"the page {endpoint} needs one right")
        rights[f"admin.{endpoint}"] = right
    return rights


def put_rights(app: Flask, rights: Rights) -> None:
    app.extensions[NAME] = rights


def known(endpoint: str | None) -> bool:
    """Whether it is a page of the admin view."""
    return endpoint in current_app.extensions[NAME]


def may(endpoint: str) -> bool:
    """Whether the one who asks may open the page; for links that would only lead to a refusal."""
    right = current_app.extensions[NAME].get(endpoint, frozenset())
    if right == PUBLIC:
        return True
    person = current_user._get_current_object()
    if not person.is_authenticated or (person.bare and endpoint not in BARE):
        return False
    return person.role in right


def enforce() -> ResponseReturnValue | None:
    """Refuse the request, send it to the log-in, or (None) let it pass."""
    endpoint = request.endpoint or ""
    if may(endpoint):
        return None
    if known(endpoint) and current_user.is_authenticated and current_user.bare:
        return redirect(url_for("admin.me", _anchor="second"), 303)
    if not known(endpoint) or current_user.is_authenticated:
        abort(403)
    wanted = request.full_path.removesuffix("?") if request.method == "GET" else None
    return redirect(url_for("admin.login", next=wanted))

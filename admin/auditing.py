"""The audit log as owners read it: by who, what, subject and days, a page at a time. Nothing is changed here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin import filters
from admin.deeds import deed_name
from admin.desk import desk
from admin.rights import OWNERS, Routes
from storage import audit, people, searches, unmasking
from storage.audit import Event, Wanted
from storage.exports import register
from storage.testimonies import whole_days

PAGE = 50
MOST = 80  # characters of a subject
LABELS = {
    "who": lazy_gettext("Who"),
    "what": lazy_gettext("What"),
    "since": lazy_gettext("From"),
    "until": lazy_gettext("To"),
}
PAGES = {"interview": ("admin.testimony", "interview_id"), "staff": ("admin.person", "staff_id")}


@dataclass(frozen=True)
class Line:
    """One event as it is shown. ``deed``: its name; ``link``: where its subject can be seen, "" for nowhere."""

    event: Event
    deed: str
    link: str
    detail: str
    reason: str


def audit_log() -> ResponseReturnValue:
    """The newest first."""
    before = filters.read_key(request.args.get("before", ""))
    with desk().database.reading() as session:
        members = {str(one.id): one.email for one in people.everybody(session)}
        done = audit.actions(session)
        wanted, asked, mistaken = _read(request.args, members, done)
        listed = audit.page(session, wanted, before, PAGE + 1)
        newer = audit.newer_than(session, wanted, before, PAGE) if before else None
        reasons = unmasking.reasons(session, {_asked(one) for one in listed[:PAGE]})
        told = register.reasons(session, {_exported(one) for one in listed[:PAGE]})
        sought = searches.texts(session, {_searched(one) for one in listed[:PAGE]})
    return render_template(
        "admin/audit.html",
        lines=[
            _line(
                one,
                reasons.get(_asked(one))
                or told.get(_exported(one))
                or sought.get(_searched(one), ""),
            )
            for one in listed[:PAGE]
        ],
        members=members,
        actions={action: deed_name(action) for action in done},
        asked=asked,
        mistaken=mistaken,
        paged=before is not None,
        newer=newer,
        older=listed[PAGE - 1].id if len(listed) > PAGE else None,
    )


def _read(
    args: Mapping[str, str], members: Mapping[str, str], done: list[str]
) -> tuple[Wanted, dict[str, str], list[str]]:
    """The filter, its values as an address has them, and the names of what was not understood."""
    given = {name: args.get(name, "").strip() for name in ("who", "what", "since", "until")}
    days = {name: filters.read_day(given[name]) for name in ("since", "until")}
    known = {
        "who": given["who"] in members,
        "what": given["what"] in done,
        "since": days["since"] is not None,
        "until": days["until"] is not None,
    }
    asked = {name: value for name, value in given.items() if known[name]}
    mistaken = [str(LABELS[name]) for name, value in given.items() if value and not known[name]]
    if subject := args.get("subject", "").replace("\0", "").strip()[:MOST]:
        asked["subject"] = subject
    since, until = whole_days(days["since"], days["until"])
    who = int(asked["who"]) if "who" in asked else None
    return Wanted(who, asked.get("what"), subject, since, until), asked, mistaken


def _line(event: Event, reason: str) -> Line:
    kind, _, number = event.subject.partition(":")
    link = ""
    if kind in PAGES and number.isdecimal():
        endpoint, name = PAGES[kind]
        values: dict[str, Any] = {name: int(number)}
        link = url_for(endpoint, **values)
    detail = ", ".join(f"{name}: {_plain(value)}" for name, value in event.detail.items())
    return Line(event, deed_name(event.action), link, detail, reason)


def _searched(event: Event) -> int:
    """The search that an event belongs to; 0 for none."""
    kind, _, number = event.subject.partition(":")
    return int(number) if kind == "search" and number.isdecimal() else 0


def _asked(event: Event) -> int:
    """The request for a number that an event belongs to; 0 for none."""
    asked = event.detail.get("asked", 0) if event.action.startswith("unmask") else 0
    return asked if isinstance(asked, int) else 0


def _exported(event: Event) -> int:
    """The export that an event began; 0 for none."""
    number = event.detail.get("export", 0) if event.action in ("export", "export asked") else 0
    return number if isinstance(number, int) else 0


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}".strip() for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value)


ROUTES: Routes = (("/audit", "audit", audit_log, ["GET"], OWNERS),)

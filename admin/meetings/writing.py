"""The form of a meeting: what staff say of it, read, and shown again whole where something cannot be used."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.core import get_global
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin.desk import desk
from admin.meetings.listing import known, title_of
from flows import Catalog
from storage import meetings as stored
from storage.meetings import MOST_DAYS, MOST_GROUPS, MOST_PEOPLE, Facts, Known

UNUSABLE = 422
MOST = {"title": 160, "place": 200, "host": 160, "access": 2000, "languages": 400, "groups": 3000}
FIELDS = (
    *("flow", "title", "place", "host", "day", "begins", "ends", "timezone", "languages"),
    *("access", "headcount", "groups", "days"),
)
NEEDED = ("title", "place", "host")
YEARS = range(1900, 2200)  # beyond them a clock of another zone may have no such day
_GROUP = re.compile(r"(?P<name>.*\S)\s*[:=\t ]\s*(?P<total>\d{1,6})")


@dataclass
class Form:
    """What was typed, and what is wrong with it, by field."""

    values: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        said = " ".join(self.values[name].split()) if name != "access" else self.values[name]
        if not said and name in NEEDED:
            self.faults[name] = _("Please fill this in.")
        if len(said) > MOST[name]:
            self.faults[name] = _("At most %(most)s letters, please.", most=MOST[name])
        return said

    def number(self, name: str, most: int) -> int | None:
        written = self.values[name].strip()
        if not written:
            return None
        if not re.fullmatch(r"[0-9]{1,6}", written) or int(written) > most:
            self.faults[name] = _("Please write a number up to %(most)s.", most=most)
            return None
        return int(written)


def new() -> ResponseReturnValue:
    """Add a meeting."""
    with desk().database.reading() as session:
        catalog = desk().library.catalog(session)
    if request.method == "GET":
        return _page(Form(_fresh(catalog)), catalog, None)
    form, facts = _read(catalog, None)
    if facts is None:
        return _page(form, catalog, None), UNUSABLE
    with desk().database.writing() as session:
        meeting_id = stored.add(session, facts, current_user.id, desk().now())
    return redirect(url_for("admin.meeting", meeting_id=meeting_id), 303)


def edit(meeting_id: int) -> ResponseReturnValue:
    """Change what is known of a meeting: after it, how many came."""
    with desk().database.reading() as session:
        catalog, found = desk().library.catalog(session), known(session, meeting_id)
    if request.method == "GET":
        return _page(Form(_written(found)), catalog, found)
    form, facts = _read(catalog, found)
    if facts is None:
        return _page(form, catalog, found), UNUSABLE
    with desk().database.writing() as session:
        stored.change(session, meeting_id, facts, current_user.id, desk().now())
    return redirect(url_for("admin.meeting", meeting_id=meeting_id), 303)


def _page(form: Form, catalog: Catalog, found: Known | None) -> str:
    return render_template(
        "admin/meeting_write.html",
        form=form,
        meeting=found,
        flows={name: title_of(flow) for name, flow in catalog.items()},
        zones=zones(catalog, form.values["timezone"]),
    )


def _fresh(catalog: Catalog) -> dict[str, str]:
    first = next(iter(catalog.values()), None)
    offered = request.args.get("flow", "")
    return {
        **dict.fromkeys(FIELDS, ""),
        "flow": offered if offered in catalog else first.name if first else "",
        "timezone": zones(catalog, "")[0],
        "begins": "18:00",
        "ends": "20:00",
        "days": "3",
    }


def _written(found: Known) -> dict[str, str]:
    facts, (begins, ends) = found.facts, found.hours
    return {
        **{name: getattr(facts, name) for name in ("flow", "title", "place", "host", "access")},
        "day": begins.date().isoformat(),
        "begins": f"{begins:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "timezone": facts.timezone,
        "languages": ", ".join(facts.languages),
        "headcount": "" if facts.headcount is None else str(facts.headcount),
        "groups": "\n".join(f"{name}: {total}" for name, total in facts.groups),
        "days": str(facts.days),
    }


def zones(catalog: Catalog, chosen: str) -> list[str]:
    """The time zones to choose from: those of the surveys, then of their countries."""
    own = [flow.timezone for flow in catalog.values() if flow.timezone]
    lands = {flow.country for flow in catalog.values()} or {"US"}
    wide = sorted(name for name, land in get_global("zone_territories").items() if land in lands)
    usual = ["America/New_York"] if "US" in lands else []
    return list(dict.fromkeys(filter(None, (chosen, *own, *usual, *wide, "UTC"))))


def _read(catalog: Catalog, found: Known | None) -> tuple[Form, Facts | None]:
    """The form as it was sent, and the facts if all of it can be used."""
    form = Form({name: request.form.get(name, "").replace("\0", "").strip() for name in FIELDS})
    flow = found.facts.flow if found else form.values["flow"]
    if flow not in catalog and not found:
        form.faults["flow"] = _("Choose a survey.")
    if form.values["timezone"] not in zones(catalog, found.facts.timezone if found else ""):
        form.faults["timezone"] = _("Choose a time zone.")
    texts = {name: form.text(name) for name in ("title", "place", "host", "access", "languages")}
    hours = _hours(form) if "timezone" not in form.faults else None
    headcount, days = form.number("headcount", MOST_PEOPLE), form.number("days", MOST_DAYS)
    groups = tuple(_groups(form))
    if form.faults or hours is None:
        return form, None
    return form, Facts(
        flow=flow,
        title=texts["title"],
        place=texts["place"],
        host=texts["host"],
        starts_at=hours[0],
        ends_at=hours[1],
        timezone=form.values["timezone"],
        languages=tuple(filter(None, map(str.strip, texts["languages"].split(",")))),
        access=texts["access"],
        headcount=headcount,
        groups=groups,
        days=3 if days is None else days,
    )


def _hours(form: Form) -> tuple[datetime, datetime] | None:
    """When it begins and ends; one that ends before it begins ends on the next day."""
    zone, read = ZoneInfo(form.values["timezone"]), form.values
    try:
        day = date.fromisoformat(read["day"])
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        form.faults["day"] = _("Choose a day.")
        return None
    try:
        begins, ends = time.fromisoformat(read["begins"]), time.fromisoformat(read["ends"])
    except ValueError:
        form.faults["begins"] = _("Write the hours as 18:00.")
        return None
    last = day + timedelta(days=ends <= begins)
    moments = (datetime.combine(day, begins, zone), datetime.combine(last, ends, zone))
    return moments[0].astimezone(UTC), moments[1].astimezone(UTC)


def _groups(form: Form) -> Iterable[tuple[str, int]]:
    """The totals, a group on each line; the same group named twice counts together."""
    totals: dict[str, int] = {}
    lines = [line.strip() for line in form.values["groups"].splitlines() if line.strip()]
    for line in lines:
        told = _GROUP.fullmatch(line)
        if told is None or len(told["name"]) > 80 or int(told["total"]) > MOST_PEOPLE:
            form.faults["groups"] = _("Write a group and a number on each line: Tenants: 14")
            return ()
        name = told["name"].rstrip(" :=")
        totals[name] = totals.get(name, 0) + int(told["total"])
    if len(totals) > MOST_GROUPS:
        form.faults["groups"] = _("At most %(most)s groups, please.", most=MOST_GROUPS)
    return totals.items()

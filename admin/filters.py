"""The filters of a list or an export, from what stands in an address to a storage Filter.

What cannot be understood is left out and named, never guessed at: an address may be typed, shortened or old. A filter
more has its label in LABELS, its choices in ``known``, and, where it is no text, its reading in READING.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from operator import itemgetter
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from admin.codenames import sorted_codes
from admin.interface import tongue_of
from admin.words import CHANNELS, SCOPES, STATUSES, language_name, moment, titled
from flows import Catalog, Flow
from flows.language.shape import SCOPES as CONSENTS
from storage import codings, library, tags
from storage.codings import KINDS
from storage.library import Library
from storage.narrowing import NOBODY, OPEN, Filter, Place, whole_days

Choices = Mapping[str, Mapping[str, str]]  # of each filter: its values, with their labels

LABELS = {
    "flow": lazy_gettext("Survey"),
    "status": lazy_gettext("Status"),
    "language": lazy_gettext("Language"),
    "channel": lazy_gettext("Channel"),
    "since": lazy_gettext("From"),
    "until": lazy_gettext("To"),
    "attention": lazy_gettext("Attention"),
    "agreed": lazy_gettext("Agreed"),
    "tag": lazy_gettext("Tag"),
    "place": lazy_gettext("Place"),
    "version": lazy_gettext("Version"),
    "theme": lazy_gettext("Theme"),
    "group": lazy_gettext("Group of persons"),
    "assessment": lazy_gettext("What it tells"),
    "coder": lazy_gettext("Coded by"),
}
FIRST = ("flow", "status", "language")  # the others are folded away
DATES = ("since", "until")
MAX_KEY = 2**63 - 1
# ids of closed questions that ask where somebody lives: the flow language has no mark of its own for them
PLACES = {"place", "city", "town", "village", "county", "district", "borough", "ward", "region"}
PLACES |= {"state", "province", "municipality", "neighborhood", "neighbourhood", "area", "quarter"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEY = re.compile(r"[1-9]\d{0,18}", re.ASCII)


def _place(value: str) -> Place:
    question, _slash, choice = value.partition("/")
    return Place(question, choice)


def _coder(value: str) -> int | str:
    return value if value == NOBODY else int(value)


READING: Mapping[str, Callable[[str], Any]] = {
    "version": int,
    "tag": int,
    "place": _place,
    "coder": _coder,
}


@dataclass(frozen=True)
class Asked:
    """What was asked for: the filter, its values as an address has them, and what was not understood."""

    wanted: Filter
    values: Mapping[str, str]
    mistaken: tuple[str, ...]


def known(session: Session, shelf: Library, args: Mapping[str, str]) -> Choices:
    """What can be chosen, where ``args`` is asked for: no interview is read and nothing is counted."""
    catalog = shelf.catalog(session)
    flow = args.get("flow", "").strip()
    versions = library.versions(session, flow) if flow in catalog else []
    named = {str(one.id): f"{moment(one.published_at)} · {one.hash[:12]}" for one in versions}
    return {
        **choices(catalog),
        "attention": {OPEN: _("Needs a look")},
        "agreed": {scope: SCOPES[scope] for scope in CONSENTS},
        "tag": {str(number): name for number, name in tags.known(session).items()},
        "place": dict(_places(flow, catalog)),
        "version": named,
        **{kind: dict(sorted_codes(kind)) for kind in KINDS},
        "coder": {NOBODY: _("Nobody yet")} | _coders(session),
    }


def _coders(session: Session) -> dict[str, str]:
    found = sorted(codings.coders(session).items(), key=itemgetter(1))
    return {str(number): email for number, email in found}


def choices(catalog: Catalog) -> Choices:
    """What can be chosen from the published flows alone."""
    languages = {code for flow in catalog.values() for code in flow.languages}
    named = sorted((titled(language_name(code)), code) for code in languages)
    return {
        "flow": {name: flow.say(flow.title, tongue_of(flow)) for name, flow in catalog.items()},
        "status": {status.value: str(label) for status, label in STATUSES.items()},
        "language": {code: name for name, code in named},
        "channel": CHANNELS,
    }


def _places(wanted: str, catalog: Catalog) -> list[tuple[str, str]]:
    """The places that can be asked for: choices of closed questions, and whether coordinates were told at all."""
    flows = [catalog[wanted]] if wanted in catalog else catalog.values()
    return [one for flow in flows for one in _places_of(flow)]


def _places_of(flow: Flow) -> list[tuple[str, str]]:
    found = []
    for question in flow.questions:
        told = flow.say(question.label, tongue_of(flow)) or question.id
        if question.type == "geopoint":
            found.append((f"{question.id}/", _("Told: %(question)s", question=told)))
        if question.type == "select_one" and question.id in PLACES and not question.sensitive:
            found += [
                (f"{question.id}/{one.code}", flow.say(one.label, tongue_of(flow)) or one.code)
                for one in question.choices
            ]
    return found


def read(args: Mapping[str, str], known: Choices) -> Asked:
    """The filters in ``args``, as far as they are ``known``."""
    given = {name: args.get(name, "").strip() for name in LABELS}
    values = {name: value for name, value in given.items() if value in known.get(name, ())}
    days = {name: day for name in DATES if (day := read_day(given[name]))}
    since, until = whole_days(days.get("since"), days.get("until"))
    closed: dict[str, Any] = {name: READING.get(name, str)(value) for name, value in values.items()}
    values.update({name: day.date().isoformat() for name, day in days.items()})
    mistaken = tuple(
        str(LABELS[name]) for name, value in given.items() if value and name not in values
    )
    return Asked(Filter(**closed, since=since, until=until), values, mistaken)


def read_day(text: str) -> datetime | None:
    """The beginning of a day, in UTC; None for what is no day, or the last one that a calendar has."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else date.max
    except ValueError:
        return None
    return datetime.combine(day, time.min, UTC) if day < date.max else None


def key_or_404(number: int) -> int:
    """A key that a database can look up; any other is no page."""
    return number if number <= MAX_KEY else abort(404)


def read_key(text: str) -> int | None:
    """The key that a page of a list begins below; None for the first page and for nonsense."""
    return int(text) if _KEY.fullmatch(text) and int(text) <= MAX_KEY else None

"""The filters of a list or an export, from what stands in an address to a storage Filter.

What cannot be understood is left out and named, never guessed at: an address may be typed, shortened or old.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from flask_babel import lazy_gettext

from admin.interface import tongue_of
from admin.words import CHANNELS, STATUSES, language_name, titled
from flows import Catalog
from storage.testimonies import Filter, whole_days

Choices = Mapping[str, Mapping[str, str]]  # of each filter: its values, with their labels

LABELS = {
    "flow": lazy_gettext("Survey"),
    "status": lazy_gettext("Status"),
    "language": lazy_gettext("Language"),
    "channel": lazy_gettext("Channel"),
    "since": lazy_gettext("From"),
    "until": lazy_gettext("To"),
}
DATES = ("since", "until")
MAX_KEY = 2**63 - 1
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEY = re.compile(r"[1-9]\d{0,18}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """What was asked for: the filter, its values as an address has them, and what was not understood."""

    wanted: Filter
    values: Mapping[str, str]
    mistaken: tuple[str, ...]


def choices(catalog: Catalog) -> Choices:
    """What can be chosen, from the published flows: nothing is counted and no interview is read."""
    languages = {code for flow in catalog.values() for code in flow.languages}
    named = sorted((titled(language_name(code)), code) for code in languages)
    return {
        "flow": {name: flow.say(flow.title, tongue_of(flow)) for name, flow in catalog.items()},
        "status": {status.value: str(label) for status, label in STATUSES.items()},
        "language": {code: name for name, code in named},
        "channel": CHANNELS,
    }


def read(args: Mapping[str, str], known: Choices) -> Asked:
    """The filters in ``args``, as far as they are ``known``."""
    given = {name: args.get(name, "").strip() for name in LABELS}
    values = {name: value for name, value in given.items() if value in known.get(name, ())}
    days = {name: day for name in DATES if (day := read_day(given[name]))}
    values.update({name: day.date().isoformat() for name, day in days.items()})
    since, until = whole_days(days.get("since"), days.get("until"))
    closed = {name: value for name, value in values.items() if name not in DATES}
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


def read_key(text: str) -> int | None:
    """The key that a page of a list begins below; None for the first page and for nonsense."""
    return int(text) if _KEY.fullmatch(text) and int(text) <= MAX_KEY else None

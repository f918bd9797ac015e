"""How the overview says its numbers: the tiles, the heads of its tables, shares, and how long something took."""

from collections.abc import Mapping
from datetime import timedelta

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext

from admin.interface import locale
from admin.words import STATUSES
from flows import Status
from storage.glance import Tally

COUNTED = tuple(status for status in STATUSES if status is not Status.ERASED)
BEGUN = lazy_pgettext("people", "Started")
HEADS = (BEGUN, *(STATUSES[status] for status in COUNTED))
# what a bar is made of, in its order: how it looks, what it is called, and who is in it
GROUPS: Mapping[str, tuple[Status, ...]] = {
    "complete": (Status.COMPLETE,),
    "open": (Status.WAITING, Status.PAUSED),
    "gone": (Status.WITHDRAWN, Status.DECLINED, Status.EXPIRED),
}
NAMES = {
    "complete": lazy_gettext("Complete"),
    "open": lazy_gettext("Under way"),
    "gone": lazy_gettext("Ended early"),
}
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def tiles(whole: Tally) -> list[tuple[object, str, str]]:
    """Each number with its name and how it looks, all that began first."""
    found: list[tuple[object, str, str]] = [(BEGUN, number(whole.total()), "begun")]
    return found + [(STATUSES[one], number(whole[one]), one.value) for one in COUNTED]


def in_row(tally: Tally) -> list[str]:
    """The cells under HEADS."""
    return [number(tally.total()), *(number(tally[status]) for status in COUNTED)]


def group(tally: Tally, name: str) -> int:
    """How many are in one of GROUPS."""
    return sum(tally[status] for status in GROUPS[name])


def number(count: int) -> str:
    """A number as the reader's language writes it."""
    return str(format_decimal(count, locale=locale()))


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent; "" of nothing."""
    return str(format_percent(part / whole, locale=locale())) if whole else ""


def day(at: object, pattern: str = "d MMM y") -> str:
    """A day: "21 Nov 2026"."""
    return str(format_date(at, pattern, locale=locale()))  # type: ignore[arg-type]


def lasting(took: timedelta | None) -> str:
    """How long something took, in its two largest units: "3 hr 20 min"; "" where nothing did."""
    if took is None:
        return ""
    seconds = int(took.total_seconds())
    parts: list[tuple[int, str]] = []
    for unit, length in UNITS:
        whole, seconds = divmod(seconds, length)
        if whole or parts:
            parts.append((whole, unit))
    told = [
        format_unit(n, f"duration-{unit}", "short", locale=locale()) for n, unit in parts[:2] if n
    ]
    return " ".join(told) or _("under a minute")

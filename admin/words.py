"""What the pages of staff call things: statuses, channels, languages, files, times. No data is fetched here."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext, ngettext

from admin.interface import calendar, locale
from flows import Status
from flows.talking.channels import INTERVIEW, MEETING, PAPER
from storage import attachments, consents, messages
from storage.attachments import File
from storage.staff import Role

LETTERS, LINES = 3_000, 40  # words that are longer are folded
PLACE = "place"
STATUSES = {
    Status.WAITING: lazy_gettext("Waiting"),
    Status.PAUSED: lazy_gettext("Paused"),
    Status.COMPLETE: lazy_gettext("Complete"),
    Status.DECLINED: lazy_gettext("Declined"),
    Status.WITHDRAWN: lazy_gettext("Withdrawn"),
    Status.EXPIRED: lazy_gettext("Expired"),
    Status.ERASED: lazy_gettext("Erased"),
}
CHANNELS = {
    "sms": "SMS",
    "telegram": "Telegram",
    "web": "Web",
    PAPER: lazy_gettext("Paper"),
    MEETING: lazy_gettext("Meeting"),
    INTERVIEW: lazy_gettext("Interview"),
}
DELIVERIES = {
    messages.QUEUED: lazy_gettext("waiting to be sent"),
    messages.SENDING: lazy_gettext("being sent"),
    messages.SENT: lazy_gettext("sent"),
    messages.DELIVERED: lazy_gettext("delivered"),
    messages.UNDELIVERED: lazy_gettext("not delivered"),
    messages.FAILED: lazy_gettext("failed"),
}
SCOPES = {
    consents.TESTIMONY: lazy_gettext("To take part"),
    "quote": lazy_gettext("To print their words"),
    "updates": lazy_gettext("To get news"),
    "follow_up": lazy_gettext("To be written to again"),
    "media": lazy_gettext("To use photos and recordings"),
}
GIVEN = {
    "yes": lazy_gettext("Yes"),
    "no": lazy_gettext("No"),
    consents.NO_ANSWER: lazy_gettext("No answer"),
    "withdrawn": lazy_gettext("Withdrawn"),
}
# the types of copies that we make ourselves and browsers know: nothing else is shown in a page
SHOWN = frozenset(
    {"image/jpeg", "image/png", "video/mp4", "video/webm"}
    | {f"audio/{name}" for name in ("aac", "mp4", "mpeg", "ogg", "wav", "webm")}
)
KINDS_OF_FILES = {
    "photo": lazy_gettext("photo"),
    "voice": lazy_gettext("voice note"),
    "video": lazy_gettext("video"),
    "file": lazy_gettext("file"),
}
FILES = {
    attachments.WAITING: lazy_gettext("being fetched"),
    attachments.REFUSED: lazy_pgettext("file", "refused"),
    attachments.LOST: lazy_gettext("lost on the way"),
    attachments.TOO_LARGE: lazy_gettext("refused: too large"),
    attachments.TOO_LONG: lazy_gettext("refused: too long"),
    attachments.TOO_MANY: lazy_gettext("refused: one too many"),
    attachments.UNKNOWN: lazy_gettext("refused: not a photo, voice note or video"),
    attachments.BROKEN: lazy_gettext("refused: it could not be opened"),
}


ROLES = {
    Role.OWNER: lazy_gettext("owner"),
    Role.ORGANIZER: lazy_gettext("organizer"),
    Role.COORDINATOR: lazy_gettext("coordinator"),
    Role.VIEWER: lazy_gettext("viewer"),
}


def language_name(code: str | None) -> str:
    """A language's name in the page's language, as it stands in a sentence; the code itself when it has none."""
    return _language_name(code, locale()) if code else _("not chosen")


@lru_cache(maxsize=1024)
def _language_name(code: str, spoken: Locale) -> str:
    try:
        return str(
            Locale.parse(code, sep="-" if "-" in code else "_").get_display_name(spoken) or code
        )
    except (UnknownLocaleError, ValueError):
        return code


def titled(name: object) -> str:
    """A name that stands by itself, on a button or as a heading: "Español"."""
    text = str(name)
    return text[:1].upper() + text[1:]


def role_name(role: str) -> str:
    """What a role is called; the role itself when we do not know it."""
    return str(ROLES.get(Role(role), role)) if role in list(Role) else role


def moment(at: datetime) -> str:
    """A moment in UTC: "21 Nov 2026, 13:05"."""
    known, spoken = at.astimezone(UTC), calendar()
    together = str(get_datetime_format("medium", locale=spoken))
    hour = _hour(known.hour, known.minute, spoken)
    return together.replace("{1}", _day(known.date(), spoken)).replace("{0}", hour)


@lru_cache(maxsize=1024)
def _day(day: date, spoken: Locale) -> str:
    """Days and hours are few, and written many times on a page of a list."""
    return format_date(day, "medium", spoken)


@lru_cache(maxsize=2048)
def _hour(hour: int, minute: int, spoken: Locale) -> str:
    return format_time(time(hour, minute), "short", locale=spoken)


def day(at: datetime) -> str:
    """A moment's day in UTC: "21 November 2026"."""
    return format_date(at.astimezone(UTC), "long", calendar())


def day_there(at: datetime) -> str:
    """A moment's day where it is told: "21 November 2026"."""
    return format_date(at.date(), "long", calendar())


def clock(at: datetime) -> str:
    """A moment's time of day in UTC: "13:05"."""
    known = at.astimezone(UTC)
    return _hour(known.hour, known.minute, calendar())


def number(count: int) -> str:
    """A number as people read it: "1,200"."""
    return format_decimal(count, locale=locale())


def lengthy(text: str) -> bool:
    """Whether words take up so much of a page that they are folded at first."""
    return len(text) > LETTERS or text.count("\n") > LINES


def listed(names: Iterable[object]) -> str:
    """Several things one after the other: "a, b and c"."""
    return format_list([str(name) for name in names], locale=calendar())


def media_note(types: Iterable[str]) -> str:
    """What came with a message: "2 photos (image/jpeg), not fetched yet".

    A place is told by its words; and of what is no file, such as a contact card, there is nothing to fetch.
    """
    files, others = list[str](), list[str]()
    for content_type, number in Counter(types).items():
        named = f"{_counted(content_type, number)}{f' ({content_type})' if content_type else ''}"
        if content_type != PLACE:
            (files if "/" in content_type or not content_type else others).append(named)
    waiting = [_("%(files)s, not fetched yet", files=", ".join(files))] if files else []
    return ", ".join([*waiting, *others])


def _counted(content_type: str, count: int) -> str:
    kind = content_type.partition("/")[0]
    if kind == "image":
        return ngettext("%(num)d photo", "%(num)d photos", count)
    if kind == "audio":
        return ngettext("%(num)d voice note", "%(num)d voice notes", count)
    if kind == "video":
        return ngettext("%(num)d video", "%(num)d videos", count)
    return ngettext("%(num)d file", "%(num)d files", count)


def file_note(file: File) -> str:
    """What is known of a file: "voice note, 0:42, 310 kB"; or what became of it."""
    parts = [str(KINDS_OF_FILES.get(file.kind, file.kind))]
    if file.seconds is not None:
        parts.append(f"{file.seconds // 60}:{file.seconds % 60:02}")
    if file.size is not None:
        parts.append(size(file.size))
    if file.status != attachments.KEPT:
        parts.append(str(FILES.get(file.error or file.status, file.status)))
    return ", ".join(parts)


def size(number: int) -> str:
    """A number of bytes as people say it: "310 kB", "1.2 MB", "20.5 GB"."""
    if number < 1_000_000:
        exact, pattern = max(number / 1000, 0.1), "0" if number >= 1000 else "0.0"
        return format_unit(exact, "digital-kilobyte", "short", pattern, locale())
    if number < 10**9:
        return format_unit(number / 1_000_000, "digital-megabyte", "short", "0.0", locale())
    return format_unit(number / 10**9, "digital-gigabyte", "short", "#,##0.0", locale())


def milliseconds(seconds: float) -> str:
    """A moment: "4.2 ms", "800 ms"."""
    pattern = "#,##0" if seconds >= 0.1 else "#,##0.0"
    return format_unit(seconds * 1000, "duration-millisecond", "short", pattern, locale())


def characters(count: int) -> str:
    """A length: "1 character", "1,200 characters"."""
    return ngettext("%(number)s character", "%(number)s characters", count, number=number(count))


def segments(count: int) -> str:
    """What an SMS costs: "3 segments"."""
    return ngettext("%(number)s segment", "%(number)s segments", count, number=number(count))

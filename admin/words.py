"""What the pages of staff call things: statuses, channels, languages, files, times. No data is fetched here."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

from flows import Status
from flows.talking.channels import INTERVIEW, MEETING, PAPER
from storage import attachments, consents, messages
from storage.attachments import File

STATUSES = {
    Status.WAITING: "Waiting",
    Status.PAUSED: "Paused",
    Status.COMPLETE: "Complete",
    Status.DECLINED: "Declined",
    Status.WITHDRAWN: "Withdrawn",
    Status.EXPIRED: "Expired",
    Status.ERASED: "Erased",
}
CHANNELS = {
    "sms": "SMS",
    "telegram": "Telegram",
    "web": "Web",
    PAPER: "Paper",
    MEETING: "Meeting",
    INTERVIEW: "Interview",
}
DELIVERIES = {
    messages.QUEUED: "waiting to be sent",
    messages.SENDING: "being sent",
    messages.SENT: "sent",
    messages.DELIVERED: "delivered",
    messages.UNDELIVERED: "not delivered",
    messages.FAILED: "failed",
}
SCOPES = {
    consents.TESTIMONY: "To take part",
    "quote": "To print their words",
    "updates": "To get news",
    "follow_up": "To be written to again",
    "media": "To use photos and recordings",
}
GIVEN = {"yes": "Yes", "no": "No", consents.NO_ANSWER: "No answer", "withdrawn": "Withdrawn"}
KINDS = {"image": "photo", "audio": "voice note", "video": "video"}
# the types of copies that we make ourselves and browsers know: nothing else is shown in a page
SHOWN = frozenset(
    {"image/jpeg", "image/png", "video/mp4", "video/webm"}
    | {f"audio/{name}" for name in ("aac", "mp4", "mpeg", "ogg", "wav", "webm")}
)
KINDS_OF_FILES = {"photo": "photo", "voice": "voice note", "video": "video", "file": "file"}
FILES = {
    attachments.WAITING: "being fetched",
    attachments.REFUSED: "refused",
    attachments.LOST: "lost on the way",
    attachments.TOO_LARGE: "refused: too large",
    attachments.TOO_LONG: "refused: too long",
    attachments.TOO_MANY: "refused: one too many",
    attachments.UNKNOWN: "refused: not a photo, voice note or video",
    attachments.BROKEN: "refused: it could not be opened",
}


@lru_cache(maxsize=256)
def language_name(code: str | None) -> str:
    """A language's English name; the code itself when it has none."""
    try:
        return Locale.parse(code).get_display_name("en") or str(code) if code else "not chosen"
    except (UnknownLocaleError, ValueError):
        return str(code)


def moment(at: datetime) -> str:
    """A moment in UTC: "21 Nov 2026, 13:05"."""
    return format_datetime(at.astimezone(UTC), "d MMM y, HH:mm", locale="en")


def day(at: datetime) -> str:
    """A moment's day in UTC: "21 November 2026"."""
    return format_datetime(at.astimezone(UTC), "d MMMM y", locale="en")


def day_there(at: datetime) -> str:
    """A moment's day where it is told: "21 November 2026"."""
    return format_date(at.date(), "d MMMM y", locale="en")


def clock(at: datetime) -> str:
    """A moment's time of day in UTC: "13:05"."""
    return format_datetime(at.astimezone(UTC), "HH:mm", locale="en")


def media_note(types: Iterable[str]) -> str:
    """What came with a message: "2 photos (image/jpeg), not fetched yet"."""
    counted = Counter(types)
    parts = []
    for content_type, number in counted.items():
        kind = KINDS.get(content_type.partition("/")[0], "file")
        of_type = f" ({content_type})" if content_type else ""
        parts.append(f"{number} {kind}{'' if number == 1 else 's'}{of_type}")
    return f"{', '.join(parts)}, not fetched yet" if parts else ""


def file_note(file: File) -> str:
    """What is known of a file: "voice note, 0:42, 310 kB"; or what became of it."""
    parts = [KINDS_OF_FILES.get(file.kind, file.kind)]
    if file.seconds is not None:
        parts.append(f"{file.seconds // 60}:{file.seconds % 60:02}")
    if file.size is not None:
        parts.append(size(file.size))
    if file.status != attachments.KEPT:
        parts.append(FILES.get(file.error or file.status, file.status))
    return ", ".join(parts)


def size(number: int) -> str:
    """A number of bytes as people say it: "310 kB", "1.2 MB"."""
    if number < 1_000_000:
        return f"{max(number / 1000, 0.1):.{0 if number >= 1000 else 1}f} kB"
    return f"{number / 1_000_000:.1f} MB"


def plural(number: int, one: str) -> str:
    """A number of things: "1 segment", "1,200 characters"."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"

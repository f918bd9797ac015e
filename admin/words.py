"""What the pages of staff call things: statuses, channels, languages, times. Words only; no data is fetched here."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_datetime

from flows import Status
from storage import messages

STATUSES = {
    Status.WAITING: "Waiting",
    Status.PAUSED: "Put aside",
    Status.COMPLETE: "Complete",
    Status.DECLINED: "Declined",
    Status.WITHDRAWN: "Withdrawn",
    Status.EXPIRED: "Expired",
    Status.ERASED: "Erased",
}
CHANNELS = {"sms": "SMS", "telegram": "Telegram", "web": "Web"}
DELIVERIES = {
    messages.QUEUED: "waiting to be sent",
    messages.SENDING: "being sent",
    messages.SENT: "sent",
    messages.DELIVERED: "delivered",
    messages.UNDELIVERED: "not delivered",
    messages.FAILED: "failed",
}
KINDS = {"image": "photo", "audio": "voice note", "video": "video"}


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

"""What a meeting's paper says of it: when and where it is, and the ways in which its code begins the survey."""

from dataclasses import dataclass
from urllib.parse import quote

from babel.core import UnknownLocaleError
from babel.dates import format_date

from flows import Flow
from storage.meetings import Known
from storage.paper.form import Occasion
from storage.paper.press import sms_code


@dataclass(frozen=True)
class Doors:
    """Where people reach us, as far as it is known: a number as people read it, a bot's name, our address."""

    number: str = ""
    telegram: str = ""
    public_url: str = ""


def link(doors: Doors, meeting: Known, language: str) -> str:
    """The address that begins the survey by the meeting's code; "" where there is none."""
    if doors.telegram:
        return f"https://t.me/{doors.telegram}?start={meeting.code}"
    if doors.public_url:
        asked = f"meeting={meeting.code}&lang={quote(language)}"
        return f"{doors.public_url}/try/{quote(meeting.facts.flow)}?{asked}"
    return ""


def occasion(meeting: Known, flow: Flow, language: str, doors: Doors) -> Occasion:
    """The meeting at the head of a form; a link is scanned rather than a text message, which may cost."""
    begins, ends = meeting.hours
    try:
        day = format_date(begins.date(), "full", locale=language)
    except (UnknownLocaleError, ValueError):
        day = begins.date().isoformat()
    by_message = sms_code(doors.number, meeting.code) if doors.number else ""
    return Occasion(
        title=meeting.facts.title,
        where=f"{day}, {begins:%H:%M}–{ends:%H:%M} · {meeting.facts.place}",
        code=meeting.code,
        send=doors.number,
        scan=link(doors, meeting, language) or by_message,
    )

"""The sheet on which staff write to a person: its words, what they cost as SMS, and what time it is for the person.

Nothing is queued here, and nothing of a database is read.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from admin.words import characters, number
from flows.sms import UCS2, odd_letters, segments
from flows.talking.silence import CLOSES, OPENS
from storage.writing import MOST, Bar, Reach

SHOWN_LETTERS = 3
BROKEN = lazy_gettext("This form did not arrive whole, so nothing was sent. Please send it again.")
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
BARS = {
    Bar.ERASED: lazy_gettext("All that this person told us was erased, and their number with it."),
    Bar.STOPPED: lazy_gettext("This person wants no more messages from us."),
    Bar.UNREACHABLE: lazy_gettext(
        "Messages do not reach this person at the moment. Once they write to us, they can be answered."
    ),
    Bar.WEB: lazy_gettext(
        "This testimony was given on the web page. There is no number or chat to write to."
    ),
    Bar.BESIDE: lazy_gettext(
        "Somebody wrote this down for the person. There is no number or chat to write to."
    ),
    Bar.LEFT: lazy_gettext(
        "This person sent the quiet word: somebody else may hold the phone. Nothing may be sent until "
        "they write the word that starts the survey."
    ),
    Bar.NO_CONSENT: lazy_gettext(
        "This person has not agreed to be written to again, so nobody can write to them or take over. "
        "A survey asks for it by a consent question with the scope follow_up."
    ),
    Bar.ELSEWHERE: lazy_gettext(
        "This person has gone on in another testimony. Write to them from there."
    ),
    Bar.ENDED: lazy_gettext("This conversation has ended; it cannot be taken over."),
    Bar.HELD: lazy_gettext("Somebody else has taken the conversation over meanwhile."),
    Bar.USED: lazy_gettext(
        "The message before this one was sent already. If these words are another message, send them now."
    ),
}


def new_token() -> str:
    """What makes a form one letter, however often it is sent."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Sheet:
    """What stands on the form: the words, their count, what is wrong with them, and whether to ask once more."""

    text: str = ""
    token: str = field(default_factory=new_token)
    count: str = ""
    trouble: str = ""
    ask: bool = False


def text_of(form: Mapping[str, str]) -> str:
    """The words of a form, as they will be sent."""
    return form.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()


def trouble_with(text: str) -> str:
    """Why words cannot be sent as they are; "" when they can."""
    if not text:
        return _("There is nothing to send yet.")
    if len(text) > MOST:
        return _(
            "This is %(characters)s long; a message holds %(most)s. Please send it in parts.",
            characters=characters(len(text)),
            most=number(MOST),
        )
    return ""


def count(text: str, channel: str) -> str:
    """How long a text is, and what it costs as SMS."""
    told = characters(len(text))
    if channel != "sms" or not text:
        return told
    encoding, cost = segments(text)
    told = ngettext(
        "%(characters)s, %(number)s SMS segment",
        "%(characters)s, %(number)s SMS segments",
        cost,
        characters=told,
        number=number(cost),
    )
    if encoding != UCS2:
        return told
    odd = sorted(odd_letters(text), key=text.index)[:SHOWN_LETTERS]
    return _(
        "%(told)s (room for fewer letters, because of %(letters)s)",
        told=told,
        letters=" ".join(odd),
    )


@dataclass(frozen=True)
class Hour:
    """The time of day where the person may be, in words; ``quiet``: people may sleep there."""

    clock: str
    quiet: bool


def hour(reach: Reach, now: datetime) -> Hour:
    """What time it is for the person, by the best that is known of where they live."""
    there = sorted({now.astimezone(zone).replace(tzinfo=None) for zone in reach.zones})
    clocks = [f"{one:%H:%M}" for one in there]
    told = clocks[0]
    if len(there) > 1:
        told = _("between %(first)s and %(last)s", first=clocks[0], last=clocks[-1])
    return Hour(told, not all(OPENS <= one.time() < CLOSES for one in there))

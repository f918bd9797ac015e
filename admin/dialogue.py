"""A dialogue and its consents as the page of a testimony shows them: what each message was taken as, in words.

Nothing is escaped here: the templates do it. Nothing is read here either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from flask_babel import gettext as _

from admin import words
from admin.showing import label_of
from admin.words import (
    DELIVERIES,
    GIVEN,
    SCOPES,
    SHOWN,
    day,
    file_note,
    language_name,
    media_note,
)
from flows import Flow, Heard
from flows.sms import segments
from storage.attachments import File
from storage.consents import Consented
from storage.dialogues import Line
from storage.testimonies import Testimony

SHORT_DIGEST = 12
TROUBLE = ("undelivered", "failed")
YES = "yes"


@dataclass(frozen=True)
class ShownFile:
    """One file of a message. ``way``: how its cleaned copy is shown, "" where there is none to show."""

    file: File
    note: str
    way: str

    @property
    def digest(self) -> str:
        return (self.file.sha256 or "")[:SHORT_DIGEST]


@dataclass(frozen=True)
class Bubble:
    """One message of a dialogue with all that is said about it.

    ``day`` is named where a new one begins, ``phone`` where another phone goes on; ``taken`` is what it was taken as,
    ``question`` the label of what it answers; ``edits`` is the message that this one replaces, if it is shown too.
    """

    line: Line
    day: str
    phone: str
    media: str
    files: tuple[ShownFile, ...]
    taken: str
    question: str
    delivery: str
    trouble: bool
    edits: Line | None

    @property
    def kind(self) -> str:
        """How it looks: theirs, ours or a staff member's; words that steer stand back."""
        if not self.line.inbound:
            return "ours staff" if self.line.writer else "ours"
        return "theirs steer" if self.line.heard is Heard.STEER else "theirs"


@dataclass(frozen=True)
class ShownConsent:
    """One consent as it was given. ``reply`` is the message that gave it, where it is kept."""

    given: str
    yes: bool
    one: Consented
    language: str
    reply: Line | None

    @property
    def digest(self) -> str:
        return self.one.text[:SHORT_DIGEST]


@dataclass(frozen=True)
class Scope:
    """What the person was asked for, and every word on it: the newest, which counts, and those before it."""

    name: str
    now: ShownConsent
    before: tuple[ShownConsent, ...]

    @property
    def withdrawn(self) -> bool:
        return not self.now.yes and any(one.yes for one in self.before)


def dialogue(testimony: Testimony, language: str) -> list[Bubble]:
    """The messages in order, the questions named in ``language``."""
    lines = testimony.dialogue
    by_id = {line.id: line for line in lines}
    tries = dict(_tries(lines))
    return [
        Bubble(
            line=line,
            day=_day(before, line),
            phone=line.contact if before and before.contact != line.contact else "",
            media="" if line.files else media_note(line.media),
            files=tuple(_file(file) for file in line.files),
            taken=_taken(line, tries.get(line.id, 0)),
            question=_question(testimony.flow, line, language),
            delivery=_delivery(line),
            trouble=line.status in TROUBLE,
            edits=by_id.get(line.edits_id or 0),
        )
        for before, line in pairwise((None, *lines))
        if line is not None
    ]


def _file(file: File) -> ShownFile:
    kind = (file.cleaned_type or "").partition("/")[0]
    return ShownFile(file, file_note(file), kind if file.cleaned_type in SHOWN else "")


def _day(before: Line | None, line: Line) -> str:
    today = day(line.at)
    return today if before is None or day(before.at) != today else ""


def _tries(lines: Iterable[Line]) -> Iterator[tuple[int, int]]:
    """Of each message that was not understood, by its id: the how-manieth it was since the last answer."""
    count = 0
    for line in lines:
        if line.heard is Heard.TRY:
            count += 1
            yield line.id, count
        elif line.heard is Heard.ANSWER:
            count = 0


def _taken(line: Line, tries: int) -> str:
    if line.heard is Heard.TRY:
        return _("not understood, try %(tries)s", tries=tries) if tries > 1 else _("not understood")
    return _("unasked") if line.heard is Heard.UNASKED else ""


def _question(flow: Flow, line: Line, language: str) -> str:
    answers = line.heard is Heard.ANSWER and line.slot
    return label_of(flow, line.slot or "", language) if answers else ""


def _delivery(line: Line) -> str:
    """What became of our message; of a staff member's text message its segments too, for they are paid."""
    if line.inbound:
        return ""
    told = str(DELIVERIES.get(line.status, line.status))
    if line.writer and line.channel == "sms":
        told += f", {words.segments(segments(line.text)[1])}"
    return told


def consents(testimony: Testimony) -> list[Scope]:
    """What the person agreed to, by scope, in the order in which they were asked first."""
    by_id = {line.id: line for line in testimony.dialogue}
    scopes: dict[str, list[ShownConsent]] = {}
    for one in testimony.consents:
        shown = ShownConsent(
            given=str(GIVEN.get(one.given, one.given)),
            yes=one.given == YES,
            one=one,
            language=language_name(one.language),
            reply=by_id.get(one.message_id or 0),
        )
        scopes.setdefault(one.scope, []).append(shown)
    return [
        Scope(str(SCOPES.get(scope, scope)), given[-1], tuple(reversed(given[:-1])))
        for scope, given in scopes.items()
    ]

"""Dialogues as text, beside a flow: read, and written again.

    # what the dialogue shows                  remarks, kept
    language: es                               what the channel knows of the contact (may be left out)
    today: 2026-05-31                          the day it happens (may be left out)
    flows: city-testimony, parks               the flows on offer (left out: the one it lies beside)
    channel: sms                               what it goes by: sms, whatsapp, telegram or web (may be left out)

    > DERECHOS                                 what the contact writes
    >| and its second line                     ">photo", ">voice", ">video" before a text: it came with it;
    < ¿Le preguntamos?                         ">place 33.75, -84.39": a shared place; ">begin parks": a start button
    ---
    city-testimony: complete in es             every interview at the end, and its answers (may be left out)
      place: "Atlanta"

Text in, text out: files are read in ``rehearsal``, what the bot really says is found out in ``playing``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from flows.errors import FlowError, FlowErrors, Mark
from flows.talking.standing import Said

SETTINGS = ("flows", "today", "language", "channel")
CHANNELS = ("sms", "whatsapp", "telegram", "web")

_END = re.compile(r"-{3,}")
_SETTING = re.compile(r"([A-Za-z]+)\s*:\s*(.*)")
_SAID = re.compile(r">(photo|voice|video|place|begin)(?:\s+(.*))?")
_PLACE = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a transcript as it is written; ``number`` counts from 1, 0 where it stands in no file."""

    text: str
    number: int = field(default=0, compare=False)

    @property
    def is_remark(self) -> bool:
        return self.text.startswith("#")

    @property
    def bare(self) -> str:
        """What is said, without the mark before it."""
        return self.text[1:].removeprefix(" ")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message of the contact and the reply to it, in lines with their marks; ``said`` may hold remarks too."""

    said: tuple[Line, ...]
    replied: tuple[Line, ...] = ()
    before: tuple[Line, ...] = ()

    @property
    def message(self) -> Said:
        """What the contact sends: its text and what comes with it."""
        first, *further = (line.text for line in self.said if not line.is_remark)
        marked = _SAID.fullmatch(first)
        kind = marked[1] if marked else ""
        opening = (marked[2] or "") if marked else first[1:].removeprefix(" ")
        if kind == "begin":
            return Said("", begin=True, flow=opening or None)
        if kind == "place":
            opening = point_of(opening) or opening
        text = "\n".join([opening, *(line[2:].removeprefix(" ") for line in further)])
        return Said(text, media=(kind,) if kind in ("photo", "voice", "video") else ())


@dataclass(frozen=True)
class Transcript:
    """A whole dialogue. ``ending`` is None where none is told; ``after`` are remarks behind the last reply."""

    exchanges: tuple[Exchange, ...]
    head: tuple[Line, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    after: tuple[Line, ...] = ()
    ending: tuple[Line, ...] | None = None

    @property
    def flows(self) -> tuple[str, ...]:
        named = self.settings.get("flows", "").split(",")
        return tuple(name.strip() for name in named if name.strip())

    @property
    def today(self) -> date | None:
        written = self.settings.get("today")
        return date.fromisoformat(written) if written else None

    @property
    def language(self) -> str | None:
        return self.settings.get("language") or None

    def place(self, setting: str) -> Mark:
        """Where a setting stands."""
        named = (line.number for line in self.head if _setting(line.text)[0] == setting)
        return Mark(next(named, 1))


def lines_of(text: str) -> list[str]:
    """The lines of a text, whatever ends them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def read(text: str, file: str = "transcript.txt") -> Transcript:
    """A transcript from its text; raises FlowErrors with every line that cannot be one."""
    reader = _Reader(file)
    for number, line in enumerate(lines_of(text.removeprefix("\ufeff")), 1):
        reader.take(Line(line.rstrip(), number))
    return reader.transcript()


class _Reader:
    """The parts of a transcript as its lines come in."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.head: list[Line] = []
        self.settings: dict[str, str] = {}
        self.exchanges: list[Exchange] = []
        self.remarks: list[Line] = []
        self.ending: list[Line] | None = None
        self.mistakes: list[FlowError] = []
        self.astray = -1  # the last line that is nothing: a text without marks is one mistake

    def take(self, line: Line) -> None:
        bare = Line(line.text.lstrip(), line.number)
        if self.ending is not None:
            self.ending.append(line)
        elif _END.fullmatch(bare.text):
            self.ending = []
        elif bare.text.startswith(">"):
            self.speak(bare)
        elif bare.text.startswith("<"):
            self.reply(bare)
        elif not self.exchanges:
            self.open(bare)
        elif bare.text.startswith("#"):
            self.remarks.append(bare)
        elif bare.text:
            self.stray(bare)

    def speak(self, line: Line) -> None:
        if line.text.startswith(">|"):
            self.go_on(line)
            return
        marked = _SAID.fullmatch(line.text)
        if marked and marked[1] == "place" and not point_of(marked[2] or ""):
            cure = "Write its latitude and longitude: >place 33.75, -84.39"
            self.wrong(line, "this is not a place", cure)
        self.exchanges.append(Exchange((line,), before=tuple(self.remarks)))
        self.remarks = []

    def go_on(self, line: Line) -> None:
        if not self.exchanges or self.exchanges[-1].replied:
            cure = "Begin the message with > and its first line."
            self.wrong(line, "this goes on with a message, and there is none before it", cure)
            return
        last = self.exchanges[-1]
        self.exchanges[-1] = replace(last, said=(*last.said, *self.remarks, line))
        self.remarks = []

    def reply(self, line: Line) -> None:
        if not self.exchanges:
            cure = "Begin with what the contact sends, such as: > START"
            self.wrong(line, "the bot never speaks first", cure)
            return
        last = self.exchanges[-1]
        if not last.replied:
            last = replace(last, said=(*last.said, *self.remarks))
            self.remarks = []
        self.exchanges[-1] = replace(last, replied=(*last.replied, line))

    def open(self, line: Line) -> None:
        """A line before the first message: a setting, a remark or nothing."""
        name, value = _setting(line.text)
        self.head.append(line)
        if name in SETTINGS:
            self.settings[name] = value
            if name == "today" and value and not _is_day(value):
                self.wrong(line, f"“{value}” is not a day", "Write it like this: today: 2026-05-31")
            if name == "channel" and value not in ("", *CHANNELS):
                self.wrong(line, f"“{value}” is no channel", f"Choose: {', '.join(CHANNELS)}.")
        elif name:
            close = get_close_matches(name, SETTINGS, n=1)
            known = f"What can stand here: {', '.join(SETTINGS)}; a remark begins with #."
            cure = f"Did you mean {close[0]}?" if close else known
            self.wrong(line, f"there is no setting “{name}”", cure)
        elif line.text and not line.text.startswith("#"):
            self.stray(line)

    def stray(self, line: Line) -> None:
        if line.number != self.astray + 1:
            cure = "Write > before what the contact sends, < before what the bot says, # before a remark."
            self.wrong(line, "this line begins neither with > nor with <", cure)
        self.astray = line.number

    def wrong(self, line: Line, message: str, cure: str) -> None:
        self.mistakes.append(FlowError(self.file, Mark(line.number), message, cure))

    def transcript(self) -> Transcript:
        if not self.exchanges and not self.mistakes:
            cure = "Write what the contact sends, a message a line: > START"
            self.wrong(Line("", 1), "nobody says anything in this transcript", cure)
        if self.mistakes:
            raise FlowErrors(self.mistakes)
        ending = None if self.ending is None else tuple(one for one in self.ending if one.text)
        head, after = tuple(self.head), tuple(self.remarks)
        return Transcript(tuple(self.exchanges), head, self.settings, after, ending)


def _setting(line: str) -> tuple[str, str]:
    found = _SETTING.fullmatch(line)
    return (found[1].lower(), found[2].strip()) if found else ("", "")


def _is_day(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def point_of(written: str) -> str:
    """A latitude and longitude as a channel hands on a shared place; "" when they are none."""
    found = _PLACE.fullmatch(written.strip())
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return ""
    return f"{float(found[1]):.6f}, {float(found[2]):.6f}"


def write(transcript: Transcript) -> str:
    """The text of a transcript: its head, its messages with a blank line between, and its ending."""

    def joined(lines: Iterable[Line]) -> str:
        return "\n".join(line.text for line in lines)

    spoken = (joined((*one.before, *one.said, *one.replied)) for one in transcript.exchanges)
    blocks = [joined(transcript.head).strip("\n"), *spoken, joined(transcript.after)]
    text = "\n\n".join(block for block in blocks if block) + "\n"
    if transcript.ending is None:
        return text
    return f"{text}\n---\n" + "".join(f"{line.text}\n" for line in transcript.ending)

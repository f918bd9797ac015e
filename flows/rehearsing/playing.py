"""A transcript played with the bot: each message to the conversation, its reply and what it changed kept.

The phone that sends the messages is handed in; the one here keeps everything in memory.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Protocol

from flows.errors import FlowError, FlowErrors
from flows.language.model import CONSENT, NO, YES, Flow, parts_of
from flows.language.piping import plain_decimal
from flows.rehearsing.transcripts import Exchange, Line, Transcript, lines_of
from flows.talking.codes import EXAMPLE
from flows.talking.conversation import converse
from flows.talking.interview import Answer, Given, Heard, Interview, Menu, Status, Turn, Uttered
from flows.talking.standing import Catalog, Outcome, Said, Standing
from flows.talking.unspoken import files
from flows.talking.way import way

DAY = date(2026, 1, 15)  # a transcript that names no day is played on this one, this year and next


class Phone(Protocol):
    """What a dialogue is played on: it sends messages and keeps what comes of them."""

    interviews: dict[int, Interview]
    stopped: bool

    def send(self, text: str, **said: Any) -> Outcome: ...


@dataclass
class PlainPhone:
    """A contact's phone and what the bot knows of it; the interview that moved last stands at the end."""

    catalog: Catalog
    today: date
    language: str | None = None
    stopped: bool = False
    menu: Menu = Menu.NONE
    adding: bool = False
    interviews: dict[int, Interview] = field(default_factory=dict)
    told: dict[int, tuple[Uttered, ...]] = field(default_factory=dict)

    @property
    def current(self) -> Interview | None:
        """The one that waits, else the one that moved last."""
        newest = [*reversed(self.interviews.values())]
        waiting = [one for one in newest if one.state.status is Status.WAITING]
        return next(iter([*waiting, *newest]), None)

    @property
    def standing(self) -> Standing:
        current = self.current
        paused = {
            one.flow.name: one
            for one in self.interviews.values()
            if one.state.status is Status.PAUSED and one is not current
        }
        told = self.told.get(current.id or 0, ()) if current else ()
        held = Standing(self.language, self.stopped, self.menu, current, paused)
        return replace(held, adding=self.adding, told=told)

    def send(self, text: str, **said: Any) -> Outcome:
        """What the bot decides on a message; its outcome is kept."""
        message = Said(text, **{"receipt": EXAMPLE, **said})
        return self.note(
            self.keep(converse(self.catalog, self.standing, message, self.today)), message
        )

    def keep(self, outcome: Outcome) -> Outcome:
        for interview in reversed(outcome.interviews):
            number = interview.id or len(self.interviews) + 1
            self.interviews.pop(number, None)
            self.interviews[number] = replace(interview, id=number)
        self.language = outcome.language or self.language
        self.stopped = self.stopped if outcome.stopped is None else outcome.stopped
        self.menu = outcome.menu
        self.adding = outcome.heard is Heard.UNASKED
        return outcome

    def note(self, outcome: Outcome, said: Said) -> Outcome:
        """Keep what was told in its order, for who wants a copy of it."""
        changed = outcome.turn.changed if outcome.turn else ()
        one = Uttered(outcome.slot or next(iter(changed), ""))
        if outcome.heard is Heard.UNASKED:
            one = Uttered(words=said.text, media=files(said.media))
        number = self.current.id or 0 if self.current else 0
        self.told[number] = (*self.told.get(number, ()), one)
        return outcome


@dataclass(frozen=True)
class Moment:
    """One message of an interview: the interview before it, what was written, and the turn it made."""

    before: Interview | None
    text: str
    turn: Turn
    today: date


@dataclass(frozen=True)
class Performance:
    """A transcript as it was played, and the moments of the interviews in it."""

    transcript: Transcript
    moments: tuple[Moment, ...]


def on_offer(told: Transcript, flow: Flow, others: Catalog, file: str) -> Catalog:
    """The flows that a transcript beside ``flow`` is played with; raises FlowErrors for one that is not there."""
    known = {**others, flow.name: flow}
    mark = told.place("flows")
    mistakes = []
    for name in told.flows:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            cure = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
            mistakes.append(FlowError(file, mark, f"there is no flow “{name}” here", cure))
    if mistakes:
        raise FlowErrors(mistakes)
    return {name: known[name] for name in told.flows or (flow.name,)}


def play(told: Transcript, catalog: Catalog, phone: Phone | None = None) -> Transcript:
    """The same dialogue with the replies and the ending that the bot gives to it."""
    return perform(told, catalog, phone).transcript


def perform(told: Transcript, catalog: Catalog, phone: Phone | None = None) -> Performance:
    """Send every message of ``told``; what is done with a ``phone`` already stays done."""
    today = told.today or DAY
    hand = phone or PlainPhone(catalog, today)
    exchanges, moments = [], []
    for one in told.exchanges:
        said, before = one.message, dict(hand.interviews)
        outcome = hand.send(
            said.text,
            begin=said.begin,
            flow=said.flow,
            media=said.media,
            language=told.language,
            channel=told.settings.get("channel", ""),
        )
        exchanges.append(replace(one, replied=tuple(_replied(outcome))))
        if outcome.turn:
            number = outcome.turn.interview.id
            known = before.get(number) if number else None
            moments.append(Moment(known, said.text, outcome.turn, today))
    remarks = (line for line in told.ending or () if line.is_remark)
    ending = [*remarks, *map(Line, _endings(hand, today))]
    played = replace(told, exchanges=tuple(exchanges), ending=tuple(ending))
    return Performance(played, tuple(moments))


def _replied(outcome: Outcome) -> Iterator[Line]:
    for line in lines_of(outcome.reply.text) if outcome.reply else ():
        yield Line(f"< {line}".rstrip())


def _endings(phone: Phone, today: date) -> Iterator[str]:
    for interview in phone.interviews.values():
        yield from ending(interview, today)
    if phone.stopped:
        yield "(stopped)"


def ending(interview: Interview, today: date) -> Iterator[str]:
    """How an interview stands, and its answers, a line each."""
    state, flow = interview.state, interview.flow
    relevant = way(flow, interview.answers, today).relevant | {CONSENT}
    yield f"{flow.name}: {state.status} in {state.language}"
    for slot, answer in interview.answers.items():
        question = flow.by_id.get(parts_of(slot)[0])
        shown = _calculated(answer) if question and question.calculation else _shown(answer)
        yield f"  {slot}: {shown}{'' if slot in relevant else ' (set aside)'}"


def _shown(answer: Answer) -> str:
    words = json.dumps(answer.words, ensure_ascii=False)
    match answer.given:
        case Given.REFUSED:
            return "(refused)"
        case Given.LOST:
            return "(no file was kept)"
        case Given.KEPT:
            return f"(kept as written) {words}"
        case Given.OPEN:
            return f"(not ended with DONE) {words}"
    if answer.value is None:
        return words
    value = ", ".join(answer.value) if isinstance(answer.value, tuple) else str(answer.value)
    return f"{value} {words}" if answer.words else value


def _calculated(answer: Answer) -> str:
    value = answer.value
    if isinstance(value, bool):
        return f"(calculated) {YES if value else NO}"
    if isinstance(value, Decimal):
        return f"(calculated) {plain_decimal(round(value, 2))}"
    return f"(calculated) {_shown(answer)}"


def lines_said(said: Iterable[Said]) -> Iterator[Exchange]:
    """Messages as a transcript has them, still without replies."""
    for one in said:
        first, *further = lines_of(one.text)
        mark = f">{one.media[0]}" if one.media else ">"
        opening = Line(f"{mark} {first}".rstrip())
        yield Exchange((opening, *(Line(f">| {line}".rstrip()) for line in further)))


def transcript_of(said: Iterable[Said], today: date, *, language: str = "") -> Transcript:
    """A transcript of messages, still without replies."""
    settings: Mapping[str, str] = {"today": today.isoformat()}
    if language:
        settings = {**settings, "language": language}
    head = [f"{name}: {value}" for name, value in settings.items()]
    return Transcript(tuple(lines_said(said)), tuple(map(Line, head)), settings)

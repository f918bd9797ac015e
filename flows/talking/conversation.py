"""What one message means before any question: stop, start, help, a keyword, a menu, or an answer.

Carrier words come first and are never an answer; then the words that start a flow; then the interview that waits. Pure
like the engine: who the contact is comes in as a Standing, what shall be kept goes out as an Outcome.
"""

from dataclasses import dataclass, replace
from datetime import date

from flows.folding import fold, whole_number
from flows.language.model import Flow
from flows.phrases import FALLBACK, SHIPPED, Command, Phrasebook, command, phrasebook
from flows.talking import engine
from flows.talking.interview import Interview, Reply, Status, Turn
from flows.talking.moves import keyword as starting_word
from flows.talking.standing import Catalog, Outcome, Said, Standing, listed


@dataclass(frozen=True)
class _Hearing:
    catalog: Catalog
    standing: Standing
    said: Said
    today: date

    @property
    def waiting(self) -> Interview | None:
        current = self.standing.current
        return current if current and current.state.status is Status.WAITING else None

    @property
    def flow(self) -> Flow | None:
        """The flow that a reply outside of any question speaks for."""
        if self.standing.current:
            return self.standing.current.flow
        return next(iter(self.offered.values()), None)

    @property
    def offered(self) -> Catalog:
        """The flows that a contact who named none is asked for."""
        return listed(self.catalog)

    @property
    def language(self) -> str:
        for language in (self.waiting and self.waiting.language, self.standing.language):
            if language:
                return language
        if self.said.language in SHIPPED:
            return self.said.language
        return self.flow.source_language if self.flow else FALLBACK

    @property
    def languages(self) -> set[str]:
        """All in which this contact may say a carrier word."""
        held = [self.standing.current.flow] if self.standing.current else []
        offered = {code for flow in (*self.catalog.values(), *held) for code in flow.languages}
        return offered | {self.language}

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language)

    @property
    def contact(self) -> str:
        return self.flow.say(self.flow.contact, self.language) if self.flow else "Testimony"

    @property
    def keyword(self) -> str:
        if self.flow is None:
            return self.book.shown[Command.START]
        return starting_word(self.flow, self.language)


def converse(catalog: Catalog, standing: Standing, said: Said, today: date) -> Outcome:
    """Decide what ``said`` does for a contact in this ``standing``."""
    hearing = _Hearing(catalog, _expired(standing), said, today)
    steer = command(said.text, hearing.languages)
    if said.settled is Command.START and not standing.stopped and steer is not Command.START:
        # a YES: to carriers START, to us an answer
        hearing = replace(hearing, said=replace(said, settled=None))
    elif said.settled:
        steer = said.settled
    if steer is Command.STOP:
        return _stop(hearing)
    lifts = said.begin or steer is Command.START
    if standing.stopped and not lifts:
        return Outcome(interviews=_kept_with(standing.current))
    if steer is Command.HELP:
        return _help(hearing)
    if said.begin:
        outcome = _begin_named(hearing)
    elif steer is Command.START:
        outcome = _start(hearing)
    else:
        outcome = _ordinary(hearing)
    return replace(outcome, stopped=False) if standing.stopped else outcome


def _expired(standing: Standing) -> Standing:
    """The standing with an interview closed that its flow gave up waiting for."""
    current = standing.current
    if current is None or current.state.status not in (Status.WAITING, Status.PAUSED):
        return standing
    if current.flow.expires is None or standing.silent <= current.flow.expires:
        return standing
    state = replace(current.state, status=Status.EXPIRED)
    return replace(standing, current=replace(current, state=state))


def _kept_with(interview: Interview | None) -> tuple[Interview, ...]:
    return (interview,) if interview else ()


def _stop(hearing: _Hearing) -> Outcome:
    standing = hearing.standing
    open_ones = [standing.current, *standing.paused.values()]
    withdrawn = [
        replace(interview, state=replace(interview.state, status=Status.WITHDRAWN))
        for interview in open_ones
        if interview and interview.state.status in (Status.WAITING, Status.PAUSED)
    ]
    silent = standing.stopped or hearing.said.settled
    text = hearing.book.say("stopped", contact=hearing.contact)
    return Outcome(
        reply=None if silent else Reply(text),
        interviews=tuple(withdrawn) or _kept_with(standing.current),
        stopped=True,
    )


def _help(hearing: _Hearing) -> Outcome:
    text = hearing.book.say("help", contact=hearing.contact)
    return Outcome(
        reply=None if hearing.said.settled else Reply(text),
        interviews=_kept_with(hearing.waiting),
        choosing=hearing.standing.choosing,
    )


def _start(hearing: _Hearing) -> Outcome:
    """The carrier's START: it lifts a STOP; else it begins, or goes on."""
    if hearing.standing.stopped or hearing.said.settled:
        text = hearing.book.say("started", keyword=hearing.keyword)
        return Outcome(reply=None if hearing.said.settled else Reply(text))
    current = hearing.standing.current
    if current and current.state.status in (Status.WAITING, Status.PAUSED):
        return _begin(hearing, current.flow, None)
    return _default(hearing)


def _begin_named(hearing: _Hearing) -> Outcome:
    """A start button or a deep link: its flow, the one that waits, or the menu."""
    name = hearing.said.flow
    if name is None:
        return _start(replace(hearing, standing=replace(hearing.standing, stopped=False)))
    flow = hearing.catalog.get(name)
    return _begin(hearing, flow, None) if flow else _menu(hearing)


def _ordinary(hearing: _Hearing) -> Outcome:
    said = fold(hearing.said.text)
    for flow in hearing.catalog.values():
        for language, words in flow.keywords.items():
            if said and said in map(fold, words):
                return _begin(hearing, flow, language)
    if hearing.standing.choosing:  # the menu was shown last: a number answers nothing
        return _choose(hearing, said)
    if hearing.waiting and hearing.said.stale:
        return _of(engine.ask_again(hearing.waiting, hearing.today))
    if hearing.waiting:
        media = hearing.said.media
        turn = engine.hear(hearing.waiting, hearing.said.text, hearing.today, media=media)
        return _of(turn)
    if hearing.standing.current:
        done = hearing.standing.current.state.status is Status.COMPLETE
        text = hearing.book.say("after_end" if done else "begin_again", keyword=hearing.keyword)
        return Outcome(reply=Reply(text), interviews=(hearing.standing.current,))
    return _default(hearing)


def _of(turn: Turn) -> Outcome:
    language = turn.interview.state.language
    return Outcome(reply=turn.reply, interviews=(turn.interview,), turn=turn, language=language)


def _default(hearing: _Hearing) -> Outcome:
    if len(hearing.offered) == 1:
        return _begin(hearing, next(iter(hearing.offered.values())), None)
    return _menu(hearing)


def _menu(hearing: _Hearing) -> Outcome:
    """All published flows, numbered; each title in every language, for it may be nobody's yet."""
    if not hearing.offered:
        return Outcome(reply=Reply(hearing.book.say("no_flow")))
    lines, labels = [], []
    for number, flow in enumerate(hearing.offered.values(), 1):
        known = hearing.standing.language or hearing.said.language
        titles = [flow.title[known]] if known and known in flow.title else [*flow.title.values()]
        lines.append(f"{number}. {' / '.join(titles)}")
        labels.append(titles[0])
    reply = Reply("\n".join([*lines, hearing.book.say("choose_one")]), tuple(labels))
    return Outcome(reply=reply, choosing=True)


def _choose(hearing: _Hearing, said: str) -> Outcome:
    number = whole_number(hearing.said.text)
    for position, flow in enumerate(hearing.offered.values(), 1):
        named = {fold(title) for title in flow.title.values()} | {fold(flow.name)}
        if number == position or said in named:
            return _begin(hearing, flow, None)
    if hearing.waiting:
        return _of(engine.resume(hearing.waiting, None, hearing.today))
    return _menu(hearing)


def _begin(hearing: _Hearing, flow: Flow, language: str | None) -> Outcome:
    """Open ``flow``, or take it up where the contact left it; another that waits is put aside."""
    waiting, current = hearing.waiting, hearing.standing.current
    known = (language, hearing.standing.language, hearing.said.language)
    spoken = next((code for code in known if code in flow.languages), None)
    if waiting and waiting.flow.name == flow.name:
        return _of(engine.resume(waiting, language, hearing.today))
    left = hearing.standing.paused.get(flow.name)
    if current and current.state.status is Status.PAUSED and current.flow.name == flow.name:
        left = current
    if left:
        outcome = _of(engine.resume(left, language, hearing.today))
    else:
        outcome = _of(engine.begin(flow, spoken, hearing.today))
    if current and current.state.status is Status.EXPIRED:
        return replace(outcome, interviews=(*outcome.interviews, current))
    if waiting is None:
        return outcome
    aside = replace(waiting, state=replace(waiting.state, status=Status.PAUSED))
    return replace(outcome, interviews=(*outcome.interviews, aside))

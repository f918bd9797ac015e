"""What one message means before any question: stop, start, help, a keyword, a menu, or an answer.

Carrier words come first and are never an answer; then the words that start a flow; then the interview that waits. Pure
like the engine: who the contact is comes in as a Standing, what shall be kept goes out as an Outcome.
"""

from dataclasses import replace
from datetime import date

from flows.folding import fold, whole_number
from flows.language.model import Flow
from flows.phrases import SHIPPED, Command, command
from flows.talking import engine
from flows.talking.interview import Interview, Menu, Reply, Status
from flows.talking.situation import Situation
from flows.talking.standing import Catalog, Outcome, Said, Standing, outcome_of
from flows.talking.wishes import WISHES, wish
from flows.tongues import detect


def converse(catalog: Catalog, standing: Standing, said: Said, today: date) -> Outcome:
    """Decide what ``said`` does for a contact in this ``standing``."""
    here = Situation(catalog, _expired(standing), said, today)
    steer = command(said.text, here.languages)
    if said.settled is Command.START and not standing.stopped and steer is not Command.START:
        # a YES: to carriers START, to us an answer
        here = replace(here, said=replace(said, settled=None))
    elif said.settled:
        steer = said.settled
    if steer is Command.STOP:
        return _stop(here)
    lifts = said.begin or steer is Command.START
    if standing.stopped and not lifts:
        return Outcome(interviews=_kept_with(standing.current))
    if steer is Command.HELP:
        return _help(here)
    if steer in WISHES or standing.menu is Menu.ERASURE:
        return wish(here, steer)
    if said.begin:
        outcome = _begin_named(here)
    elif steer is Command.START:
        outcome = _start(here)
    else:
        outcome = _ordinary(here)
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


def _stop(here: Situation) -> Outcome:
    standing = here.standing
    open_ones = [standing.current, *standing.paused.values()]
    withdrawn = [
        replace(interview, state=replace(interview.state, status=Status.WITHDRAWN))
        for interview in open_ones
        if interview and interview.state.status in (Status.WAITING, Status.PAUSED)
    ]
    silent = standing.stopped or here.said.settled
    text = here.book.say("stopped", contact=here.contact)
    return Outcome(
        reply=None if silent else Reply(text),
        interviews=tuple(withdrawn) or _kept_with(standing.current),
        stopped=True,
    )


def _help(here: Situation) -> Outcome:
    text = here.book.say("help", contact=here.contact)
    text = f"{text}\n\n{here.book.say('help_more')}"
    return Outcome(
        reply=None if here.said.settled else Reply(text),
        interviews=_kept_with(here.waiting),
        menu=here.standing.menu,
    )


def _start(here: Situation) -> Outcome:
    """The carrier's START: it lifts a STOP; else it begins, or goes on."""
    if here.standing.stopped or here.said.settled:
        text = here.book.say("started", keyword=here.keyword)
        return Outcome(reply=None if here.said.settled else Reply(text))
    current = here.standing.current
    if current and current.state.status in (Status.WAITING, Status.PAUSED):
        return _begin(here, current.flow, None)
    return _default(here)


def _begin_named(here: Situation) -> Outcome:
    """A start button or a deep link: its flow, the one that waits, or the menu."""
    name = here.said.flow
    if name is None:
        return _start(replace(here, standing=replace(here.standing, stopped=False)))
    flow = here.catalog.get(name)
    return _begin(here, flow, None) if flow else _menu(here)


def _ordinary(here: Situation) -> Outcome:
    said = fold(here.said.text)
    for flow in here.catalog.values():
        for language, words in flow.keywords.items():
            if said and said in map(fold, words):
                return _begin(here, flow, language)
    if here.standing.menu is Menu.FLOWS:  # the menu was shown last: a number answers nothing
        return _choose(here, said)
    if here.waiting and here.said.stale:
        return outcome_of(engine.ask_again(here.waiting, here.today))
    if here.waiting:
        media = here.said.media
        turn = engine.hear(here.waiting, here.said.text, here.today, media=media)
        return outcome_of(turn)
    if here.standing.current:
        done = here.standing.current.state.status is Status.COMPLETE
        text = here.book.say("after_end" if done else "begin_again", keyword=here.keyword)
        return Outcome(reply=Reply(text), interviews=(here.standing.current,))
    return _default(here)


def _default(here: Situation) -> Outcome:
    if len(here.offered) == 1:
        return _begin(here, next(iter(here.offered.values())), None)
    return _menu(here)


def _menu(here: Situation) -> Outcome:
    """All published flows, numbered; each title in every language, for it may be nobody's yet."""
    if not here.offered:
        return Outcome(reply=Reply(here.book.say("no_flow")))
    lines, labels = [], []
    for number, flow in enumerate(here.offered.values(), 1):
        known = here.standing.language or here.said.language
        titles = [flow.title[known]] if known and known in flow.title else [*flow.title.values()]
        lines.append(f"{number}. {' / '.join(titles)}")
        labels.append(titles[0])
    reply = Reply("\n".join([*lines, here.book.say("choose_one")]), tuple(labels))
    return Outcome(reply=reply, menu=Menu.FLOWS)


def _choose(here: Situation, said: str) -> Outcome:
    number = whole_number(here.said.text)
    for position, flow in enumerate(here.offered.values(), 1):
        named = {fold(title) for title in flow.title.values()} | {fold(flow.name)}
        if number == position or said in named:
            return _begin(here, flow, None)
    if here.waiting:
        return outcome_of(engine.resume(here.waiting, None, here.today))
    return _menu(here)


def _spoken(here: Situation, flow: Flow, language: str | None) -> str | None:
    """The language to begin in: the keyword's, the contact's, the channel's, else that of the words; None asks."""
    for known in (language, here.standing.language, here.said.language):
        if known in flow.languages:
            return known
    if len(flow.languages) < 2 or here.said.begin or command(here.said.text, SHIPPED):
        return None
    return detect(here.said.text, flow.languages, keywords=flow.keywords).language


def _begin(here: Situation, flow: Flow, language: str | None) -> Outcome:
    """Open ``flow``, or take it up where the contact left it; another that waits is put aside."""
    waiting, current = here.waiting, here.standing.current
    if waiting and waiting.flow.name == flow.name:
        return outcome_of(engine.resume(waiting, language, here.today))
    left = here.standing.paused.get(flow.name)
    if current and current.state.status is Status.PAUSED and current.flow.name == flow.name:
        left = current
    if left:
        outcome = outcome_of(engine.resume(left, language, here.today))
    else:
        outcome = outcome_of(engine.begin(flow, _spoken(here, flow, language), here.today))
    if current and current.state.status is Status.EXPIRED:
        return replace(outcome, interviews=(*outcome.interviews, current))
    if waiting is None:
        return outcome
    aside = replace(waiting, state=replace(waiting.state, status=Status.PAUSED))
    return replace(outcome, interviews=(*outcome.interviews, aside))

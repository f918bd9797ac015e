"""How an interview begins, or is taken up where it was left: by START, a button, a keyword, or the menu of flows."""

from dataclasses import replace

from flows.folding import fold, whole_number
from flows.language.model import Flow
from flows.phrases import phrasebook
from flows.talking import engine
from flows.talking.interview import Menu, Reply, Status
from flows.talking.languages import named, spoken
from flows.talking.situation import Situation
from flows.talking.standing import Outcome, outcome_of


def start(here: Situation) -> Outcome:
    """The carrier's START: it lifts a STOP; else it begins, or goes on."""
    if here.standing.stopped or here.settled:
        text = here.book.say("started", keyword=here.keyword)
        return Outcome(reply=None if here.settled else Reply(text))
    current = here.standing.current
    if current and current.state.status in (Status.WAITING, Status.PAUSED):
        return begin(here, current.flow, None)
    return default(here)


def begin_named(here: Situation) -> Outcome:
    """A start button or a deep link: its flow, the one that waits, or the menu."""
    if here.invited:
        return begin(here, here.invited, None)
    name = here.said.flow
    if name is None:
        return start(replace(here, standing=replace(here.standing, stopped=False)))
    flow = here.catalog.get(name)
    return begin(here, flow, None) if flow else _menu(here)


def default(here: Situation) -> Outcome:
    """Begin the one flow there is, or ask which."""
    if len(here.offered) == 1:
        return begin(here, next(iter(here.offered.values())), None)
    return _menu(here)


def _menu(here: Situation) -> Outcome:
    """All published flows, numbered; each title in every language, for it may be nobody's yet."""
    if not here.offered:
        return Outcome(reply=Reply(here.book.say("no_flow")))
    heard = _heard(here)
    known = heard or (None if here.asks_language else here.standing.language or here.said.language)
    lines, labels = [], []
    for number, flow in enumerate(here.offered.values(), 1):
        titles = [flow.title[known]] if known and known in flow.title else [*flow.title.values()]
        lines.append(f"{number}. {' / '.join(titles)}")
        labels.append(titles[0])
    book = phrasebook(heard) if heard else here.book
    reply = Reply("\n".join([*lines, book.say("choose_one")]), tuple(labels))
    return Outcome(reply=reply, menu=Menu.FLOWS, language=heard)


def _heard(here: Situation) -> str | None:
    """The language that the words are surely in, where nothing else tells one and no two flows differ on it."""
    if here.asks_language or here.standing.language or here.said.language:
        return None
    heard = {spoken(flow, here.said.text) for flow in here.offered.values()} - {None}
    return heard.pop() if len(heard) == 1 else None


def choose(here: Situation) -> Outcome:
    """What a reply to the menu of flows means: a number or a title begins one, anything else shows it again."""
    said, number = fold(here.said.text), whole_number(here.said.text)
    for position, flow in enumerate(here.offered.values(), 1):
        titles = {fold(title) for title in flow.title.values()} | {fold(flow.name)}
        if number == position or said in titles:
            return begin(here, flow, None)
    if here.waiting:
        return outcome_of(engine.resume(here.waiting, None, here.today))
    return _menu(here)


def _spoken(here: Situation, flow: Flow, language: str | None) -> str | None:
    """The language to begin in: the keyword's, the one named, the contact's, the channel's, else that of the words.

    None where it is to be asked.
    """
    if here.asks_language:
        return None
    asked = named(flow, here.said.text)
    for known in (language, asked, here.standing.language, here.said.language):
        if known in flow.languages:
            return known
    return None if len(flow.languages) < 2 or here.said.begin else spoken(flow, here.said.text)


def begin(here: Situation, flow: Flow, language: str | None) -> Outcome:
    """Open ``flow``, or take it up where the contact left it; another that waits is put aside.

    Who has told something before the meeting has not come by its code.
    """
    outcome = _opened(here, flow, language)
    by_code = here.invited is flow and not outcome.interviews[0].answers
    return replace(outcome, invited=by_code)


def _opened(here: Situation, flow: Flow, language: str | None) -> Outcome:
    waiting, current = here.waiting, here.standing.current
    if waiting and waiting.flow.name == flow.name:
        return outcome_of(engine.resume(waiting, language, here.today))
    left = here.standing.paused.get(flow.name)
    if current and current.state.status is Status.PAUSED and current.flow.name == flow.name:
        left = current
    if left:
        outcome = outcome_of(engine.resume(left, language, here.today))
    else:
        known, words = _spoken(here, flow, language), here.said.text
        outcome = outcome_of(engine.begin(flow, known, here.today, words=words))
    if current and current.state.status is Status.EXPIRED:
        return replace(outcome, interviews=(*outcome.interviews, current))
    if waiting is None:
        return outcome
    aside = replace(waiting, state=replace(waiting.state, status=Status.PAUSED))
    return replace(outcome, interviews=(*outcome.interviews, aside))

"""What one message means before any question: stop, start, help, a keyword, a menu, or an answer.

Carrier words come first and are never an answer; then the words that start a flow; then the interview that waits. Pure
like the engine: who the contact is comes in as a Standing, what shall be kept goes out as an Outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from flows.folding import fold, whole_number
from flows.phrases import Command
from flows.talking import engine
from flows.talking.beginning import begin, begin_named, choose, default, start
from flows.talking.care import leave, look_after
from flows.talking.codes import meant, take
from flows.talking.interview import Heard, Interview, Menu, Reply, Status
from flows.talking.languages import picked
from flows.talking.late import insert, join, send_again
from flows.talking.situation import Situation
from flows.talking.standing import Catalog, Outcome, Said, Standing, outcome_of
from flows.talking.unspoken import PLACE
from flows.talking.wishes import WISHES, change_language, wish

HELD = "wrote to a person"  # who has taken the conversation over
AFTER: Mapping[Status | None, str] = {  # what is said where no question waits
    Status.COMPLETE: "after_end",
    Status.PAUSED: "paused_by_you",
}
HEEDED = (Command.START, Command.COPY, Command.CODE, Command.DELETE)  # also while a person does


def converse(catalog: Catalog, standing: Standing, said: Said, today: date) -> Outcome:
    """Decide what ``said`` does for a contact in this ``standing``."""
    here = Situation(catalog, _expired(standing.on(said.channel)), said, today)
    decided = next(outcome for rule in RULES if (outcome := rule(here)) is not None)
    return _still_pressed(here, look_after(here, decided))


def _still_pressed(here: Situation, outcome: Outcome) -> Outcome:
    """After what was said beside the question, a copy or the contact, its buttons are there as before."""
    reply = outcome.reply
    first = outcome.interviews[0] if outcome.interviews else None
    if reply is None or reply.choices or outcome.turn or outcome.menu or outcome.stopped:
        return outcome
    if first is None or first.held or first.state.status is not Status.WAITING:
        return outcome
    asked = engine.ask_again(first, here.today).reply or Reply("")
    buttons = replace(reply, choices=asked.choices, share_place=asked.share_place)
    return replace(outcome, reply=buttons)


def _expired(standing: Standing) -> Standing:
    """The standing with an interview closed that its flow gave up waiting for."""
    current = standing.current
    if current is None or current.held:
        return standing
    if current.state.status not in (Status.WAITING, Status.PAUSED):
        return standing
    if current.flow.expires is None or standing.silent <= current.flow.expires:
        return standing
    state = replace(current.state, status=Status.EXPIRED)
    return replace(standing, current=replace(current, state=state))


def _silence(here: Situation) -> Outcome | None:
    """Who stopped gets no answer, but may still be forgotten: a second DELETE erases, unasked."""
    if not here.standing.stopped or here.lifts:
        return None
    if here.steer is Command.DELETE:
        return replace(wish(here, here.steer), reply=None)
    return _unasked(here)


def _machine(here: Situation) -> Outcome | None:
    return _unasked(here, attention=here.said.hushed) if here.said.hushed else None


def _code(here: Situation) -> Outcome | None:
    """A code from another phone, which lets go on as START does."""
    if here.said.tried is None or not meant(here):
        return None
    return _lifting(here, take(here, here.said.tried))


def _held(here: Situation) -> Outcome | None:
    """While a person has taken the conversation over, words are for that person."""
    heeded = here.steer in HEEDED or here.standing.menu is Menu.ERASURE
    return _unasked(here, attention=HELD) if here.held and not heeded else None


def _wish(here: Situation) -> Outcome | None:
    asks = here.steer in WISHES or here.standing.menu is Menu.ERASURE
    return wish(here, here.steer) if asks else None


def _begins(here: Situation) -> Outcome | None:
    """A start button, or the carrier's START."""
    if here.said.begin:
        return _lifting(here, begin_named(here))
    return _lifting(here, start(here)) if here.steer is Command.START else None


def _lifting(here: Situation, outcome: Outcome) -> Outcome:
    return replace(outcome, stopped=False) if here.standing.stopped else outcome


def _beside(here: Situation) -> Outcome | None:
    """What a message does that comes beside its turn: late, with others of its album, or by a button pressed twice."""
    current, said = here.standing.current, here.said
    if said.repeated:
        return Outcome(interviews=_kept_with(current), menu=here.standing.menu)
    turn = None
    if current and said.overtaken and PLACE not in said.media:
        turn = insert(current, said.overtaken, said.text, here.today)
    elif current and said.joins:
        turn = join(current, said.joins, said.text, said.media, here.today)
    elif current and said.media and said.joins is None and _is_plain(here):
        turn = send_again(current, said.text, said.media, here.today)
    if turn is None:
        return None if said.joins is None else _unasked(here)
    return outcome_of(turn)


def _is_plain(here: Situation) -> bool:
    """Whether a message is neither a word of ours nor for a person who has taken the conversation over."""
    ours = here.steer or here.started or here.said.begin or here.standing.menu
    return not (ours or here.said.stale or here.held)


def _unasked(here: Situation, attention: str = "") -> Outcome:
    """Words that nobody asked for are kept with the interview, and not answered."""
    return Outcome(
        interviews=_kept_with(here.standing.current), heard=Heard.UNASKED, attention=attention
    )


def _kept_with(interview: Interview | None) -> tuple[Interview, ...]:
    return (interview,) if interview else ()


def _stop(here: Situation) -> Outcome | None:
    standing = here.standing
    if here.steer is not Command.STOP:
        return None
    open_ones = [standing.current, *standing.paused.values()]
    withdrawn = [
        replace(interview, state=replace(interview.state, status=Status.WITHDRAWN))
        for interview in open_ones
        if interview and interview.state.status in (Status.WAITING, Status.PAUSED)
    ]
    silent = standing.stopped or here.settled
    text = here.book.say("stopped", contact=here.contact)
    return Outcome(
        reply=None if silent else Reply(text),
        interviews=tuple(withdrawn) or _kept_with(standing.current),
        stopped=True,
    )


def _help(here: Situation) -> Outcome | None:
    if here.steer is not Command.HELP:
        return None
    text = here.book.say("help", contact=here.contact)
    text = f"{text}\n\n{here.book.say('help_more')}"
    return Outcome(
        reply=None if here.settled else Reply(text),
        interviews=_kept_with(here.waiting),
        menu=here.standing.menu,
    )


def _ordinary(here: Situation) -> Outcome:
    """A keyword, a choice of the menu, an answer, or words that nobody asked for."""
    if here.started:
        return begin(here, *here.started)
    if here.standing.menu is Menu.FLOWS and not here.asks_language:
        return choose(here)  # the menu was shown last: a number answers no question
    if here.waiting and here.said.stale:
        return outcome_of(engine.ask_again(here.waiting, here.today))
    if here.waiting:
        media = here.said.media
        link = here.said.link
        turn = engine.hear(here.waiting, here.said.text, here.today, media=media, link=link)
        return outcome_of(turn)
    if here.standing.current:
        return _reopened(here) or _reread(here) or change_language(here) or _after_end(here)
    opened = default(here)
    unasked = fold(here.said.text) and not here.asks_language
    return replace(opened, heard=Heard.UNASKED) if unasked else opened


def _reopened(here: Situation) -> Outcome | None:
    """An answer chosen from the list that was shown after the end is asked for again.

    BACK shows that list, and so does a number that is not on it.
    """
    current = here.standing.current
    if current is None or current.state.status is not Status.COMPLETE:
        return None
    listed, text = current.state.menu is Menu.ANSWERS, here.said.text
    turn = engine.reopen_at(current, text, here.today) if listed else None
    if turn is None and (here.steer is Command.BACK or (listed and whole_number(text) is not None)):
        turn = engine.reopen(current, here.today)
    return outcome_of(turn) if turn else None


def _reread(here: Situation) -> Outcome | None:
    """The language that answers the menu shown after the end is the one in which all is listed."""
    current = here.standing.current
    if current is None or current.state.menu is not Menu.LANGUAGES:
        return None
    language = picked(current.flow, here.said.text)
    if current.state.status is not Status.COMPLETE or language is None:
        return None
    return outcome_of(engine.reread(current, language, here.today))


def _after_end(here: Situation) -> Outcome:
    """What is said after the end is added to what was told; that it is, is said once."""
    outcome, current = _unasked(here), here.standing.current
    if here.steer:
        outcome = replace(outcome, heard=Heard.STEER)
    if current and current.state.menu:
        current = replace(current, state=replace(current.state, menu=Menu.NONE))
        outcome = replace(outcome, interviews=(current,))
    status = current.state.status if current else None
    if here.standing.adding and status is Status.COMPLETE:
        return outcome
    phrase = AFTER.get(status, "begin_again")
    return replace(outcome, reply=Reply(here.book.say(phrase, keyword=here.keyword)))


RULES: tuple[
    Callable[[Situation], Outcome | None], ...
] = (  # in this order; the first that decides, does
    _stop,
    _silence,
    leave,
    _machine,
    _beside,
    _code,
    _help,
    _held,
    _wish,
    _begins,
    _ordinary,
)

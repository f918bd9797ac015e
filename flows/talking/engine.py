"""The interview engine: one message in, one turn out. Pure: no clock, no chance, no store.

A flow is an ordered list, and the place in it is derived: the next question is the first relevant one without an
answer. So BACK, another language, and coming back after months need no machinery of their own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flows.folding import fold, whole_number
from flows.language.model import CONSENT, TRIES, Flow
from flows.phrases import Command, command
from flows.talking.hearing import hear_answer, hear_consent, hear_media, hear_story
from flows.talking.interview import Interview, Menu, State, Status, Turn
from flows.talking.moves import advance, back, choose_language, skip
from flows.talking.reins import choose_answer, copy, list_answers, pause
from flows.talking.talk import Talk, language_words


def begin(flow: Flow, language: str | None, today: date) -> Turn:
    """Open an interview: its consent in ``language``, or the menu of languages when that is None."""
    if language is None and len(flow.languages) == 1:
        language = flow.source_language
    interview = Interview(
        flow, State(language, asked=CONSENT, menu=Menu.NONE if language else Menu.LANGUAGES)
    )
    return Talk(interview, today).ask().turn()


def resume(interview: Interview, language: str | None, today: date) -> Turn:
    """Take up a waiting or paused interview where it was, in ``language`` if one is given."""
    state = replace(interview.state, status=Status.WAITING, attempts=0)
    if state.menu is Menu.ANSWERS:
        state = replace(state, menu=Menu.NONE)
    if language:
        state = replace(state, language=language, menu=Menu.NONE)
    talk = Talk(replace(interview, state=state), today)
    if not state.menu:
        talk.say("welcome_back")
    _ask(talk)
    return talk.turn()


def reopen(interview: Interview, today: date) -> Turn:
    """List what was told in an interview that has ended, so that an answer can be changed."""
    talk = Talk(interview, today)
    list_answers(talk)
    if talk.state.menu:
        talk.move(status=Status.WAITING)
    return talk.turn()


def copy_of(interview: Interview, today: date) -> str:
    """A contact's own testimony, as it is sent back."""
    return copy(Talk(interview, today))


def _ask(talk: Talk) -> None:
    """Ask what waits; where that is not relevant any more, or not in this version of the flow, what comes next."""
    if talk.state.menu or talk.slot in {CONSENT, *talk.way.relevant}:
        talk.ask()
    else:
        advance(talk)


def ask_again(interview: Interview, today: date) -> Turn:
    """Say once more what waits for an answer; nothing is taken as one."""
    talk = Talk(interview, today)
    _ask(talk)
    return talk.turn()


def hear(interview: Interview, text: str, today: date, *, media: tuple[str, ...] = ()) -> Turn:
    """The turn that ``text`` makes in a waiting interview. ``media``: the kinds of the files that came with it."""
    talk = Talk(interview, today)
    steer = command(text, interview.flow.languages)
    if not talk.state.menu and talk.slot not in {CONSENT, *talk.way.by_slot}:
        advance(talk)  # in this version what was asked is gone: these words answer nothing
    elif talk.state.menu is Menu.LANGUAGES:
        _choose_language(talk, text, steer)
    elif talk.state.menu is Menu.ANSWERS and steer not in STEERING:
        choose_answer(talk, text)
    elif steer in STEERING:
        talk.move(menu=Menu.NONE)
        STEERING[steer](talk)
    elif talk.slot == CONSENT:
        hear_consent(talk, text, media)
    elif talk.question.multiline:
        hear_story(talk, text, media)
    elif media and (talk.question.type == "media" or not fold(text)):
        hear_media(talk, text, media)
    else:
        hear_answer(talk, text)
    return talk.turn()


def _choose_language(talk: Talk, text: str, steer: Command | None) -> None:
    number, folded = whole_number(text), fold(text)
    for position, language in enumerate(talk.flow.languages, 1):
        if number == position or folded in language_words(talk.flow, language):
            talk.move(language=language, menu=Menu.NONE, attempts=0)
            break
    else:
        if talk.state.language and (steer or talk.state.attempts + 1 >= TRIES):
            talk.move(menu=Menu.NONE, attempts=0)
        else:
            talk.move(attempts=talk.state.attempts + 1)
    _ask(talk)


STEERING: dict[Command | None, Callable[[Talk], object]] = {
    Command.BACK: back,
    Command.SKIP: skip,
    Command.REPEAT: lambda talk: talk.ask(hint=True),
    Command.LANGUAGE: choose_language,
    Command.ANSWERS: list_answers,
    Command.PAUSE: pause,
}

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
from flows.talking.interview import Interview, State, Status, Turn
from flows.talking.moves import advance, back, choose_language, skip
from flows.talking.talk import Talk, language_words


def begin(flow: Flow, language: str | None, today: date) -> Turn:
    """Open an interview: its consent in ``language``, or the menu of languages when that is None."""
    if language is None and len(flow.languages) == 1:
        language = flow.source_language
    interview = Interview(flow, State(language, asked=CONSENT, choosing=language is None))
    return Talk(interview, today).ask().turn()


def resume(interview: Interview, language: str | None, today: date) -> Turn:
    """Take up a waiting or paused interview where it was, in ``language`` if one is given."""
    state = replace(interview.state, status=Status.WAITING, attempts=0)
    if language:
        state = replace(state, language=language, choosing=False)
    talk = Talk(replace(interview, state=state), today)
    if not state.choosing:
        talk.say("welcome_back")
    _ask(talk)
    return talk.turn()


def _ask(talk: Talk) -> None:
    """Ask what waits; where that is not relevant any more, or not in this version of the flow, what comes next."""
    if talk.state.choosing or talk.slot in {CONSENT, *talk.way.relevant}:
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
    if not talk.state.choosing and talk.slot not in {CONSENT, *talk.way.by_slot}:
        advance(talk)  # in this version what was asked is gone: these words answer nothing
    elif talk.state.choosing:
        _choose_language(talk, text, steer)
    elif steer in STEERING:
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
            talk.move(language=language, choosing=False, attempts=0)
            break
    else:
        if talk.state.language and (steer or talk.state.attempts + 1 >= TRIES):
            talk.move(choosing=False, attempts=0)
        else:
            talk.move(attempts=talk.state.attempts + 1)
    _ask(talk)


STEERING: dict[Command | None, Callable[[Talk], object]] = {
    Command.BACK: back,
    Command.SKIP: skip,
    Command.REPEAT: lambda talk: talk.ask(hint=True),
    Command.LANGUAGE: choose_language,
}

"""The interview engine: one message in, one turn out. Pure: no clock, no chance, no store.

A flow is an ordered list, and the place in it is derived: the next question is the first relevant one without an
answer. So BACK, another language, and coming back after months need no machinery of their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from flows.folding import fold, whole_number
from flows.language.model import CONSENT, TRIES, Flow
from flows.phrases import Command, command
from flows.talking.hearing import hear_answer, hear_consent, hear_media, hear_story
from flows.talking.interview import Given, Heard, Interview, Menu, State, Status, Turn, Uttered
from flows.talking.languages import chosen, likeliest, picked, wanted
from flows.talking.moves import advance, back, choose_language, skip
from flows.talking.reins import choose_answer, chosen_slot, copy, list_answers, pause
from flows.talking.talk import Talk
from flows.talking.unspoken import files, unspoken


def begin(flow: Flow, language: str | None, today: date, *, words: str = "") -> Turn:
    """Open an interview: its consent in ``language``, or the menu of languages when that is None.

    ``words`` are those that it begins with: they may tell which language the menu is best headed in.
    """
    if language is None and len(flow.languages) == 1:
        language = flow.source_language
    interview = Interview(
        flow, State(language, asked=CONSENT, menu=Menu.NONE if language else Menu.LANGUAGES)
    )
    likely = None if language else likeliest(flow, words)
    return Talk(interview, today, likely=likely).ask().turn()


def resume(
    interview: Interview, language: str | None, today: date, *, greeting: str = "welcome_back"
) -> Turn:
    """Take up a waiting or paused interview where it was, in ``language`` if one is given; the phrase comes first."""
    state = replace(interview.state, status=Status.WAITING, attempts=0)
    if state.menu is Menu.ANSWERS:
        state = replace(state, menu=Menu.NONE)
    if language:
        state = replace(state, language=language, menu=Menu.NONE)
    talk = Talk(replace(interview, state=state), today)
    if not state.menu or greeting != "welcome_back":
        talk.say(greeting)
    _ask(talk)
    return talk.turn()


def reopen(interview: Interview, today: date) -> Turn:
    """List what was told in an interview that has ended, so that an answer can be changed; it stays ended till then."""
    talk = Talk(interview, today)
    list_answers(talk)
    return talk.turn()


def reopen_at(interview: Interview, text: str, today: date) -> Turn | None:
    """Ask for the answer that was chosen from the list of an ended interview; None when ``text`` chooses none."""
    talk = Talk(interview, today)
    if not chosen_slot(talk, text):
        return None
    talk.move(status=Status.WAITING)
    choose_answer(talk, text)
    return talk.turn()


def reread(interview: Interview, language: str | None, today: date) -> Turn:
    """List what was told in an interview that has ended in ``language``; None asks for one. It stays ended."""
    talk = Talk(interview, today)
    if language:
        talk.move(language=language, menu=Menu.NONE)
        list_answers(talk)
    else:
        choose_language(talk)
    return talk.turn()


def copy_of(interview: Interview, today: date, told: Sequence[Uttered] = ()) -> str:
    """A contact's own testimony, as it is sent back; ``told`` are its messages, with the words nobody asked for."""
    return copy(Talk(interview, today), told)


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


def hear(
    interview: Interview, text: str, today: date, *, media: tuple[str, ...] = (), link: str = ""
) -> Turn:
    """The turn that ``text`` makes in a waiting interview. ``media``: the kinds of the files that came with it.

    ``link`` leads to where nobody else reads along; it is named where that matters.
    """
    talk = Talk(interview, today, link=link)
    asked = wanted(interview.flow, text)
    if asked == talk.language and not talk.state.menu:
        asked = None  # "lang kreyòl", said in Creole, tells which language one speaks
    steer = Command.LANGUAGE if asked else command(text, interview.flow.languages)
    if not talk.state.menu and talk.slot not in {CONSENT, *talk.way.by_slot}:
        _put_by(talk, text, media, steer)
        advance(talk)  # in this version what was asked is gone: these words answer nothing
    elif talk.state.menu is Menu.LANGUAGES or asked in interview.flow.languages:
        if not picked(interview.flow, text):
            _put_by(talk, text, media, steer)
        _choose_language(talk, text, steer)
    elif talk.state.menu is Menu.ANSWERS and steer not in STEERING:
        _put_by(talk, text, media, steer)
        choose_answer(talk, text)
    elif steer in STEERING:
        talk.move(menu=Menu.NONE)
        STEERING[steer](talk)
    elif phrase := unspoken(media, text, wants_place=_wants_place(talk)):
        _answer_unspoken(talk, phrase)
    elif talk.slot == CONSENT:
        hear_consent(talk, text, files(media))
    elif talk.question.multiline:
        hear_story(talk, text, files(media))
    elif files(media) and (talk.question.type == "media" or not fold(text)):
        hear_media(talk, text, files(media))
    else:
        hear_answer(talk, text)
    return talk.turn()


def _put_by(talk: Talk, text: str, media: Sequence[str], steer: Command | None) -> None:
    """What is told where only a choice was awaited answers nothing, and is kept as told unasked."""
    if steer is None and whole_number(text) is None and (files(media) or fold(text)):
        talk.take(Heard.UNASKED)


def _choose_language(talk: Talk, text: str, steer: Command | None) -> None:
    """Go on in the language that is meant; after a command or three unclear messages in the one that was."""
    if language := chosen(talk.flow, text):
        talk.move(language=language, menu=Menu.NONE, attempts=0)
    elif steer is not Command.LANGUAGE:
        ends = steer or talk.state.attempts + 1 >= TRIES
        talk.move(attempts=talk.state.attempts + 1)
        if talk.state.language and ends:
            talk.move(menu=Menu.NONE, attempts=0)
    if talk.state.language is None:
        talk.likely = likeliest(talk.flow, text)
    _ask(talk)


def _wants_place(talk: Talk) -> bool:
    return talk.slot != CONSENT and talk.question.type == "geopoint"


def _answer_unspoken(talk: Talk, phrase: str) -> None:
    """Say that it is no answer; who is telling a story is not interrupted."""
    talk.take(Heard.TRY)
    telling = talk.slot != CONSENT and talk.question.multiline and talk.answer
    if not telling or telling.given is not Given.OPEN:
        talk.say(phrase, again=True)


STEERING: dict[Command | None, Callable[[Talk], object]] = {
    Command.BACK: back,
    Command.SKIP: skip,
    Command.REPEAT: lambda talk: talk.ask(hint=True),
    Command.LANGUAGE: choose_language,
    Command.ANSWERS: list_answers,
    Command.PAUSE: pause,
}

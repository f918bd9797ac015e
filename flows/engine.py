"""The interview engine: one message in, one turn out. Pure: no clock, no chance, no store.

A flow is an ordered list, and the place in it is derived: the next question is the first relevant one without an
answer. So BACK, another language, and coming back after months need no machinery of their own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flows.answers import Asked, Reading, read_answer, read_consent
from flows.expressions import Facts
from flows.folding import fold, whole_number
from flows.interview import Answer, Given, Interview, State, Status, Turn
from flows.model import CONSENT, YES, Flow, Question
from flows.phrases import Command, command, phrasebook
from flows.piping import date_in_words, fill, show
from flows.talk import Talk, language_words

TRIES = 3


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
    if state.asked in (CONSENT, *talk.facts()[1]):
        talk.ask()
    else:  # what was asked is not relevant any more, or not in this version of the flow
        _advance(talk)
    return talk.turn()


def ask_again(interview: Interview, today: date) -> Turn:
    """Say once more what waits for an answer; nothing is taken as one."""
    return Talk(interview, today).ask().turn()


def hear(interview: Interview, text: str, today: date, *, media: bool = False) -> Turn:
    """The turn that ``text`` makes in a waiting interview. ``media``: a photo or recording came with it."""
    talk = Talk(interview, today)
    steer = command(text, interview.flow.languages)
    if not talk.state.choosing and talk.state.asked not in (CONSENT, *interview.flow.by_id):
        _advance(talk)  # in this version what was asked is gone: these words answer nothing
    elif talk.state.choosing:
        _choose_language(talk, text, steer)
    elif steer in STEERING:
        STEERING[steer](talk)
    elif media and not fold(text):
        talk.say("media", again=True)
    elif talk.state.asked == CONSENT:
        _hear_consent(talk, text)
    else:
        _hear_answer(talk, text)
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
    talk.ask()


def _hear_consent(talk: Talk, text: str) -> None:
    reading = read_consent(text, talk.language)
    if reading and reading.value == YES:
        _agree(talk)
    elif reading:
        _decline(talk)
    elif fold(text) and talk.state.attempts + 1 >= TRIES:
        talk.move(status=Status.DECLINED, asked=None)
        talk.say("unclear_consent", keyword=keyword(talk.flow, talk.language))
    else:
        talk.move(attempts=talk.state.attempts + bool(fold(text)))
        talk.say("retry_consent", again=True)


def _agree(talk: Talk) -> None:
    talk.give(CONSENT, Answer(Given.ANSWERED, YES))
    talk.say("commands")
    _advance(talk)


def _decline(talk: Talk) -> None:
    talk.move(status=Status.DECLINED, asked=None)
    talk.tell(talk.flow.say(talk.flow.consent.declined, talk.language))


def _hear_answer(talk: Talk, text: str) -> None:
    question = talk.question
    reading = read_answer(Asked(talk.flow, question, talk.language, talk.today), text)
    if reading is None:
        _try_again(talk, text, _retry(talk, question))
    elif _refused_by_constraint(talk, question, reading):
        message = fill(talk.flow.say(question.constraint_message, talk.language), talk.shown)
        _try_again(talk, text, message or talk.book.say("constraint"))
    else:
        if reading.repeat:
            talk.say("understood", answer=show(talk.flow, question, reading.value, talk.language))
        free = question.type == "text"
        value, words = (None, text) if free else (reading.value, "")
        talk.give(question.id, Answer(Given.ANSWERED, value, words))
        _advance(talk)


def _refused_by_constraint(talk: Talk, question: Question, reading: Reading) -> bool:
    if question.constraint is None:
        return False
    values = {**talk.facts()[0].values, question.id: reading.value}
    return question.constraint.fails(Facts(values, talk.today))


def _retry(talk: Talk, question: Question) -> str:
    example = date_in_words(talk.today, talk.language)
    return talk.book.say(f"retry_{question.type}", example=example)


def _try_again(talk: Talk, text: str, why: str) -> None:
    if fold(text) and talk.state.attempts + 1 >= TRIES:
        talk.say("kept")
        talk.give(talk.question.id, Answer(Given.KEPT, words=text))
        _advance(talk)
        return
    if fold(text):
        talk.move(attempts=talk.state.attempts + 1)
    talk.said.append(why)
    talk.ask(hint=True)


def _advance(talk: Talk) -> None:
    """Go to the first relevant question without an answer, past the notes on the way, or to the end."""
    known, relevant = talk.facts()
    answers = talk.interview.answers
    reached = max(talk.flow.position(given) for given in (CONSENT, *answers))
    for place, question in enumerate(talk.flow.questions):
        if question.id not in relevant or _stands(question, answers.get(question.id), known):
            continue
        if question.asks:
            talk.move(asked=question.id, attempts=0)
            talk.ask()
            return
        if place > reached:
            talk.tell(talk.flow.say(question.label, talk.language))
    talk.move(status=Status.COMPLETE, asked=None, attempts=0)
    talk.tell(talk.flow.say(talk.flow.closing, talk.language))


def _stands(question: Question, answer: Answer | None, known: Facts) -> bool:
    """Whether a question is answered, and the answer still possible after others were changed."""
    if answer is None:
        return False
    checked = question.constraint if answer.given is Given.ANSWERED else None
    return checked is None or not checked.fails(known)


def _back(talk: Talk) -> None:
    _, relevant = talk.facts()
    before = talk.flow.questions[: max(talk.flow.position(talk.state.asked or ""), 0)]
    given = [q.id for q in before if q.id in relevant and q.id in talk.interview.answers]
    if not given:
        talk.say("no_back", again=True)
        return
    talk.move(asked=given[-1], attempts=0)
    talk.ask()


def _skip(talk: Talk) -> None:
    if talk.state.asked == CONSENT:
        _decline(talk)
    elif talk.question.required:
        talk.say("required", again=True)
    else:
        talk.give(talk.question.id, Answer(Given.REFUSED))
        _advance(talk)


def _language(talk: Talk) -> None:
    if len(talk.flow.languages) > 1:
        talk.move(choosing=True, attempts=0)
    talk.ask()


def keyword(flow: Flow, language: str) -> str:
    """The word that starts the flow in ``language``; START where it has none."""
    words = flow.keywords.get(language) or flow.keywords.get(flow.source_language)
    return words[0] if words else phrasebook(language).shown[Command.START]


STEERING: dict[Command | None, Callable[[Talk], object]] = {
    Command.BACK: _back,
    Command.SKIP: _skip,
    Command.REPEAT: lambda talk: talk.ask(hint=True),
    Command.LANGUAGE: _language,
}

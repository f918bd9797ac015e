"""A message heard as an answer: to the consent, to a question, or as a piece of a story."""

from collections.abc import Sequence

from flows.folding import fold
from flows.language.expressions import Facts, Value
from flows.language.model import CONSENT, TRIES, YES, Question
from flows.language.piping import date_in_words, fill, show
from flows.phrases import Command, command
from flows.talking.answers import IN_WORDS, Asked, read_answer, read_consent
from flows.talking.interview import Answer, Given, Heard, Status
from flows.talking.languages import instead
from flows.talking.moves import advance, agreed, decline, keyword
from flows.talking.talk import Talk, bounds
from flows.talking.unspoken import EMOJI, is_emoji

TOLD = (Given.ANSWERED, Given.KEPT)


def hear_consent(talk: Talk, text: str, media: tuple[str, ...]) -> None:
    reading = read_consent(text, talk.language)
    talk.take(Heard.TRY)
    if media and not fold(text):
        talk.say("media", again=True)
    elif agreed(talk) and command(text, talk.flow.languages) is Command.DONE:
        advance(talk)
    elif reading and reading.value == YES:
        _agree(talk)
    elif reading:
        talk.take(Heard.ANSWER)
        decline(talk)
    elif language := instead(talk.flow, text, talk.language):
        talk.move(language=language, attempts=0)
        talk.ask()
    elif fold(text) and talk.state.attempts + 1 >= TRIES and agreed(talk):
        advance(talk)
    elif fold(text) and talk.state.attempts + 1 >= TRIES:
        talk.move(status=Status.DECLINED, asked=None)
        talk.say("unclear_consent", keyword=keyword(talk.flow, talk.language))
    else:
        talk.move(attempts=talk.state.attempts + bool(fold(text)))
        talk.say("retry_consent", again=True)


def _agree(talk: Talk) -> None:
    talk.take(Heard.ANSWER)
    if not agreed(talk):
        talk.say("commands")
    talk.give(CONSENT, Answer(Given.ANSWERED, YES))
    advance(talk)


def hear_media(talk: Talk, text: str, media: tuple[str, ...]) -> None:
    if talk.question.type != "media":
        talk.take(Heard.TRY)
        talk.say("media", again=True)
        return
    talk.take(Heard.ANSWER)
    talk.say("received")
    talk.give(talk.slot, Answer(Given.ANSWERED, media, text))
    advance(talk)


def hear_story(talk: Talk, text: str, media: tuple[str, ...]) -> None:
    """One piece of an answer in several messages; DONE, alone or as the last line, ends it."""
    told = talk.answer if talk.answer and _goes_on(talk.answer) else None
    open_yet = told is not None and told.given is Given.OPEN
    body, ended = without_done(text, talk.flow.languages)
    words = told.words if told else ""
    if fold(body):
        words = f"{words}\n{body}" if words else body
    if ended and not fold(body) and talk.answer and talk.answer.given in TOLD:
        advance(talk)  # they came back to it, and leave it as it is
        return
    if not words and not media and not open_yet:
        talk.say("nothing_yet", again=not told)
        return
    talk.take(Heard.ANSWER)
    talk.give(talk.slot, Answer(Given.OPEN, words=words))
    if ended:
        _done(talk)
    elif not open_yet:
        talk.say("more")


def _goes_on(answer: Answer) -> bool:
    """Whether further words are added to it: what was told from another phone is told anew."""
    return answer.given is Given.OPEN or (answer.given in TOLD and not answer.veiled)


def without_done(text: str, languages: Sequence[str]) -> tuple[str, bool]:
    """The words before a last line that is DONE, and whether there was one."""
    body, _, last = text.rstrip().rpartition("\n")
    return (body, True) if command(last, languages) is Command.DONE else (text, False)


def _done(talk: Talk) -> None:
    told = talk.answer
    if told is None or told.given is not Given.OPEN:
        talk.say("nothing_yet", again=True)
    elif refused_by_constraint(talk, talk.question, told.known):
        _try_again(talk, told.words, constraint_message(talk))
    else:
        talk.give(talk.slot, Answer(Given.ANSWERED, words=told.words))
        advance(talk)


def hear_whole(talk: Talk, text: str) -> None:
    """A story told in one piece; told anew it replaces the first."""
    if refused_by_constraint(talk, talk.question, text):
        _try_again(talk, text, constraint_message(talk))
        return
    talk.take(Heard.ANSWER)
    talk.give(talk.slot, Answer(Given.ANSWERED, words=text))
    advance(talk)


def hear_answer(talk: Talk, text: str) -> None:
    question = talk.question
    reading = read_answer(Asked(talk.flow, question, talk.language, talk.today), text)
    clear = reading is not None and not reading.repeat
    done = command(text, talk.flow.languages) is Command.DONE
    if done and talk.answer and (question.type in IN_WORDS or not clear):
        advance(talk)  # they came back to it, and leave it as it is
    elif done and not clear:
        talk.ask(hint=True)  # it ends a story, and is no slip of "none"
    elif is_emoji(text) and (reading is None or question.type in IN_WORDS):
        _try_again(talk, text, talk.book.say(EMOJI))
    elif reading is None:
        _try_again(talk, text, _retry(talk, question))
    elif refused_by_constraint(talk, question, reading.value):
        _try_again(talk, text, constraint_message(talk))
    else:
        talk.take(Heard.ANSWER)
        if reading.repeat and not question.sensitive:
            talk.say("understood", answer=show(talk.flow, question, reading.value, talk.language))
        talk.give(talk.slot, answer_of(question, reading.value))
        advance(talk)


def answer_of(question: Question, value: Value) -> Answer:
    """A value that was understood, as it is kept: what is told in words as words."""
    if question.type in IN_WORDS:
        return Answer(Given.ANSWERED, words=str(value))
    return Answer(Given.ANSWERED, value)


def refused_by_constraint(talk: Talk, question: Question, value: Value) -> bool:
    """Whether the question's constraint is known to refuse ``value``."""
    if question.constraint is None:
        return False
    return question.constraint.fails(Facts({**talk.facts.values, question.id: value}, talk.today))


def constraint_message(talk: Talk) -> str:
    """Why an answer is not possible, in the author's words or in ours."""
    written = talk.flow.say(talk.question.constraint_message, talk.language)
    return fill(written, lambda name: talk.shown(name, talk.facts)) or talk.book.say("constraint")


def _retry(talk: Talk, question: Question) -> str:
    example = date_in_words(talk.today, talk.language)
    name = "consent" if question.type == "repeat" else question.type
    return talk.book.say(f"retry_{name}", example=example, **bounds(question))


def _try_again(talk: Talk, text: str, why: str) -> None:
    """Say why and ask once more; after the last try the words are kept as they are, or the interview is left."""
    talk.take(Heard.TRY)
    if fold(text):
        talk.move(attempts=talk.state.attempts + 1)
    if talk.state.attempts < talk.question.attempts:
        talk.said.append(why)
        talk.ask(hint=True)
    elif talk.question.then == "pause":
        talk.move(status=Status.PAUSED, attempts=0)
        contact = talk.flow.say(talk.flow.contact, talk.language)
        talk.say("paused", contact=contact, keyword=keyword(talk.flow, talk.language))
        talk.attention = f"no usable answer to {talk.question.id}"
    else:
        talk.take(Heard.ANSWER)
        talk.say("kept")
        talk.give(talk.slot, Answer(Given.KEPT, words=text))
        advance(talk)

"""What comes beside its turn: a piece of a story that others overtook, files of an album, a file that is sent again.

It changes the one answer that it belongs to: what waits goes on waiting.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.folding import fold
from flows.language.model import Question, Slot, parts_of
from flows.talking.hearing import without_done
from flows.talking.interview import Answer, Given, Heard, Interview, Menu, Status, Turn
from flows.talking.moves import advance
from flows.talking.standing import Overtaken
from flows.talking.talk import Talk
from flows.talking.unspoken import files

TOLD = (Given.OPEN, Given.ANSWERED)
WITHOUT = (Given.LOST, Given.KEPT)  # how an answer is given that was to be a file, and has none
OPEN = (Status.WAITING, Status.PAUSED, Status.COMPLETE)


def insert(interview: Interview, overtaken: Overtaken, text: str, today: date) -> Turn | None:
    """The turn that puts a late piece of a story before those that were said after it; None where there is no story."""
    answer, question = _told(interview, overtaken.slot)
    if answer is None or question is None or not question.multiline:
        return None
    piece = without_done(text, interview.flow.languages)[0]
    later = [without_done(one, interview.flow.languages)[0] for one in overtaken.later]
    words = _before(answer.words, [one for one in later if fold(one)], piece)
    return _changed(interview, overtaken.slot, replace(answer, words=words), today)


def join(
    interview: Interview, slot: Slot, text: str, media: tuple[str, ...], today: date
) -> Turn | None:
    """The turn that adds files, and the words with them, to the answer that their album gave."""
    answer, question = _told(interview, slot)
    if answer is None or question is None:
        return None
    if question.type == "media":
        return _changed(interview, slot, _with_files(answer, media, text), today)
    return _changed(interview, slot, replace(answer, words=_joined(answer.words, text)), today)


def lose(interview: Interview, slot: Slot, today: date) -> Turn | None:
    """The turn that losing all files of an answer makes of it; None where it has none. The words with them stay.

    Nothing is said, and what waits is not changed: words on their way must not answer another question.
    """
    answer, question = _told(interview, slot)
    if answer is None or question is None or question.type != "media" or not answer.value:
        return None
    given = Given.KEPT if fold(answer.words) else Given.LOST
    talk = Talk(interview, today)
    talk.give(slot, replace(answer, given=given, value=None))
    return talk.turn()


def send_again(interview: Interview, text: str, media: tuple[str, ...], today: date) -> Turn | None:
    """The turn that takes files for the question whose own were lost; None where they rather answer what waits."""
    talk, sent = Talk(interview, today), files(media)
    slot = _without(talk, text) if sent and interview.state.status in OPEN else None
    if slot is None or _wants_files(talk, text):
        return None
    talk.heard, talk.belongs = Heard.ANSWER, slot
    talk.give(slot, _with_files(interview.answers[slot], sent, text))
    talk.say("received")
    if interview.state.status is Status.WAITING:
        talk.move(menu=Menu.NONE)
        _go_on(talk)
    return talk.turn()


def _without(talk: Talk, text: str) -> Slot | None:
    """The last question whose files were lost; for files alone also one that was answered in words instead."""
    answers = talk.interview.answers
    for given in WITHOUT[:1] if fold(text) else WITHOUT:
        for step in reversed(talk.way.steps):
            answer = answers.get(step.slot)
            if step.relevant and step.question.type == "media" and answer and answer.given is given:
                return step.slot
    return None


def _wants_files(talk: Talk, text: str) -> bool:
    """Whether what waits takes files itself, or these words."""
    if talk.state.status is not Status.WAITING:
        return False
    if talk.state.menu is Menu.LANGUAGES or talk.slot not in talk.way.relevant:
        return True
    return talk.question.type == "media" or (talk.question.multiline and bool(fold(text)))


def _go_on(talk: Talk) -> None:
    """Ask again what waits, or what comes now; who is telling a story is not interrupted."""
    if talk.slot not in talk.way.relevant:
        advance(talk)
    elif talk.answer is None or talk.answer.given is not Given.OPEN:
        talk.ask()


def _with_files(answer: Answer, media: tuple[str, ...], text: str) -> Answer:
    kept = answer.value if isinstance(answer.value, tuple) else ()
    words = _joined(answer.words, text)
    return replace(answer, given=Given.ANSWERED, value=(*kept, *media), words=words)


def _joined(words: str, text: str) -> str:
    return "\n".join(one for one in (words, text) if fold(one))


def _told(interview: Interview, slot: Slot) -> tuple[Answer | None, Question | None]:
    """What is kept at a slot, if it was told in words or files, and its question."""
    answer, question = interview.answers.get(slot), interview.flow.by_id.get(parts_of(slot)[0])
    takes_files = question is not None and question.type == "media"
    told = (*TOLD, *WITHOUT) if takes_files else TOLD
    return answer if answer and answer.given in told else None, question


def _before(words: str, later: Sequence[str], piece: str) -> str:
    """``words`` with a piece put before the ``later`` ones that end them; at the end where they were changed since."""
    ending = "\n".join(later)
    if not fold(piece):
        return words
    if not ending or not words.endswith(ending):
        return f"{words}\n{piece}" if words else piece
    return f"{words[: len(words) - len(ending)]}{piece}\n{ending}"


def _changed(interview: Interview, slot: Slot, answer: Answer, today: date) -> Turn:
    talk = Talk(interview, today)
    talk.heard, talk.belongs = Heard.ANSWER, slot
    if answer != interview.answers[slot]:
        talk.give(slot, answer)
    return talk.turn()

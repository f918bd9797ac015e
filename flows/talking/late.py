"""Words that come beside their turn: a piece of a story that others overtook, the further files of an album.

They change the one answer that they belong to, and say nothing: what waits goes on waiting.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.folding import fold
from flows.language.model import Question, Slot, parts_of
from flows.talking.hearing import without_done
from flows.talking.interview import Answer, Given, Heard, Interview, Turn
from flows.talking.standing import Overtaken
from flows.talking.talk import Talk

TOLD = (Given.OPEN, Given.ANSWERED)


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
    words = "\n".join(words for words in (answer.words, text) if fold(words))
    kept = answer.value if isinstance(answer.value, tuple) else ()
    value = (*kept, *media) if question.type == "media" else answer.value
    return _changed(interview, slot, replace(answer, value=value, words=words), today)


def _told(interview: Interview, slot: Slot) -> tuple[Answer | None, Question | None]:
    """What is kept at a slot, if it was told in words or files, and its question."""
    answer = interview.answers.get(slot)
    told = answer if answer and answer.given in TOLD else None
    return told, interview.flow.by_id.get(parts_of(slot)[0])


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

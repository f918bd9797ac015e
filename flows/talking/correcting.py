"""An answer corrected from outside of the talk: by editing the message that gave it.

What waits goes on waiting, unless the correction made it irrelevant.
"""

from dataclasses import replace
from datetime import date

from flows.language.model import CONSENT, Slot
from flows.language.piping import show
from flows.talking.answers import IN_WORDS, Asked, read_answer
from flows.talking.hearing import refused_by_constraint
from flows.talking.interview import Answer, Given, Interview, Status, Turn
from flows.talking.moves import advance
from flows.talking.talk import Talk

SHOWN = 80  # characters of a corrected answer that are said back


def correct(interview: Interview, slot: Slot, before: str, after: str, today: date) -> Turn | None:
    """The turn that changing a message from ``before`` to ``after`` makes of the answer at ``slot``.

    None where the new words cannot be used in place of the old ones, or those are veiled: then nothing changes, and
    both are kept.
    """
    here = replace(interview, state=replace(interview.state, asked=slot))
    talk = Talk(here, today)
    if slot == CONSENT or slot not in talk.way.by_slot:
        return None
    answer = _answered(talk, before, after)
    if answer is None:
        return None
    talk.give(slot, answer)
    _confirm(talk, answer)
    talk.interview = replace(talk.interview, state=interview.state)
    waits = interview.state.status is Status.WAITING and not interview.state.menu
    if waits and interview.state.asked not in {CONSENT, *talk.way.relevant}:
        advance(talk)
    return talk.turn()


def _confirm(talk: Talk, answer: Answer) -> None:
    """Say back what was understood. What is sensitive is not said again."""
    if talk.question.sensitive:
        talk.say("received")
        return
    shown = answer.words if answer.value is None else ""
    shown = shown or show(talk.flow, talk.question, answer.value, talk.language)
    talk.say("understood", answer=shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}...")


def _with_piece(words: str, before: str, after: str) -> str | None:
    """The story with one whole piece changed, the last that reads so; None where it holds none such."""
    story, piece = f"\n{words}\n", f"\n{before}\n"
    place = story.rfind(piece) if before else -1
    if place < 0:
        return None
    return f"{story[:place]}\n{after}\n{story[place + len(piece) :]}".strip("\n")


def _answered(talk: Talk, before: str, after: str) -> Answer | None:
    question, told = talk.question, talk.answer
    if told is None or told.veiled:
        return None
    if question.multiline:
        words = _with_piece(told.words, before.strip(), after.strip())
        return replace(told, words=words) if words not in (None, told.words) else None
    reading = read_answer(Asked(talk.flow, question, talk.language, talk.today), after)
    if reading is None or refused_by_constraint(talk, question, reading.value):
        return None
    if question.type in IN_WORDS:
        return Answer(Given.ANSWERED, words=str(reading.value))
    return Answer(Given.ANSWERED, reading.value)

"""A testimony told to somebody who writes it down: question by question, or from a sheet that was filled in.

The questions, readers and rules are those of every interview; but nothing written is a command, for who sits there has
buttons. Who that is, and how it was agreed to on paper, is not known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from flows.language.model import CONSENT, NO, YES, Flow, Question, Slot, parts_of, slot_of
from flows.talking import engine
from flows.talking.answers import Asked, read_answer
from flows.talking.hearing import (
    answer_of,
    constraint_message,
    hear_answer,
    hear_consent,
    hear_whole,
    refused_by_constraint,
)
from flows.talking.interview import Answer, Given, Heard, Interview, State, Status, Turn
from flows.talking.moves import back, skip
from flows.talking.talk import Talk


class Fault(StrEnum):
    """Why what stands on a sheet is not taken as it is. Each can be kept as it stands all the same."""

    REQUIRED = "required"  # nothing stands there, and the question cannot be left out
    UNREAD = "unread"  # it gives no value of the question's type
    REFUSED = "refused"  # the question's constraint refuses it


@dataclass(frozen=True)
class Written:
    """What stands on a sheet for one question; ``kept``: it is to be kept as it stands."""

    text: str = ""
    kept: bool = False


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one answer of a sheet; ``message`` is the author's own word for it, where there is one."""

    fault: Fault
    message: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet as the engine reads it: the interview that it makes, and what is wrong with it, by slot.

    ``relevant`` are the questions that are asked on its way, ``notes`` what is said between them.
    """

    turn: Turn
    wrong: Mapping[Slot, Wrong]
    relevant: frozenset[Slot]
    notes: frozenset[Slot]


@dataclass(frozen=True)
class Card:
    """One question as it is read aloud. ``notes`` are said before it; ``given`` is what was answered there already."""

    slot: Slot
    question: Question | None
    label: str
    purpose: str
    hint: str
    notes: tuple[str, ...]
    given: Answer | None


@dataclass(frozen=True)
class Told:
    """What an answer has led to; ``word`` is why it was not taken, or that it was kept as it was said."""

    turn: Turn
    word: str = ""


def open_at(flow: Flow, language: str, channel: str, today: date) -> Turn:
    """Open an interview in ``language``: its consent waits."""
    turn = engine.begin(flow, language, today)
    return replace(turn, interview=replace(turn.interview, channel=channel))


def card(interview: Interview, today: date) -> Card:
    """What waits for an answer: the consent, or a question with the notes right before it."""
    talk, flow = Talk(interview, today), interview.flow
    if talk.slot == CONSENT:
        label = flow.say(flow.consent.label, talk.language)
        return Card(CONSENT, None, label, "", "", (), talk.answer)
    question = talk.question
    label, purpose, hint = (
        talk.filled(text, talk.facts) for text in (question.label, question.purpose, question.hint)
    )
    return Card(talk.slot, question, label, purpose, hint, tuple(_notes(talk)), talk.answer)


def _notes(talk: Talk) -> list[str]:
    """The notes that stand right before the question that waits."""
    notes: list[str] = []
    for step in reversed(talk.way.steps[: talk.way.places.get(talk.slot, 0)]):
        if not step.relevant or step.question.type == "calculate":
            continue
        if step.question.asks:
            break
        notes.insert(0, talk.filled(step.question.label, step.facts))
    return notes


def closing(interview: Interview, today: date) -> str:
    """What is read aloud at the end."""
    talk = Talk(interview, today)
    return talk.filled(interview.flow.closing, talk.way.facts)


def agree(interview: Interview, agreed: bool, today: date) -> Told:
    """What the person said to the consent that was read aloud."""
    talk = Talk(interview, today)
    hear_consent(talk, "1" if agreed else "2", ())
    return Told(talk.turn())


def answer(interview: Interview, text: str, today: date) -> Told:
    """What the person said to the question that waits. A story is told whole, and told anew it replaces the first."""
    talk = Talk(interview, today)
    if talk.question.multiline and text.strip():
        hear_whole(talk, text)
    else:
        hear_answer(talk, text)
    return Told(talk.turn(), _word(talk))


def _word(talk: Talk) -> str:
    if talk.heard is Heard.TRY:
        return talk.said[0]
    kept = talk.belongs and talk.interview.answers[talk.belongs].given is Given.KEPT
    return talk.book.say("kept") if kept else ""


def refuse(interview: Interview, today: date) -> Told:
    """The person does not want to answer the question that waits."""
    talk = Talk(interview, today)
    asked = talk.slot
    skip(talk)
    refused = asked not in (CONSENT, talk.slot) or talk.state.status is not Status.WAITING
    return Told(talk.turn(), "" if refused else talk.said[0])


def go_back(interview: Interview, today: date) -> Told:
    """Back to the question that was answered last."""
    talk = Talk(interview, today)
    asked = talk.slot
    back(talk)
    return Told(talk.turn(), talk.said[0] if talk.slot == asked else "")


def put_aside(interview: Interview, today: date) -> Told:
    """Leave it where it is, to go on another day."""
    talk = Talk(interview, today)
    talk.move(status=Status.PAUSED, attempts=0)
    return Told(talk.turn())


def take_up(interview: Interview, today: date) -> Told:
    """Go on where it was left."""
    return Told(engine.resume(interview, None, today))


def read_sheet(
    flow: Flow, language: str, channel: str, written: Mapping[Slot, Written], today: date
) -> Sheet:
    """A whole sheet to whose consent the person said yes, its answers taken in order as the engine asks for them.

    What is left empty counts as refused. What stands at a question that was not to be answered is kept aside.
    """
    state = State(language, asked=CONSENT)
    talk = Talk(Interview(flow, state, channel=channel), today)
    talk.give(CONSENT, Answer(Given.ANSWERED, YES))
    wrong: dict[Slot, Wrong] = {}
    seen: set[Slot] = set()
    while asked := _next(talk, seen):
        seen.add(asked)
        talk.move(asked=asked)
        if found := _take(talk, written.get(asked, Written())):
            wrong[asked] = found
    for slot in slots(flow):
        if slot not in seen and written.get(slot, Written()).text.strip():
            talk.move(asked=slot)
            _take(talk, replace(written[slot], kept=True))
    talk.move(asked=None, status=Status.COMPLETE)
    said = (step for step in talk.way.steps if step.relevant and step.question.type == "note")
    return Sheet(talk.turn(), wrong, frozenset(seen), frozenset(step.slot for step in said))


def _next(talk: Talk, seen: set[Slot]) -> Slot:
    """The first question on the way that was not come to yet; "" at the end."""
    steps = (step for step in talk.way.steps if step.relevant and step.question.asks)
    return next((step.slot for step in steps if step.slot not in seen), "")


def _take(talk: Talk, written: Written) -> Wrong | None:
    """Give what is written as the answer to the question that waits, or say what is wrong with it."""
    question, text = talk.question, written.text.strip()
    if not text:
        if question.required and not written.kept:
            return Wrong(Fault.REQUIRED)
        closed = question.type == "repeat"
        talk.give(talk.slot, Answer(Given.ANSWERED, NO) if closed else Answer(Given.REFUSED))
        return None
    reading = read_answer(Asked(talk.flow, question, talk.language, talk.today), text)
    refused = reading is not None and refused_by_constraint(talk, question, reading.value)
    if reading is not None and not refused:
        talk.give(talk.slot, answer_of(question, reading.value))
    elif written.kept:
        talk.give(talk.slot, Answer(Given.KEPT, words=text))
    else:
        return Wrong(Fault.REFUSED, constraint_message(talk)) if refused else Wrong(Fault.UNREAD)
    return None


def labels(sheet: Sheet, today: date) -> Mapping[Slot, str]:
    """Every question's label as the answers of the sheet fill it."""
    talk = Talk(sheet.turn.interview, today)
    steps = talk.way.by_slot
    return {
        slot: talk.filled(
            talk.flow.by_id[parts_of(slot)[0]].label,
            steps[slot].facts if slot in steps else talk.way.facts,
        )
        for slot in slots(talk.flow)
    }


def slots(flow: Flow) -> Iterator[Slot]:
    """Every place of a sheet, in order: the questions of a repeat as often as it may be asked."""
    for repeat, questions in flow.blocks:
        times = range(1, questions[-1].max + 1) if repeat else (0,)
        for instance in times:
            yield from (slot_of(one.id, instance) for one in questions if one.type != "calculate")

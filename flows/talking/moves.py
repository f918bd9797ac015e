"""How an interview moves: on to the next question, back, past one, or to its end."""

from collections.abc import Mapping

from flows.language.model import CONSENT, NO, Flow, Slot
from flows.phrases import Command, phrasebook
from flows.talking.discretion import part
from flows.talking.interview import Answer, Given, Menu, Status
from flows.talking.talk import Talk
from flows.talking.way import Step


def advance(talk: Talk) -> None:
    """Go to the first relevant question without an answer, past the notes on the way, or to the end."""
    answers, way = talk.interview.answers, talk.way
    asked = (slot for slot in answers if slot in way.places and way.by_slot[slot].question.asks)
    reached = max(map(way.places.__getitem__, asked), default=-1)
    for place, step in enumerate(way.steps):
        if not step.relevant or step.question.type == "calculate" or _stands(step, answers):
            continue
        if step.question.asks:
            talk.move(asked=step.slot, attempts=0)
            talk.ask()
            return
        if place > reached:
            talk.tell(step.question.label, step.facts)
    talk.move(status=Status.COMPLETE, asked=None, attempts=0)
    talk.tell(talk.flow.closing, way.facts)
    talk.interview, said = part(talk.interview)
    talk.said += said


def _stands(step: Step, answers: Mapping[Slot, Answer]) -> bool:
    """Whether a question is answered to the end, and the answer still possible after others were changed."""
    answer = answers.get(step.slot)
    if answer is None or answer.given in (Given.OPEN, Given.LOST):
        return False
    checked = step.question.constraint if answer.given is Given.ANSWERED else None
    return checked is None or not checked.fails(step.facts)


def back(talk: Talk) -> None:
    """Go to the last question that was answered from this phone."""
    steps = talk.way.steps[: talk.way.places.get(talk.slot, 0)]
    answers = talk.interview.answers
    given = [
        step.slot
        for step in steps
        if step.relevant and step.question.asks
        if step.slot in answers and not answers[step.slot].veiled
    ]
    if not given:
        talk.say("no_back", again=True)
        return
    talk.move(asked=given[-1], attempts=0)
    talk.ask()


def skip(talk: Talk) -> None:
    if talk.slot == CONSENT and agreed(talk):
        advance(talk)
    elif talk.slot == CONSENT:
        decline(talk)
    elif talk.question.required:
        talk.say("required", again=True)
    else:
        talk.give(talk.slot, Answer(Given.REFUSED))
        advance(talk)


def agreed(talk: Talk) -> bool:
    """Whether there is a yes to the consent: it is asked again only of who wants to change it."""
    return CONSENT in talk.interview.answers


def decline(talk: Talk) -> None:
    """Take a no: before a yes nothing was kept, after one what was kept is not used any more."""
    talk.move(status=Status.DECLINED, asked=None)
    if agreed(talk):
        talk.give(CONSENT, Answer(Given.ANSWERED, NO))
        talk.say("consent_withdrawn")
    else:
        talk.tell(talk.flow.consent.declined)


def choose_language(talk: Talk) -> None:
    if len(talk.flow.languages) > 1:
        talk.move(menu=Menu.LANGUAGES, attempts=0)
    talk.ask()


def keyword(flow: Flow, language: str) -> str:
    """The word that starts the flow in ``language``; START where it has none."""
    words = flow.keywords.get(language) or flow.keywords.get(flow.source_language)
    return words[0] if words else phrasebook(language).shown[Command.START]

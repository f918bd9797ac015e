"""What a contact holds in hand: the list of answers, a copy, a pause."""

from collections.abc import Iterator

from flows.folding import whole_number
from flows.language.model import CONSENT, Slot
from flows.language.piping import show
from flows.talking.interview import Answer, Given, Menu, Status
from flows.talking.moves import advance, keyword
from flows.talking.talk import Talk
from flows.talking.way import Step

SHORT = 60  # characters of a label or an answer in the list


def list_answers(talk: Talk) -> None:
    """Say what was told, numbered, and the consent behind it; a number then leads back to its question."""
    given = _given(talk)
    if not given:
        talk.say("answers_none", again=True)
        return
    told = [*_lines(talk, given, SHORT), talk.book.say("answers_consent")]
    talk.said.append("\n".join(f"{place}. {line}" for place, line in enumerate(told, 1)))
    talk.say("answers_choose")
    talk.move(menu=Menu.ANSWERS, asked=talk.state.asked or given[-1].slot, attempts=0)


def choose_answer(talk: Talk, text: str) -> None:
    """A number of the list leads to its question; anything else back to the one that waits."""
    slot = chosen_slot(talk, text)
    talk.move(menu=Menu.NONE)
    if slot:
        talk.move(asked=slot, attempts=0)
        talk.ask()
        if slot == CONSENT or not talk.question.multiline:  # a story says it by itself
            talk.say("answer_stays")
    else:
        advance(talk)


def chosen_slot(talk: Talk, text: str) -> Slot:
    """Where a number of the list leads; "" for what is none."""
    slots, number = [*(step.slot for step in _given(talk)), CONSENT], whole_number(text)
    return slots[number - 1] if number is not None and 1 <= number <= len(slots) else ""


def pause(talk: Talk) -> None:
    """Leave the interview where it is; its keyword takes it up again."""
    talk.move(status=Status.PAUSED, attempts=0)
    talk.say("paused_by_you", keyword=keyword(talk.flow, talk.language))


def copy(talk: Talk) -> str:
    """All that was told, whole; but of what was told from another phone only that it was."""
    given = _given(talk)
    if not given:
        return talk.book.say("answers_none")
    shown = [step for step in given if not talk.interview.answers[step.slot].veiled]
    veiled = [_veiled(talk)] if len(shown) < len(given) else []
    return "\n\n".join([talk.book.say("copy_begin"), *veiled, *_lines(talk, shown)])


def _given(talk: Talk) -> list[Step]:
    """The steps that have an answer and still count, in their order."""
    answers = talk.interview.answers
    return [
        step
        for step in talk.way.steps
        if step.relevant and step.question.asks and step.slot in answers
    ]


def _lines(talk: Talk, given: list[Step], most: int = 0) -> Iterator[str]:
    between = " " if most else "\n"
    for step in given:
        label = talk.filled(step.question.label, step.facts) or step.question.id
        told = _told(talk, step, talk.interview.answers[step.slot])
        yield f"{_cut(label, most)}{between}{_cut(told, most)}"


def _told(talk: Talk, step: Step, answer: Answer) -> str:
    """An answer as its contact reads it. What is sensitive, or came from another phone, is not sent to this one."""
    if answer.veiled:
        return _veiled(talk)
    if answer.given is Given.REFUSED:
        return f"({talk.book.phrases['answers_refused']})"
    if step.question.sensitive:
        return f"({talk.book.phrases['answers_sensitive']})"
    if answer.value is None:
        return answer.words
    shown = show(talk.flow, step.question, answer.value, talk.language)
    return f"{shown} {answer.words}".strip()


def _veiled(talk: Talk) -> str:
    return f"({talk.book.phrases['told_before']})"


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split()) if most else text
    return f"{line[: most - 3]}..." if most and len(line) > most else line

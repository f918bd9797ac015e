"""What a contact holds in hand: the list of answers, a copy, a pause."""

from collections.abc import Iterator

from flows.folding import whole_number
from flows.language.piping import show
from flows.talking.interview import Answer, Given, Menu, Status
from flows.talking.moves import advance, keyword
from flows.talking.talk import Talk
from flows.talking.way import Step

SHORT = 60  # characters of a label or an answer in the list


def list_answers(talk: Talk) -> None:
    """Say what was told, numbered; a number then leads back to its question."""
    given = _given(talk)
    if not given:
        talk.say("answers_none", again=True)
        return
    lines = (f"{place}. {line}" for place, line in enumerate(_lines(talk, given, SHORT), 1))
    talk.said.append("\n".join(lines))
    talk.say("answers_choose")
    talk.move(menu=Menu.ANSWERS, asked=talk.state.asked or given[-1].slot, attempts=0)


def choose_answer(talk: Talk, text: str) -> None:
    """A number of the list leads to its question; anything else back to the one that waits."""
    given, number = _given(talk), whole_number(text)
    talk.move(menu=Menu.NONE)
    if number is not None and 1 <= number <= len(given):
        talk.move(asked=given[number - 1].slot, attempts=0)
        talk.ask()
    else:
        advance(talk)


def pause(talk: Talk) -> None:
    """Leave the interview where it is; its keyword takes it up again."""
    talk.move(status=Status.PAUSED, attempts=0)
    talk.say("paused_by_you", keyword=keyword(talk.flow, talk.language))


def copy(talk: Talk) -> str:
    """All that was told, whole."""
    given = _given(talk)
    if not given:
        return talk.book.say("answers_none")
    return "\n\n".join([talk.book.say("copy_begin"), *_lines(talk, given)])


def _given(talk: Talk) -> list[Step]:
    """The steps that have an answer and still count, in their order."""
    answers = talk.interview.answers
    return [
        step
        for step in talk.way.steps
        if step.relevant and step.question.asks and step.slot in answers
    ]


def _lines(talk: Talk, given: list[Step], most: int = 0) -> Iterator[str]:
    for step in given:
        label = talk.filled(step.question.label, step.facts) or step.question.id
        told = _told(talk, step, talk.interview.answers[step.slot])
        yield f"{_cut(label, most)} {_cut(told, most)}"


def _told(talk: Talk, step: Step, answer: Answer) -> str:
    """An answer as its contact reads it. What is sensitive is not sent to a phone again."""
    if answer.given is Given.REFUSED:
        return f"({talk.book.phrases['answers_refused']})"
    if step.question.sensitive:
        return f"({talk.book.phrases['answers_sensitive']})"
    if answer.value is None:
        return answer.words
    shown = show(talk.flow, step.question, answer.value, talk.language)
    return f"{shown} {answer.words}".strip()


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split()) if most else text
    return f"{line[: most - 3]}..." if most and len(line) > most else line

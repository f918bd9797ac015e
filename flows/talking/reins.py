"""What a contact holds in hand: the list of answers, a copy, a pause."""

from collections.abc import Iterator, Sequence
from operator import itemgetter

from flows.folding import fold, whole_number
from flows.language.model import CONSENT, Slot
from flows.language.piping import show
from flows.phrases import command
from flows.talking.interview import Answer, Given, Menu, Status, Uttered
from flows.talking.moves import advance, keyword
from flows.talking.talk import Talk
from flows.talking.way import Step

SHORT = 60  # characters of a label or an answer in the list


def list_answers(talk: Talk) -> None:
    """Say what was told, numbered, and the consent behind it; a number then leads back to its question."""
    given = _given(talk)
    if not given:
        talk.say("answers_none", again=bool(talk.slot))
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
        lost = talk.answer is not None and talk.answer.given is Given.LOST
        if slot == CONSENT or not (lost or talk.question.multiline):  # a story says it by itself
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


def copy(talk: Talk, told: Sequence[Uttered] = ()) -> str:
    """All that was told, whole; but of what was told from another phone only that it was.

    Words that nobody asked for stand behind the last question that was answered before them.
    """
    given, places = _given(talk), talk.way.places
    unasked = list(_unasked(talk, told))
    if not given and not any(one.veiled for one in told) and not unasked:
        return talk.book.say("answers_none")
    shown = [step for step in given if not talk.interview.answers[step.slot].veiled]
    answers = zip((places[step.slot] for step in shown), _lines(talk, shown), strict=True)
    lines = [line for _, line in sorted([*answers, *unasked], key=itemgetter(0))]
    hides = len(shown) < len(given) or any(one.veiled for one in told)
    veiled = [_veiled(talk)] if hides else []
    return "\n\n".join([talk.book.say("copy_begin"), *veiled, *lines])


def _unasked(talk: Talk, told: Sequence[Uttered]) -> Iterator[tuple[int, str]]:
    """What was told unasked, each with the place of the furthest question that was answered before it."""
    reached = -1
    for one in told:
        reached = max(reached, talk.way.places.get(one.slot, -1))
        said = " ".join(filter(None, (", ".join(one.media), one.words.strip())))
        if not said or one.veiled or (not one.media and _is_ours(talk, one.words)):
            continue
        hidden = bool(
            talk.flow.alarms.told(one.words)
        )  # what tells of danger is as an answer that is sensitive
        yield reached, f"({talk.book.phrases['answers_sensitive']})" if hidden else said


def _is_ours(talk: Talk, words: str) -> bool:
    """Whether it is a word that steers or begins, and was not heard as one: it tells nothing."""
    begins = {fold(word) for said in talk.flow.keywords.values() for word in said}
    return command(words, talk.flow.languages) is not None or fold(words) in begins


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
    if answer.given in (Given.REFUSED, Given.LOST):
        return f"({talk.book.phrases['answers_refused']})"
    if step.question.sensitive:
        return f"({talk.book.phrases['answers_sensitive']})"
    if answer.value is None:
        return answer.words or talk.book.phrases["received"]  # a story in recordings alone
    shown = show(talk.flow, step.question, answer.value, talk.language)
    return f"{shown} {answer.words}".strip()


def _veiled(talk: Talk) -> str:
    return f"({talk.book.phrases['told_before']})"


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split()) if most else text
    return f"{line[: most - 3]}..." if most and len(line) > most else line

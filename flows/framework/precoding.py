"""Which codes follow from answers themselves: from ``theme:`` at choices and questions, from ``report:`` at questions.

Pure and repeatable: another answer gives other codes. A sensitive question gives none: its answer is sealed wherever
it is kept, and a code beside it would tell it.
"""

from collections.abc import Collection, Iterator, Mapping

from flows.language.model import NO, Flow, Question, Slot, parts_of
from flows.talking.interview import Answer, Given

NOTHING = frozenset({NO, "none"})  # codes that say: this is not so
Code = tuple[str, str]  # its kind (theme, assessment), and itself


def precoded(
    flow: Flow, answers: Mapping[Slot, Answer], aside: Collection[Slot] = ()
) -> frozenset[Code]:
    """The codes of an interview's answers; those set aside count for nothing."""
    found: set[Code] = set()
    for slot, answer in answers.items():
        question = flow.by_id.get(parts_of(slot)[0])
        if question and not question.sensitive and slot not in aside:
            found.update(_codes(question, answer))
    return frozenset(found)


def _codes(question: Question, answer: Answer) -> Iterator[Code]:
    if answer.given is Given.REFUSED or not (told := _told(question, answer)):
        return
    if question.report:
        yield "assessment", question.report
    for code in told:
        choice = question.choice(code)
        theme = (choice.theme if choice else "") or question.theme
        if theme:
            yield "theme", theme


def _told(question: Question, answer: Answer) -> list[str]:
    """What was told: the chosen codes that say anything, or "" once for words, numbers and days."""
    if answer.value is None:
        return [""] if answer.words.strip() else []
    if question.choices or question.type == "consent":
        chosen = answer.value if isinstance(answer.value, tuple) else (str(answer.value),)
        return [code for code in chosen if code not in NOTHING]
    return [""]

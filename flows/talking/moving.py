"""From one version of a flow to the next: what changed, and who of those under way can go along.

An interview moves when every question it has answered still means the same. What waits for an answer is asked anew if
it changed: words that answered the old question must not answer the new one.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from flows.language.expressions import Expression
from flows.language.kinds import kind_of
from flows.language.model import CONSENT, Choice, Flow, Question, Slot, parts_of
from flows.talking.interview import Answer, Given, Interview
from flows.talking.way import way

# what a contact sees or answers by; a change of another part changes no answer
SEEN = {one.name for one in fields(Question)} - {"path", "theme", "report", "groups", "choice_list"}


class Change(StrEnum):
    """What became of a question in the next version."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True)
class Moved:
    """An interview in the next version, and its answered slots that are not relevant there; or why it stays."""

    interview: Interview
    aside: frozenset[Slot] = frozenset()
    stays: str = ""


def changes(old: Flow, new: Flow) -> dict[str, Change]:
    """The questions that differ between two versions, by id, in the new version's order; those gone come last."""
    found = {}
    for question in new.questions:
        before = old.by_id.get(question.id)
        if before is None:
            found[question.id] = Change.ADDED
        elif _seen(before) != _seen(question):
            found[question.id] = Change.CHANGED
    if old.consent != new.consent:
        found[CONSENT] = Change.CHANGED
    gone = [question.id for question in old.questions if question.id not in new.by_id]
    return found | dict.fromkeys(gone, Change.GONE)


def _seen(question: Question) -> tuple[object, ...]:
    """A question as a contact meets it; conditions by their text."""
    values = (getattr(question, name) for name in sorted(SEEN))
    return tuple(one.source if isinstance(one, Expression) else one for one in values)


def move(interview: Interview, new: Flow, today: date) -> Moved:
    """The interview in ``new``, or unchanged with the reason why it stays where it is."""
    if reason := _stays(interview, new):
        return Moved(interview, stays=reason)
    asked = interview.state.asked
    changed = changes(interview.flow, new)
    if (
        asked and parts_of(asked)[0] in changed
    ):  # what comes next must not be taken for an answer to it
        asked = None
    state = replace(interview.state, asked=asked, attempts=0)
    moved = replace(interview, flow=new, state=state)
    goes = way(new, moved.answers, today)
    if asked not in {None, CONSENT, *goes.relevant}:  # a condition above it has changed
        moved = replace(moved, state=replace(state, asked=None))
    return Moved(moved, goes.aside(moved.answers))


def _stays(interview: Interview, new: Flow) -> str:
    old, language = interview.flow, interview.state.language
    if language and language not in new.languages:
        return f"the new version does not speak {language}"
    if CONSENT in interview.answers and old.consent.label != new.consent.label:
        return "the consent was given to another text"
    if interview.state.asked == CONSENT and old.consent != new.consent:
        return "another consent text was shown"
    for slot, answer in interview.answers.items():
        question_id, instance = parts_of(slot)
        before, after = old.by_id.get(question_id), new.by_id.get(question_id)
        if question_id == CONSENT or before is None:
            continue
        if after and answer.given is Given.OPEN and after.multiline != before.multiline:
            return f"a story is being told at {question_id}, and would end"
        if before.type == "calculate" and after is None:
            continue  # nobody gave it; it is set aside
        if (
            after is None
            or after.type != before.type
            or kind_of(after) != kind_of(before)
            or bool(after.repeat) != bool(instance)
        ):
            return f"{question_id} is answered, and is not the same question any more"
        if not _holds(answer, after.choices):
            return f"the choice taken at {question_id} is gone"
    return ""


def _holds(answer: Answer, choices: tuple[Choice, ...]) -> bool:
    """Whether the codes of an answer are still choices of its question."""
    codes = {choice.code for choice in choices}
    taken = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    return not codes or answer.value is None or codes.issuperset(map(str, taken))

"""Which keys go with which type of question, and what a type cannot do without."""

from collections.abc import Iterator, Mapping
from typing import Any

from flows.language.findings import Findings
from flows.language.forms import item_path
from flows.language.model import Flow, Path, Question
from flows.language.shape import SILENT, TYPES
from flows.notation.reading import Document

EVERY = {"type", "label", "relevant"}
ASKED = {"hint", "purpose", "constraint", "constraint_message", "required", "sensitive"}
ASKED |= {"attempts", "then", "theme", "report"}
SELECT = EVERY | ASKED | {"choices"}
# what may stand at a question of each type; the types not named here take what every asked question takes
MAY: Mapping[str, set[str]] = {
    **dict.fromkeys(TYPES, EVERY | ASKED),
    "note": EVERY,
    "text": EVERY | ASKED | {"multiline"},
    "range": EVERY | ASKED | {"start", "end", "step"},
    "select_one": SELECT,
    "select_multiple": SELECT,
    "media": (EVERY | ASKED) - {"constraint", "constraint_message"},
    "consent": EVERY | ASKED | {"scope"},
    "calculate": {"type", "label", "relevant", "calculation", "sensitive"},
    "group": EVERY | {"questions"},
    "repeat": EVERY | {"questions", "repeat", "max"},
}
# what a type needs, and how to write it
NEEDS: Mapping[str, Mapping[str, str]] = {
    "select_one": {"choices": "Add: choices: {code: label}."},
    "select_multiple": {"choices": "Add: choices: {code: label}."},
    "consent": {"scope": "Add: scope: quote (or updates, follow_up, media)."},
    "calculate": {"calculation": "Add: calculation: and what it comes to, such as years(born)."},
    "group": {"questions": "Add: questions: and the questions under it."},
    "repeat": {
        "questions": "Add: questions: and the questions under it.",
        "repeat": "Add: repeat: and the question whether to tell of another time.",
    },
}
MOST_TIMES = 50


def items_of(document: Document) -> Iterator[tuple[Path, Any]]:
    """Every question, group and repeat of the file by its path, the outer ones first."""
    yield from _items((), document.data.get("questions"))


def _items(path: Path, questions: Any) -> Iterator[tuple[Path, Any]]:
    for name, item in questions.items() if isinstance(questions, dict) else ():
        place = (*path, "questions", name)
        yield place, item
        yield from _items(place, item.get("questions"))


def choices_path(question: Question) -> Path:
    """Where the choices of a question are written: at it, or in a shared list."""
    if question.choice_list:
        return ("choice_lists", question.choice_list)
    return (*question.path, "choices")


def check_parts(flow: Flow, findings: Findings) -> None:
    for path, item in items_of(findings.document):
        kind = item.get("type") or ("repeat" if "repeat" in item else "group")
        for key in item:
            if key not in MAY[kind]:
                message = f"“{key}” means nothing at this {kind} question"
                findings.add((*path, key), message, "Remove it.", key=True)
        for key, cure in NEEDS.get(kind, {}).items():
            if not item.get(key):
                message = "a consent needs its scope" if key == "scope" else f"{kind} needs {key}"
                findings.add(path, message, cure, key=True)
        if "constraint_message" in item and "constraint" not in item and kind not in SILENT:
            message = f"“constraint_message” means nothing at this {kind} question"
            findings.add((*path, "constraint_message"), message, "Remove it.", key=True)
    lists = findings.document.data.get("choice_lists") or {}
    for question in flow.questions:
        if item_path(question.path) == question.path and question.id == question.path[-1]:
            _values(question, lists, findings)


def _values(question: Question, lists: Mapping[str, Any], findings: Findings) -> None:
    path = question.path
    if question.choice_list and question.choice_list not in lists:
        known = ", ".join(lists) or "none yet; add choice_lists: to the flow"
        message = f"there is no list “{question.choice_list}”"
        findings.add((*path, "choices"), message, f"The choice_lists are: {known}.")
    if question.type == "range":
        steps = (question.end - question.start) / question.step if question.step > 0 else 0
        if steps < 1 or steps != int(steps) or steps > 100:
            cure = "Write start below end, and a step that leads from one to the other."
            findings.add(path, "this range cannot be answered", cure, key=True)
    if question.type == "repeat" and question.max > MOST_TIMES:
        findings.add((*path, "max"), "this is too often", f"Write at most {MOST_TIMES}.")
    if sum(choice.other for choice in question.choices) > 1:
        message = "only one choice can be the one for other words"
        findings.add((*path, "choices"), message, "Take other: away from the others.", key=True)

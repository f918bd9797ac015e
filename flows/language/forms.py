"""The form of a flow's data: every fault of it told at once, and mended enough for the checks of meaning to go on.

A mended part is a guess: what depends on a guessed question is not held against the author.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from flows.errors import MOST, FlowError, FlowErrors
from flows.guessing import did_you_mean, nearest
from flows.language.shape import (
    WORDS_ALLOWED,
    CareShape,
    ChoiceShape,
    ConsentShape,
    FlowShape,
    QuestionShape,
    Shape,
    TranslationShape,
)
from flows.notation.reading import Document, Path

ROUNDS = 3  # mending one fault can bring another to light
MOST_QUESTIONS = 2_500
# what types are called in other tools
ELSEWHERE = {"select_many": "select_multiple", "select": "select_one", "choice": "select_one"}
ELSEWHERE |= {
    "number": "integer or decimal",
    "int": "integer",
    "float": "decimal",
    "string": "text",
}
ELSEWHERE |= {"rating": "range", "scale": "range", "likert": "range", "location": "geopoint"}
ELSEWHERE |= {
    "image": "media",
    "photo": "media",
    "audio": "media",
    "video": "media",
    "file": "media",
}
ELSEWHERE |= {
    "acknowledge": "consent",
    "checkbox": "select_multiple",
    "tel": "phone",
    "mail": "email",
}
SOMETHING = "..."
WITHIN: dict[str, type[Shape]] = {
    "consent": ConsentShape,
    "translations": TranslationShape,
    "care": CareShape,
}
STAND_INS = {"type": "text", "languages": ["en"], "label": SOMETHING, "declined": SOMETHING}
STAND_INS |= {"flow": SOMETHING, "title": SOMETHING, "contact": SOMETHING, "closing": SOMETHING}


@dataclass
class Form:
    """A flow's shape, the faults mended to get it, and the places (head keys, questions) that were guessed at."""

    shape: FlowShape
    data: Any
    faults: list[FlowError] = field(default_factory=list)
    guessed: set[Path] = field(default_factory=set)


def read_form(document: Document) -> Form:
    """The shape of a document; raises FlowErrors where there is not enough of a flow to go on with."""
    if not isinstance(document.data, dict):
        cure = "Begin with: flow: the-name-of-the-file"
        raise FlowErrors([FlowError(document.file, document.mark(()), "this holds no flow", cure)])
    if sum(1 for _ in _items(document.data)) > MOST_QUESTIONS:
        message = f"this flow has more than {MOST_QUESTIONS} questions"
        cure = "Nobody can answer so many by message: part it into several flows."
        raise FlowErrors([FlowError(document.file, document.key(("questions",)), message, cure)])
    faults: list[FlowError] = []
    guessed: set[Path] = set()
    data = document.data
    for _ in range(ROUNDS):
        try:
            return Form(FlowShape.model_validate(data), data, faults, guessed)
        except ValidationError as error:
            faults += _told(error, document)
            data = copy.deepcopy(data)
            if not all(_mend(data, fault, guessed) for fault in error.errors()):
                break
    raise FlowErrors(faults)


def _items(data: Any) -> Iterator[None]:
    """Everything that stands where a question may stand."""
    questions = data.get("questions") if isinstance(data, dict) else None
    for item in questions.values() if isinstance(questions, dict) else ():
        yield None
        yield from _items(item)


def _told(error: ValidationError, document: Document) -> Iterator[FlowError]:
    for fault in error.errors()[:MOST]:
        path: Path = fault["loc"]
        at_key = fault["type"] == "extra_forbidden"
        place = document.key(path) if at_key else document.mark(path)
        yield FlowError(document.file, place, *_explain(fault, path))


def _mend(data: Any, fault: Any, guessed: set[Path]) -> bool:
    """Take a wrong key out, or put something in its place; returns False when that is no use."""
    path: Path = fault["loc"]
    if path in ((), ("questions",)):
        return False
    parent = data
    for step in path[:-1]:
        try:
            parent = parent[step]
        except (KeyError, IndexError, TypeError):
            return False
    if not isinstance(parent, dict):
        return False
    key = path[-1]
    unknown = fault["type"] == "extra_forbidden"
    item = item_path(path)
    if not unknown or nearest(str(key), ["choices", "type", "languages", "questions"]):
        guessed.add(item or path[:1])
    if unknown:
        del parent[key]
    elif path == ("consent",):
        parent[key] = {"label": SOMETHING, "declined": SOMETHING}
    elif path == item:
        parent[key] = {"type": "text", "label": SOMETHING}
    elif key in STAND_INS:
        parent[key] = STAND_INS[str(key)]
    else:
        parent.pop(key, None)
    return True


def item_path(path: Path) -> Path:
    """The place of the innermost question that ``path`` lies in; () outside of any."""
    end = 0
    while path[end : end + 1] == ("questions",) and len(path) > end + 1:
        end += 2
    return path[:end]


def _explain(fault: Any, path: Path) -> tuple[str, str]:
    """What is wrong with the form, and the cure, in an organizer's words."""
    name = str(path[-1]) if path else ""
    match fault["type"]:
        case "missing":
            return f"“{name}” is missing", f"Add a line: {name}: ..."
        case "extra_forbidden":
            listed = _keys_at(path)
            if fault["input"] is None and " " in name:
                return "a comma ends the text before this", "Put that text in quotes."
            can = f"What can stand here: {', '.join(listed)}."
            return f"there is no “{name}” here", did_you_mean(name, listed, can)
        case "literal_error":
            allowed = WORDS_ALLOWED[name]
            can = f"Choose one of: {', '.join(allowed)}."
            if known := ELSEWHERE.get(str(fault["input"])):
                return f"there is no {name} “{fault['input']}”", f"Here it is called {known}."
            cure = did_you_mean(str(fault["input"]), allowed, can)
            return f"there is no {name} “{fault['input']}”", cure
        case "flow":
            return fault["ctx"]["message"], fault["ctx"]["cure"]
        case "too_long":
            return f"“{name}” holds too many", "Keep it to fifty."
        case "too_short":
            return f"“{name}” is empty", "Add at least one."
        case "string_type":
            return (
                f"“{name}” must be a text",
                "Put it in quotes, or write something after the colon.",
            )
        case "list_type":
            return f"“{name}” must be a list", "Write it in brackets: [en, es]."
        case _:
            return (
                f"“{name}” needs keys and values under it",
                "Indent them by two blanks, a line each.",
            )


def _keys_at(path: Path) -> list[str]:
    if len(path) == 1:
        return list(FlowShape.model_fields)
    if own := WITHIN.get(str(path[0])):
        return list(own.model_fields)
    in_question = len(path) == len(item_path(path)) + 1
    return list((QuestionShape if in_question else ChoiceShape).model_fields)

"""A flow's YAML to a Flow: the one way in.

Either a whole, checked Flow comes out, or FlowErrors with every mistake of the file at once, each with its place and
its cure.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.checks import check
from flows.compiling import compile_expression
from flows.errors import FlowError, FlowErrors, Mark
from flows.expressions import CODE, CODES, DATE, NUMBER, TEXT, Expression, ExpressionError, Known
from flows.findings import Findings
from flows.model import NO, YES, Choice, Consent, Flow, Question, Text
from flows.reading import Document, decode, read
from flows.reading import Path as DataPath
from flows.shape import SCOPES, SOURCE, TYPES, FlowShape, QuestionShape

KINDS = {
    "text": TEXT,
    "integer": NUMBER,
    "decimal": NUMBER,
    "date": DATE,
    "select_one": CODE,
    "select_multiple": CODES,
    "consent": CODE,
}


def load_file(path: Path) -> Flow:
    """Load the flow in a file; raises FlowErrors, or OSError when the file cannot be read."""
    flow = load(decode(path.read_bytes(), str(path)), str(path))
    if flow.name != path.stem:
        cure = f"Write flow: {path.stem}, or rename the file to {flow.name}.yaml."
        message = f"the file is named {path.stem}, the flow {flow.name}"
        raise FlowErrors([FlowError(str(path), Mark(), message, cure)])
    return flow


def load(source: str, file: str = "flow.yaml", *, trusted: bool = False) -> Flow:
    """Load a flow from its YAML text. ``file`` is the name that mistakes carry.

    ``trusted`` leaves out the checks of meaning: a version that was published once must stay loadable when a newer
    program checks more.
    """
    document = read(source, file)
    findings = Findings(document)
    shape = _shape(document)
    flow = _flow(shape, source, findings)
    if not trusted:
        check(flow, findings)
    if findings.mistakes:
        raise FlowErrors(findings.mistakes)
    return flow


def _shape(document: Document) -> FlowShape:
    if not isinstance(document.data, dict):
        cure = "Begin with: flow: the-name-of-the-file"
        raise FlowErrors([FlowError(document.file, document.mark(()), "this holds no flow", cure)])
    try:
        return FlowShape.model_validate(document.data)
    except ValidationError as error:
        raise FlowErrors(list(_form_mistakes(error, document))) from None


def _form_mistakes(error: ValidationError, document: Document) -> Iterator[FlowError]:
    for fault in error.errors():
        path: DataPath = fault["loc"]
        at_key = fault["type"] == "extra_forbidden"
        place = document.key(path) if at_key else document.mark(path)
        yield FlowError(document.file, place, *_explain(fault, path))


def _explain(fault: Any, path: DataPath) -> tuple[str, str]:
    """What is wrong with the form, and the cure, in an organizer's words."""
    name = str(path[-1]) if path else ""
    match fault["type"]:
        case "missing":
            return f"“{name}” is missing", f"Add a line: {name}: ..."
        case "extra_forbidden":
            close = get_close_matches(name, _keys_at(path), n=1)
            listed = ", ".join(_keys_at(path))
            cure = f"Did you mean {close[0]}?" if close else f"What can stand here: {listed}."
            return f"there is no “{name}” here", cure
        case "literal_error":
            allowed = TYPES if name == "type" else SCOPES
            close = get_close_matches(str(fault["input"]), allowed, n=1)
            cure = f"Did you mean {close[0]}?" if close else f"Choose one of: {', '.join(allowed)}."
            return f"there is no {name} “{fault['input']}”", cure
        case "flow":
            return fault["ctx"]["message"], fault["ctx"]["cure"]
        case "too_short":
            return f"“{name}” is empty", "Add at least one."
        case "string_type":
            return (
                f"“{name}” must be a text",
                "Put it in quotes, or write something after the colon.",
            )
        case _:
            return (
                f"“{name}” has the wrong form",
                f"It needs keys and values under it ({fault['msg']}).",
            )


def _keys_at(path: DataPath) -> list[str]:
    inside = {"consent": ["label", "declined"], "choices": ["label", "accept"]}
    if len(path) == 1:
        return list(FlowShape.model_fields)
    if path[0] == "questions" and len(path) == 3:
        return list(QuestionShape.model_fields)
    return inside["consent" if path[0] == "consent" else "choices"]


def _flow(shape: FlowShape, source: str, findings: Findings) -> Flow:
    first = shape.languages[0]
    questions: list[Question] = []
    scope: dict[str, Known] = {}
    for name, written in shape.questions.items():
        question = _question(name, written, first, scope, findings)
        questions.append(question)
        if question.asks:
            scope[name] = _known(question)
    return Flow(
        name=shape.flow,
        title=_text(shape.title, first),
        languages=tuple(shape.languages),
        keywords=_words(shape.keywords, first),
        contact=_text(shape.contact, first),
        consent=Consent(_text(shape.consent.label, first), _text(shape.consent.declined, first)),
        closing=_text(shape.closing, first),
        questions=tuple(questions),
        version=hashlib.sha256(source.encode()).hexdigest(),
    )


def _question(
    name: str, written: QuestionShape, first: str, scope: Mapping[str, Known], findings: Findings
) -> Question:
    choices = tuple(
        Choice(code, _text(choice.label, first), _words(choice.accept, first))
        for code, choice in written.choices.items()
    )
    question = Question(
        id=name,
        type=written.type,
        label=_text(written.label, first),
        hint=_text(written.hint, first),
        relevant=_expression(written.relevant, scope, ("questions", name, "relevant"), findings),
        constraint_message=_text(written.constraint_message, first),
        required=written.required,
        choices=choices,
        scope=written.scope,
    )
    if not written.constraint or not question.asks:
        return question
    own = {**scope, name: _known(question)}
    path = ("questions", name, "constraint")
    return replace(question, constraint=_expression(written.constraint, own, path, findings))


def _known(question: Question) -> Known:
    codes = tuple(choice.code for choice in question.choices)
    return Known(KINDS[question.type], (YES, NO) if question.type == "consent" else codes)


def _expression(
    source: str | None, scope: Mapping[str, Known], path: DataPath, findings: Findings
) -> Expression | None:
    if source is None:
        return None
    try:
        return compile_expression(source, scope)
    except ExpressionError as error:
        findings.add(path, error.message, error.cure, column=error.column)
        return None


def _text(text: Mapping[str, str], first: str) -> Text:
    return {
        first if language == SOURCE else language: words.strip() for language, words in text.items()
    }


def _words(words: Mapping[str, list[str]], first: str) -> dict[str, tuple[str, ...]]:
    return {
        first if language == SOURCE else language: tuple(listed)
        for language, listed in words.items()
    }

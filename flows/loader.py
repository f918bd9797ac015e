"""A flow's YAML to a Flow: the one way in.

Either a whole, checked Flow comes out, or FlowErrors with every mistake of the file at once, each with its place and
its cure.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flows.checks import check
from flows.compiling import compile_expression
from flows.errors import FlowErrors
from flows.expressions import CODE, CODES, DATE, NUMBER, TEXT, Expression, ExpressionError, Known
from flows.findings import Findings
from flows.forms import SOMETHING, Form, read_form
from flows.model import NO, YES, Choice, Consent, Flow, Question, Text
from flows.piping import fill
from flows.reading import Path as DataPath
from flows.reading import decode, read
from flows.shape import SOURCE, QuestionShape

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
    return load(decode(path.read_bytes(), str(path)), str(path), stem=path.stem)


def load(
    source: str, file: str = "flow.yaml", *, stem: str | None = None, trusted: bool = False
) -> Flow:
    """Load a flow from its YAML text. ``file`` is the name that mistakes carry, ``stem`` the name it must have.

    ``trusted`` leaves out the checks of meaning: a version that was published once must stay loadable when a newer
    program checks more.
    """
    document = read(source, file)
    form = read_form(document)
    findings = Findings(replace(document, data=form.data))
    flow = _flow(form, source, findings)
    if not trusted:
        check(flow, findings)
    if stem is not None and flow.name not in (stem, SOMETHING):
        cure = f"Write flow: {stem}, or rename the file to {flow.name}.yaml."
        findings.add(("flow",), f"the file is named {stem}, the flow {flow.name}", cure)
    found = [mistake for path, mistake in findings.placed if not _rests_on(path, form)]
    if form.faults or found:
        raise FlowErrors([*form.faults, *found])
    return flow


def _rests_on(path: DataPath, form: Form) -> bool:
    """Whether a finding may come from a guess, not from the author."""
    if ("languages",) in form.guessed or path[:1] in form.guessed or path[:2] in form.guessed:
        return True
    if len(path) != 3 or path[0] != "questions" or path[2] not in ("relevant", "constraint"):
        return False
    words = re.findall(r"\w+", form.data["questions"][path[1]][path[2]])
    return any(("questions", word) in form.guessed for word in words)


def _flow(form: Form, source: str, findings: Findings) -> Flow:
    shape, first = form.shape, form.shape.languages[0]
    questions: list[Question] = []
    scope: dict[str, Known] = {}
    for name, written in shape.questions.items():
        question = _question(name, written, first, scope, findings)
        questions.append(question)
        if question.asks:
            scope[name] = _known(question)
    return Flow(
        name=shape.flow,
        title=_plain(shape.title, first),
        languages=tuple(shape.languages),
        keywords=_words(shape.keywords, first),
        contact=_plain(shape.contact, first),
        consent=Consent(_text(shape.consent.label, first), _text(shape.consent.declined, first)),
        closing=_text(shape.closing, first),
        questions=tuple(questions),
        version=hashlib.sha256(source.encode()).hexdigest(),
    )


def _question(
    name: str, written: QuestionShape, first: str, scope: Mapping[str, Known], findings: Findings
) -> Question:
    choices = tuple(
        Choice(code, _plain(choice.label, first), _words(choice.accept, first))
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
    except ExpressionError as first:
        for error in (first, *first.also):
            findings.add(path, error.message, error.cure, column=error.column)
        return None


def _text(text: Mapping[str, str], first: str) -> Text:
    return {
        first if language == SOURCE else language: words.strip() for language, words in text.items()
    }


def _plain(text: Mapping[str, str], first: str) -> Text:
    """A text that no answer is put into: its doubled braces are single ones at once."""
    return {language: fill(words, lambda _: None) for language, words in _text(text, first).items()}


def _words(words: Mapping[str, list[str]], first: str) -> dict[str, tuple[str, ...]]:
    return {
        first if language == SOURCE else language: tuple(listed)
        for language, listed in words.items()
    }

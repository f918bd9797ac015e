"""Small flows for the tests: a head of seven lines that never changes its place, and questions from line 8 on."""

from datetime import date
from functools import cache
from pathlib import Path

from hypothesis import settings

from flows import Flow, FlowErrors, load, load_file

TODAY = date(2026, 5, 31)
HERE = Path(__file__).parent
SURVEYS = HERE.parent.parent / "flows" / "surveys"
TRANSCRIPTS = HERE.parent / "transcripts"

HEAD = {
    "flow": "small",
    "title": "{en: Small, es: Breve}",
    "languages": "[en, es]",
    "contact": "The testers",
    "consent": "{label: May we?, declined: Good bye.}",
    "closing": "Thanks.",
}
ONE_QUESTION = "  name: {type: text, label: Your name?}"


def source(questions: str = ONE_QUESTION, **changed: str | None) -> str:
    """A flow's YAML: a changed line of the head keeps its place, None takes it away, a new key comes at the end."""
    head = HEAD | changed
    known = [f"{key}: {head[key]}" if head[key] is not None else "" for key in HEAD]
    added = [f"{key}: {value}" for key, value in changed.items() if key not in HEAD]
    return "\n".join([*known, "questions:", questions.strip("\n"), *added, ""])


def flow_of(questions: str = ONE_QUESTION, **changed: str | None) -> Flow:
    return load(source(questions, **changed))


def mistakes(text: str) -> list[str]:
    """The mistakes of a flow as "line:column: message", in their order; none for a good flow."""
    try:
        load(text, "f")
    except FlowErrors as errors:
        return [f"{one.mark.line}:{one.mark.column}: {one.message}" for one in errors.exceptions]
    return []


def cures(text: str) -> list[str]:
    try:
        load(text, "f")
    except FlowErrors as errors:
        return [one.cure for one in errors.exceptions]
    return []


@cache
def shipped(name: str) -> Flow:
    """A flow by its name, of those that ship or of those beside the transcripts."""
    places = [folder / f"{name}.yaml" for folder in (SURVEYS, TRANSCRIPTS / "flows")]
    return load_file(next(place for place in places if place.exists()))


def examples(number: int) -> settings:
    """So many tries of a property, none of them against the clock."""
    return settings(max_examples=number, deadline=None)

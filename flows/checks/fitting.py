"""What does not fit into a message."""

from flows.language.findings import Findings
from flows.language.model import Flow, Path, Question
from flows.language.texts import by_language, holds_words, texts_of

MAX_MESSAGE = 1600  # characters that Twilio takes in one message
ALONE = (
    "hint",
    "purpose",
    "constraint_message",
    "repeat",
    "other",
    "declined",
    "closing",
    "title",
    "contact",
    "not_private",
)


def check_fit(flow: Flow, findings: Findings) -> None:
    """Tell of questions, with their choices, and of other texts that are longer than a message can be."""
    for question in flow.questions:
        lengths = _lengths(flow, question)
        if max(lengths.values()) > MAX_MESSAGE:
            untranslated = lengths[flow.source_language]
            for language in flow.languages:
                length = lengths.get(language, untranslated)
                _too_long(length, language, question.path, findings)
    for path, written in texts_of(findings.document):
        alone = path[-1] in ALONE or path == ("consent", "label") or path[0] == "care"
        if holds_words(path) or not alone:
            continue
        for language, text in by_language(written, flow.source_language).items():
            _too_long(len(text), language, path, findings)


def _lengths(flow: Flow, question: Question) -> dict[str, int]:
    """How long a question is with its choices, in each of the languages that it has words in."""
    texts = [question.label, *(choice.label for choice in question.choices)]
    return {
        language: sum(len(flow.say(text, language)) for text in texts) + 4 * len(question.choices)
        for language in {flow.source_language}.union(*texts)
    }


def _too_long(length: int, language: str, path: Path, findings: Findings) -> None:
    if length > MAX_MESSAGE:
        message = (
            f"this takes {length} characters in {language}; a text message holds {MAX_MESSAGE}"
        )
        findings.add(path, message, "Shorten it, or part it in two.", key=True)

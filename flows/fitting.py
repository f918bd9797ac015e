"""What does not fit into a message."""

from flows.findings import Findings
from flows.model import Flow, Path
from flows.texts import WORDS, by_language, texts_of

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
)


def check_fit(flow: Flow, findings: Findings) -> None:
    for question in flow.questions:
        for language in flow.languages:
            shown = len(flow.say(question.label, language))
            shown += sum(len(flow.say(choice.label, language)) + 4 for choice in question.choices)
            _too_long(shown, language, question.path, findings)
    for path, written in texts_of(findings.document):
        if path[-1] in WORDS or not (path[-1] in ALONE or path == ("consent", "label")):
            continue
        for language, text in by_language(written, flow.source_language).items():
            _too_long(len(text), language, path, findings)


def _too_long(length: int, language: str, path: Path, findings: Findings) -> None:
    if length > MAX_MESSAGE:
        message = (
            f"this takes {length} characters in {language}; a text message holds {MAX_MESSAGE}"
        )
        findings.add(path, message, "Shorten it, or part it in two.", key=True)

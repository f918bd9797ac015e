"""Words that would mean two things to the bot: among a question's choices, the commands and the keywords."""

from flows.answers import read_consent
from flows.findings import Findings
from flows.folding import fold, whole_number
from flows.matching import words_for
from flows.model import Flow, Question
from flows.parts import choices_path
from flows.phrases import command


def check_collisions(flow: Flow, findings: Findings) -> None:
    """No word may mean two things to the bot."""
    starts = {fold(word) for words in flow.keywords.values() for word in words}
    choosing = {choices_path(question): question for question in flow.questions if question.choices}
    for question in choosing.values():  # a shared list once
        for language in flow.languages:
            _colliding_choices(flow, question, language, starts, findings)
    seen: dict[str, str] = {}
    for language, words in flow.keywords.items():
        for word in words:
            if fault := _unusable(word, flow):
                findings.add(("keywords",), f"“{word}” {fault}", "Choose another word.")
            if seen.setdefault(fold(word), language) != language:
                cure = "A keyword also tells the language: give each language its own."
                findings.add(("keywords",), f"“{word}” is a keyword of two languages", cure)


def _unusable(word: str, flow: Flow) -> str:
    """Why a word cannot be a keyword; "" when it can."""
    if command(word, flow.languages):
        return "is a command already"
    if not fold(word):
        return "cannot be typed as a word"
    answer = whole_number(word) is not None or any(
        read_consent(word, one) for one in flow.languages
    )
    return "is an answer, not a keyword" if answer else ""


def _colliding_choices(
    flow: Flow, question: Question, language: str, starts: set[str], findings: Findings
) -> None:
    path = choices_path(question)
    for word, codes in words_for(flow, question, language).items():
        place = (*path, sorted(codes)[0])
        if len(codes) > 1:
            both = " and ".join(sorted(codes))
            findings.add(
                place,
                f"“{word}” means both {both}",
                "Let it mean one of them.",
                key=True,
            )
        if steer := command(word, flow.languages):
            message = f"“{word}” is also the command {steer.upper()}"
            findings.add(place, message, "Use another word, or a longer label.", key=True)
        if word in starts:
            message = f"“{word}” is also a keyword of this flow"
            findings.add(place, message, "Use another word for one of them.", key=True)
    for number, choice in enumerate(question.choices, 1):
        for word in (flow.say(choice.label, language), *choice.accept.get(language, ())):
            shown = whole_number(word)
            if shown is not None and shown != number and 1 <= shown <= len(question.choices):
                message = f"“{word}” stands at number {number}: {shown} will mean another choice"
                cure = "Order the choices so that label and number agree."
                findings.add((*path, choice.code), message, cure, key=True)

"""Words that would mean two things to the bot: among a question's choices, the commands and the keywords.

What a person may only mistake for something else is for ``lookalikes`` to say.
"""

from collections.abc import Mapping

from flows.checks.lookalikes import check_alike, check_languages, shown
from flows.folding import fold, whole_number
from flows.language.findings import Findings
from flows.language.model import Flow, Path, Question
from flows.language.parts import choices_path
from flows.phrases import command, phrasebook
from flows.talking.answers import read_consent
from flows.talking.invitations import meeting_code
from flows.talking.matching import words_for


def check_collisions(flow: Flow, findings: Findings) -> None:
    """No word may mean two things to the bot."""
    starts = {fold(word) for words in flow.keywords.values() for word in words}
    choosing = {choices_path(question): question for question in flow.questions if question.choices}
    for path, question in choosing.items():  # a shared list once
        words = {code: words_for(flow, question, code) for code in spoken(flow, question)}
        for language, meant in words.items():
            _colliding_words(flow, path, meant, starts, findings)
            _numbers(flow, question, language, findings)
        seen = {code: shown(flow, question, code, meant) for code, meant in words.items()}
        check_alike(path, seen, findings)
        check_languages(path, question, seen, findings)
    _keywords(flow, findings)


def spoken(flow: Flow, question: Question) -> list[str]:
    """The languages that the choices have words of their own in; the others say what the source says."""
    own = {flow.source_language}.union(
        *({*choice.label, *choice.accept} for choice in question.choices)
    )
    return [language for language in dict.fromkeys(flow.languages) if language in own]


def _colliding_words(
    flow: Flow, path: Path, meant: Mapping[str, set[str]], starts: set[str], findings: Findings
) -> None:
    for word, codes in meant.items():
        if len(codes) > 1:
            message = f"“{word}” means both {' and '.join(sorted(codes))}"
            cure = "Let it mean one of them."
            findings.add((*path, min(codes)), message, cure, key=True)
        if steer := command(word, flow.languages):
            message = f"“{word}” is also the command {steer.upper()}"
            cure = "Use another word, or a longer label."
            findings.add((*path, min(codes)), message, cure, key=True)
        if word in starts:
            message = f"“{word}” is also a keyword of this flow"
            cure = "Use another word for one of them."
            findings.add((*path, min(codes)), message, cure, key=True)


def _numbers(flow: Flow, question: Question, language: str, findings: Findings) -> None:
    """No number of the list, in digits or in words, may stand at another number."""
    in_words = phrasebook(language).numbers
    for number, choice in enumerate(question.choices, 1):
        for word in (flow.say(choice.label, language), *choice.accept.get(language, ())):
            typed = _number(word, in_words)
            if typed is not None and typed != number and 1 <= typed <= len(question.choices):
                message = f"“{word}” stands at number {number}: {typed} will mean another choice"
                cure = "Order the choices so that label and number agree."
                path = (*choices_path(question), choice.code)
                findings.add(path, message, cure, key=True)


def _number(word: str, in_words: Mapping[str, int]) -> int | None:
    folded = fold(word)
    if len(folded) > 1 and folded[0].isalpha():  # most are, and to look for digits takes long
        return in_words.get(folded)
    number = whole_number(word)
    return in_words.get(folded) if number is None else number


def _keywords(flow: Flow, findings: Findings) -> None:
    seen: dict[str, str] = {}
    for language, words in flow.keywords.items():
        for word in words:
            if fault := _unusable(word, flow):
                findings.add(("keywords",), f"“{word}” {fault}", "Choose another word.")
            elif any(fold(word) in phrasebook(one).numbers for one in flow.languages):
                message = f"“{word}” is a number in words: who answers with it begins anew"
                findings.add(("keywords",), message, "Choose another word.", warning=True)
            if seen.setdefault(fold(word), language) != language:
                cure = "A keyword also tells the language: give each language its own."
                findings.add(("keywords",), f"“{word}” is a keyword of two languages", cure)


def _unusable(word: str, flow: Flow) -> str:
    """Why a word cannot be a keyword; "" when it can."""
    folded = fold(word)
    if command(word, flow.languages):
        return "is a command already"
    if not folded:
        return "cannot be typed as a word"
    if meeting_code(word):
        return "has the form of a meeting's code"
    answer = whole_number(word) is not None or any(
        read_consent(word, one) for one in flow.languages
    )
    return "is an answer, not a keyword" if answer else ""

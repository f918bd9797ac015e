"""What the parts of a flow mean to each other: every rule that its form alone cannot tell.

A table of rules, each a small function that adds what it finds. None of them stops another.
"""

import keyword as python
import re
from collections.abc import Callable

from flows.answers import read_consent
from flows.findings import Findings
from flows.folding import fold, whole_number
from flows.matching import words_for
from flows.model import COLUMNS, CONSENT, Flow, Question
from flows.phrases import command
from flows.reading import Path
from flows.talk import language_name
from flows.texts import check_pipes, check_translations, texts_of

FLOW_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
QUESTION_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
MAX_MESSAGE = 1600  # characters that Twilio takes in one message
RESERVED = {CONSENT, *COLUMNS}


def check(flow: Flow, findings: Findings) -> None:
    """Add every mistake of meaning in ``flow`` to ``findings``."""
    for rule in RULES:
        rule(flow, findings)


def _name(flow: Flow, findings: Findings) -> None:
    if not FLOW_NAME.fullmatch(flow.name):
        cure = "Use small letters, digits and hyphens, such as city-testimony."
        findings.add(("flow",), f"“{flow.name}” cannot be a flow's name", cure)


def _languages(flow: Flow, findings: Findings) -> None:
    for place, language in enumerate(flow.languages):
        path = ("languages", place)
        if language_name(language) == language or not LANGUAGE.fullmatch(language):
            cure = "Use codes such as en, es, vi, ht."
            findings.add(path, f"“{language}” is not the code of a language", cure)
        if language in flow.languages[:place]:
            findings.add(path, f"“{language}” stands here twice", "Remove one.")


def _ids(flow: Flow, findings: Findings) -> None:
    for question in flow.questions:
        path: Path = ("questions", question.id)
        if not QUESTION_ID.fullmatch(question.id):
            cure = "Use small letters, digits and _, and begin with a letter."
            findings.add(path, f"“{question.id}” cannot be a question's id", cure, key=True)
        elif question.id in RESERVED or python.iskeyword(question.id):
            cure = "Choose another id."
            findings.add(path, f"“{question.id}” has a meaning of its own", cure, key=True)
        for choice in question.choices:
            if not CODE.fullmatch(choice.code):
                cure = "Use letters, digits, _ and -; the label may say anything."
                place = (*path, "choices", choice.code)
                findings.add(place, f"“{choice.code}” cannot be a code", cure, key=True)


def _parts(flow: Flow, findings: Findings) -> None:
    """Which keys go with which type."""
    for question in flow.questions:
        path: Path = ("questions", question.id)
        selects = question.type.startswith("select")
        if selects and not question.choices:
            findings.add(
                path, f"{question.type} needs choices", "Add: choices: {code: label}.", key=True
            )
        consent = question.type == "consent"
        if consent and not question.scope:
            cure = "Add: scope: quote (or updates, follow_up, media)."
            findings.add(path, "a consent needs its scope", cure, key=True)
        misplaced = {
            "choices": bool(question.choices) and not selects,
            "scope": bool(question.scope) and not consent,
            "constraint_message": bool(question.constraint_message) and not question.constraint,
        }
        written = findings.document.data["questions"][question.id]
        if not question.asks:
            misplaced |= {key: key in written for key in ("constraint", "required", "hint")}
        for key, wrong in misplaced.items():
            if wrong and not (key == "constraint_message" and "constraint" in written):
                message = f"“{key}” means nothing at this {question.type} question"
                findings.add((*path, key), message, "Remove it.", key=True)


def _collisions(flow: Flow, findings: Findings) -> None:
    """No word may mean two things to the bot."""
    starts = {fold(word) for words in flow.keywords.values() for word in words}
    for question in flow.questions:
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
    path: Path = ("questions", question.id, "choices")
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


def _fit(flow: Flow, findings: Findings) -> None:
    for question in flow.questions:
        for language in flow.languages:
            shown = [flow.say(question.label, language)]
            shown += [f"{flow.say(choice.label, language)}1234" for choice in question.choices]
            _too_long(sum(map(len, shown)), language, ("questions", question.id), findings)
    for path, written in texts_of(findings.document):
        if path[-1] in ("accept", "keywords", "label"):
            continue
        texts = written if isinstance(written, dict) else {flow.source_language: written or ""}
        for language, text in texts.items():
            _too_long(len(text), language, path, findings)
    for language, text in flow.consent.label.items():
        _too_long(len(text), language, ("consent", "label"), findings)


def _too_long(length: int, language: str, path: Path, findings: Findings) -> None:
    if length > MAX_MESSAGE:
        message = (
            f"this takes {length} characters in {language}; a text message holds {MAX_MESSAGE}"
        )
        findings.add(path, message, "Shorten it, or part it in two.", key=True)


RULES: tuple[Callable[[Flow, Findings], None], ...] = (
    _name,
    _languages,
    check_translations,
    _ids,
    _parts,
    check_pipes,
    _collisions,
    _fit,
)

"""What a good survey does for the people it asks: it says who asks and why, takes a no, and wants few details of them.

All of it is advice, told as warnings. Which words tell that is data, in ``advice.yaml``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from flows.folding import fold
from flows.language.findings import Findings
from flows.language.model import Flow, Question
from flows.language.parts import choices_path
from flows.notation.reading import read
from flows.phrases import Command, commands

MOST_CHOICES = 12
LONG = 25  # words: so long a consent has told what it is for in words that are not listed
UNBROKEN = 60  # letters, for scripts that leave no blanks between words
ASKS_FOR = {"phone": "a phone number", "email": "an e-mail address", "geopoint": "a place"}
BIRTH = "a date of birth"
_SENTENCE = re.compile(r"[.!?;\n。！？；।።؟]+")
_WORD = re.compile(r"\w+")


@cache
def words() -> Mapping[str, Any]:
    """The lists of ``advice.yaml``, folded."""
    file = FilePath(__file__).with_suffix(".yaml")
    return _folded(read(file.read_text(encoding="utf-8"), file.name).data)  # type: ignore[no-any-return]


def _folded(data: Any, key: str = "") -> Any:
    if isinstance(data, dict):
        return {name: _folded(one, name) for name, one in data.items()}
    return tuple(data) if key == "ids" else tuple(fold(word) for word in data)


def says(text: str, listed: Iterable[str]) -> bool:
    """Whether a text holds one of the phrases that are listed."""
    folded = f" {fold(text)} "
    return any((f" {phrase} " if phrase.isascii() else phrase) in folded for phrase in listed)


def check_choices(flow: Flow, findings: Findings) -> None:
    """No more choices than can be read on a small telephone."""
    for question in flow.questions:
        if len(question.choices) > MOST_CHOICES:
            message = f"{len(question.choices)} choices are hard to read in a text message"
            cure = f"Put some together, or ask in two steps; {MOST_CHOICES} are plenty."
            findings.add(choices_path(question), message, cure, key=True, warning=True)


def check_personal(flow: Flow, findings: Findings) -> None:
    """Whoever is asked for details of themselves is told what they are for."""
    for question in flow.questions:
        details = "" if any(question.purpose.values()) else _details(flow, question)
        if details:
            message = f"“{question.id}” asks for {details}, and does not say what for"
            cure = "Add a line: purpose: and why you need it; or do without it."
            findings.add(question.path, message, cure, key=True, warning=True)


def _details(flow: Flow, question: Question) -> str:
    """What details of a person a question asks for; "" for none."""
    if question.type not in ("text", "date") or question.id != question.path[-1]:
        return ASKS_FOR.get(question.type, "")
    asked = flow.say(question.label, flow.source_language)
    for details, known in words()["personal"].items():
        if (question.type == "date") == (details == BIRTH):
            listed = known.get(flow.source_language, ())
            if question.id in known["ids"] or any(
                says(one, listed) for one in _wanted(asked, flow.source_language)
            ):
                return str(details)
    return ""


def _wanted(text: str, language: str) -> Iterator[str]:
    """The sentences of a text that do not ask to leave something out."""
    without = words()["without"].get(language, ())
    return (one for one in _SENTENCE.split(text) if not says(one, without))


def check_refusal(flow: Flow, findings: Findings) -> None:
    """There is a way to say nothing."""
    for question in flow.questions:
        if not question.required:
            continue
        path = (*question.path, "required")
        if question.type == "consent":
            cure = "Take required away: who says nothing has not agreed, and goes on."
            findings.add(path, "a consent cannot be required", cure, warning=True)
        elif question.choices and not _can_refuse(question):
            cure = "Take required away, or add a choice such as: refused: Prefer not to say."
            message = "this must be answered, and none of its choices is a way to say nothing"
            findings.add(path, message, cure, warning=True)
    asked = [question for question in flow.questions if question.asks and question.type != "repeat"]
    if len(asked) > 1 and all(question.required for question in asked):
        message, cure = "every question must be answered", "Take required away where you can."
        findings.add(("questions",), message, cure, key=True, warning=True)


def _can_refuse(question: Question) -> bool:
    known = words()["refusing"]
    return any(
        choice.code in known["ids"]
        or choice.other
        or any(says(text, known.get(language, ())) for language, text in choice.label.items())
        for choice in question.choices
    )


def check_consent(flow: Flow, findings: Findings) -> None:
    """The consent says who asks, what for, and how to stop, in each of its languages."""
    for language, text in flow.consent.label.items():
        if language not in flow.languages or not text:
            continue
        told = {
            "who asks": _says_who(flow, language, text),
            "what for": _says_why(text, language),
            "how to stop": _says_stop(flow, text),
        }
        if lacking := [what for what, said in told.items() if not said]:
            message = f"the consent in {language} does not say {' and '.join(lacking)}"
            name = flow.say(flow.contact, language).partition(",")[0]
            cures = {"who asks": f"name {name}", "what for": "say what the answers are for"}
            cures["how to stop"] = "say that STOP ends it"
            cure = f"Please {', '.join(cures[what] for what in lacking)}."
            findings.add(("consent", "label", language), message, cure, warning=True)


def _says_who(flow: Flow, language: str, text: str) -> bool:
    """Whether half of the words of the contact's name are in the text; true where scripts differ."""
    spoken, name = fold(text), fold(flow.say(flow.contact, language))
    listed = {word for word in name.split() if len(word) > 2 and not word.isdigit()}
    listed = listed or {word for word in name.split() if word.isalpha()}
    if language not in flow.contact and all(map(str.isascii, listed)) and not _latin(spoken):
        return True
    return 2 * sum(word in spoken for word in listed) >= len(listed)


def _latin(folded: str) -> bool:
    letters = [char for char in folded if char.isalpha()]
    return 2 * sum(map(str.isascii, letters)) >= len(letters)


def _says_why(text: str, language: str) -> bool:
    spoken = _WORD.findall(text)
    long = len(spoken) >= LONG or (len(text) >= UNBROKEN and not _latin(fold(text)))
    return says(text, words()["purpose"].get(language, ())) or long


def _says_stop(flow: Flow, text: str) -> bool:
    """Whether one of the words that stop stands there as people should send it: in capitals, or STOP."""
    steering = commands(flow.languages)
    stops = {word for word, steer in steering.items() if steer is Command.STOP}
    shown = [word for word in _WORD.findall(text) if word.isupper() or fold(word) == "stop"]
    folded = fold(text)
    spelt = any(word in folded for word in stops if not word.isascii())
    return spelt or not stops.isdisjoint(map(fold, shown))

"""Words that are listened for in everything people write: they must be found in danger, and rarely else.

And the quiet word, which must mean nothing else; and the warning before sensitive questions, which needs some.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flows.folding import fold, whole_number
from flows.language.alarms import is_unspaced
from flows.language.findings import Findings
from flows.language.model import Care, Flow, Path
from flows.phrases import Command, command
from flows.talking.answers import read_consent
from flows.talking.matching import words_for

TOPIC = re.compile(r"[a-z][a-z0-9_]{0,62}")
SHORT = 6  # letters; a single word with fewer is in many sentences
SHORT_SIGNS = 3  # the same in scripts whose signs say more
AS_TOLD = "Write what people say in that danger, with several words: he has a gun."


@dataclass(frozen=True)
class _Known:
    """What words mean in a flow already."""

    flow: Flow

    @cached_property
    def choosing(self) -> Mapping[str, str]:
        """The words that choose an answer, and the question they do it in."""
        flow = self.flow
        return {
            word: question.id
            for question in reversed(flow.questions)
            if question.choices
            for language in flow.languages
            for word in words_for(flow, question, language)
        }

    @cached_property
    def starting(self) -> frozenset[str]:
        return frozenset(fold(word) for words in self.flow.keywords.values() for word in words)

    def meaning(self, word: str) -> str:
        """What a message of this word alone means; "" for nothing of its own."""
        folded = fold(word)
        if steer := command(word, self.flow.languages):
            same = steer is Command.LEAVE
            return "breaks off already" if same else f"is the command {steer.upper()}"
        if folded in self.starting:
            return "is a keyword of this flow"
        if folded in self.choosing:
            return f"is an answer to “{self.choosing[folded]}”"
        consents = any(read_consent(word, language) for language in self.flow.languages)
        return "is an answer" if consents or whole_number(word) is not None else ""


def check_care(flow: Flow, findings: Findings) -> None:
    """Each topic of care has words in every language, and none of them comes up all the time."""
    known = _Known(flow)
    for care in flow.care:
        path = ("care", care.topic)
        if not TOPIC.fullmatch(care.topic):
            cure = "Use small letters, digits and _, and begin with a letter."
            message = f"“{care.topic}” cannot be the name of a danger"
            findings.add(path, message, cure, key=True)
        if not any(map(any, care.words.values())):
            message = f"nobody gets this help: there are no words for “{care.topic}”"
            findings.add(path, message, f"Add words: [...]. {AS_TOLD}", key=True)
            continue
        _lacking(flow, care, findings)
        for place, word in _written(findings, (*path, "words"), care.words):
            _judge(known, word, place, findings)


def _lacking(flow: Flow, care: Care, findings: Findings) -> None:
    lacking = [language for language in flow.languages if not care.words.get(language)]
    if lacking:
        message = f"there are no words for “{care.topic}” in {', '.join(lacking)}"
        cure = f"Add {lacking[0]}: [...]: people call for help in their own language."
        findings.add(("care", care.topic, "words"), message, cure, key=True, warning=True)


def _written(
    findings: Findings, path: Path, words: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Path, str]]:
    """Every word with the place where it is written."""
    by_language = isinstance(findings.document.at(path), dict)
    for language, listed in words.items():
        around = (*path, language) if by_language else path
        yield from (((*around, place), word) for place, word in enumerate(listed))


def _judge(known: _Known, word: str, place: Path, findings: Findings) -> None:
    """Tell of a word that cannot be found, that means something else, or that stands in many a sentence."""
    folded = fold(word)
    if not folded:
        findings.add(place, f"“{word}” cannot be typed as a word", AS_TOLD)
    elif meaning := known.meaning(word):
        message = f"“{word}” {meaning}: who sends it alone may be in no danger"
        findings.add(place, message, AS_TOLD, warning=True)
    elif _is_common(folded):
        message = f"“{word}” alone is in many a sentence: people get this help who are in no danger"
        findings.add(place, message, AS_TOLD, warning=True)


def _is_common(folded: str) -> bool:
    if is_unspaced(folded):
        return len(folded) < 2
    cased = any(char.islower() or char.isupper() for char in folded)
    return " " not in folded and len(folded) < (SHORT if cased else SHORT_SIGNS)


def check_leave(flow: Flow, findings: Findings) -> None:
    """A quiet word breaks off without a word: it must be nothing that people send for another reason."""
    known = _Known(flow)
    for place, word in _written(findings, ("leave",), flow.leave):
        cure = "Choose a word that nobody sends by chance, such as pizza."
        if not fold(word):
            findings.add(place, f"“{word}” cannot be typed as a word", cure)
        elif meaning := known.meaning(word):
            findings.add(place, f"“{word}” {meaning}", cure)


def check_not_private(flow: Flow, findings: Findings) -> None:
    """A warning before sensitive questions is for a flow that has one."""
    if flow.not_private and not any(question.sensitive for question in flow.questions):
        cure = "Write sensitive: true at the questions that it is meant for, or take it away."
        message = "this is never said, because no question is sensitive"
        findings.add(("not_private",), message, cure, key=True, warning=True)

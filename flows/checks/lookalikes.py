"""Choices that a person may take for each other: by one typing mistake, or by a word of another language.

All of it is advice: the bot reads each of these words in one way, but not every person means that one.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA

from flows.folding import fold
from flows.language.findings import Findings
from flows.language.model import NO, YES, Flow, Path, Question
from flows.phrases import phrasebook

MOST_WORDS = 60  # of one list and language: beyond it the pairs would be too many to compare
SHORTEST, LONGEST = (
    4,
    40,
)  # in letters: below the one the bot forgives no slip, beyond the other nobody types it
CURE = "Use a longer label or another word: people mix their languages."

Meant = Mapping[str, set[str]]  # folded words, and the codes of the choices they mean


def shown(flow: Flow, question: Question, language: str, words: Meant) -> Meant:
    """Those of the words that people see or think of: a code that is no label is neither."""
    said = {
        fold(word)
        for choice in question.choices
        for word in (flow.say(choice.label, language), *choice.accept.get(language, ()))
    }
    return {word: codes for word, codes in words.items() if word in said}


def check_alike(path: Path, words: Mapping[str, Meant], findings: Findings) -> None:
    """No typing mistake may turn one choice into another."""
    for meant in words.values():
        for one, other in _alike(meant):
            message = f"“{one}” and “{other}” differ by one letter and mean two choices"
            cure = "Use words that one typing mistake does not turn into each other."
            findings.add((*path, min(meant[other])), message, cure, key=True, warning=True)


def _alike(meant: Meant) -> Iterator[tuple[str, str]]:
    typed = [word for word in meant if SHORTEST <= len(word) <= LONGEST]
    for one, other in combinations(typed if len(typed) <= MOST_WORDS else (), 2):
        if (
            abs(len(one) - len(other)) <= 1
            and OSA.distance(one, other, score_cutoff=1) <= 1
            and meant[one].isdisjoint(meant[other])
            and not _apart(one, other)
        ):
            yield one, other


def _apart(one: str, other: str) -> bool:
    """Whether no slip of a hand makes one of the other: "este" and "oeste", "ward 1" and "ward 2"."""
    numbered = any(map(str.isdigit, one + other))
    return numbered or one.endswith(other) or other.endswith(one)


def check_languages(
    path: Path, question: Question, words: Mapping[str, Meant], findings: Findings
) -> None:
    """A word should mean the same in each of the languages: not everybody writes in the one they chose."""
    first: dict[str, tuple[str, set[str]]] = {}
    answers = _answers(tuple(words))
    for language, meant in words.items():
        for word, codes in meant.items():
            told, before = first.setdefault(word, (language, codes))
            if before is not codes and codes.isdisjoint(before):
                message = f"“{word}” means {min(before)} in {told}, and {min(codes)} in {language}"
                findings.add((*path, min(codes)), message, CURE, key=True, warning=True)
            if word in answers and language not in answers[word]:
                _answering(path, question, word, min(codes), answers[word], findings)


def _answering(
    path: Path,
    question: Question,
    word: str,
    code: str,
    answers: Mapping[str, int | str],
    findings: Findings,
) -> None:
    """A word of a choice that is a number, yes or no in other languages."""
    place = next(number for number, one in enumerate(question.choices, 1) if one.code == code)
    for language, answer in answers.items():
        if isinstance(answer, int):
            other = place != answer <= len(question.choices)
        else:
            other = code in (YES, NO) and code != answer
        if other:
            message = f"“{word}” means {code}, and is {answer} in {language}"
            findings.add((*path, code), message, CURE, key=True, warning=True)


@lru_cache(maxsize=64)
def _answers(languages: tuple[str, ...]) -> Mapping[str, Mapping[str, int | str]]:
    """Numbers, yes and no as words: for each word the languages it is one in, and what it means there."""
    found: dict[str, dict[str, int | str]] = {}
    for language in languages:
        book = phrasebook(language)
        meant: dict[str, int | str] = {
            word: number for word, number in book.numbers.items() if number
        }
        meant |= dict.fromkeys(book.yes, YES) | dict.fromkeys(book.no, NO)
        for word, answer in meant.items():
            found.setdefault(word, {})[language] = answer
    return found

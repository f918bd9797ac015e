"""Suggestions of what could be masked: numbers, addresses, plates, names. They never apply themselves.

Plain functions over plain texts. Better one too many than one too few, but a text full of dots helps nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import regex

from flows import Flow, Question, parts_of
from storage.finding import Place, merged, recurring
from storage.veils import UNSPACED

ALIKE = 88  # of 100: how like a name a word must be written
NAME_LETTERS, MISSPELT_LETTERS = 3, 5
US = "US"


class Why(StrEnum):
    """What a passage seems to be."""

    PHONE = "phone"
    EMAIL = "email"
    STREET = "street"
    PLATE = "plate"
    NAME = "name"
    AGAIN = "again"  # what is masked elsewhere in the same testimony


@dataclass(frozen=True)
class Suggestion:
    """A passage of an answer that could be masked."""

    answer_id: int
    start: int
    stop: int
    why: Why


@dataclass(frozen=True)
class Told:
    """An answer in words: where it belongs, what was told, and what of it is masked already."""

    id: int
    question: str
    text: str
    masked: tuple[Place, ...] = ()


_EMAIL = regex.compile(r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+")
_WAYS = (
    "street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|place|pl|way|terrace|ter|circle|cir|"
    "parkway|pkwy|highway|hwy|trail|square|sq"
)
_VIAS = (
    "calle|avenida|av|avda|carretera|camino|paseo|plaza|rue|avenue|boulevard|rua|travessa|đường|ri"
)
_STREETS = (  # the number first, as in English; or the kind of street first; or both, as in French
    rf"\b\d{{1,5}}[A-Z]?,?\s+(?:[\p{{L}}\p{{N}}.'’-]+\s+){{1,4}}?(?:{_WAYS})\b\.?"
    r"(?:\s*(?:,\s*)?(?:apt|apartment|unit|#)\.?\s*\w+)?",
    rf"\b(?:\d{{1,5}},?\s+)?(?:{_VIAS})\b\.?\s+(?:[\p{{L}}'’-]+\s+){{0,4}}[\p{{L}}\p{{N}}'’-]+"
    r"(?:,?\s+(?:n[.ºo°]*\s*)?\d{1,5}\b)?",
)
_PLATE = regex.compile(
    r"(?<![\p{L}\p{N}])(?:[A-Z]{2,3}[ -]?\d{3,4}|\d{3}[ -]?[A-Z]{3}|\d[A-Z]{3}\d{3})(?![\p{L}\p{N}])"
)
_NAMED_PLATE = regex.compile(
    r"\b(?:plates?|tags?|licen[cs]e|placas?|matr[ií]culas?|plaque|placa)\b[^\n]{0,20}?(?<![\p{L}\p{N}])"
    r"((?=[A-Z0-9 -]*\d)[A-Z0-9](?:[A-Z0-9 -]{3,7})[A-Z0-9])(?![\p{L}\p{N}])",
    regex.IGNORECASE,
)
_A_NAME = regex.compile(
    r"\b(?:name|names|nombre|nom|nome|non|apellidos?|surname)\b", regex.IGNORECASE
)


def suggest(flow: Flow, told: Sequence[Told]) -> list[Suggestion]:
    """What could be masked in these answers of one testimony, in their order, without what is masked already."""
    names = [one.text for one in told if asks_for_a_name(flow.by_id.get(parts_of(one.question)[0]))]
    again = [one.text[start:stop] for one in told for start, stop in one.masked]
    return [found for one in told for found in _in(one, flow.country, names, again)]


def asks_for_a_name(question: Question | None) -> bool:
    """Whether the answers to a question are people's names, by its id and its label."""
    if question is None or question.type != "text" or question.multiline:
        return False
    said = " ".join([question.id.replace("_", " "), *question.label.values()])
    return bool(_A_NAME.search(said))


def _in(
    told: Told, country: str | None, names: Sequence[str], again: Sequence[str]
) -> Iterator[Suggestion]:
    found = dict[Place, Why]()
    for why, places in (
        (Why.EMAIL, [one.span() for one in _EMAIL.finditer(told.text)]),
        (Why.PHONE, _phones(told.text, country or US)),
        (Why.STREET, _streets(told.text)),
        (Why.PLATE, _plates(told.text)),
        (Why.NAME, [place for name in names for place in _names(told.text, name)]),
        (Why.AGAIN, [place for words in again for place in recurring(told.text, words)]),
    ):
        for place in merged(places):
            if not any(_meet(place, one) for one in (*found, *told.masked)):
                found[place] = why
    for (start, stop), why in sorted(found.items()):
        yield Suggestion(told.id, start, stop, why)


def _meet(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _phones(text: str, country: str) -> list[Place]:
    import phonenumbers  # loads slowly, and few pages need it

    found = phonenumbers.PhoneNumberMatcher(text, country, phonenumbers.Leniency.POSSIBLE)
    return [(one.start, one.end) for one in found]


def _streets(text: str) -> list[Place]:
    return [one.span() for way in _STREETS for one in regex.finditer(way, text, regex.IGNORECASE)]


def _plates(text: str) -> list[Place]:
    named = [one.span(1) for one in _NAMED_PLATE.finditer(text)]
    return named + [one.span() for one in _PLATE.finditer(text)]


def _names(text: str, name: str) -> Iterator[Place]:
    """The name whole, each of its parts, and words that are nearly so."""
    from rapidfuzz import fuzz  # loads where it is needed

    yield from recurring(text, name)
    for part in regex.findall(r"[\p{L}\p{M}'’-]+", name):
        if len(part) < NAME_LETTERS and not regex.search(UNSPACED, part):
            continue
        yield from recurring(text, part)
        if len(part) < MISSPELT_LETTERS:
            continue
        for word in regex.finditer(r"[\p{L}\p{M}'’-]+", text):
            if word[0][:1].isupper() and fuzz.ratio(word[0].lower(), part.lower()) >= ALIKE:
                yield word.span()


def by_answer(suggestions: Sequence[Suggestion]) -> Mapping[int, list[Suggestion]]:
    """The same, by answer."""
    found: dict[int, list[Suggestion]] = {}
    for one in suggestions:
        found.setdefault(one.answer_id, []).append(one)
    return found

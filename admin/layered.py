"""The layers over one testimony's words as its page shows them: marks, suggestions, translations, who did what.

Nothing is changed here. A testimony comes here as its reader may see it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import regex
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from admin.passages import Kind, Span, marked
from admin.rights import may
from admin.showing import label_of
from admin.words import language_name
from flows import CONSENT, parts_of, slot_of
from flows import Given as How
from flows.phrases import SHIPPED
from storage import masks, reaching, suggesting, translations
from storage.masks import Masked
from storage.suggesting import Suggestion, Told, Why
from storage.testimonies import Given, Testimony
from storage.translations import MOST as LONGEST
from storage.translations import Translated
from storage.veils import veil

LANGUAGES = SHIPPED  # into which staff translate: those that people are spoken to in
BOTH, AS_TOLD = "", "original"
WHYS = {
    Why.PHONE: lazy_gettext("phone number"),
    Why.EMAIL: lazy_gettext("e-mail address"),
    Why.STREET: lazy_gettext("street address"),
    Why.PLATE: lazy_gettext("licence plate"),
    Why.NAME: lazy_gettext("name"),
    Why.AGAIN: lazy_gettext("masked elsewhere"),
}
_BLOCKS = regex.compile("█+")


@dataclass(frozen=True)
class Offer:
    """One passage that could be masked. ``name`` is what its button sends."""

    name: str
    words: str
    why: str


@dataclass(frozen=True)
class Layers:
    """What lies over the words. ``words``: each answer in words with its marks, by id; ``veiled``: some are blocks.

    ``questions``: what each answer answers. ``choice``: which words the reader wants to see.
    """

    words: Mapping[int, Markup]
    questions: Mapping[int, str]
    translations: Mapping[int, Sequence[Translated]]
    masks: Sequence[Masked]
    offers: Sequence[Offer]
    veiled: bool
    choice: str
    languages: Sequence[str]
    longest: int = LONGEST

    @property
    def translatable(self) -> Mapping[str, str]:
        """The languages into which words can be translated, with their names."""
        return {code: language_name(code) for code in LANGUAGES}

    def called(self, language: str) -> str:
        """A language by its name."""
        return language_name(language)


def layers(session: Session, staff_id: int, found: Testimony, language: str, choice: str) -> Layers:
    """All layers of a testimony, with the questions named in ``language``."""
    behind = may("admin.mask")
    listed = masks.of_interview(session, staff_id, found.listed.id) if behind else []
    offered = suggestions(session, found) if behind else []
    told, spans = texts(found), dict[int, list[Span]]()
    for one in listed:
        spans.setdefault(one.answer_id, []).extend(
            Span(start, stop, Kind.MASK) for start, stop in one.places
        )
    for offer in offered:
        spans.setdefault(offer.answer_id, []).append(_suggested(offer))
    if not behind:
        spans = {number: list(_blocks(text)) for number, text in told.items()}
    translated = translations.newest(session, staff_id, found.listed.id)
    into = sorted({one.language for ones in translated.values() for one in ones})
    return Layers(
        words={number: marked(text, spans.get(number, ())) for number, text in told.items()},
        questions={one.id: question_of(found, one, language) for one in found.answers},
        translations=translated,
        masks=listed,
        offers=[_offer(one, told) for one in offered],
        veiled=not behind and any(spans.values()),
        choice=choice if choice in (AS_TOLD, *into) else BOTH,
        languages=into,
    )


def texts(found: Testimony) -> dict[int, str]:
    """The answers in words, by id, as they are seen; none that only tells how somebody can be reached."""
    numbers = reaching.asked_in(found.flow)
    return {
        one.id: one.answer.words
        for one in found.answers
        if one.answer.value is None
        and one.answer.words
        and one.answer.given is not How.REFUSED
        and one.question not in numbers
    }


def suggestions(session: Session, found: Testimony) -> list[Suggestion]:
    """What could be masked of a testimony that is seen as it was told."""
    hidden = masks.by_interview(session, [found.listed.id])
    told = [
        Told(
            one.id,
            one.question,
            one.answer.words,
            veil(one.answer.words, hidden.get(one.id, [])).places,
        )
        for one in found.answers
        if one.id in texts(found) and _in_own_words(found, one)
    ]
    return suggesting.suggest(found.flow, told)


def _in_own_words(found: Testimony, given: Given) -> bool:
    """Whether it is no answer that is held back everywhere as a whole."""
    question = found.flow.by_id.get(given.question)
    return question is None or question.type != "geopoint"


def name_of(one: Suggestion) -> str:
    """A suggestion as a button sends it."""
    return f"{one.answer_id}-{one.start}-{one.stop}"


def _suggested(one: Suggestion) -> Span:
    return Span(one.start, one.stop, Kind.SUGGESTION)


def _offer(one: Suggestion, told: Mapping[int, str]) -> Offer:
    return Offer(name_of(one), told[one.answer_id][one.start : one.stop], str(WHYS[one.why]))


def _blocks(text: str) -> Iterable[Span]:
    return (Span(found.start(), found.end(), Kind.MASK) for found in _BLOCKS.finditer(text))


def question_of(found: Testimony, given: Given, language: str) -> str:
    """What an answer answers; "" for the consent."""
    if parts_of(given.question)[0] == CONSENT:
        return ""
    return label_of(found.flow, slot_of(given.question, given.instance), language)

"""A typed reply to a value: one reader for each type of question, in one table.

A reader returns a Reading, or None when the words give no value; it never raises and never guesses between two.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import phonenumbers

from flows.folding import fold, plain_digits, whole_number
from flows.language.expressions import Value
from flows.language.model import NO, YES, Flow, Question
from flows.phrases import Phrasebook, phrasebook
from flows.talking.matching import Matcher

MAX_DIGITS = 15
POINT = {"fr": ",", "pt": ",", "vi": ",", "ht": ","}  # else a point; US Spanish writes a point too
IN_WORDS = ("text", "phone", "email", "geopoint")  # kept as words, which are sealed
_EMAIL = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"().]{2,}")
_POINT = re.compile(r"(?<![\d.])(-?\d{1,2}\.\d{3,})\s*[, ]\s*(-?\d{1,3}\.\d{3,})(?![\d.])")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?:(?P<grouped>[1-9]\d{0,2}(?P<mark>[., '])\d{3}(?:(?P=mark)\d{3})*)|(?P<whole>\d*))"
    r"(?:(?P<point>[.,])(?P<part>\d+))?"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means. ``repeat`` asks to say it back, because it was inferred, not read."""

    value: Value
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The question a reply belongs to, and the language and day it was given in."""

    flow: Flow
    question: Question
    language: str
    today: date

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language)

    @property
    def matcher(self) -> Matcher:
        return Matcher(self.flow, self.question, self.book, self.language)


def read_answer(asked: Asked, text: str) -> Reading | None:
    """What ``text`` answers to the question asked, or None when it cannot be used."""
    return READERS[asked.question.type](asked, text)


def _text(asked: Asked, text: str) -> Reading | None:
    return Reading(text) if text.strip("\0 \t\r\n") else None


def _integer(asked: Asked, text: str) -> Reading | None:
    number = _number(asked, text, point="")
    return None if number is None or number != int(number) else Reading(int(number))


def _decimal(asked: Asked, text: str) -> Reading | None:
    number = _number(asked, text, point=POINT.get(asked.language, "."))
    return None if number is None else Reading(number)


def _number(asked: Asked, text: str, point: str) -> Decimal | None:
    """A number as typed. One mark before three digits parts thousands (1,200), unless it is ``point``."""
    word = asked.book.numbers.get(fold(text))
    if word is None:
        word = whole_number(text)
    if word is not None:
        return Decimal(word)
    bare = plain_digits(text).replace("\u2212", "-").strip("# )($€£₩₫").rstrip(".")
    found = _NUMBER.fullmatch(bare)
    if found is None or not bare or len(bare) > MAX_DIGITS or bare in "+-":
        return None
    sign, grouped, mark, part = found["sign"], found["grouped"], found["mark"], found["part"]
    if grouped and found["point"] == mark:
        return None
    if grouped and mark == point and grouped.count(mark) == 1 and part is None:
        return Decimal(f"{sign}{grouped.replace(mark, '.')}")
    whole = (grouped or "").replace(mark or " ", "") or found["whole"] or "0"
    return Decimal(f"{sign}{whole}.{part}" if part else f"{sign}{whole}")


def _date(asked: Asked, text: str) -> Reading | None:
    plain = plain_digits(text)
    if _ISO.fullmatch(plain):
        try:
            return Reading(date.fromisoformat(plain))
        except ValueError:
            return None  # 2026-13-01 is no date, and not one to be guessed at
    day = _typed_date(plain, asked.language, asked.today)
    return Reading(day, repeat=True) if day else None


def _typed_date(text: str, language: str, today: date) -> date | None:
    """A date in a person's own words, read strictly: day, month and year must be told or implied."""
    import dateparser
    from dateparser.data.languages_info import language_order

    settings = {
        "STRICT_PARSING": True,
        "RELATIVE_BASE": datetime(today.year, today.month, today.day, 12),  # noqa: DTZ001 - a day, not a moment
        "PARSERS": ["relative-time", "custom-formats", "absolute-time"],
    }
    languages = [language if language in language_order else "en"]
    if len(text) > 60 or not text:
        return None
    found = dateparser.parse(text, languages=languages, settings=settings)
    return found.date() if found else None


def _select_one(asked: Asked, text: str) -> Reading | None:
    code, mistyped = asked.matcher.one(text)
    return Reading(code, repeat=mistyped) if code else None


def _select_multiple(asked: Asked, text: str) -> Reading | None:
    codes, mistyped = asked.matcher.many(text)
    return Reading(codes, repeat=mistyped) if codes else None


def read_consent(text: str, language: str) -> Reading | None:
    """Yes or no, in ``language`` or by the number shown; typing mistakes are never forgiven here."""
    book, folded = phrasebook(language), fold(text)
    number = whole_number(text)
    if number in (1, 2):
        return Reading(YES if number == 1 else NO)
    if folded in book.yes or folded == fold(book.phrases["yes"]):
        return Reading(YES)
    return Reading(NO) if folded in book.no else None


def _range(asked: Asked, text: str) -> Reading | None:
    question = asked.question
    number = _number(asked, text, point=POINT.get(asked.language, "."))
    if number is None or not question.start <= number <= question.end:
        return None
    if (number - question.start) % question.step:
        return None
    return Reading(int(number) if number == int(number) else number)


def _phone(asked: Asked, text: str) -> Reading | None:
    """A phone number as it is dialled from the flow's country, kept in E.164."""
    try:
        number = phonenumbers.parse(plain_digits(text), asked.flow.country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return Reading(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _email(asked: Asked, text: str) -> Reading | None:
    """The one address among the words."""
    found = _EMAIL.findall(plain_digits(text))
    return Reading(found[0].rstrip(".")) if len(found) == 1 else None


def _geopoint(asked: Asked, text: str) -> Reading | None:
    """Latitude and longitude where they were sent, else a place in words."""
    found = _POINT.search(plain_digits(text))
    if found and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180:
        return Reading(f"{found[1]} {found[2]}")
    return _text(asked, text)


READERS: dict[str, Callable[[Asked, str], Reading | None]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "select_one": _select_one,
    "select_multiple": _select_multiple,
    "range": _range,
    "phone": _phone,
    "email": _email,
    "geopoint": _geopoint,
    "media": lambda asked, text: None,  # words are no photo
    "consent": lambda asked, text: read_consent(text, asked.language),
    "repeat": lambda asked, text: read_consent(text, asked.language),
}

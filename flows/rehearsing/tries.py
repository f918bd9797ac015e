"""What a contact may answer to a question: typical answers, and those around what the flow's conditions look at.

The walker tries them one after the other. Nothing here is left to chance.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from flows.language.model import CONSENT, Flow, Question, Slot, parts_of
from flows.language.piping import plain_decimal
from flows.phrases import Command, phrasebook
from flows.rehearsing.bearing import Looked, looked_at
from flows.talking.answers import POINT
from flows.talking.standing import Said

Try = tuple[Said, ...]  # the messages of one answer

WORDS = "Lorem ipsum."
JUNK = "qxqxqx"  # no answer to anything but a text
PLACE = "33.750000, -84.390000"
EMAIL = "name@example.org"
MOST_WORDS = 1000  # characters of an answer that is tried for its length
MOST_CONSTANTS = 12  # of one question
_PLAIN = ("text", "geopoint")  # types that any words are an answer to


class Tries:
    """The answers to try in one language of a flow; with ``wanted`` those that decide whether a question is asked."""

    def __init__(self, flow: Flow, language: str, today: date, wanted: str = "") -> None:
        self.flow, self.language, self.today = flow, language, today
        self.wanted = wanted
        self.book = phrasebook(language)
        self.looked = looked_at(flow, wanted)
        # nonsense is heard alike at all questions of a kind: it is tried at one of them
        kinds = {(one.type, one.attempts, one.then): one.id for one in reversed(flow.questions)}
        self.strays = {name for kind, name in kinds.items() if kind[0] not in _PLAIN}

    def at(self, slot: Slot) -> list[Try]:
        """What to try where ``slot`` waits: the plainest answer first, refusing and nonsense last."""
        if slot == CONSENT:
            return [_try(self.book.phrases["yes"]), _try(self.book.phrases["no"]), _try(JUNK) * 3]
        name, instance = parts_of(slot)
        question = self.flow.by_id[name]
        if question.type == "repeat":
            tries = self.times(question, instance)
        else:
            tries = [self.whole(question, one) for one in self.answers(question)]
        if not question.required:
            tries.append(_try(self.book.shown[Command.SKIP]))
        if question.required or name in self.strays:
            tries.append(_try(JUNK) * question.attempts)
        return list(dict.fromkeys(tries))

    def times(self, question: Question, instance: int) -> list[Try]:
        """No, and another time while that may make a difference."""
        looked = self.looked.get(question.id, Looked())
        enough = max([Decimal(1), *looked.numbers])
        again = [_try(self.book.phrases["yes"])] if instance <= enough else []
        return [_try(self.book.phrases["no"]), *again]

    def whole(self, question: Question, said: Said) -> Try:
        return (said, Said(self.book.shown[Command.DONE])) if question.multiline else (said,)

    def answers(self, question: Question) -> Iterator[Said]:
        if question.type == "media":
            if not self.wanted:  # the way to a question is typed
                yield Said("", media=("photo",))
            return
        yield from map(Said, self.texts(question))

    def texts(self, question: Question) -> Iterator[str]:
        looked = self.looked.get(question.id)
        match question.type:
            case "consent":
                return iter((self.book.phrases["yes"], self.book.phrases["no"]))
            case "select_one" | "select_multiple":
                several = question.type == "select_multiple" and looked is not None
                return _numbers_of_choices(len(question.choices), several)
            case "integer" | "decimal" | "range":
                return self.numbers(question, looked or Looked())
            case "date":
                return (day.isoformat() for day in _days(self.today, looked or Looked()))
            case "phone":
                return iter((_phone(self.flow.country),))
            case "email":
                return iter((EMAIL,))
            case "geopoint":
                return iter((PLACE, WORDS))
            case _:
                return _words(looked or Looked())

    def numbers(self, question: Question, looked: Looked) -> Iterator[str]:
        step = question.step if question.type == "range" else Decimal(1)
        around = [Decimal(1), Decimal(0)]
        if question.type == "range":
            around = [question.start, question.end, question.end + step]
        if question.type == "decimal":
            around.append(Decimal("0.5"))
        for constant in sorted(looked.numbers)[:MOST_CONSTANTS]:
            around += [constant, constant - step, constant + step]
        for number in dict.fromkeys(around):
            if question.type != "integer" or number == int(number):
                yield plain_decimal(number).replace(".", POINT.get(self.language, "."))


def _try(text: str) -> Try:
    return (Said(text),)


def _numbers_of_choices(count: int, several: bool) -> Iterator[str]:
    """Each choice alone; where it makes a difference, also neighbours, and all together."""
    yield from (str(number) for number in range(1, count + 1))
    if several:
        yield from (f"{number} {number + 1}" for number in range(1, count))
        yield " ".join(str(number) for number in range(1, count + 1))


def _days(today: date, looked: Looked) -> list[date]:
    """Yesterday, tomorrow, long ago, and the days around those that conditions name or reckon with."""
    middle = [_years_before(today, 30)]
    for written in sorted(looked.texts)[:MOST_CONSTANTS]:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
            middle.append(date.fromisoformat(written))
    for number in sorted(looked.numbers)[:MOST_CONSTANTS]:
        if 0 < number <= 150:
            middle.append(_years_before(today, int(number)))
        if abs(number) <= 40_000:
            middle.append(today - timedelta(days=int(number)))
    near = (timedelta(), timedelta(days=-1), timedelta(days=1))
    days = [today - timedelta(days=1), today + timedelta(days=1)]
    return list(dict.fromkeys([*days, *(day + one for day in middle for one in near)]))


def _years_before(day: date, years: int) -> date:
    year = max(day.year - years, 2)
    return day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 2, 28)


def _words(looked: Looked) -> Iterator[str]:
    yield WORDS
    yield from sorted(looked.texts)[:MOST_CONSTANTS]
    for number in sorted(looked.numbers)[:MOST_CONSTANTS]:
        for length in (int(number) - 1, int(number), int(number) + 1):
            if 0 < length <= MOST_WORDS:
                yield (WORDS * (length // len(WORDS) + 1))[: length - 1] + "x"


@lru_cache(maxsize=32)
def _phone(country: str) -> str:
    """A number that nobody has, as it is dialled in ``country``."""
    import phonenumbers

    found = phonenumbers.example_number(country)
    if found is None:
        return "+1 404 555 0100"
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.NATIONAL)

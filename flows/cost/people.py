"""Made-up contacts who answer a flow: one who takes the longest of everything, and many with answers spread evenly.

They type what a person would type, so that the engine's replies are those a person would get. No chance is in it: the
same contact always gives the same answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import chain
from zlib import crc32

from flows.language.model import Flow, Question
from flows.language.piping import date_in_words, pipes, plain_decimal
from flows.phrases import phrasebook

SHORT = "West End, Atlanta GA"  # 20 letters: a place, a name
SENTENCE, STORY = 120, 300  # characters of an answer in words, and of a piece of a story
PIECES = 3  # of the longest story
TICKED = 3  # choices of several that the longest answer names
NUMBERS = (2, 34, 1, 5, 12, 0, 65, 18, 100, 1000, 2020, 30303)
DAYS_AGO = (30, 200, 7, 12_000, 1, 400, 24_000, 0, -30)
EMAIL, PHONE = "name@example.org", "404-555-0100"
YES, NO = "1", "2"
Words = tuple[str, ...]  # the messages that give one answer


@dataclass(frozen=True)
class Voice:
    """What all contacts of a flow have in common: its language, its letters, and which answers it repeats."""

    flow: Flow
    language: str
    today: date

    @cached_property
    def words(self) -> str:
        """The flow's own questions, in whose letters people answer too."""
        said = " ".join(self.flow.say(one.label, self.language) for one in self.flow.questions)
        return " ".join(said.replace("{", "").replace("}", "").split()) or SHORT

    @cached_property
    def piped(self) -> frozenset[str]:
        """The questions whose answers are put into a text of the flow."""
        own = ((one.label, one.purpose, one.hint) for one in self.flow.questions)
        texts = chain((self.flow.closing,), chain.from_iterable(own))
        return frozenset(
            name for text in texts for said in text.values() for name, _ in pipes(said)
        )

    def told(self, length: int) -> str:
        """So many characters of words."""
        return (f"{self.words} " * (length // len(self.words) + 1))[:length].rstrip()


@dataclass(frozen=True)
class Asked:
    """A question where it is asked; its slot helps to spread the answers."""

    voice: Voice
    question: Question
    slot: str


@dataclass(frozen=True)
class Contact:
    """A made-up contact. Number 0 gives the longest answers and wants every time of a repeat."""

    number: int

    def answers(self, asked: Asked) -> Iterator[Words]:
        """What to try, the first wish first; a constraint may refuse it."""
        kind = asked.question.type
        if kind in ("select_one", "select_multiple"):
            yield from self.chosen(asked)
        elif kind in ("consent", "repeat"):
            yield (YES if self.number == 0 else self.turned((YES, NO), asked)[0],)
        elif kind == "text":
            yield from self.told(asked)
        else:
            yield from ((text,) for text in self.turned(list(_typed(asked)), asked))

    def turned(self, listed: Sequence[str], asked: Asked) -> list[str]:
        """The list begun at another place for each contact and question; for number 0 the longest comes first."""
        if not listed or self.number == 0:
            return sorted(listed, key=len, reverse=True)
        start = crc32(f"{self.number}/{asked.slot}".encode()) % len(listed)
        return [*listed[start:], *listed[:start]]

    def chosen(self, asked: Asked) -> Iterator[Words]:
        numbers = [str(number) for number in range(1, len(asked.question.choices) + 1)]
        if self.number == 0:
            voice = asked.voice
            labels = [voice.flow.say(one.label, voice.language) for one in asked.question.choices]
            numbers.sort(key=lambda number: (-len(labels[int(number) - 1]), int(number)))
        else:
            numbers = self.turned(numbers, asked)
        if asked.question.type == "select_multiple":
            many = TICKED if self.number == 0 else 1 + self.number % 2
            yield (" ".join(sorted(numbers[:many], key=int)),)
        yield from ((number,) for number in numbers)

    def told(self, asked: Asked) -> Iterator[Words]:
        if asked.question.multiline:
            done = phrasebook(asked.voice.language).shown["done"]
            pieces = PIECES if self.number == 0 else 1
            yield (*[asked.voice.told(STORY)] * pieces, done)
        elif asked.question.id in asked.voice.piped:
            yield (SHORT,)
        else:
            yield (asked.voice.told(SENTENCE),)
        yield from ((text,) for text in (SHORT, "30303", "Atlanta", "GA"))


def _typed(asked: Asked) -> Iterator[str]:
    """Answers to the questions whose types have one way to answer them."""
    question, voice = asked.question, asked.voice
    match question.type:
        case "integer" | "decimal":
            yield from map(str, NUMBERS)
        case "range":
            steps = int((question.end - question.start) / question.step)
            points = (question.end - question.step * Decimal(step) for step in range(steps + 1))
            yield from map(plain_decimal, points)
        case "date":
            days = [voice.today - timedelta(days=ago) for ago in DAYS_AGO]
            for day in days:
                yield date_in_words(day, voice.language)
            yield from map(date.isoformat, days)
        case "phone":
            yield _phone(voice.flow.country)
        case "email":
            yield EMAIL
        case _:
            yield SHORT


def _phone(country: str) -> str:
    from phonenumbers import PhoneNumberFormat, example_number, format_number  # slow to load

    number = example_number(country)
    return format_number(number, PhoneNumberFormat.NATIONAL) if number else PHONE

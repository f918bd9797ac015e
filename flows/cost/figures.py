"""The figures of what a flow costs, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that forces its message out of GSM-7, the word it stands in, and where that is written.

    ``where`` is the text's path in the flow ("questions.city.label"), or "" for the program's own words and for
    answers that are put in.
    """

    letter: str
    word: str
    where: str


@dataclass(frozen=True, slots=True)
class Saving:
    """In how many segments fewer a message goes when its odd words are spelled otherwise: a suggestion, no more."""

    saved: int
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is sent. ``before`` is what stands in it before its own text: notes, the words on commands.

    ``name`` is the id of the question asked, or "consent", "declined", "closing"; ``more`` marks the reply to the first
    piece of an answer in several messages. ``smart`` are its segments with Twilio's smart encoding, ``times`` how often
    the longest way sends it.
    """

    name: str
    more: bool
    text: str
    before: str
    encoding: str
    segments: int
    smart: int
    times: int
    letters: tuple[Letter, ...] = ()
    saving: Saving | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a flow. What is received is an estimate: people write as they like."""

    sent_messages: int
    sent_segments: int
    sent_smart: int
    received_messages: int
    received_segments: int

    @property
    def segments(self) -> int:
        return self.sent_segments + self.received_segments


@dataclass(frozen=True, slots=True)
class LanguageCost:
    """A flow in one language: the way a contact in the middle takes, the longest there can be, and every message."""

    likely: Way
    longest: Way
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """A flow in all its languages, by their codes."""

    flow: str
    languages: Mapping[str, LanguageCost]

"""What a flow is once it is loaded: frozen, checked, and free of YAML.

``loader`` makes these, ``engine`` walks them. A text is a map of languages; ``Flow.say`` picks one and falls back to
the source language, which is the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from flows.folding import fold
from flows.language.alarms import Alarms
from flows.language.expressions import Expression

Text = Mapping[str, str]
Path = tuple[str | int, ...]
Slot = (
    str  # where an answer belongs: a question's id, or within a repeat "when/2" for its second time
)

CONSENT = "consent"  # the id under which the consent that opens an interview is asked and kept
# the columns that every export has beside its questions
COLUMNS = (
    "interview",
    "flow",
    "version",
    "language",
    "channel",
    "status",
    "started_at",
    "completed_at",
)
YES, NO = "yes", "no"  # the codes of a consent
SILENT_TYPES = ("note", "calculate")  # what is never answered by a person
TRIES = 3
TIMES = 10  # how often a repeat is asked that says no max


def slot_of(question_id: str, instance: int) -> Slot:
    """The slot of a question; ``instance`` counts a repeat's times from 1, 0 is outside of any."""
    return f"{question_id}/{instance}" if instance else question_id


def parts_of(slot: Slot) -> tuple[str, int]:
    """The question's id and the instance of a slot."""
    question_id, _, instance = slot.partition("/")
    return question_id, int(instance or 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: a code that is never translated, a label, and other words that mean it.

    ``other``: who takes it is asked for words of their own. ``theme`` codes the testimony beforehand.
    """

    code: str
    label: Text
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other: bool = False
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a flow, in XLSForm's words. A note is a question that wants no answer.

    A repeat stands behind its questions, as the question whether to tell of another time; ``repeat`` is the id of the
    repeat an item belongs to. ``relevant`` is its own condition, ``shown_if`` that and those of the groups around it.
    ``path`` is its place in the file.
    """

    id: str
    type: str
    label: Text
    hint: Text = field(default_factory=dict)
    purpose: Text = field(default_factory=dict)
    relevant: Expression | None = None
    shown_if: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Text = field(default_factory=dict)
    required: bool = False
    sensitive: bool = False
    multiline: bool = False
    choices: tuple[Choice, ...] = ()
    choice_list: str = ""
    start: Decimal = Decimal(1)
    end: Decimal = Decimal(5)
    step: Decimal = Decimal(1)
    calculation: Expression | None = None
    scope: str | None = None
    attempts: int = TRIES
    then: str = "keep"
    theme: str = ""
    report: str = ""
    repeat: str = ""
    max: int = TIMES
    groups: tuple[str, ...] = ()
    path: Path = ()

    @property
    def asks(self) -> bool:
        return self.type not in SILENT_TYPES

    @property
    def keeps(self) -> bool:
        """Whether something is kept under its id: an answer, or what was calculated."""
        return self.type != "note"

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True, slots=True)
class Consent:
    """What is asked before the first question, and what is said after a no."""

    label: Text
    declined: Text


@dataclass(frozen=True, slots=True)
class Care:
    """A danger that people may tell of, the words they tell of it with, and where help is: said to them at once."""

    topic: str
    words: Mapping[str, tuple[str, ...]]
    label: Text


@dataclass(frozen=True)
class Flow:
    """A survey script. ``version`` is the SHA-256 of its source, in hexadecimal.

    ``timezone``: whose clock counts for a contact who has none of their own known, "" for that of the country.
    ``unlisted``: it is started by its keyword or its link alone, and stands in no menu. ``leave``: its own words that
    break it off without a trace. ``not_private``: said by text message before the first sensitive question.
    """

    name: str
    title: Text
    languages: tuple[str, ...]
    keywords: Mapping[str, tuple[str, ...]]
    contact: Text
    consent: Consent
    closing: Text
    questions: tuple[Question, ...]
    version: str
    country: str = "US"
    timezone: str = ""
    expires: timedelta | None = None
    remind: tuple[timedelta, ...] = ()
    reviewed: frozenset[str] = frozenset()
    unlisted: bool = False
    care: tuple[Care, ...] = ()
    leave: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_private: Text = field(default_factory=dict)

    @property
    def source_language(self) -> str:
        return self.languages[0]

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def blocks(self) -> tuple[tuple[str, tuple[Question, ...]], ...]:
        """The questions in order, those of one repeat together under its id, the others under ""."""
        parted = groupby(self.questions, lambda question: question.repeat)
        return tuple((repeat, tuple(questions)) for repeat, questions in parted)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {question.id: place for place, question in enumerate(self.questions)}

    @cached_property
    def alarms(self) -> Alarms:
        """The words of its topics of care, in all its languages."""
        return Alarms.of((one.topic, one.words) for one in self.care)

    @cached_property
    def leaving(self) -> frozenset[str]:
        """Its own quiet words, folded."""
        return frozenset(fold(word) for words in self.leave.values() for word in words)

    def position(self, question_id: str) -> int:
        """Where a question stands in the flow, from 0; -1 for the consent before them all."""
        return self._places.get(question_id, -1)

    def say(self, text: Text, language: str) -> str:
        """The text in ``language``, else in the source language, else nothing."""
        return text.get(language) or text.get(self.source_language) or ""

"""What a flow is once it is loaded: frozen, checked, and free of YAML.

``loader`` makes these, ``engine`` walks them. A text is a map of languages; ``Flow.say`` picks one and falls back to
the source language, which is the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flows.expressions import Expression

Text = Mapping[str, str]

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


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: a code that is never translated, a label, and other words that mean it."""

    code: str
    label: Text
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a flow, in XLSForm's words. A note is a question that wants no answer."""

    id: str
    type: str
    label: Text
    hint: Text = field(default_factory=dict)
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Text = field(default_factory=dict)
    required: bool = False
    choices: tuple[Choice, ...] = ()
    scope: str | None = None

    @property
    def asks(self) -> bool:
        return self.type != "note"

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True, slots=True)
class Consent:
    """What is asked before the first question, and what is said after a no."""

    label: Text
    declined: Text


@dataclass(frozen=True)
class Flow:
    """A survey script. ``version`` is the SHA-256 of its source, in hexadecimal."""

    name: str
    title: Text
    languages: tuple[str, ...]
    keywords: Mapping[str, tuple[str, ...]]
    contact: Text
    consent: Consent
    closing: Text
    questions: tuple[Question, ...]
    version: str

    @property
    def source_language(self) -> str:
        return self.languages[0]

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

    def position(self, question_id: str) -> int:
        """Where a question stands in the flow, from 0; -1 for the consent before them all."""
        ids = [question.id for question in self.questions]
        return ids.index(question_id) if question_id in ids else -1

    def say(self, text: Text, language: str) -> str:
        """The text in ``language``, else in the source language, else nothing."""
        return text.get(language) or text.get(self.source_language) or ""

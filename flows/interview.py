"""What passes between the engine and those who keep and carry its words.

All of it is plain data: an Interview can be stored, loaded again and carried on, and the same message then gives the
same turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from flows.expressions import Facts, Value
from flows.model import Flow


class Status(StrEnum):
    """How an interview stands. Only a waiting one takes answers."""

    WAITING = "waiting"
    PAUSED = "paused"
    COMPLETE = "complete"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Given(StrEnum):
    """How an answer was given: understood, refused by SKIP, or kept as written after three tries."""

    ANSWERED = "answered"
    REFUSED = "refused"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contact gave to one question. ``words`` are kept where there is no closed value.

    ``value``: int, Decimal, date, a choice's code (str), codes (tuple), or None. ``language`` is the one asked in.
    """

    given: Given
    value: Value = None
    words: str = ""
    language: str = ""

    @property
    def known(self) -> Value:
        """What expressions and pipes see: the value, a free text's words, or None for unknown."""
        if self.given is not Given.ANSWERED:
            return None
        return self.words if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class State:
    """Where an interview is. ``asked`` is the question (or the consent) that waits for an answer.

    ``language`` is None until it is known; ``choosing`` means that the menu of languages waits for its answer.
    """

    language: str | None = None
    status: Status = Status.WAITING
    asked: str | None = None
    attempts: int = 0
    choosing: bool = False


@dataclass(frozen=True)
class Interview:
    """One contact's way through one flow version. ``id`` is the store's, None for a new one."""

    flow: Flow
    state: State = field(default_factory=State)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    id: int | None = None

    @property
    def language(self) -> str:
        """The language it is held in; the flow's source language until one is chosen."""
        return self.state.language or self.flow.source_language


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the contact; ``choices`` are the labels that a channel may show as buttons."""

    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What the engine returns for one inbound message.

    ``changed`` are the questions whose answers this turn gave; ``aside`` are all answered questions that are not
    relevant (any more): their answers are kept, and left out of exports.
    """

    interview: Interview
    reply: Reply
    changed: tuple[str, ...] = ()
    aside: frozenset[str] = frozenset()


def facts(flow: Flow, answers: Mapping[str, Answer], today: date) -> tuple[Facts, frozenset[str]]:
    """What conditions may know, and the ids of the relevant questions, in one walk from the top.

    An answer to a question that is not relevant is unknown to those behind it.
    """
    values: dict[str, Value] = {}
    relevant: set[str] = set()
    seen = Facts(values, today)  # it grows with the walk
    for question in flow.questions:
        if question.relevant is None or question.relevant.holds(seen):
            relevant.add(question.id)
            if (answer := answers.get(question.id)) and (known := answer.known) is not None:
                values[question.id] = known
    return seen, frozenset(relevant)

"""What passes between the engine and those who keep and carry its words.

All of it is plain data: an Interview can be stored, loaded again and carried on, and the same message then gives the
same turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flows.language.expressions import Value
from flows.language.model import Flow, Slot


class Status(StrEnum):
    """How an interview stands. Only a waiting one takes answers."""

    WAITING = "waiting"
    PAUSED = "paused"
    COMPLETE = "complete"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ERASED = "erased"


class Menu(StrEnum):
    """What was shown last in place of a question, and waits for a word of its own.

    The first two belong to an interview; the last two to the contact, whatever interview there is.
    """

    NONE = ""
    LANGUAGES = "languages"
    ANSWERS = "answers"
    FLOWS = "flows"
    ERASURE = "erasure"


class Given(StrEnum):
    """How an answer was given: understood, still being told, refused by SKIP, or kept as written after three tries.

    Lost: given in files of which none was kept. It is set aside, and its question open again.
    """

    ANSWERED = "answered"
    OPEN = "open"
    REFUSED = "refused"
    KEPT = "kept"
    LOST = "lost"


class Heard(StrEnum):
    """What a message was taken as: an answer or a piece of one, a try at one that was not understood, a word that
    steers, or words that nobody asked for.
    """

    ANSWER = "answer"
    TRY = "try"
    STEER = "steer"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contact gave to one question. ``words`` are kept where there is no closed value.

    ``value``: int, Decimal, date, a choice's code (str), codes or the kinds of files (tuple), a calculated truth
    (bool), or None. ``language`` is the one asked in. ``veiled``: given before the interview came to this phone, so
    it counts, and is not shown.
    """

    given: Given
    value: Value = None
    words: str = ""
    language: str = ""
    veiled: bool = False

    @property
    def known(self) -> Value:
        """What expressions and pipes see: the value, a free text's words, or None for unknown."""
        if self.given not in (Given.ANSWERED, Given.OPEN):
            return None
        return self.words if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Uttered:
    """One message of an interview, in the order of telling: a piece of the answer at ``slot``, or unasked ``words``.

    ``media``: the kinds of the files that came with unasked words. ``veiled``: unasked words were told before the
    interview came to this phone; they are not here.
    """

    slot: Slot = ""
    words: str = ""
    media: tuple[str, ...] = ()
    veiled: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where an interview is. ``asked`` is the slot of the question (or the consent) that waits for an answer, or
    waited when the contact went away.

    ``language`` is None until it is known; ``menu`` is what was shown in place of the question.
    """

    language: str | None = None
    status: Status = Status.WAITING
    asked: str | None = None
    attempts: int = 0
    menu: Menu = Menu.NONE


@dataclass(frozen=True)
class Interview:
    """One contact's way through one flow version: its answers by slot. ``id`` is the store's, None for a new one.

    ``channel``: the one it goes on by now. ``held``: a person has taken the conversation over. ``cared``: the dangers
    for which help was named already, and what else is said or done once for the person's safety.
    """

    flow: Flow
    state: State = field(default_factory=State)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    id: int | None = None
    channel: str = ""
    held: bool = False
    cared: frozenset[str] = frozenset()

    @property
    def language(self) -> str:
        """The language it is held in; the flow's source language until one is chosen."""
        return self.state.language or self.flow.source_language


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the contact; ``choices`` are the labels that a channel may show as buttons.

    ``share_place`` is the label of a button that sends where the contact is, on channels that have one.
    """

    text: str
    choices: tuple[str, ...] = ()
    share_place: str = ""


@dataclass(frozen=True)
class Turn:
    """What the engine returns for one inbound message.

    ``changed`` are the slots whose answers this turn gave; ``aside`` are all answered slots that are not relevant (any
    more), or whose files were lost: their answers are kept, and left out of exports. ``attention`` says why a person
    should look at it. ``heard`` is what the message was taken as, ``slot`` where it belongs as an answer. ``linked``:
    the reply holds the link that was given along.
    """

    interview: Interview
    reply: Reply | None
    changed: tuple[Slot, ...] = ()
    aside: frozenset[Slot] = frozenset()
    attention: str = ""
    heard: Heard = Heard.STEER
    slot: Slot | None = None
    linked: bool = False

"""How many people came to each question and what became of them there, as a bar and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from flows.language.model import CONSENT


class Counted(Protocol):
    """What is drawn of one question; whoever counts may keep more."""

    @property
    def reached(self) -> int: ...

    @property
    def answered(self) -> int: ...

    @property
    def refused(self) -> int: ...

    @property
    def left(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Reached:
    """One question's part of a funnel, in interviews; those who neither answered, refused nor left still wait."""

    reached: int
    answered: int
    refused: int
    left: int


Funnel = Mapping[str, Counted]
PARTS = ("answered", "refused", "waiting", "left")
NAMES = dict(zip(PARTS, ("answered", "refused", "still waiting", "left"), strict=True))
OF_CONSENT = NAMES | {"answered": "agreed", "refused": "declined"}


def parts_of_bar(counted: Counted) -> dict[str, int]:
    """The lengths of a bar's parts; they never come to more than were reached."""
    known = {"answered": counted.answered, "refused": counted.refused, "left": counted.left}
    waiting = max(0, counted.reached - sum(known.values()))
    return {part: known.get(part, waiting) for part in PARTS}


def in_words(question_id: str, counted: Counted) -> str:
    """What happened at a question: "480 reached · 431 answered · 49 left"."""
    names = OF_CONSENT if question_id == CONSENT else NAMES
    told = [f"{count:,} {names[part]}" for part, count in parts_of_bar(counted).items() if count]
    kept = (one.replace(" ", "\u00a0") for one in (f"{counted.reached:,} reached", *told))
    return " · ".join(kept)


def widest(funnel: Funnel) -> int:
    """What a whole bar stands for: the most that reached any question."""
    return max((counted.reached for counted in funnel.values()), default=0)


def worst(funnel: Funnel) -> str:
    """The question that most people left at; "" where nobody left."""
    left = {question_id: counted.left for question_id, counted in funnel.items() if counted.left}
    return max(left, key=lambda question_id: left[question_id], default="")

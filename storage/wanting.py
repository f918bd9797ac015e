"""What may be asked of testimonies: a filter, its places and its days. Nothing is read here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

NOBODY = "nobody"  # of coders: testimonies that none of them has coded
OPEN = "open"  # of attention: marks that nobody has looked at


@dataclass(frozen=True)
class Place:
    """A place that was told: a choice of a question; "" for a question of coordinates means wherever that is."""

    question: str
    choice: str = ""

    def __str__(self) -> str:
        return f"{self.question}/{self.choice}"


@dataclass(frozen=True)
class Filter:
    """Which testimonies; None and "" mean all. ``since`` and ``until`` bound the start, ``until`` exclusive.

    ``version`` and ``tag`` are ids; ``agreed`` is the scope of a consent whose newest word is a yes; ``attention`` is
    OPEN for those with a mark that nobody has looked at. ``theme``, ``group`` and ``assessment`` are codes, whoever put
    them; ``coder`` is the id of a member, or NOBODY.
    """

    flow: str | None = None
    status: str | None = None
    language: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    version: int | None = None
    place: Place | None = None
    agreed: str | None = None
    tag: int | None = None
    attention: str | None = None
    theme: str | None = None
    group: str | None = None
    assessment: str | None = None
    coder: int | str | None = None


def whole_days(
    since: datetime | None, until: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Two days, both meant to be included, as the bounds of a Filter."""
    try:
        return since, until + timedelta(days=1) if until else None
    except OverflowError:  # the last day of the calendar: nothing starts after it
        return since, None

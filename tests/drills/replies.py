"""What people were to be told, beside what the providers took: what is missing, out of order, or came twice.

And what a worker has in hand when it is killed: of that nobody knows yet whether it was taken.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from storage.db import Database
from storage.messages import DELIVERED, SENT
from storage.models import Job
from storage.outbox import SENDS
from tests.drills.outside import Taken

Person = tuple[str, str]


@dataclass
class Told:
    """What a database holds of one person: where they stand, and what they were told."""

    interviews: list[Any] = field(default_factory=list)
    said: list[tuple[int, str, str]] = field(default_factory=list)  # id, status, words

    @property
    def words(self) -> list[str]:
        return [words for _, _, words in self.said]


@dataclass
class Replies:
    """The replies of a drill; ``repeats``: how many went out once more than they should. Both also by channel."""

    number: int = 0
    unsent: int = 0
    disordered: int = 0
    by_channel: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    to_strangers: int = 0


def compare(real: dict[Person, Told], taken: Sequence[Taken]) -> Replies:
    """What came of what everybody was to be told."""
    theirs: dict[Person, list[Taken]] = {}
    for one in taken:
        theirs.setdefault((one.channel, one.address), []).append(one)
    found = Replies()
    for person, told in real.items():
        found.number += len(told.said)
        found.by_channel[person[0]] += len(told.said)
        arrived = theirs.pop(person, [])
        missing, out_of_order = followed(told, arrived)
        late = sum(status not in (SENT, DELIVERED) for _, status, _ in told.said)
        found.unsent += max(missing, late)
        found.disordered += out_of_order
        found.repeats[person[0]] += max(0, len(arrived) - len(told.said) + missing)
    found.to_strangers = len(theirs)
    return found


def followed(told: Told, arrived: Sequence[Taken]) -> tuple[int, int]:
    """How many replies never arrived, and how many arrived out of their order; those that came twice are in order."""
    place, out_of_order = -1, 0
    seen: set[int] = set()
    for one in arrived:
        after = place + 1
        if after < len(told.said) and _is(one, told.said[after]):
            place = after
        elif not (place >= 0 and _is(one, told.said[place])):
            out_of_order += 1
            place = next((n for n, said in enumerate(told.said) if _is(one, said)), place)
        seen.add(place)
    return len(told.said) - len(seen - {-1}), out_of_order


def _is(one: Taken, said: tuple[int, str, str]) -> bool:
    return one.text == said[2] and one.ours in (None, said[0])


def in_hand(database: Database, before: set[str]) -> dict[str, int]:
    """How many messages each channel has in the hands of a worker that has just died, but of those ``before`` it,
    to whom it is added."""
    wanted = select(Job.lane, Job.owner).where(
        Job.kind.in_(SENDS), Job.done_at.is_(None), Job.owner.is_not(None)
    )
    with database.reading() as session:
        rows = [(lane, owner) for lane, owner in session.execute(wanted) if owner not in before]
    before.update(owner for _, owner in rows if owner)
    return dict(sorted(Counter(lane for lane, _ in rows).items()))

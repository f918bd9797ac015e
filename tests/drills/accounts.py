"""The accounts after a drill: what was acknowledged, what is in the database, what the providers took.

Where every interview should be is told by the engine itself: the messages are brought once more, in the order in which
they were taken, to a service to which nothing has happened.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.app import build_services
from bot.settings import load_settings
from storage import schema
from storage.answers import answer_of
from storage.contacts import address_of
from storage.db import Database
from storage.library import Library
from storage.messages import IN, OUT, body_of
from storage.models import AnswerRow, Contact, InterviewRow, MessageRow
from tests.bot.conftest import Service, deployment
from tests.conftest import Clock
from tests.drills.house import SURVEY
from tests.drills.outside import Outside, Taken
from tests.drills.people import SMS, Delivery
from tests.drills.replies import Person, Told, compare

MOST_REPEATS = 0.002  # of all replies


@dataclass(frozen=True)
class Received:
    """An inbound message as it is stored."""

    person: Person
    provider_id: str
    words: str
    at: Any
    attention: str | None


@dataclass
class Accounts:
    """Figures of one drill; ``wrong`` is empty when nothing is."""

    messages: int = 0
    lost: int = 0
    doubled: int = 0
    interviews: int = 0
    astray: int = 0
    replies: int = 0
    unsent: int = 0
    disordered: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)  # replies
    repeats: dict[str, int] = field(default_factory=dict)  # by channel, too
    wrong: list[str] = field(default_factory=list)

    @property
    def twice(self) -> int:
        """How many replies went out once more than they should, by any channel."""
        return sum(self.repeats.values())

    @property
    def repeated(self) -> float:
        """Their share of all replies."""
        return self.twice / self.replies if self.replies else 0.0


def examine(
    database: Database,
    deliveries: Sequence[Delivery],
    outside: Outside,
    folder: Path,
    *,
    apart: Collection[Person] = (),
) -> Accounts:
    """Compare what was acknowledged, kept and sent. People ``apart`` met a bug: nothing of theirs may be lost either,
    but where they stand is for staff to settle."""
    received = _received(database)
    found = Accounts(messages=len(deliveries))
    _count_messages(found, received, deliveries)
    real, expected = standing(database, apart), replay(received, deliveries, outside, folder)
    found.interviews = sum(len(one.interviews) for one in real.values())
    for person, told in real.items():
        should = expected.get(person, Told())
        if person not in apart and (told.interviews, told.words) != (
            should.interviews,
            should.words,
        ):
            found.astray += 1
            found.wrong.append(f"{person} stands elsewhere: {_difference(told, should)}")
    marked = {one.person for one in received if one.attention}
    found.wrong += [f"nobody is told of {person}" for person in set(apart) - marked]
    _count_replies(found, real, outside.mood.taken)
    named = {"lost": found.lost, "doubled": found.doubled, "unsent": found.unsent}
    named["out of order"] = found.disordered
    found.wrong += [f"{number} {what}" for what, number in named.items() if number]
    return found


def _difference(told: Told, should: Told) -> str:
    if told.interviews != should.interviews:
        return f"{told.interviews}, not {should.interviews}"
    return f"{len(told.words)} replies, not {len(should.words)}"


def _count_messages(
    found: Accounts, received: Sequence[Received], deliveries: Sequence[Delivery]
) -> None:
    stored = Counter((one.person[0], one.provider_id) for one in received)
    words = {(one.person[0], one.provider_id): one.words for one in received}
    brought = {(one.channel, one.provider_id): one for one in deliveries}
    found.lost = sum(one.acknowledged and key not in stored for key, one in brought.items())
    found.doubled = sum(number - 1 for number in stored.values())
    strange = [key for key in stored if key not in brought]
    changed = [key for key in words if key in brought and words[key] != brought[key].words]
    if strange or changed:
        found.wrong.append(f"{len(strange)} from nowhere, {len(changed)} with other words")


def _count_replies(found: Accounts, real: dict[Person, Told], taken: Sequence[Taken]) -> None:
    came = compare(real, taken)
    found.replies, found.unsent, found.disordered = came.number, came.unsent, came.disordered
    found.by_channel, found.repeats = came.by_channel, came.repeats
    if came.to_strangers:
        found.wrong.append(f"{came.to_strangers} people who never wrote were written to")


def standing(database: Database, apart: Collection[Person] = ()) -> dict[Person, Told]:
    """What a database holds of everybody; of people ``apart`` no answers, which cannot be read."""
    library = Library(Path())
    with database.reading() as session:
        people = {
            row.id: (row.channel, str(address_of(session, row)))
            for row in session.scalars(select(Contact))
        }
        found = {person: Told() for person in people.values()}
        answers: dict[int, list[Any]] = {}
        flows = {
            row.id: (row.contact_id, library.flow(session, row.flow_version_id))
            for row in session.scalars(select(InterviewRow))
        }
        for row in session.scalars(select(AnswerRow).order_by(AnswerRow.id)):
            if people[flows[row.interview_id][0]] in apart:
                continue
            one = answer_of(session, row, flows[row.interview_id][1])
            kept = (row.question, row.instance, row.given, one.value, one.words)
            answers.setdefault(row.interview_id, []).append(kept)
        for row in session.scalars(select(InterviewRow).order_by(InterviewRow.id)):
            stands = (row.flow, row.status, row.asked, row.language, answers.get(row.id, []))
            found[people[row.contact_id]].interviews.append(stands)
        wanted = select(MessageRow).where(MessageRow.direction == OUT).order_by(MessageRow.id)
        for row in session.scalars(wanted):
            said = (row.id, row.status, body_of(session, row))
            found[people[row.contact_id]].said.append(said)
    return found


def _received(database: Database) -> list[Received]:
    with database.reading() as session:
        people = {
            row.id: (row.channel, str(address_of(session, row)))
            for row in session.scalars(select(Contact))
        }
        wanted = select(MessageRow).where(MessageRow.direction == IN).order_by(MessageRow.id)
        return [
            Received(
                people[row.contact_id],
                str(row.provider_id),
                body_of(session, row),
                row.at,
                row.attention,
            )
            for row in session.scalars(wanted)
        ]


def replay(
    received: Sequence[Received], deliveries: Sequence[Delivery], outside: Outside, folder: Path
) -> dict[Person, Told]:
    """Where all stand after the same messages in the same order, where nothing went wrong."""
    brought = {(one.channel, one.provider_id): one for one in deliveries}
    with _calm(outside, folder) as service:
        for one in received:
            delivery = brought.get((one.person[0], one.provider_id))
            if delivery is None:
                continue
            service.clock.time = one.at - timedelta(seconds=1)  # the service moves it on by one
            if delivery.channel == SMS:
                status = service.signed("/webhooks/twilio", delivery.content)
            else:
                status = service.update(delivery.content)
            assert status == 200
        return standing(service.database)


@contextmanager
def _calm(outside: Outside, folder: Path) -> Iterator[Service]:
    """A service to which nothing happens, with the same survey."""
    folder.mkdir()
    environ = deployment(f"sqlite:///{folder / 'calm.db'}", outside.twilio, outside.telegram)
    clock = Clock()
    services = build_services(load_settings(environ, folder), clock)
    try:
        schema.upgrade(services.database.engine)
        service = Service(services, clock)
        service.publish(SURVEY)
        yield service
    finally:
        services.close()

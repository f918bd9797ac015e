"""What the tests of storage start from: a flow with every type of question, residents, and threads started at once."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

from flows import Said, converse, load
from storage import contacts, interviews, library, messages, outbox, outgoing, saving
from storage.db import Database
from storage.library import Library
from storage.messages import Arrival

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
RESIDENT = "+14045550123"

HEAD = """\
flow: {flow}
title: Small
languages: [en, es]
keywords: {{en: [{keyword}]}}
contact: The testers
consent: {{label: May we?, declined: Good bye.}}
closing: Thanks.
questions:
"""
EVERY_TYPE = """\
  said: {type: text, label: What happened?}
  again: {type: note, label: "You said {said}."}
  people: {type: integer, label: How many people?}
  rent: {type: decimal, label: How much is the rent?}
  moved: {type: date, label: Since when?}
  home: {type: select_one, label: Which home?, choices: {house: House, flat: Flat}}
  pets: {type: select_multiple, label: Which animals?, choices: {cat: Cats, dog: Dogs}}
  quote: {type: consent, scope: quote, label: May we print it?}
"""

Result = TypeVar("Result")


def source(questions: str = EVERY_TYPE, flow: str = "small", keyword: str = "SMALL") -> str:
    """A flow's YAML: a head of eight lines, and the questions."""
    return HEAD.format(flow=flow, keyword=keyword) + questions


def publish(database: Database, text: str, now: datetime = NOW) -> bool:
    with database.writing() as session:
        return library.publish(session, load(text), text, now)


def contact(database: Database, address: str = RESIDENT, channel: str = "sms") -> int:
    """The id of the contact at an address."""
    with database.writing() as session:
        return contacts.lock_contact(session, channel, address, NOW).id


def arrival(contact_id: int, text: str = "hello", **given: Any) -> Arrival:
    """An inbound message that nobody has claimed yet."""
    known = {"channel": "sms", "provider_id": uuid.uuid4().hex, "at": NOW}
    return Arrival(contact_id=contact_id, text=text, **{**known, **given})


def tell(
    database: Database,
    shelf: Library,
    *texts: str,
    address: str = RESIDENT,
    channel: str = "sms",
    media: tuple[dict[str, str], ...] = (),
) -> int:
    """Texts of a resident go the whole way of a message; returns the id of the interview they belong to."""
    interview = 0
    for text in texts:
        with database.writing() as session:
            who = contacts.lock_contact(session, channel, address, NOW)
            taken = messages.claim(session, arrival(who.id, text, channel=channel, media=media))
            assert taken is not None
            standing = interviews.standing(session, who, shelf, NOW)
            outcome = converse(shelf.catalog(session), standing, Said(text), NOW.date())
            interview = saving.save(session, who, outcome, shelf, taken, NOW) or 0
            messages.file_under(session, taken, interview)
            if outcome.reply is None:
                continue
            reply = outgoing.write(
                session, who.id, channel, outcome.reply.text, NOW, interview_id=interview
            )
            outbox.enqueue_send(session, reply, who.id, NOW, channel="sms")
    return interview


def together(number: int, work: Callable[[int], Result]) -> list[Result]:
    """What ``work`` returns in ``number`` threads that start at the same time; raises what one of them raises."""
    barrier = threading.Barrier(number)

    def run(place: int) -> Result:
        barrier.wait()
        return work(place)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def examples(number: int) -> settings:
    """So many tries of a property, all on the same database."""
    same = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=number, deadline=None, suppress_health_check=same)

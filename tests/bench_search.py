"""How long it takes to look for a word in 100,000 answers, beside only opening them; a part of ``make bench``."""

import random
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert, select

from flows import load
from storage import contacts, library, schema, staff
from storage.answers import WORDS
from storage.db import Database, open_database, vault_of
from storage.library import Library
from storage.matching import Sought
from storage.messages import BODY
from storage.models import AnswerRow, FlowVersion, InterviewRow, MessageRow
from storage.narrowing import Filter
from storage.searching import Search
from tests.bench_table import Table, spent

INTERVIEWS, ANSWERS = 10_000, 10
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WORDS_OF_ALL = [
    "the",
    "landlord",
    "came",
    "at",
    "night",
    "and",
    "took",
    "our",
    "door",
    "because",
    "rent",
    "was",
    "late",
    "they",
    "said",
    "water",
    "is",
    "brown",
    "el",
    "casero",
    "no",
    "arregla",
    "la",
    "calefacción",
    "niños",
    "enfermos",
    "policía",
    "calle",
    "agua",
    "plomo",
    "señora",
    "mañana",
]
SOURCE = """
flow: bench
title: Bench
languages: [en]
contact: The testers
consent: {label: May we?, declined: Good bye.}
questions: {said: {type: text, label: What happened?}}
closing: Thanks.
"""


def furnish(folder: Path) -> Database:
    """A database in which so many people told so much, each answer by a message of its own."""
    database = open_database(f"sqlite:///{folder / 'bench.db'}", [bytes(32)])
    schema.upgrade(database.engine)
    chance = random.Random(7)
    with database.writing() as session:
        staff.add_staff(session, "owner@example.org", "a long password", staff.Role.OWNER, BEGIN)
        library.publish(session, load(SOURCE), SOURCE, BEGIN)
        version = session.scalars(select(FlowVersion.id)).one()
        who = contacts.lock_contact(session, "sms", "+14045550123", BEGIN).id
        vault = vault_of(session)
        common = {"contact_id": who, "flow_version_id": version, "flow": "bench", "channel": "sms"}
        interviews, answers, messages = [], [], []
        for number in range(1, INTERVIEWS + 1):
            at = BEGIN + timedelta(minutes=number)
            row = {"id": number, "status": "complete", "started_at": at, "moved_at": at}
            interviews.append(common | row)
            for place in range(ANSWERS):
                text = " ".join(chance.choices(WORDS_OF_ALL, k=20))
                key = {"id": number * ANSWERS + place, "interview_id": number, "at": at}
                told = {"question": f"said{place}", "given": "answered", "language": "en"}
                words = {"words": vault.seal(text, WORDS), "message_id": key["id"]}
                answers.append(key | told | words)
                sent = {"contact_id": who, "direction": "in", "channel": "sms"}
                body = {"body": vault.seal(text, BODY), "status": "received"}
                messages.append(key | sent | body)
        session.execute(insert(InterviewRow), interviews)
        session.execute(insert(MessageRow), messages)
        session.execute(insert(AnswerRow), answers)
    return database


def look_for(database: Database, text: str, most: int = 50) -> Search:
    """One search, gone through to its end."""
    search = Search(database, Library(), 1, Sought(text), Filter())
    for _ in search.hits(most):
        pass
    return search


def open_all(database: Database) -> None:
    """The floor: every answer read and opened, and nothing looked for."""
    with database.reading() as session:
        vault = vault_of(session)
        for words in session.scalars(select(AnswerRow.words).execution_options(yield_per=1000)):
            vault.open(words, WORDS)


class Archive:
    """The database of this bench, in a folder that goes away with it."""

    def __enter__(self) -> Database:
        self._folder = tempfile.TemporaryDirectory()
        self._database = furnish(Path(self._folder.name))
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._folder.cleanup()


SEARCHES = {
    "search 100,000 answers: nothing there": "zebra crossing",
    "search 100,000 answers: accents": "calefaccion enferma",
    "search 100,000 answers: a phrase": '"brown zebra night"',
    "search 100,000 answers: first 50 found": "landlord",
}
LOOKED = 2.0  # seconds that a search may take


def searches(table: Table) -> None:
    """Each of them, beside opening all that there is."""
    with Archive() as archive:
        for name, wanted in SEARCHES.items():
            table.compare(
                name,
                partial(spent, partial(look_for, archive, wanted)),
                partial(spent, partial(open_all, archive)),
                "reading and opening them all",
                limit=LOOKED,
            )

"""Very many answers at once, for measuring exports: a survey of thirty questions, a fifth of them in words or none."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter
from sqlalchemy import insert

from flows import load
from storage import contacts, library, schema
from storage.answers import WORDS
from storage.db import Database, open_database
from storage.models import AnswerRow, FlowVersion, InterviewRow

KEY = bytes(range(32))
QUESTIONS = 30
NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
HEAD = """\
flow: many
title: Many
languages: [en]
keywords: {en: [MANY]}
contact: The testers
consent: {label: May we?, declined: Good bye.}
closing: Thanks.
questions:
"""
CHOICES = "choices: {house: House, flat: Flat}"


def _question(number: int, worded: bool) -> str:
    if worded and number % 5 == 4:
        return f"  q{number}: {{type: text, label: What?}}\n"
    if number % 2:
        return f"  q{number}: {{type: integer, label: How many?}}\n"
    return f"  q{number}: {{type: select_one, label: Which?, {CHOICES}}}\n"


def fill(folder: Path, answers: int, *, worded: bool = False) -> Database:
    """A database with so many answers. ``worded``: every fifth is in words, sealed."""
    database = open_database(f"sqlite:///{folder / 'many.db'}", [KEY])
    schema.upgrade(database.engine)
    source = HEAD + "".join(_question(number, worded) for number in range(QUESTIONS))
    flow = load(source)
    with database.writing() as session:
        library.publish(session, flow, source, NOW)
        who = contacts.lock_contact(session, "web", "many", NOW).id
        version = session.query(FlowVersion.id).scalar()
        for start in range(0, answers // QUESTIONS, 1000):
            numbers = range(start + 1, min(start + 1000, answers // QUESTIONS) + 1)
            session.execute(insert(InterviewRow), [_interview(n, who, version) for n in numbers])
            rows = [_answer(database, n, q, worded) for n in numbers for q in range(QUESTIONS)]
            session.execute(insert(AnswerRow), rows)
    return database


def _interview(number: int, who: int, version: int) -> dict[str, object]:
    known = {"id": number, "contact_id": who, "flow_version_id": version, "flow": "many"}
    known |= {"channel": "web", "language": "en", "status": "complete", "attempts": 0}
    return known | {"started_at": NOW, "moved_at": NOW, "completed_at": NOW}


def _answer(database: Database, interview: int, number: int, worded: bool) -> dict[str, object]:
    words = worded and number % 5 == 4
    value = None if words else number * interview % 97 if number % 2 else "flat"
    said = f"In our house, number {interview}, it was cold, and nobody came." if words else ""
    return {
        "interview_id": interview,
        "question": f"q{number}",
        "given": "answered",
        "value": value,
        "words": database.vault.seal(said, WORDS) if words else None,
        "language": "en",
        "at": NOW,
    }


def by_hand(database: Database) -> Iterator[list[object]]:
    """The floor: one join, read in order and put into rows, with nothing held back and nothing opened."""
    path = database.engine.url.database or ""
    connection = sqlite3.connect(path)
    found = connection.execute(
        "SELECT i.id, i.flow, v.hash, i.language, i.channel, i.status, i.started_at, i.completed_at, "
        "a.question, a.value FROM interviews i JOIN flow_versions v ON v.id = i.flow_version_id "
        "JOIN answers a ON a.interview_id = i.id WHERE i.flow = 'many' AND NOT a.aside ORDER BY i.id"
    )
    place = {f"q{number}": number + 8 for number in range(QUESTIONS)}
    row: list[object] = []
    for *head, question, value in found:
        if not row or row[0] != head[0]:
            if row:
                yield row
            row = [*head, *[None] * QUESTIONS]
        row[place[question]] = json.loads(value) if isinstance(value, str) else value
    yield row
    connection.close()


def write_by_hand(database: Database, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(by_hand(database))


def write_workbook(database: Database, path: Path) -> None:
    """The same by XlsxWriter, a row at a time."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(by_hand(database)):
        sheet.write_row(number, 0, row)
    book.close()

"""Codes in exports: three columns when they are asked for, in every format, and lines in the codebook."""

import csv
import io
import json
import zipfile

import pytest
from sqlalchemy import update

from flows.framework.reading import shipped
from storage import codings, staff
from storage.db import Database
from storage.exports.formats import available
from storage.models import InterviewRow
from storage.staff import Role
from tests.storage.exporting import extract, made, two
from tests.storage.material import NOW, publish, source, tell
from tests.storage.test_attachments import store as store  # a fixture: whoever names it gets it

CODED = ["themes", "groups", "assessment"]


@pytest.fixture
def told(database: Database) -> Database:
    """Two testimonies; the first is coded by two people and by its own answer, the second by its answer alone."""
    two(database)
    with database.writing() as session:
        for name, code in (("ana", "food"), ("ben", "courts")):
            who = staff.add_staff(session, name + "@a.b", "a long password", Role.OWNER, NOW).id
            codes = [("theme", code), ("theme", "energy"), ("group", "poor")]
            codings.change(session, 1, who, codes, (), NOW)
        codings.change(session, 1, who, [("assessment", "problem")], (), NOW)
    return database


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def codes(database: Database, **asked: object) -> list[list[str]]:
    found = rows(made("csv", extract(database, codes=True, **asked)))
    return [[row[name] for name in CODED] for row in found]


def test_all_coders_codes_and_those_of_the_answers_stand_together(told):
    assert codes(told) == [
        ["courts energy food housing", "poor", "problem"],
        ["housing", "", ""],
    ]


def test_without_asking_there_are_no_such_columns(told):
    (first, _) = rows(made("csv", extract(told)))
    assert not set(CODED) & set(first)


def test_a_code_that_was_taken_back_does_not_leave(told):
    with told.writing() as session:
        for who in (1, 2):
            codings.change(session, 1, who, (), [("theme", "energy"), ("group", "poor")], NOW)
    assert codes(told)[0] == ["courts food housing", "", "problem"]


def test_who_withdrew_is_not_coded(told):
    with told.writing() as session:
        session.execute(update(InterviewRow).where(InterviewRow.id == 1).values(status="declined"))
    assert codes(told)[0] == ["", "", ""]


@pytest.mark.parametrize("form", sorted(available()))
@pytest.mark.parametrize("labels", [False, True])
def test_every_format_can_be_written_with_codes(told, store, form, labels):
    assert made(form, extract(told, files=store, codes=True, labels=labels))


def test_a_line_of_json_has_them_too(told):
    first = json.loads(made("jsonl", extract(told, codes=True)).splitlines()[0])
    assert first["themes"] == "courts energy food housing"


def test_the_codebook_explains_every_code(told):
    packed = zipfile.ZipFile(io.BytesIO(made("datapackage", extract(told, codes=True))))
    book = rows(packed.read("codebook.csv"))
    found = [row for row in book if row["type"] == "codes"]
    assert len(found) == len(shipped().themes) + len(shipped().groups) + 3
    (housing,) = [row for row in found if row["choice"] == "housing"]
    assert (housing["question"], housing["label (en)"]) == ("themes", "Housing")


def test_a_question_of_that_name_keeps_it(database):
    publish(database, source("  groups: {type: text, label: Which groups?, theme: housing}\n"))
    tell(database, extract(database).library, "SMALL", "yes", "The elders")
    (only,) = rows(made("csv", extract(database, codes=True)))
    assert (only["groups"], only["coded/groups"], only["themes"]) == ("The elders", "", "housing")

"""A new version while people are under way: who goes along, who stays, and what waits is asked anew."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from flows import load
from storage import library, moving
from storage.db import Database
from storage.library import Library
from storage.models import AnswerRow, FlowVersion, InterviewRow
from storage.moving import Affected
from tests.storage.material import NOW, publish, source, tell

FIRST = source("""\
  name: {type: text, label: Name?}
  home: {type: select_one, label: Home?, choices: {house: House, flat: Flat}}
  last: {type: text, label: Last?}
""")
REWORDED = FIRST.replace("label: Home?", "label: Where do you live?")
WITHOUT = FIRST.replace("  name: {type: text, label: Name?}\n", "")
LATER = NOW + timedelta(days=1)


def people(database: Database) -> None:
    """Ana is at her home, Bo at the last question, Cy has done, and Di has not agreed yet."""
    publish(database, FIRST)
    tell(database, Library(), "SMALL", "yes", "Ana", address="+14045550101")
    tell(database, Library(), "SMALL", "yes", "Bo", "2", address="+14045550102")
    tell(database, Library(), "SMALL", "yes", "Cy", "2", "Bye", address="+14045550103")
    tell(database, Library(), "SMALL", address="+14045550104")


def affected(database: Database, text: str) -> Affected:
    with database.reading() as session:
        return moving.affected(session, load(text), Library(), NOW.date())


def migrate(database: Database, text: str) -> int:
    publish(database, text, LATER)
    with database.writing() as session:
        return moving.migrate(session, load(text), Library(), NOW.date())


def places(database: Database) -> list[tuple[str, str | None]]:
    """Of each interview the version it is on ("old", "new") and the question that waits."""
    with database.reading() as session:
        newest = library.current_versions(session)[0].id
        rows = session.scalars(select(InterviewRow).order_by(InterviewRow.id))
        return [("new" if row.flow_version_id == newest else "old", row.asked) for row in rows]


def test_it_is_told_who_is_at_a_question_that_changes(database: Database) -> None:
    people(database)
    assert affected(database, REWORDED) == Affected(3, Counter({"home": 1}), 3, Counter())


def test_who_moves_is_asked_anew_what_changed(database: Database) -> None:
    """What Ana sends next must not answer a question that she has not seen."""
    people(database)
    assert migrate(database, REWORDED) == 3
    assert places(database) == [("new", None), ("new", "last"), ("old", None), ("new", "consent")]
    tell(database, Library(), "1", address="+14045550101")
    assert places(database)[0] == ("new", "home")
    with database.reading() as session:
        assert session.scalars(
            select(AnswerRow.value).where(AnswerRow.question == "home")
        ).all() == [
            "flat",
            "flat",
        ]
    tell(database, Library(), "1", "Bye", address="+14045550101")
    assert places(database)[0] == ("new", None)


def test_who_has_answered_a_question_that_is_gone_stays(database: Database) -> None:
    people(database)
    reason = "name is answered, and is not the same question any more"
    assert affected(database, WITHOUT).staying == Counter({reason: 2})
    assert migrate(database, WITHOUT) == 1
    assert [version for version, _ in places(database)] == ["old", "old", "old", "new"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("label: May we?", "label: May we ask?", "the consent was given to another text"),
        ("languages: [en, es]", "languages: [es, ht]", "the new version does not speak en"),
        ("flat: Flat", "hut: Hut", "the choice taken at home is gone"),
        (
            "name: {type: text",
            "name: {type: email",
            "name is answered, and is not the same question any more",
        ),
    ],
)
def test_an_answer_that_would_mean_something_else_holds_its_interview_back(
    database: Database, old: str, new: str, reason: str
) -> None:
    people(database)
    changed = FIRST.replace(old, new).replace(
        "keywords: {en:", "keywords: {es:" if "ht" in new else "keywords: {en:"
    )
    assert reason in affected(database, changed).staying


def test_under_way_is_counted_by_version(database: Database) -> None:
    people(database)
    with database.reading() as session:
        version = session.scalars(select(FlowVersion.id)).one()
        assert moving.under_way(session, "small") == Counter({version: 3})
        assert moving.under_way(session, "other") == Counter()


def test_nobody_moves_to_the_version_they_are_on(database: Database) -> None:
    people(database)
    assert migrate(database, FIRST) == 0


def test_what_is_not_relevant_in_the_new_version_is_set_aside(database: Database) -> None:
    people(database)
    changed = FIRST.replace("label: Home?", "label: Home?, relevant: name == 'Ana'")
    assert migrate(database, changed) == 3
    with database.reading() as session:
        aside = session.scalars(
            select(AnswerRow.interview_id).where(AnswerRow.aside, AnswerRow.question == "home")
        ).all()
    assert aside == [2]

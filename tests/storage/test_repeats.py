"""Answers that are given several times, and those that are sealed though they are closed."""

from sqlalchemy import select

from flows import Answer, Given
from storage import exports, testimonies
from storage.db import Database
from storage.exports import Cell
from storage.library import Library
from storage.models import AnswerRow
from storage.testimonies import Filter
from tests.storage.material import publish, source, tell

TIMES = source("""\
  incidents:
    repeat: Another time?
    max: 3
    questions:
      when: {type: integer, label: Which year?}
      what: {type: text, label: What?, multiline: true}
  papers: {type: select_one, label: Papers?, sensitive: true, choices: {yes: I have, no: I have none}}
  born: {type: date, label: Born?}
  age: {type: calculate, calculation: years(born)}
  old: {type: calculate, calculation: age > 30}
""")
SAID = (
    "SMALL",
    "yes",
    "2020",
    "A door",
    "broke",
    "DONE",
    "yes",
    "2021",
    "SKIP",
    "no",
    "2",
    "2000-01-01",
)


def tables(database: Database) -> dict[str, list[dict[str, Cell]]]:
    """The rows of each table by its repeat, without the columns that every export has."""
    wanted, shelf = Filter(flow="small"), Library()
    with database.reading() as session:
        found = exports.tables_of(session, "small", shelf)
    return {
        table.repeat: [
            {
                name: row[name]
                for name in ("index", *(one.name for one in table.columns))
                if name in row
            }
            for row in exports.rows(database, table, wanted, shelf)
        ]
        for table in found
    }


def test_every_time_is_a_row_of_the_table_of_its_repeat(database: Database) -> None:
    publish(database, TIMES)
    tell(database, Library(), *SAID)
    assert tables(database) == {
        "": [{"incidents": 2, "papers": "no", "born": "2000-01-01", "age": 26, "old": 0}],
        "incidents": [
            {"index": 1, "when": 2020, "what": "A door\nbroke"},
            {"index": 2, "when": 2021, "what": "(refused)"},
        ],
    }


def test_a_time_that_was_taken_back_is_left_out(database: Database) -> None:
    publish(database, TIMES)
    tell(database, Library(), *SAID[:9], "BACK", "BACK", "BACK", "no")
    assert tables(database)["incidents"] == [{"index": 1, "when": 2020, "what": "A door\nbroke"}]


def test_an_interview_goes_on_in_the_time_that_it_was_in(database: Database) -> None:
    """Every message loads what the one before it kept."""
    publish(database, TIMES)
    tell(database, Library(), *SAID[:7])
    number = tell(database, Library(), "2021")
    with database.reading() as session:
        found = testimonies.whole(session, number, Library())
    assert found is not None
    assert found.listed.asked == "what/2"
    shown = [(one.question, one.instance) for one in found.answers if one.question != "consent"]
    assert shown == [("when", 1), ("what", 1), ("incidents", 1), ("when", 2)]


def test_a_sensitive_choice_is_sealed_like_words(database: Database) -> None:
    publish(database, TIMES)
    number = tell(database, Library(), *SAID)
    with database.reading() as session:
        row = session.scalars(select(AnswerRow).where(AnswerRow.question == "papers")).one()
        found = testimonies.whole(session, number, Library())
    assert row.value == {"sealed": True}
    assert row.words is not None
    assert b"value" not in row.words
    assert found is not None
    answer = next(one.answer for one in found.answers if one.question == "papers")
    assert answer == Answer(Given.ANSWERED, "no", "", "en")


def test_what_is_calculated_comes_back_as_it_was(database: Database) -> None:
    publish(database, TIMES)
    number = tell(database, Library(), *SAID)
    with database.reading() as session:
        found = testimonies.whole(session, number, Library())
    assert found is not None
    values = {one.question: one.answer.value for one in found.answers}
    assert (values["age"], values["old"]) == (26, False)


def test_what_was_begun_and_never_ended_is_exported(database: Database) -> None:
    publish(database, TIMES)
    tell(database, Library(), *SAID[:4])
    assert tables(database)["incidents"] == [{"index": 1, "when": 2020, "what": "A door"}]

"""Consents as data: every yes, no and withdrawal with the text it was given to; no scope, no use."""

import hashlib

from storage import consents, exports
from storage.db import Database
from storage.library import Library
from storage.testimonies import Filter
from tests.storage.material import publish, source, tell

FLOW = source("""\
  quote: {type: consent, scope: quote, label: {en: May we print it?, es: ¿Se puede?}}
  last: {type: text, label: Last?}
""")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def given(database: Database, *texts: str) -> list[tuple[str, str, str, str]]:
    publish(database, FLOW)
    number = tell(database, Library(), "SMALL", *texts)
    with database.reading() as session:
        found = consents.of_interview(session, number)
        assert all(one.message_id for one in found)
        return [(one.scope, one.given, one.language, one.text) for one in found]


def test_each_consent_names_the_text_that_was_shown(database: Database) -> None:
    assert given(database, "yes", "no") == [
        ("testimony", "yes", "en", digest("May we?")),
        ("quote", "no", "en", digest("May we print it?")),
    ]


def test_it_is_the_text_of_the_language_that_was_spoken(database: Database) -> None:
    assert given(database, "yes", "LANGUAGE", "2", "si")[-1] == (
        "quote",
        "yes",
        "es",
        digest("¿Se puede?"),
    )


def test_a_change_is_written_beside_what_was_before(database: Database) -> None:
    said = given(database, "yes", "yes", "ANSWERS", "1", "no")
    assert [(scope, answer) for scope, answer, *_ in said] == [
        ("testimony", "yes"),
        ("quote", "yes"),
        ("quote", "no"),
    ]
    with database.reading() as session:
        assert consents.allowed(session, 1) == {"testimony"}


def test_a_refusal_and_what_is_not_understood_are_no_yes(database: Database) -> None:
    for texts in (("yes", "SKIP"), ("yes", "perhaps", "later on", "who knows")):
        assert given(database, *texts)[-1][1] == "refused"


def test_no_answer_no_use(database: Database) -> None:
    given(database, "yes")
    with database.reading() as session:
        assert "quote" not in consents.allowed(session, 1)


def test_the_first_no_is_written_too(database: Database) -> None:
    assert given(database, "no") == [("testimony", "no", "en", digest("May we?"))]


def test_what_is_not_understood_is_no_consent_and_no_record(database: Database) -> None:
    assert given(database, "hm", "what?") == []


def test_a_withdrawal_of_the_whole_is_written_and_shows_in_every_later_export(
    database: Database,
) -> None:
    publish(database, FLOW)
    library = Library()
    number = tell(database, library, "SMALL", "yes", "yes", "The door was gone.")

    def exported() -> list[object]:
        with database.reading() as session:
            (table,) = exports.tables_of(session, "small", library)
        return [
            [row["status"], row["quote"], row["last"]]
            for row in exports.rows(database, table, Filter(), library)
        ]

    assert exported() == [["complete", "yes", "The door was gone."]]
    tell(database, library, "ANSWERS", "1", "no")
    assert exported() == [["complete", "no", "The door was gone."]]
    tell(database, library, "ANSWERS", "3", "no")
    assert exported() == [["declined", None, None]]
    with database.reading() as session:
        *_, last = consents.of_interview(session, number)
    assert (last.scope, last.given) == ("testimony", "no")

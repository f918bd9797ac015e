"""Consents as data: every yes, no and withdrawal with the text it was given to; no scope, no use."""

import hashlib

from storage import consents
from storage.db import Database
from storage.library import Library
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

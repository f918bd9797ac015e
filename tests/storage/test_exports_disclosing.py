"""What leaves by default tells nobody who somebody is; words need a yes; the columns stay whatever is held back."""

from datetime import timedelta

import pytest

from storage.db import Database
from storage.exports import Cell, UnknownLanguage
from storage.library import Library
from tests.storage.exporting import TOWN, extract, two
from tests.storage.material import NOW, publish, source, tell


def rows(database: Database, repeat: str = "", **asked: object) -> list[dict[str, Cell]]:
    found = extract(database, **asked)
    table = next(one for one in found.tables if one.repeat == repeat)
    return list(found.rows(table))


def column(database: Database, name: str, **asked: object) -> list[Cell]:
    return [row[name] for row in rows(database, **asked)]


def test_telephones_and_sensitive_answers_are_held_back_and_their_columns_stay(
    database: Database,
) -> None:
    two(database)
    assert column(database, "call") == ["(withheld)", "(withheld)"]
    assert column(database, "papers") == ["(withheld)", "(withheld)"]
    assert column(database, "call", identified=True) == ["+14045550188", "(refused)"]
    assert column(database, "papers", identified=True) == ["some", "(refused)"]


def test_a_place_is_told_to_the_kilometre(database: Database) -> None:
    two(database)
    assert column(database, "where") == ["33.75 -84.39", "by the church"]
    assert column(database, "where", exact=True) == ["33.748997 -84.387985", "by the church"]


def test_no_scope_no_quote(database: Database) -> None:
    """Of who did not agree, what was written freely is empty; what was chosen stays."""
    two(database)
    yes, no = rows(database, scope="quote")
    assert (yes["said"], yes["people"], yes["where"]) == ("=1+1, he said", 3, "33.75 -84.39")
    assert (no["said"], no["people"], no["where"]) == (None, None, None)
    assert (no["home"], no["pets"], no["quote"], no["incidents"]) == ("house", "(refused)", "no", 1)
    assert column(database, "what", repeat="incidents", scope="quote") == [
        "A door",
        "(refused)",
        None,
    ]


def test_the_newest_consent_counts(database: Database) -> None:
    publish(
        database,
        source(
            "  quote: {type: consent, scope: quote, label: Print?}\n  said: {type: text, label: So?}\n"
        ),
    )
    tell(database, Library(), "SMALL", "yes", "yes", "My words", "ANSWERS", "1", "no")
    assert column(database, "said", scope="quote") == [None]
    assert column(database, "said") == ["My words"]


def test_a_scope_that_was_never_asked_for_is_no_yes(database: Database) -> None:
    two(database)
    assert column(database, "said", scope="media") == [None, None]


def test_what_was_sensitive_in_any_version_is_held_back_in_all(database: Database) -> None:
    two(database)
    publish(database, TOWN.replace("sensitive: true, ", ""), NOW + timedelta(days=1))
    assert column(database, "papers") == ["(withheld)", "(withheld)"]


def test_what_is_worked_out_from_what_is_held_back_is_held_back(database: Database) -> None:
    publish(
        database,
        source(
            "  call: {type: phone, label: Which number?}\n"
            "  same: {type: calculate, calculation: call == '+14045550188'}\n"
            "  surely: {type: calculate, calculation: not same}\n"
        ),
    )
    tell(database, Library(), "SMALL", "yes", "404-555-0188")
    (row,) = rows(database)
    assert (row["same"], row["surely"]) == ("(withheld)", "(withheld)")


def test_labels_stand_for_codes_in_any_language_of_the_flow(database: Database) -> None:
    two(database)
    assert column(database, "home", labels=True) == ["Flat", "House"]
    assert column(database, "pets", labels=True, language="es") == ["Gatos; Perros", "(refused)"]
    assert column(database, "quote", labels=True, language="es") == ["Si", "No"]
    assert column(database, "language", labels=True, language="es") == ["Inglés", "Inglés"]
    assert column(database, "language") == ["en", "en"]
    found = extract(database, labels=True, language="es")
    headings = found.headings(found.tables[0])
    assert headings[8:10] == ["¿Qué pasó?", "How many?"]
    assert "¿Qué animales?/Gatos" in headings


def test_questions_that_are_called_the_same_are_told_apart(database: Database) -> None:
    publish(database, source("  a: {type: text, label: Why?}\n  b: {type: text, label: Why?}\n"))
    found = extract(database, labels=True)
    assert found.headings(found.tables[0])[8:] == ["Why? (a)", "Why? (b)"]


def test_a_language_that_the_flow_is_not_in_is_refused(database: Database) -> None:
    publish(database, TOWN)
    with pytest.raises(UnknownLanguage, match="en, es"):
        extract(database, labels=True, language="fr")


def test_the_consents_are_told_as_they_were_given(database: Database) -> None:
    two(database)
    found = [(row["interview"], row["scope"], row["given"]) for row in extract(database).consents()]
    assert found == [
        (1, "testimony", "yes"),
        (1, "quote", "yes"),
        (2, "testimony", "yes"),
        (2, "quote", "no"),
    ]
    assert all(len(str(row["digest"])) == 64 for row in extract(database).consents())


def test_the_codebook_has_every_question_and_choice_in_all_languages(database: Database) -> None:
    publish(database, TOWN)
    book = list(extract(database).labels.codebook())
    assert [(row["question"], row["choice"]) for row in book][3:6] == [
        ("home", None),
        ("home", "house"),
        ("home", "flat"),
    ]
    house = book[4]
    assert (house["label (en)"], house["label (es)"]) == ("House", "Casa")
    assert book[0]["theme"] == "housing"
    assert [row["question"] for row in book if row["sensitive"]] == ["papers"] * 3

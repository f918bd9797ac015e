"""Passages that are quoted: found again when the answer changes, masked as everywhere, and gone with the person."""

import pytest
from sqlalchemy import select

from storage import contacts, erasure, masks, quotations, quoting, rotation, staff
from storage.db import Database, open_database
from storage.library import Library
from storage.models import AnswerRow, AuditEvent, Coding, InterviewRow, Quotation, QuotedTheme
from storage.permits import NotPermitted
from storage.quotations import Quoted
from storage.quoting import Choice
from storage.staff import Role
from tests.conftest import KEY
from tests.storage.material import NOW, publish, source, tell

STORY = "The landlord, Mr. Quill, took the heat 🥶 away in May."
QUOTE = "took the heat 🥶 away"
QUESTIONS = """\
  said: {type: text, label: What happened?}
  quote: {type: consent, scope: quote, label: May we print it?}
"""
OTHER_KEY = bytes(range(64, 96))


@pytest.fixture
def coder(database: Database) -> int:
    with database.writing() as session:
        role = Role.COORDINATOR
        return staff.add_staff(session, "ana@example.org", "a long password", role, NOW).id


@pytest.fixture
def told(database: Database) -> int:
    """An interview in which the story was told."""
    publish(database, source(QUESTIONS))
    return tell(database, Library(), "SMALL", "yes", STORY)


def answer(database: Database, interview: int) -> int:
    with database.reading() as session:
        wanted = (AnswerRow.interview_id == interview, AnswerRow.question == "said")
        return session.scalars(select(AnswerRow.id).where(*wanted)).one()


def quote(database: Database, interview: int, coder: int, words: str = QUOTE) -> int | None:
    start = STORY.index(words)
    place, choice = (start, start + len(words)), Choice(("housing", "energy"), "problem")
    with database.writing() as session:
        number = answer(database, interview)
        return quoting.put(session, interview, number, place, choice, coder, NOW)


def quoted(database: Database, coder: int, theme: str = "energy") -> list[Quoted]:
    with database.reading() as session:
        return quotations.of_theme(session, coder, theme, None, 9)


def test_a_passage_is_quoted_with_its_themes_and_what_it_tells(database, told, coder):
    quote(database, told, coder)
    (only,) = quoted(database, coder)
    assert (only.words, only.themes, only.assessment) == (QUOTE, ("energy", "housing"), "problem")
    assert (only.interview_id, only.question, only.language) == (told, "said", "en")
    with database.reading() as session:
        assert quotations.of_interview(session, coder, told) == [only]
        assert quotations.counts(session) == {"energy": 1, "housing": 1}


def test_its_codes_stand_on_the_testimony_too(database, told, coder):
    quote(database, told, coder)
    with database.reading() as session:
        codes = session.execute(select(Coding.kind, Coding.code).order_by(Coding.id))
        assert [tuple(row) for row in codes] == [
            ("theme", "housing"),
            ("theme", "energy"),
            ("assessment", "problem"),
        ]


@pytest.mark.parametrize(("said", "agreed"), [((), False), (("no",), False), (("yes",), True)])
def test_it_may_be_printed_only_when_the_person_says_yes(database, told, coder, said, agreed):
    quote(database, told, coder)
    tell(database, Library(), *said)
    (only,) = quoted(database, coder)
    assert only.agreed is agreed


def test_masked_words_are_blocks_in_it_whoever_reads(database, told, coder):
    quote(database, told, coder, "Mr. Quill, took the heat")
    start = STORY.index("Mr. Quill")
    with database.writing() as session:
        masks.put(session, answer(database, told), (start, start + 9), coder, "", NOW)
    (only,) = quoted(database, coder)
    assert only.words == "█████, took the heat"


def test_it_is_found_again_where_the_answer_is_longer_now(database, told, coder):
    quote(database, told, coder)
    tell(database, Library(), "BACK", f"Well. {STORY}")
    (only,) = quoted(database, coder)
    assert only.words == QUOTE


def test_it_is_lost_where_its_words_are_gone(database, told, coder):
    quote(database, told, coder)
    tell(database, Library(), "BACK", "Nothing happened.")
    (only,) = quoted(database, coder)
    assert (only.words, only.place) == ("", None)


@pytest.mark.parametrize("place", [(-1, 3), (3, 3), (0, len(STORY) + 1), (9, 2)])
def test_what_is_no_passage_is_not_quoted(database, told, coder, place):
    with database.writing() as session:
        number = answer(database, told)
        assert quoting.put(session, told, number, place, Choice(()), coder, NOW) is None
        assert quoting.put(session, told + 1, number, (0, 3), Choice(()), coder, NOW) is None
        assert quoting.put(session, told, number + 99, (0, 3), Choice(()), coder, NOW) is None


def test_who_reads_no_words_neither_quotes_nor_sees_quotations(database, told):
    with database.writing() as session:
        viewer = staff.add_staff(session, "v@example.org", "a long password", Role.VIEWER, NOW).id
    with pytest.raises(NotPermitted):
        quote(database, told, viewer)
    with pytest.raises(NotPermitted):
        quoted(database, viewer)


def test_only_who_quoted_takes_it_back_and_the_row_stays(database, told, coder):
    number = quote(database, told, coder)
    with database.writing() as session:
        other = staff.add_staff(session, "b@example.org", "a long password", Role.OWNER, NOW).id
        assert not quoting.take_back(session, told, number, other, NOW)
        assert not quoting.take_back(session, told + 1, number, coder, NOW)
        assert quoting.take_back(session, told, number, coder, NOW)
        assert not quoting.take_back(session, told, number, coder, NOW)
        assert session.scalars(select(Quotation.ended_at)).all() == [NOW]
    assert quoted(database, coder) == []


def test_the_audit_log_has_it_without_a_word(database, told, coder):
    number = quote(database, told, coder)
    with database.writing() as session:
        quoting.take_back(session, told, number, coder, NOW)
    with database.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        log = [(row.action, row.detail) for row in rows if row.action.startswith("quote")]
    assert log == [
        ("quote", {"quotation": number, "themes": ["housing", "energy"]}),
        ("quote taken back", {"quotation": number}),
    ]


def test_many_are_shown_a_page_at_a_time(database, told, coder):
    numbers = [quote(database, told, coder) for _ in range(5)]
    with database.reading() as session:
        page = quotations.of_theme(session, coder, "energy", numbers[3], 2)
        assert [one.id for one in page] == [numbers[2], numbers[1]]
        assert quotations.newer_than(session, "energy", numbers[3], 2) is None
        assert quotations.newer_than(session, "energy", numbers[1], 2) == numbers[3]


def test_of_who_does_not_take_part_nothing_is_quoted(database, told, coder):
    quote(database, told, coder)
    with database.writing() as session:
        session.get_one(InterviewRow, told).status = "declined"
    assert quoted(database, coder) == []


def test_an_erased_person_leaves_no_quotation(database, told, coder):
    quote(database, told, coder)
    with database.writing() as session:
        who = contacts.lock_contact(session, "sms", "+14045550123", NOW)
        erasure.erase(session, who, "AAAA-BBBB", NOW)
        assert session.scalars(select(Quotation.id)).all() == []
        assert session.scalars(select(QuotedTheme.theme)).all() == []


def test_it_is_found_with_new_keys_alone(database, url, told, coder):
    quote(database, told, coder)
    both = open_database(url, [OTHER_KEY, KEY])
    rotation.rotate(both)
    both.close()
    new = open_database(url, [OTHER_KEY])
    (only,) = quoted(new, coder)
    new.close()
    assert only.words == QUOTE

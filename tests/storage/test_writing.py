"""Staff write to a person and take a conversation over: only whom it is right to write to, and each letter once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage import contacts, erasure, saving, staff, suppressions, writing
from storage.db import Database
from storage.library import Library
from storage.messages import OUT, body_of
from storage.models import AuditEvent, ConsentRecord, Contact, InterviewRow, Job, MessageRow
from storage.staff import Role
from storage.writing import Bar, Letter
from tests.storage.material import NOW, RESIDENT, publish, source, tell, together

FLOW = source("""\
  again: {type: consent, scope: follow_up, label: May we write again?}
  street: {type: text, label: Which street?}
  last: {type: text, label: Last?}
""")
AGREED = ("SMALL", "yes", "yes")
TOKEN = "a-token-of-a-form"


@pytest.fixture
def shelf(database: Database) -> Library:
    """The survey is published; Ana (1) and Ben (2) work here."""
    publish(database, FLOW)
    with database.writing() as session:
        for name in ("ana", "ben"):
            staff.add_staff(
                session, f"{name}@example.org", "a long password", Role.COORDINATOR, NOW
            )
    return Library()


def write(
    database: Database, number: int, text: str = "Hello", token: str = TOKEN, by: int = 1
) -> Bar | None:
    with database.writing() as session:
        return writing.write(session, Letter(number, by, text, token), NOW)


def hold(
    database: Database, shelf: Library, number: int, by: int = 1, before: int | None = None
) -> Bar | None:
    with database.writing() as session:
        return writing.hold(session, number, by, before, shelf, NOW)


def hand_back(database: Database, shelf: Library, number: int, by: int = 1) -> None:
    with database.writing() as session:
        writing.hand_back(session, number, by, shelf, NOW, NOW.date())


def reach(database: Database, shelf: Library, number: int) -> writing.Reach:
    with database.reading() as session:
        found = writing.reach(session, number, shelf, NOW)
    assert found is not None
    return found


def ours(session: Session) -> Sequence[MessageRow]:
    return session.scalars(
        select(MessageRow).where(MessageRow.direction == OUT).order_by(MessageRow.id)
    ).all()


def told(database: Database) -> list[str]:
    """What the person was sent, or will be."""
    with database.reading() as session:
        return [body_of(session, row) for row in ours(session)]


def audited(database: Database) -> list[tuple[int | None, str, str, dict[str, object]]]:
    with database.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        return [(row.staff_id, row.action, row.subject, row.detail) for row in rows]


def change(database: Database, **values: object) -> None:
    with database.writing() as session:
        session.execute(update(InterviewRow).values(**values))


class TestWriting:
    def test_a_letter_waits_in_the_outbox_behind_what_was_said_before(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        assert write(database, number, "Is the heat back?") is None
        with database.reading() as session:
            row = ours(session)[-1]
            job = session.scalars(select(Job).where(Job.message_id == row.id)).one()
            assert body_of(session, row) == "Is the heat back?"
            assert (row.staff_id, row.interview_id, row.status) == (1, number, "queued")
            assert (job.kind, job.order_key) == ("send", row.contact_id)
        assert audited(database) == [(1, "write", f"interview:{number}", {"message": row.id})]

    def test_a_form_sent_twice_is_one_letter(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED)
        assert write(database, number) is None
        assert write(database, number) is None
        assert told(database).count("Hello") == 1
        assert len(audited(database)) == 1

    def test_a_form_sent_by_several_at_once_is_one_letter(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        assert together(4, lambda _: write(database, number)) == [None] * 4
        assert told(database).count("Hello") == 1

    def test_an_old_form_with_other_words_is_not_taken_for_the_first(
        self, database: Database, shelf: Library
    ) -> None:
        """Whoever goes back in the browser and writes on loses no words."""
        number = tell(database, shelf, *AGREED)
        write(database, number, "one")
        assert write(database, number, "two") is Bar.USED
        assert "two" not in told(database)

    def test_two_forms_with_the_same_words_are_two_letters(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        write(database, number, token="first-form-token")
        write(database, number, token="second-form-token")
        assert told(database).count("Hello") == 2


class TestWhoMayBeWrittenTo:
    @pytest.mark.parametrize(
        "texts",
        [
            ("SMALL", "yes"),
            ("SMALL", "yes", "no"),
            ("SMALL", "yes", "SKIP"),
            (*AGREED, "Oak", "ANSWERS", "1", "no"),
        ],
        ids=["not asked yet", "no", "left out", "withdrawn"],
    )
    def test_nobody_without_a_yes_that_still_stands(
        self, database: Database, shelf: Library, texts: tuple[str, ...]
    ) -> None:
        number = tell(database, shelf, *texts)
        before = told(database)
        assert write(database, number) is Bar.NO_CONSENT
        assert hold(database, shelf, number) is Bar.NO_CONSENT
        assert told(database) == before
        reason = {"reason": "no consent"}
        assert audited(database) == [
            (1, "write refused", f"interview:{number}", reason),
            (1, "hold refused", f"interview:{number}", reason),
        ]

    def test_a_yes_after_a_no_is_a_yes(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, "SMALL", "yes", "no", "Oak", "ANSWERS", "1", "yes")
        assert write(database, number) is None

    def test_a_yes_in_one_survey_counts_in_the_next(
        self, database: Database, shelf: Library
    ) -> None:
        """The person agreed, not the questionnaire."""
        first = tell(database, shelf, *AGREED)
        publish(database, source("  only: {type: text, label: Only?}\n", "other", "OTHER"))
        second = tell(database, shelf, "OTHER", "yes")
        assert first != second
        assert write(database, second) is None

    def test_where_the_person_has_gone_on_it_is_there_that_one_writes(
        self, database: Database, shelf: Library
    ) -> None:
        first = tell(database, shelf, *AGREED)
        publish(database, source("  only: {type: text, label: Only?}\n", "other", "OTHER"))
        second = tell(database, shelf, "OTHER")
        assert write(database, first) is Bar.ELSEWHERE
        assert reach(database, shelf, first).current == second
        assert reach(database, shelf, second).current is None

    def test_another_person_who_agreed_is_another_person(
        self, database: Database, shelf: Library
    ) -> None:
        tell(database, shelf, *AGREED)
        number = tell(database, shelf, "SMALL", "yes", address="+14045550124")
        assert write(database, number) is Bar.NO_CONSENT

    @pytest.mark.parametrize(
        ("reason", "bar"),
        [
            (suppressions.BY_WORD, Bar.STOPPED),
            (suppressions.BY_CARRIER, Bar.STOPPED),
            (suppressions.UNREACHABLE, Bar.UNREACHABLE),
        ],
    )
    def test_nobody_who_gets_no_messages(
        self, database: Database, shelf: Library, reason: str, bar: Bar
    ) -> None:
        number = tell(database, shelf, *AGREED)
        with database.writing() as session:
            contacts.stop(session, session.get_one(Contact, 1), reason, NOW)
        assert write(database, number) is bar
        assert hold(database, shelf, number) is bar

    def test_nobody_on_the_web_page(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED, channel="web", address="cookie")
        assert write(database, number) is Bar.WEB

    def test_nobody_who_is_erased(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED)
        with database.writing() as session:
            erasure.erase(session, session.get_one(Contact, 1), "7F3K-9QRT", NOW)
        assert write(database, number) is Bar.ERASED
        assert hold(database, shelf, number) is Bar.ERASED

    def test_there_is_no_reach_where_there_is_no_interview(
        self, database: Database, shelf: Library
    ) -> None:
        with database.reading() as session:
            assert writing.reach(session, 7, shelf, NOW) is None


def test_nobody_writes_where_the_quiet_word_was_the_last(
    database: Database, shelf: Library
) -> None:
    """Somebody else may hold the phone by now."""
    number = tell(database, shelf, *AGREED, "WRONG NUMBER")
    assert write(database, number) is Bar.LEFT
    assert hold(database, shelf, number) is Bar.LEFT
    tell(database, shelf, "SMALL")
    assert write(database, number) is None


class TestHolding:
    def test_the_person_is_told_once_that_a_person_writes(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        assert hold(database, shelf, number) is None
        assert hold(database, shelf, number) is None
        here = "A person from The testers writes to you here now."
        assert told(database)[-1] == here
        assert told(database).count(here) == 1
        assert reach(database, shelf, number).holder == "ana@example.org"
        assert audited(database) == [(1, "hold", f"interview:{number}", {"before": None})]

    def test_another_takes_over_from_the_first_and_the_person_hears_nothing_of_it(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        before = told(database)
        assert hold(database, shelf, number, by=2, before=1) is None
        assert told(database) == before
        assert reach(database, shelf, number).holder_id == 2
        assert audited(database)[-1] == (2, "hold", f"interview:{number}", {"before": 1})

    def test_of_two_who_press_at_once_one_is_told_that_she_was_later(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        outcomes = together(2, lambda place: hold(database, shelf, number, by=place + 1))
        assert set(outcomes) == {None, Bar.HELD}

    def test_only_the_holder_writes(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        assert write(database, number, by=2) is Bar.HELD
        assert write(database, number, by=1) is None

    @pytest.mark.parametrize("status", ["declined", "withdrawn", "expired"])
    def test_what_has_ended_is_not_taken_over(
        self, database: Database, shelf: Library, status: str
    ) -> None:
        number = tell(database, shelf, *AGREED)
        change(database, status=status)
        assert hold(database, shelf, number) is Bar.ENDED
        assert not reach(database, shelf, number).holdable

    @pytest.mark.parametrize("status", ["waiting", "paused", "complete"])
    def test_what_waits_or_rests_or_is_told_can_be(
        self, database: Database, shelf: Library, status: str
    ) -> None:
        number = tell(database, shelf, *AGREED)
        change(database, status=status)
        assert hold(database, shelf, number) is None

    def test_what_is_said_meanwhile_is_no_answer(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        before = told(database)
        tell(database, shelf, "Oak Street")
        assert told(database) == before
        with database.reading() as session:
            row = session.get_one(InterviewRow, number)
            assert row.asked == "street"

    def test_a_question_whether_to_erase_does_not_wait_any_more(
        self, database: Database, shelf: Library
    ) -> None:
        """What was shown last is that a person writes: the next words are for them."""
        number = tell(database, shelf, *AGREED, "DELETE")
        with database.writing() as session:
            session.execute(update(Contact).values(menu="erasure"))
        hold(database, shelf, number)
        with database.reading() as session:
            assert session.get_one(Contact, 1).menu == ""


class TestHandingBack:
    def test_the_waiting_question_is_asked_again(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        hand_back(database, shelf, number, by=2)
        assert told(database)[-1] == "Thank you. We go on where we were.\n\nWhich street?"
        assert reach(database, shelf, number).holder is None
        assert audited(database)[-1] == (2, "hand_back", f"interview:{number}", {"before": 1})
        tell(database, shelf, "Oak Street")
        assert told(database)[-1] == "Last?"

    def test_twice_is_once(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        hand_back(database, shelf, number)
        before = told(database)
        hand_back(database, shelf, number)
        assert told(database) == before
        assert [action for _, action, _, _ in audited(database)] == ["hold", "hand_back"]

    def test_it_counts_as_moving_so_that_the_interview_is_not_closed_for_silence(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        change(database, moved_at=datetime(2026, 1, 1, tzinfo=UTC))
        hand_back(database, shelf, number)
        with database.reading() as session:
            assert session.get_one(InterviewRow, number).moved_at == NOW

    def test_also_after_the_consent_was_withdrawn_the_person_is_not_left_waiting(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        with database.writing() as session:
            session.execute(update(ConsentRecord).values(given="no"))
        hand_back(database, shelf, number)
        assert told(database)[-1].endswith("Which street?")

    def test_who_has_stopped_hears_nothing_and_is_let_go(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED)
        hold(database, shelf, number)
        before = told(database)
        with database.writing() as session:
            contact = session.get_one(Contact, 1)
            contacts.stop(session, contact, suppressions.BY_WORD, NOW)
            saving.withdraw(session, contact.id, NOW)
        hand_back(database, shelf, number)
        assert told(database) == before
        assert reach(database, shelf, number).holder is None

    def test_who_has_gone_on_elsewhere_is_not_called_back(
        self, database: Database, shelf: Library
    ) -> None:
        number = tell(database, shelf, *AGREED, "Oak", "That is all")
        hold(database, shelf, number)
        assert tell(database, shelf, "START") != number
        before = told(database)
        hand_back(database, shelf, number)
        assert told(database) == before
        assert reach(database, shelf, number).holder is None


class TestTheHour:
    def test_a_zone_that_is_known_counts(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED)
        with database.writing() as session:
            session.get_one(Contact, 1).timezone = "America/Chicago"
        assert reach(database, shelf, number).zones == (ZoneInfo("America/Chicago"),)

    def test_else_those_of_the_number(self, database: Database, shelf: Library) -> None:
        assert RESIDENT.startswith("+1404")
        number = tell(database, shelf, *AGREED)
        assert reach(database, shelf, number).zones == (ZoneInfo("America/New_York"),)

    def test_else_those_of_the_survey(self, database: Database, shelf: Library) -> None:
        number = tell(database, shelf, *AGREED, channel="telegram", address="17")
        zones = {zone.tzname(None) or str(zone) for zone in reach(database, shelf, number).zones}
        assert zones == {"America/New_York", "America/Los_Angeles"}

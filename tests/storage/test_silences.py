"""A silence that is due is looked at by one worker, once; who writes begins it anew, who has left is not looked for."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from flows import Heard, Interview, Outcome, Status, load
from flows.talking.silence import Seen, Silence, look
from storage import (
    contacts,
    erasure,
    interviews,
    messages,
    moving,
    outbox,
    outgoing,
    saving,
    silences,
)
from storage.db import Database
from storage.library import Library
from storage.models import AnswerRow, Contact, InterviewRow, Job
from tests.storage.material import NOW, arrival, contact, publish, source, tell, together

STORY = "  story: {type: text, multiline: true, label: What happened?}\n"
WISH = "  wish: {type: text, label: What do you wish?}\n"
REMINDING = source(STORY + WISH) + "remind: [2 days, 7 days]\nexpires: 30 days\n"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING, LATER = NOW + 20 * HOUR, NOW + 2 * DAY


@pytest.fixture
def shelf(database: Database) -> Library:
    publish(database, REMINDING)
    return Library()


def due_at(database: Database, interview_id: int) -> datetime | None:
    with database.reading() as session:
        return session.get_one(InterviewRow, interview_id).due_at


def row_of(database: Database, interview_id: int) -> InterviewRow:
    with database.reading() as session:
        row = session.get_one(InterviewRow, interview_id)
        session.expunge(row)
        return row


def look_at_one(database: Database, shelf: Library, now: datetime) -> Seen | None:
    """What a worker does, but for the zones and the sending."""
    with database.writing() as session:
        found = silences.claim(session, now)
        if found is None:
            return None
        _, row = found
        (interview,) = interviews.load_interviews(session, [row], shelf)
        since = silences.last_wrote(session, row)
        seen = look(interview, Silence(now, since, now.date(), reminded=row.reminded))
        silences.keep(session, row, seen, now)
        return seen


def test_who_has_just_written_is_looked_at_when_something_is_due(
    database: Database, shelf: Library
) -> None:
    interview = tell(database, shelf, "SMALL", "yes")
    assert due_at(database, interview) == LATER
    tell(database, shelf, "They came.")
    assert due_at(database, interview) == NOW + 12 * HOUR
    tell(database, shelf, "DONE")
    assert due_at(database, interview) == LATER
    tell(database, shelf, "PAUSE")
    assert due_at(database, interview) == NOW + 30 * DAY


@pytest.mark.parametrize("texts", [("no",), ("yes", "SKIP", "Peace"), ("yes", "STOP")])
def test_who_is_done_is_not_looked_for(
    database: Database, shelf: Library, texts: tuple[str, ...]
) -> None:
    assert due_at(database, tell(database, shelf, "SMALL", *texts)) is None


def test_nothing_is_claimed_before_its_time(database: Database, shelf: Library) -> None:
    tell(database, shelf, "SMALL", "yes")
    with database.writing() as session:
        assert silences.next_due(session) == LATER
        assert silences.claim(session, LATER - timedelta(seconds=1)) is None
        assert silences.claim(session, LATER) is not None


def test_a_reminder_is_counted_and_the_silence_goes_on(database: Database, shelf: Library) -> None:
    interview = tell(database, shelf, "SMALL", "yes")
    assert look_at_one(database, shelf, LATER) is not None
    row = row_of(database, interview)
    assert (row.reminded, row.due_at, row.moved_at) == (1, NOW + 7 * DAY, NOW)
    assert look_at_one(database, shelf, LATER) is None


def test_who_writes_begins_anew(database: Database, shelf: Library) -> None:
    interview = tell(database, shelf, "SMALL", "yes")
    look_at_one(database, shelf, LATER)
    tell(database, shelf, "SKIP")
    row = row_of(database, interview)
    assert (row.reminded, row.due_at) == (0, LATER)


def test_a_machine_that_answers_us_gets_no_more_reminders_than_were_declared(
    database: Database, shelf: Library
) -> None:
    """What nobody asked for is kept with the interview, and begins no new silence."""
    interview = tell(database, shelf, "SMALL", "yes")
    look_at_one(database, shelf, LATER)
    who = contact(database)
    with database.writing() as session:
        standing = interviews.standing(session, session.get_one(Contact, who), shelf, LATER)
        assert standing.current is not None
        message = messages.claim(session, arrival(who, "I am driving", at=LATER))
        outcome = Outcome(interviews=(standing.current,), heard=Heard.UNASKED)
        someone = session.get_one(Contact, who)
        saving.save(session, someone, outcome, shelf, message or 0, LATER)
    row = row_of(database, interview)
    assert (row.reminded, row.due_at, row.moved_at) == (1, NOW + 7 * DAY, LATER)
    seen = look_at_one(database, shelf, NOW + 7 * DAY)
    assert seen is not None
    assert (seen.reply, seen.due_at) == (None, LATER + 7 * DAY)


def test_a_message_that_moved_nothing_breaks_the_silence_too(
    database: Database, shelf: Library
) -> None:
    """As after a bug of ours: it was kept, and the interview stands where it stood."""
    tell(database, shelf, "SMALL", "yes")
    who = contact(database)
    with database.writing() as session:
        messages.claim(session, arrival(who, "hello?", at=NOW + DAY))
    seen = look_at_one(database, shelf, LATER)
    assert seen is not None
    assert (seen.reply, seen.due_at) == (None, NOW + 3 * DAY)


def test_a_story_that_was_ended_still_rests_on_its_last_message(
    database: Database, shelf: Library
) -> None:
    interview = tell(database, shelf, "SMALL", "yes", "They came.", "At night.")
    with database.reading() as session:
        (before,) = session.query(AnswerRow).filter_by(question="story")
        rested = before.message_id
    seen = look_at_one(database, shelf, MORNING)
    assert seen is not None
    assert seen.turn is not None
    with database.reading() as session:
        (after,) = session.query(AnswerRow).filter_by(question="story")
        assert (after.given, after.message_id) == ("answered", rested)
        row = session.get_one(InterviewRow, interview)
        (loaded,) = interviews.load_interviews(session, [row], shelf)
    assert loaded.answers["story"].words == "They came.\nAt night."
    assert (loaded.state.asked, loaded.state.status) == ("wish", Status.WAITING)


def test_a_last_story_completes_the_interview(database: Database) -> None:
    publish(database, source(STORY))
    shelf = Library()
    interview = tell(database, shelf, "SMALL", "yes", "They came.")
    look_at_one(database, shelf, MORNING)
    row = row_of(database, interview)
    assert (row.status, row.completed_at, row.due_at) == ("complete", MORNING, None)


def test_it_expires_when_its_time_has_come_also_where_it_was_put_aside(
    database: Database, shelf: Library
) -> None:
    publish(database, source(WISH, "other", "OTHER"))
    first = tell(database, shelf, "SMALL", "yes")
    tell(database, shelf, "OTHER", "yes")
    assert row_of(database, first).status == "paused"
    look_at_one(database, shelf, NOW + 30 * DAY)
    assert (row_of(database, first).status, due_at(database, first)) == ("expired", None)


def people(database: Database, shelf: Library, number: int) -> None:
    for place in range(number):
        tell(database, shelf, "SMALL", "yes", address=f"+1404555{place:04d}")


def test_two_workers_never_look_at_the_same_one(database: Database, shelf: Library) -> None:
    people(database, shelf, 12)

    def work(_: int) -> int:
        looked = 0
        while True:
            with database.reading() as session:
                due = silences.next_due(session)
            if due is None or due > LATER:
                return looked
            looked += look_at_one(database, shelf, LATER) is not None

    assert sum(together(3, work)) == 12
    with database.reading() as session:
        assert [row.reminded for row in session.query(InterviewRow)] == [1] * 12


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # on SQLite a writer is alone
def test_who_is_just_writing_is_left_alone_and_the_next_is_looked_at(
    database: Database, shelf: Library
) -> None:
    people(database, shelf, 2)
    with database.writing() as writing:
        contacts.lock_contact(writing, "sms", "+14045550000", NOW)
        with database.writing() as session:
            found = silences.claim(session, LATER)
            assert found is not None
            assert found[1].id == 2


def test_a_crash_in_between_changes_nothing(database: Database, shelf: Library) -> None:
    interview = tell(database, shelf, "SMALL", "yes")
    kept = standing(database, shelf)
    with database.writing() as session:
        found = silences.claim(session, LATER)
        assert found is not None
        silences.keep(session, found[1], Seen(kept, None, 1), LATER)
        session.rollback()  # the machine stops here
    row = row_of(database, interview)
    assert (row.reminded, row.due_at) == (0, LATER)


def standing(database: Database, shelf: Library) -> Interview:
    with database.reading() as session:
        current = interviews.standing(session, session.get_one(Contact, 1), shelf, NOW).current
    assert current is not None
    return current


def test_one_that_cannot_be_looked_at_now_does_not_block_the_others(
    database: Database, shelf: Library
) -> None:
    people(database, shelf, 2)
    with database.writing() as session:
        silences.put_off(session, 1, LATER + DAY)
        found = silences.claim(session, LATER)
        assert found is not None
        assert found[1].id == 2


def test_interviews_from_before_are_looked_at_once(database: Database, shelf: Library) -> None:
    """A migration and a new version of the flow set ``due_at`` to when they last moved."""
    interview = tell(database, shelf, "SMALL", "yes")
    with database.writing() as session:
        session.execute(update(InterviewRow).values(due_at=InterviewRow.moved_at))
    seen = look_at_one(database, shelf, NOW + DAY)
    assert seen is not None
    assert seen.reply is None
    assert due_at(database, interview) == LATER


def test_who_moves_to_a_new_version_is_looked_at_by_its_times(
    database: Database, shelf: Library
) -> None:
    interview = tell(database, shelf, "SMALL", "yes")
    text = REMINDING.replace("2 days", "5 days")
    publish(database, text, NOW + HOUR)
    with database.writing() as session:
        assert moving.migrate(session, load(text), shelf, NOW.date()) == 1
    assert due_at(database, interview) == NOW
    look_at_one(database, shelf, LATER)
    assert due_at(database, interview) == NOW + 5 * DAY


def test_who_was_erased_or_wants_no_messages_is_not_looked_for(
    database: Database, shelf: Library
) -> None:
    first = tell(database, shelf, "SMALL", "yes")
    second = tell(database, shelf, "SMALL", "yes", address="+14045550188")
    with database.writing() as session:
        erasure.erase(session, session.get_one(Contact, 1), "7F3K-9QRT", NOW)
        saving.withdraw(session, 2, NOW)
    assert (due_at(database, first), due_at(database, second)) == (None, None)


def test_what_waits_for_the_morning_goes_out_when_the_contact_writes_and_reminders_are_moot(
    database: Database,
) -> None:
    who, other = contact(database), contact(database, "+14045550188")
    with database.writing() as session:
        for one in (who, other):
            for kind in outbox.UNASKED:
                message = outgoing.write(session, one, "sms", "Hello.", NOW)
                outbox.enqueue_send(session, message, one, NOW, kind, channel="sms")
        session.execute(update(Job).values(run_at=LATER))
        assert outbox.wake(session, who, NOW) == [1]
    with database.reading() as session:
        jobs = [(job.kind, job.run_at, job.done_at) for job in session.query(Job).order_by(Job.id)]
    assert jobs[:2] == [("remind", LATER, NOW), ("send", NOW, None)]
    assert jobs[2:] == [("remind", LATER, None), ("tell", LATER, None)]


def test_stop_takes_back_what_was_not_asked_for_too(database: Database) -> None:
    who = contact(database)
    with database.writing() as session:
        message = outgoing.write(session, who, "sms", "Hello.", NOW)
        outbox.enqueue_send(session, message, who, NOW, outbox.REMIND, channel="sms")
        assert outbox.cancel(session, who, NOW) == [message]


def test_an_interview_that_is_held_is_not_reminded_when_it_is_kept(
    database: Database, shelf: Library
) -> None:
    interview = tell(database, shelf, "SMALL", "yes")
    held = replace(standing(database, shelf), held=True)
    with database.writing() as session:
        saving.keep(session, session.get_one(Contact, 1), held, shelf, NOW)
    assert due_at(database, interview) == NOW + DAY

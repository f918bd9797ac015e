"""Broadcasts: whom they are for, how they go out, and what must never happen, on each kind of database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage import contacts, erasure, interviews, outbox, staff, writing
from storage.backups import settling
from storage.backups.standing import Carried
from storage.broadcasts import feeding, recipients, register, steering
from storage.broadcasts.audience import preview
from storage.broadcasts.register import Facts, Purpose, Standing
from storage.db import Database
from storage.interviews import left_quietly
from storage.library import Library
from storage.messages import body_of
from storage.models import Broadcast, InterviewRow, Job, MessageRow, Recipient
from storage.narrowing import Filter
from storage.permits import NotPermitted
from storage.staff import Role
from storage.suppressions import BY_WORD
from tests.bot.conftest import ON_SQLITE
from tests.storage.material import NOW, publish, source, tell

ORGANIZER, COORDINATOR = 1, 2
ASKING = """\
  said: {type: text, label: What happened?}
  news: {type: consent, scope: updates, label: May we tell you news?}
  more: {type: consent, scope: follow_up, label: May we write again?}
"""
TEXTS = {"en": "The report is out.", "es": "El informe está."}
NEWS = Facts("News", Purpose.INFORM, "Us", TEXTS)
LATER = NOW + timedelta(hours=2)  # nobody is telling anything any more
TOKEN = "t" * 20


class Desk:
    """A database with people in it, and the shelf of its surveys."""

    def __init__(self, database: Database) -> None:
        self.database, self.shelf, self.people = database, Library(), 0
        publish(database, source(ASKING))
        with database.writing() as session:
            for name, role in (("o", Role.ORGANIZER), ("c", Role.COORDINATOR)):
                staff.add_staff(session, f"{name}@example.org", "a long password", role, NOW)

    def person(self, *, news: str = "yes", more: str = "yes", channel: str = "sms") -> int:
        """Somebody tells something and says whether they may be written to; returns their contact."""
        self.people += 1
        who = f"+1404555{self.people:04}"
        texts = ("SMALL", "yes", "It rained.", news, more)
        interview = tell(self.database, self.shelf, *texts, address=who, channel=channel)
        with self.database.writing() as session:
            session.execute(update(Job).values(done_at=NOW))  # the replies are out
            row = session.get_one(InterviewRow, interview)
            contact = session.get_one(contacts.Contact, row.contact_id)
            contact.language = contact.language or "en"
            return contact.id

    def make(self, facts: Facts = NEWS, token: str = TOKEN) -> int:
        with self.database.writing() as session:
            return register.make(session, facts, ORGANIZER, token, NOW)

    def begin(self, facts: Facts = NEWS, at: datetime = LATER, token: str = TOKEN) -> int:
        number = self.make(facts, token)
        with self.database.writing() as session:
            assert steering.schedule(session, number, at, ORGANIZER, NOW)
        return number

    def step(self, number: int, at: datetime = LATER) -> datetime | None:
        with self.database.writing() as session:
            return feeding.step(session, number, self.shelf, at)

    def feed(self, number: int, at: datetime = LATER) -> None:
        """Steps until the outbox holds as many messages as it may, or nothing is left to do now."""
        for _ in range(50):
            due = self.step(number, at)
            if due is None or due > at:
                return
        raise AssertionError("it does not come to an end")

    def rows(self, number: int = 1) -> list[Recipient]:
        with self.database.reading() as session:
            wanted = select(Recipient).where(Recipient.broadcast_id == number)
            found = list(session.scalars(wanted.order_by(Recipient.id)))
            session.expunge_all()
            return found

    def states(self, number: int = 1) -> list[str]:
        return [row.reason or row.status for row in self.rows(number)]

    def standing(self, number: int = 1) -> str:
        with self.database.reading() as session:
            return session.get_one(Broadcast, number).status

    def jobs(self, kind: str = outbox.BROADCAST) -> int:
        with self.database.reading() as session:
            wanted = select(func.count(Job.id)).where(Job.kind == kind, Job.done_at.is_(None))
            return session.scalar(wanted) or 0

    def send(self, status: str = "sent") -> None:
        """Whatever is in hand goes out."""
        with self.database.writing() as session:
            theirs = select(Recipient.message_id).where(Recipient.status == "queued")
            one = MessageRow.id.in_(theirs)
            session.execute(update(MessageRow).where(one).values(status=status, provider_id="SM1"))
            session.execute(update(Job).where(Job.kind == outbox.BROADCAST).values(done_at=NOW))


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    return Desk(database)  # type: ignore[return-value]


def test_only_those_get_it_who_agreed_to_what_it_is_for(desk: Desk) -> None:
    news, more = desk.person(more="no"), desk.person(news="no")
    desk.person(news="no", more="no")
    inform = desk.begin()
    desk.feed(inform)
    invite = desk.begin(replace(NEWS, purpose=Purpose.INVITE, flow="small"), token="u" * 20)
    desk.feed(invite)
    assert [row.contact_id for row in desk.rows(inform)] == [news]
    assert [row.contact_id for row in desk.rows(invite)] == [more]


def steps_of(work: Callable[[Session], object], database: Database) -> int:
    """How many steps SQLite takes for it."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with database.reading() as session:
        driver: Any = session.connection().connection.driver_connection
        driver.set_progress_handler(count, 1)
        work(session)
        driver.set_progress_handler(None, 1)
    return steps


@ON_SQLITE  # which counts its steps
def test_each_person_more_costs_the_same(desk: Desk) -> None:
    """Else, to see who is meant of 100,000 people would take an hour, where it takes a second."""
    works = (
        lambda session: preview(session, NEWS.wanted, NEWS.scope),
        lambda session: writing.agreed(session, 1, NEWS.scope),
    )
    counts = list[list[int]]()
    for people in (8, 24):
        for _ in range(people):
            desk.person()
        counts.append([steps_of(work, desk.database) for work in works])
    (few, one), (many, the_same) = counts
    assert many < few * 6
    assert the_same < one * 1.5


def test_the_newest_word_on_it_counts(desk: Desk) -> None:
    desk.person()
    texts = ("SMALL", "yes", "It snowed.", "no", "yes")
    tell(desk.database, desk.shelf, *texts, address="+14045550001")
    desk.feed(desk.begin())
    assert desk.rows() == []


def test_a_text_names_who_writes_and_how_to_stop_and_an_invitation_its_keyword(desk: Desk) -> None:
    desk.person()
    desk.feed(desk.begin(replace(NEWS, purpose=Purpose.INVITE, flow="small")))
    with desk.database.reading() as session:
        newest = session.scalars(select(MessageRow).order_by(MessageRow.id.desc())).first()
        assert newest is not None
        assert body_of(session, newest) == (
            "Us: The report is out.\nTo begin, send SMALL.\nFor no more messages, send STOP."
        )
        assert (newest.staff_id, newest.interview_id) == (ORGANIZER, 1)


def test_whoever_has_no_text_in_their_language_is_left_out(desk: Desk) -> None:
    desk.person()
    number = desk.begin(replace(NEWS, texts={"es": "El informe está."}))
    desk.feed(number)
    assert desk.states() == ["language"]
    assert desk.standing() == Standing.DONE


def test_a_filter_narrows_whom_it_is_for(desk: Desk) -> None:
    desk.person()
    facts = replace(NEWS, wanted=Filter(flow="small", channel="telegram"))
    desk.feed(desk.begin(facts))
    assert desk.rows() == []
    with desk.database.reading() as session:
        assert preview(session, facts.wanted, facts.scope) == []
        (group,) = preview(session, Filter(flow="small"), facts.scope)
    assert (group.language, group.channel, group.open) == ("en", "sms", 1)


def test_the_preview_tells_who_wants_no_messages(desk: Desk) -> None:
    stop(desk, desk.person())
    desk.person()
    with desk.database.reading() as session:
        (group,) = preview(session, Filter(), NEWS.scope)
    assert (group.number, group.stopped, group.open) == (2, 1, 1)


def test_the_preview_tells_who_left_quietly(desk: Desk) -> None:
    """And not who took it up again since, be it another survey: as it is asked of each when it is their turn."""
    publish(desk.database, source(ASKING, "other", "OTHER"))
    quiet = ("WRONG NUMBER",), ("OTHER", "yes", "WRONG NUMBER")
    for texts in (*quiet, ("WRONG NUMBER", "SMALL"), ("WRONG NUMBER", "OTHER"), ()):
        desk.person()
        tell(desk.database, desk.shelf, *texts, address=f"+1404555{desk.people:04}")
    with desk.database.writing() as session:
        other = update(InterviewRow).where(InterviewRow.flow == "other")
        session.execute(other.values(moved_at=LATER))
        (group,) = preview(session, Filter(), NEWS.scope)
        left = session.scalars(select(contacts.Contact.id).where(left_quietly(contacts.Contact.id)))
        asked = [one for one in range(1, 6) if interviews.is_left(session, one)]
        assert sorted(left) == asked
    assert len(asked) == group.stopped == len(quiet)


def stop(desk: Desk, contact_id: int) -> None:
    with desk.database.writing() as session:
        contacts.stop(session, session.get_one(contacts.Contact, contact_id), BY_WORD, NOW)


def test_whoever_said_stop_is_left_out(desk: Desk) -> None:
    stop(desk, desk.person())
    desk.feed(desk.begin())
    assert (desk.states(), desk.jobs()) == (["stopped"], 0)


def test_nobody_is_woken(desk: Desk) -> None:
    """It is four in the morning in Atlanta; they get it after eight."""
    desk.person()
    night = NOW + timedelta(hours=20)
    number = desk.begin(at=night)
    desk.feed(number, night)
    (row,) = desk.rows()
    assert row.status == "waiting"
    assert NOW + timedelta(days=1) <= row.due_at < NOW + timedelta(days=1, minutes=20)
    desk.feed(number, row.due_at)
    assert desk.states() == ["queued"]


def test_whoever_has_just_written_is_not_interrupted(desk: Desk) -> None:
    desk.person()
    tell(desk.database, desk.shelf, "SMALL", "yes", address="+14045550001")
    soon = NOW + timedelta(minutes=5)
    number = desk.begin(at=soon)
    desk.feed(number, soon)
    assert (desk.states(), desk.rows()[0].due_at) == (["waiting"], NOW + timedelta(hours=1))


def test_only_a_few_are_in_hand_at_once(desk: Desk) -> None:
    for _ in range(feeding.IN_HAND + 3):
        desk.person()
    number = desk.begin()
    desk.feed(number)
    assert desk.jobs() == feeding.IN_HAND
    desk.send()
    desk.feed(number)
    assert desk.jobs() == 3
    desk.send("undelivered")
    desk.feed(number)
    assert (set(desk.states()), desk.standing()) == ({"sent"}, Standing.DONE)


class CutOffError(Exception):
    """The end of a process, in the middle of what it does."""


def cut_off(desk: Desk, number: int) -> None:
    with desk.database.writing() as session:
        feeding.step(session, number, desk.shelf, LATER)
        raise CutOffError


def test_a_step_that_is_cut_off_doubles_nobody(desk: Desk) -> None:
    for _ in range(3):
        desk.person()
    number = desk.begin()
    for _ in range(4):
        with pytest.raises(CutOffError):
            cut_off(desk, number)
        desk.step(number)
    desk.feed(number)
    assert (desk.states(), desk.jobs()) == (["queued"] * 3, 3)


def test_recipients_are_written_in_pieces(desk: Desk) -> None:
    people = [desk.person() for _ in range(5)]
    number = desk.begin()
    counts = []
    for _ in range(4):
        with desk.database.writing() as session:
            row = register.by_id(session, number)
            assert row is not None
            recipients.gather(session, row, NEWS, LATER, 2)
        counts.append(len(desk.rows()))
    assert counts == [2, 4, 5, 5]
    assert [row.contact_id for row in desk.rows()] == people


def test_before_its_time_nothing_happens(desk: Desk) -> None:
    desk.person()
    number = desk.begin()
    assert desk.step(number, NOW) == LATER
    assert desk.rows() == []


def test_a_pause_holds_it_and_going_on_gives_each_one(desk: Desk) -> None:
    desk.person()
    number = desk.begin()
    desk.feed(number)
    with desk.database.writing() as session:
        assert steering.pause(session, number, ORGANIZER, LATER)
        assert not steering.pause(session, number, ORGANIZER, LATER)
        session.execute(update(Job).where(Job.kind == outbox.BROADCAST).values(done_at=LATER))
    assert desk.step(number) is None  # the message was not handed over, and waits again
    assert desk.states() == ["waiting"]
    with desk.database.writing() as session:
        assert steering.resume(session, number, ORGANIZER, LATER)
    desk.feed(number)
    assert (desk.states(), desk.jobs()) == (["queued"], 1)
    with desk.database.reading() as session:
        wanted = select(func.count()).where(MessageRow.staff_id == ORGANIZER)
        assert session.scalar(wanted) == 1


def test_a_stop_ends_it_for_good(desk: Desk) -> None:
    desk.person()
    number = desk.begin()
    with desk.database.writing() as session:
        assert steering.stop(session, number, ORGANIZER, NOW)
        assert not steering.resume(session, number, ORGANIZER, NOW)
    desk.feed(number)
    assert (desk.rows(), desk.standing()) == ([], Standing.STOPPED)


def test_the_same_form_twice_is_one_broadcast(desk: Desk) -> None:
    assert desk.make() == desk.make()


def test_only_a_draft_is_changed(desk: Desk) -> None:
    number = desk.make()
    with desk.database.writing() as session:
        assert register.change(session, number, replace(NEWS, name="Old"), ORGANIZER, NOW)
        assert steering.schedule(session, number, LATER, ORGANIZER, NOW)
        assert not register.change(session, number, NEWS, ORGANIZER, NOW)
    with desk.database.reading() as session:
        known = register.get(session, number)
    assert known is not None
    assert (known.facts.name, known.facts.texts) == ("Old", TEXTS)


def test_coordinators_make_and_steer_none(desk: Desk) -> None:
    number = desk.make()
    for deed in (steering.pause, steering.resume, steering.stop):
        with pytest.raises(NotPermitted), desk.database.writing() as session:
            deed(session, number, COORDINATOR, NOW)
    with pytest.raises(NotPermitted), desk.database.writing() as session:
        register.make(session, NEWS, COORDINATOR, "c" * 20, NOW)
    with pytest.raises(NotPermitted), desk.database.writing() as session:
        steering.schedule(session, number, LATER, COORDINATOR, NOW)


def test_of_an_erased_person_no_link_is_left(desk: Desk) -> None:
    one, two = desk.person(), desk.person()
    number = desk.begin()
    desk.feed(number)
    desk.send()
    desk.feed(number)
    for contact_id in (one, two):
        with desk.database.writing() as session:
            contact = session.get_one(contacts.Contact, contact_id)
            erasure.erase(session, contact, "9QRT-7F3K", LATER)
    assert {(row.contact_id, row.message_id, row.status) for row in desk.rows()} == {
        (None, None, "sent")
    }


def test_whoever_is_erased_meanwhile_gets_nothing(desk: Desk) -> None:
    contact_id = desk.person()
    number = desk.begin()
    desk.feed(number)
    with desk.database.writing() as session:
        contact = session.get_one(contacts.Contact, contact_id)
        erasure.erase(session, contact, "9QRT-7F3K", LATER)
    desk.feed(number)
    assert (desk.states(), desk.jobs(), desk.standing()) == (["erased"], 0, Standing.DONE)


def test_after_a_restore_it_waits_for_somebody_to_go_on(desk: Desk) -> None:
    desk.person()
    number = desk.begin()
    desk.feed(number)
    with desk.database.writing() as session:
        settling.settle(session, Carried(), [], LATER)
    with desk.database.reading() as session:
        known = register.get(session, number)
    assert known is not None
    assert (known.standing, known.why) == (Standing.PAUSED, steering.RESTORED)
    desk.feed(number)
    assert desk.jobs() == 0

"""Bursts that look automated: kept, sealed, counted and not answered, until staff let them through or leave them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import letting_through
from bot.answering import Reception, answer
from bot.cli import main
from bot.floods import NEWCOMERS, QUICK
from bot.lately import TOO_MANY
from bot.letting_through import let_through
from storage import contacts, erasure, messages, outbox, quarantine
from storage.models import AuditEvent, Contact, InterviewRow, MessageRow
from storage.quarantine import TOO_MANY_NEW, TOO_QUICK
from storage.suppressions import BY_BLOCKING
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE, Service
from tests.support.locks import wait_until_held_up
from tests.support.providers import TwilioServer

STORY = ["RIGHTS", "yes", "Atlanta", "2", "food"]


def marks(service: Service) -> list[str | None]:
    return [row.attention for row in service.rows(MessageRow) if row.direction == "in"]


def rush(service: Service, number: int) -> None:
    """So many new people on the channel of SMS, just now."""
    with service.database.writing() as session:
        vault = service.database.vault
        for one in range(number):
            address = f"+1770{one:07d}"
            session.add(
                Contact(
                    channel="sms",
                    address_digest=vault.digests(address)[0],
                    address=vault.seal(address, "contact.address"),
                    pseudonym=f"R-{one:04d}",
                    created_at=service.clock(),
                )
            )


def tell(service: Service, parts: int) -> None:
    """A story in so many pieces, all within half a minute."""
    service.talk(*STORY)
    for part in range(parts):
        service.sms(f"and then, {part}")
        service.clock.forward(seconds=-0.7)
    service.drain()


def test_a_meeting_of_eighty_begins_unhindered(service: Service, twilio: TwilioServer) -> None:
    for number in range(80):
        assert service.sms("RIGHTS", f"+1404555{number:04d}") == 200
    service.drain()
    assert set(marks(service)) == {None}
    assert len(twilio.sent) == 80


def test_a_quick_person_tells_a_story_in_forty_pieces(service: Service) -> None:
    tell(service, 40)
    service.talk("DONE")
    assert set(marks(service)) == {None}
    assert all(f"and then, {part}" in str(service.told) for part in range(40))


def test_what_no_person_writes_so_fast_is_kept_and_not_answered(service: Service) -> None:
    tell(service, 80)
    held = [mark for mark in marks(service) if mark == TOO_QUICK]
    assert 10 < len(held) < 80 + len(STORY) - QUICK + 2
    assert len(service.heard) == 80 + len(STORY)
    with service.database.reading() as session:
        assert quarantine.count(session) == len(held)
        (burst,) = quarantine.bursts(session)
        sealed = session.scalars(text("SELECT body FROM messages")).all()
    assert burst.number == len(held)
    assert not any(b"and then" in bytes(body) for body in sealed)


def test_after_a_minutes_quiet_the_same_person_is_answered_again(service: Service) -> None:
    tell(service, 80)
    service.clock.forward(minutes=2)
    service.talk("DONE")
    assert marks(service)[-1] is None


def test_a_stop_is_heeded_in_quarantine(service: Service) -> None:
    tell(service, 80)
    service.talk("STOP")
    assert service.stopped == ["stop"]


def test_a_rush_of_new_people_is_kept_and_those_who_are_known_go_on(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "hello?", sender="+14045550177")
    assert marks(service) == [None, TOO_MANY_NEW, TOO_MANY_NEW]
    assert len(twilio.sent) == 1
    service.talk("yes")
    assert len(twilio.sent) == 2

    service.clock.forward(minutes=11)  # the rush is over: who writes again is answered
    service.talk("RIGHTS", sender="+14045550177")
    assert marks(service)[-1] is None
    assert len(twilio.sent) == 3


def test_what_is_let_through_is_answered_in_its_order(
    service: Service, twilio: TwilioServer
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes", "Atlanta")
    assert twilio.sent == []
    service.clock.forward(minutes=30)
    with service.database.reading() as session:
        (burst,) = quarantine.bursts(session)
    assert let_through(service.services, burst.contact_id) == 3
    assert let_through(service.services, burst.contact_id) == 0
    service.drain()
    assert len(twilio.sent) == 3
    assert service.rows(InterviewRow)[0].asked == "issues"
    assert service.told["place"] == "Atlanta"
    assert set(marks(service)) == {None}


def let_all(service: Service) -> list[int]:
    """Staff let everybody through; returns whom."""
    with service.database.writing() as session:
        chosen = [one.contact_id for one in quarantine.bursts(session)]
        for one in chosen:
            quarantine.let(session, one, service.clock())
    return chosen


def test_whom_staff_let_through_the_outbox_answers_even_while_others_rush_in(
    service: Service, twilio: TwilioServer
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes", "Atlanta")
    service.talk("RIGHTS", sender="+14045550177")
    assert twilio.sent == []
    first, second = let_all(service)
    with service.database.reading() as session:
        assert quarantine.being_let(session) == {first, second}
    service.drain()
    assert len(twilio.sent) == 4
    assert service.told["place"] == "Atlanta"
    with service.database.reading() as session:
        assert quarantine.bursts(session) == []
        assert quarantine.being_let(session) == set()


@ON_POSTGRESQL
def test_of_two_who_let_somebody_through_at_once_one_does(service: Service) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS")
    with service.database.reading() as session:
        (burst,) = quarantine.bursts(session)

    def may() -> bool:
        with service.database.writing() as session:
            return burst.contact_id not in quarantine.in_turn(session)

    with ThreadPoolExecutor(1) as pool:
        with service.database.writing() as session:
            assert quarantine.in_turn(session) == set()
            quarantine.let(session, burst.contact_id, service.clock())
            other = pool.submit(may)
            wait_until_held_up(service.database.engine)
        assert not other.result(60)


def test_so_are_the_many_messages_of_one_person(service: Service) -> None:
    tell(service, 80)
    let_all(service)
    service.drain()
    assert set(marks(service)) == {None}


def test_who_dies_while_answering_is_followed_by_another_who_answers_the_rest(
    service: Service, twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes", "Atlanta")
    let_all(service)
    answered = []

    def dying(taken: Reception) -> None:
        if answered:
            raise SystemExit
        answered.append(taken.message_id)
        answer(taken)

    with monkeypatch.context() as patched:
        patched.setattr(letting_through, "answer", dying)
        with pytest.raises(SystemExit):
            service.drain()
    service.clock.forward(minutes=9)
    service.drain()
    assert len(twilio.sent) == 1  # it may be at work still
    service.clock.forward(minutes=2)
    service.drain()
    assert len(twilio.sent) == 3
    assert set(marks(service)) == {None}


def test_a_process_that_is_to_end_gives_the_rest_back(
    service: Service, twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes", "Atlanta")
    let_all(service)

    def ending(taken: Reception) -> None:
        service.services.ending.set()
        answer(taken)

    with monkeypatch.context() as patched:
        patched.setattr(letting_through, "answer", ending)
        assert service.sender.run_once()
    assert marks(service) == [None, TOO_MANY_NEW, TOO_MANY_NEW]
    service.services.ending.clear()
    service.drain()
    assert len(twilio.sent) == 3


@pytest.mark.parametrize("last", ["STOP", "LEAVE"])
def test_who_left_after_what_is_held_hears_nothing_of_it(
    service: Service, twilio: TwilioServer, last: str
) -> None:
    service.talk("RIGHTS", "yes")
    rush(service, 3)
    with service.database.writing() as session:
        number = session.scalars(select(func.max(MessageRow.id))).one()
    service.talk("START")
    with service.database.writing() as session:
        later = (MessageRow.id > number) & (MessageRow.direction == "in")
        session.execute(update(MessageRow).where(later).values(attention=TOO_QUICK))
    service.talk(last)
    sent = len(twilio.sent)
    stopped = service.stopped
    let_all(service)
    service.drain()
    assert (len(twilio.sent), service.stopped) == (sent, stopped)
    assert set(marks(service)) == {None}


def test_who_was_answered_since_is_not_answered_on_what_came_before(
    service: Service, twilio: TwilioServer
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes")
    service.clock.forward(minutes=11)
    service.talk("RIGHTS")
    assert len(twilio.sent) == 1
    let_all(service)
    service.drain()
    assert len(twilio.sent) == 1
    assert service.rows(InterviewRow)[0].asked == "consent"
    assert set(marks(service)) == {None}


def test_a_later_message_that_nobody_heard_overtakes_nothing(
    service: Service, twilio: TwilioServer
) -> None:
    """One that was left, or came too many; not one that was answered."""
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes")
    second = max(row.id for row in service.rows(MessageRow))
    with service.database.writing() as session:
        messages.call_attention(session, second, TOO_MANY)
    let_all(service)
    service.drain()
    assert len(twilio.sent) == 1
    assert marks(service) == [None, TOO_MANY]


def test_who_has_blocked_us_since_is_not_answered(service: Service, twilio: TwilioServer) -> None:
    rush(service, NEWCOMERS)
    service.talk("START")
    service.clock.forward(minutes=1)
    with service.database.writing() as session:
        contact = session.get_one(Contact, service.rows(MessageRow)[0].contact_id)
        contacts.stop(session, contact, BY_BLOCKING, service.clock())
    let_all(service)
    service.drain()
    assert twilio.sent == []
    assert service.stopped == [BY_BLOCKING]


def test_a_bug_with_one_message_is_marked_and_those_behind_it_are_answered(
    service: Service, twilio: TwilioServer
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes", "Atlanta")
    second = sorted(row.id for row in service.rows(MessageRow))[1]
    with service.database.writing() as session:
        session.get_one(MessageRow, second).body = b"damaged"
    let_all(service)
    service.drain()
    before, damaged, behind = marks(service)
    assert (before, behind) == (None, None)
    assert str(damaged).startswith("VaultError in ")
    assert len(twilio.sent) == 2


def test_what_the_database_refuses_is_the_messages_own_trouble(
    service: Service, twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL says so when it is asked, which must be before those behind it are looked at."""
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes")
    let_all(service)
    refused = []

    def refusing(taken: Reception) -> None:
        answer(taken)
        if not refused:
            refused.append(taken.message_id)
            outbox.enqueue_send(taken.session, 10**9, 1, taken.now, channel="sms")

    monkeypatch.setattr(letting_through, "answer", refusing)
    service.drain()
    first, second = marks(service)
    assert str(first).startswith("IntegrityError in ")
    assert second is None
    assert len(twilio.sent) == 1


def test_after_an_hour_in_vain_staff_are_asked_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS")
    let_all(service)

    def away(_: Reception) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the database is away"))

    monkeypatch.setattr(letting_through, "answer", away)
    for _ in range(6):
        service.drain()
        service.clock.forward(minutes=16)
    with service.database.reading() as session:
        assert quarantine.being_let(session) == set()
        assert len(quarantine.bursts(session)) == 1


def test_whoever_is_erased_before_is_not_answered(service: Service, twilio: TwilioServer) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS")
    (number,) = let_all(service)
    with service.database.writing() as session:
        erasure.erase(session, session.get_one(Contact, number), "", service.clock())
    service.drain()
    assert twilio.sent == []


@ON_POSTGRESQL
def test_whose_address_goes_at_this_moment_is_not_made_anew(
    service: Service, twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two statements of ours, when we know it already."""
    rush(service, NEWCOMERS)
    service.talk("RIGHTS")
    (number,) = let_all(service)

    lock_contact = contacts.lock_contact

    def late(session: Session, channel: str, address: str, now: datetime) -> Contact:
        with service.database.writing() as other:
            theirs = update(Contact).where(Contact.id == number)
            other.execute(theirs.values(address=None, address_digest=None))
        return lock_contact(session, channel, address, now)

    before = len(service.rows(Contact))
    monkeypatch.setattr(contacts, "lock_contact", late)
    service.drain()
    assert len(service.rows(Contact)) == before
    assert twilio.sent == []
    with service.database.reading() as session:
        assert quarantine.being_let(session) == set()


def test_what_is_left_is_kept_with_its_other_marks(service: Service) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS", "yes")
    with service.database.writing() as session:
        first = select(func.min(MessageRow.id)).scalar_subquery()
        both = update(MessageRow).where(MessageRow.id == first)
        session.execute(both.values(attention=f"care: danger; {TOO_MANY_NEW}"))
    with service.database.writing() as session:
        (burst,) = quarantine.bursts(session)
        assert quarantine.leave(session, burst.contact_id) == 2
        assert quarantine.count(session) == 0
    assert marks(service) == ["care: danger", None]
    assert service.heard == ["RIGHTS", "yes"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("choice", "said", "deed"),
    [("--let", "1 are answered", "quarantine let"), ("--leave", "1 are kept", "quarantine left")],
)
def test_staff_see_them_and_say_what_becomes_of_them(
    service: Service, environ: dict[str, str], tmp_path: Path, choice: str, said: str, deed: str
) -> None:
    rush(service, NEWCOMERS)
    service.talk("RIGHTS")
    run = CliRunner(env={**environ, "MEDIA_URL": (tmp_path / "media").as_uri()})
    shown = run.invoke(main, ["quarantine"])
    name = service.rows(Contact)[-1].pseudonym
    assert shown.output.startswith(f"{name}  sms  1 from ")
    assert run.invoke(main, ["quarantine", choice, "R-NONE"]).exit_code == 1
    assert run.invoke(main, ["quarantine", "--let", "ALL", "--leave", "ALL"]).exit_code == 2
    assert said in run.invoke(main, ["quarantine", choice, name]).output
    assert run.invoke(main, ["quarantine"]).output == "Nobody is in quarantine.\n"
    assert [row.action for row in service.rows(AuditEvent)][-1] == deed

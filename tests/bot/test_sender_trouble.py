"""One message that cannot be sent, for a reason of ours, holds up nobody; and two senders share the work."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bot.faults import BUG
from bot.outcomes import SET_ASIDE
from bot.sender import Sender
from storage import contacts, messages, outbox, outgoing
from storage.messages import OUT, Arrival
from storage.models import Contact, Job, MessageRow
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE, RESIDENT, Service, Serving
from tests.support.locks import PATIENCE, wait_until_held_up
from tests.support.providers import TelegramServer, TwilioServer

OTHER = "+14045550188"


def jobs(service: Service) -> list[Job]:
    return [job for job in service.rows(Job) if job.done_at is None]


def outbound(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.direction == "out"]


def test_two_senders_never_send_one_message_twice(service: Service, twilio: TwilioServer) -> None:
    for number in range(12):
        service.sms("RIGHTS", f"+1404555{number:04d}")
        service.sms("yes", f"+1404555{number:04d}")

    def work(sender: Sender) -> None:
        while jobs(service):
            sender.run_once()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [Sender(service.services), Sender(service.services)]))

    numbers = [message["StatusCallback"].partition("=")[2] for message in twilio.sent]
    assert sorted(map(int, numbers)) == [row.id for row in outbound(service)]
    for number in range(12):
        bodies = [m["Body"] for m in twilio.sent if m["To"] == f"+1404555{number:04d}"]
        assert "May we ask you" in bodies[0]
        assert "Which city" in bodies[1]


def damage(session: Session) -> None:
    """The first reply is not what it was."""
    first = select(func.min(MessageRow.id)).where(MessageRow.direction == OUT).scalar_subquery()
    session.execute(update(MessageRow).where(MessageRow.id == first).values(body=b"\x01damaged"))


def test_a_message_that_cannot_be_opened_holds_up_nobody(
    service: Service, twilio: TwilioServer
) -> None:
    """Its key may be gone, or its row damaged: the sender goes on with the others."""
    service.sms("RIGHTS")
    service.sms("RIGHTS", OTHER)
    with service.database.writing() as session:
        damage(session)
    service.drain()
    assert [message["To"] for message in twilio.sent] == [OTHER]


def test_a_message_that_cannot_be_opened_is_given_up_after_a_day(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS")
    service.sms("yes")
    with service.database.writing() as session:
        damage(session)
    for _ in range(26):
        service.drain()
        service.clock.forward(hours=1)
    assert [row.status for row in outbound(service)] == ["failed", "sent"]
    assert outbound(service)[0].error


def erased_but_sealed(service: Service) -> None:
    """Somebody is erased and told so; the last step is left, and the key that their address is sealed with is gone."""
    service.talk("RIGHTS", "yes", "DELETE")
    service.sms("DELETE")
    service.sender.run_once()
    with service.database.writing() as session:
        contact = session.scalars(select(Contact)).one()
        contact.address = b"\x01damaged"


def test_an_erasure_that_cannot_be_ended_holds_up_nobody(
    service: Service, twilio: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    """No message: whatever cannot be opened is set aside, and opened again an hour later."""
    erased_but_sealed(service)
    (job,) = jobs(service)
    assert job.kind == "forget"
    service.sms("RIGHTS", OTHER)
    service.drain()
    assert twilio.sent[-1]["To"] == OTHER
    (job,) = jobs(service)
    assert (job.owner, job.attempts) == (None, 1)
    assert job.run_at == service.clock() + SET_ASIDE
    assert f"job {job.id} could not be opened: VaultError" in caplog.text
    service.clock.forward(hours=48)
    service.drain()
    assert [job.kind for job in jobs(service)] == ["forget"]  # it is never given up


def test_once_it_can_be_ended_it_is(service: Service) -> None:
    erased_but_sealed(service)
    service.drain()
    with service.database.writing() as session:
        contact = session.scalars(select(Contact)).one()
        contact.address = service.database.vault.seal(RESIDENT, "contact.address")
    service.clock.forward(seconds=SET_ASIDE.total_seconds())
    service.drain()
    assert jobs(service) == []
    assert service.rows(Contact)[0].address is None


def told_of_no_interview(service: Service) -> None:
    """A reminder that cannot be opened: a fault of ours, wherever it came from."""
    with service.database.writing() as session:
        now = service.clock()
        contact = contacts.lock_contact(session, "sms", RESIDENT, now)
        message = outgoing.write(session, contact.id, "sms", "Words.", now)
        outbox.enqueue_send(session, message, contact.id, now, outbox.REMIND, channel="sms")


def test_a_message_whose_job_cannot_be_opened_is_given_up_after_a_day(
    service: Service, twilio: TwilioServer
) -> None:
    told_of_no_interview(service)
    service.drain()
    for _ in range(24):
        assert outbound(service)[0].status == "queued"
        service.clock.forward(hours=1)
        service.drain()
    (row,) = outbound(service)
    assert (row.status, jobs(service), twilio.sent) == ("failed", [], [])
    assert row.error
    assert row.error.startswith(BUG)


def test_what_nobody_opened_for_a_day_is_not_given_up_when_it_first_cannot_be(
    service: Service,
) -> None:
    """The worker was away, and came back with a fault of ours that is mended an hour later."""
    told_of_no_interview(service)
    service.clock.forward(hours=30)
    service.drain()
    assert outbound(service)[0].status == "queued"
    assert len(jobs(service)) == 1


@ON_SQLITE
def test_a_channel_that_is_not_set_up_any_more_holds_up_nobody(
    service: Service, serving: Serving, twilio: TwilioServer
) -> None:
    service.telegram("/start")
    service.sms("RIGHTS")
    later = serving(TELEGRAM_BOT_TOKEN="", TELEGRAM_WEBHOOK_SECRET="")
    later.drain()
    assert [message["To"] for message in twilio.sent] == [RESIDENT]
    assert outbound(service)[0].status == "queued"
    with service.database.reading() as session:
        assert outbox.next_due(session) > service.clock()


@ON_POSTGRESQL
def test_a_row_that_somebody_has_locked_holds_up_no_other_queue(
    service: Service, twilio: TwilioServer, telegram: TelegramServer
) -> None:
    """A host whose line was cut holds its rows until PostgreSQL misses it; who finds nothing else to do rests."""
    assert service.sms("RIGHTS") == 200
    assert service.telegram("/start") == 200
    with service.database.engine.connect() as elsewhere:
        elsewhere.execute(text("SELECT id FROM outbox WHERE lane = 'sms' FOR UPDATE"))
        assert service.sender.run_once() == 1
        assert service.sender.run_once() == 0
    assert (len(twilio.sent), len(telegram.sent)) == (0, 1)
    service.drain()
    assert len(twilio.sent) == 1


@ON_POSTGRESQL
def test_who_writes_as_their_address_is_being_forgotten_keeps_it(service: Service) -> None:
    """It is a new beginning: without an address it could neither be answered nor taken back."""
    service.talk("RIGHTS", "yes", "DELETE")
    service.sms("DELETE")
    service.sender.run_once()
    assert [job.kind for job in jobs(service)] == ["forget"]
    with ThreadPoolExecutor(1) as pool:
        with service.database.writing() as session:
            now = service.clock() + timedelta(minutes=1)
            who = contacts.lock_contact(session, "sms", RESIDENT, now)
            messages.claim(session, Arrival(who.id, "sms", "SM9", "Once more", now))
            forgetting = pool.submit(service.drain)
            wait_until_held_up(service.database.engine)
        forgetting.result(PATIENCE)
    with service.database.reading() as session:
        assert contacts.find_contact(session, "sms", RESIDENT) is not None

"""A send of which nobody has told how it ended is looked up in the provider's log, and not sent a second time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.faults import BUG
from bot.sender import LEASE, Sender
from storage import outbox, ranks
from storage.messages import OUT
from storage.models import Job, MessageRow
from tests.bot.conftest import ON_SQLITE, Service, Serving
from tests.support.providers import CUT, Answer, Call, TelegramServer, TwilioServer

EVENING = datetime(2026, 6, 1, 0, 59, 57, tzinfo=UTC)  # three seconds to nine in Atlanta


def outbound(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.direction == "out"]


def taken_but(twilio: TwilioServer, answer: Any) -> None:
    """The next message is taken by Twilio, and we get this answer all the same."""
    ordinary = twilio.answer

    def take(call: Call, headers: Any) -> Any:
        ordinary(call, headers)
        twilio.answer = ordinary  # type: ignore[method-assign]
        return answer

    twilio.answer = take  # type: ignore[method-assign]


def later(service: Service, seconds: float = 60) -> None:
    service.clock.forward(seconds=seconds)
    service.drain()


UNSURE = {
    "cut": CUT,
    "504": Answer(504, ""),
    "20500": TwilioServer.refusal(500, 20500),
    "a gateway's 503": Answer(503, b"upstream connect error"),
    "a gateway's 408": Answer(408, b""),
    "a page": Answer(200, b"<html>ok</html>"),
    "a list": Answer(201, []),
    "nothing": Answer(201, b""),
}


@pytest.mark.parametrize("answer", UNSURE.values(), ids=UNSURE)
def test_what_was_taken_though_nobody_said_so_is_found_and_not_sent_again(
    service: Service, twilio: TwilioServer, answer: Any
) -> None:
    taken_but(twilio, answer)
    service.talk("RIGHTS")
    assert outbound(service)[0].status == "queued"
    later(service)
    (row,) = outbound(service)
    assert (row.status, row.provider_id, row.error) == ("sent", twilio.log[0]["sid"], None)
    assert len(twilio.sent) == 1
    service.talk("yes")
    assert len(twilio.sent) == 2


@ON_SQLITE
@pytest.mark.parametrize("answer", UNSURE.values(), ids=UNSURE)
def test_what_was_not_taken_is_sent(service: Service, twilio: TwilioServer, answer: Any) -> None:
    """A reply is not lost for an answer that seems to be good."""
    twilio.answers.append(answer)
    service.talk("RIGHTS")
    later(service)
    assert (len(twilio.looked_up), len(twilio.sent), len(twilio.log)) == (1, 2, 1)
    assert outbound(service)[0].status == "sent"


def test_whoever_dies_between_sending_and_writing_it_down_leaves_it_to_be_found(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    with service.database.writing() as session:
        job = session.get_one(Job, 1)
        message = session.get_one(MessageRow, job.message_id)
        job.done_at, job.owner, job.run_at = None, "dead", service.clock() + LEASE
        message.status, message.provider_id = "sending", None
    later(service, LEASE.total_seconds())
    assert (len(twilio.sent), outbound(service)[0].provider_id) == (1, twilio.log[0]["sid"])


def test_what_its_late_owner_has_told_of_meanwhile_is_found_too(
    service: Service, twilio: TwilioServer
) -> None:
    """Its name stands with it already: that makes it no other message with the same words."""
    service.talk("RIGHTS")
    with service.database.writing() as session:
        job = session.get_one(Job, 1)
        message = session.get_one(MessageRow, job.message_id)
        job.done_at, job.owner, job.run_at = None, "late", service.clock() + LEASE
        message.status = "sending"
        assert message.provider_id
    later(service, LEASE.total_seconds())
    assert (len(twilio.looked_up), len(twilio.sent)) == (1, 1)


def test_the_same_words_that_went_out_before_are_another_message(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "HELP")
    twilio.answers.append(CUT)
    service.talk("HELP")
    later(service)
    bodies = [row["body"] for row in twilio.log]
    assert (len(bodies), bodies[1]) == (3, bodies[2])
    known = [row.provider_id for row in outbound(service)]
    assert known == [row["sid"] for row in twilio.log]


@ON_SQLITE
def test_while_the_log_cannot_be_read_nothing_is_sent_again(
    service: Service, twilio: TwilioServer
) -> None:
    taken_but(twilio, CUT)
    service.talk("RIGHTS")
    for failure in (TwilioServer.refusal(503, 20503), Answer(429, {}), CUT):
        twilio.answers.append(failure)
        later(service)
    assert (len(twilio.sent), outbound(service)[0].status) == (1, "queued")
    later(service)
    assert (len(twilio.sent), outbound(service)[0].status) == (1, "sent")


@ON_SQLITE
def test_words_that_are_not_kept_at_twilio_are_found_by_whom_they_were_for(
    service: Service, twilio: TwilioServer
) -> None:
    taken_but(twilio, CUT)
    service.talk("RIGHTS")
    twilio.log[0]["body"] = ""
    later(service)
    assert (len(twilio.sent), outbound(service)[0].status) == (1, "sent")


@ON_SQLITE
def test_what_was_sent_long_before_does_not_count(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "HELP")
    with service.database.writing() as session:  # as after a restore: we know nothing of it
        session.get_one(MessageRow, 4).provider_id = None
    service.clock.forward(days=2)
    twilio.clock = service.clock
    twilio.answers.append(CUT)
    service.talk("HELP")
    later(service)
    assert len(twilio.log) == 3
    assert outbound(service)[-1].provider_id == twilio.log[2]["sid"]


@contextmanager
def looking(service: Service, twilio: TwilioServer) -> Iterator[None]:
    """What a sender looks up does not come; whatever is done meanwhile, it comes then."""
    asked = len(twilio.looked_up)
    twilio.open.clear()
    looks = threading.Thread(target=Sender(service.services).run_once)
    looks.start()
    try:
        twilio.wait_for(lambda: len(twilio.looked_up) > asked)
        yield
    finally:
        twilio.open.set()
        looks.join()


def in_doubt(service: Service, twilio: TwilioServer) -> None:
    """A message that was not taken, of which nobody has told."""
    twilio.answers.append(CUT)
    service.talk("RIGHTS")
    service.clock.forward(seconds=60)
    assert len(twilio.sent) == 1


def test_whoever_looks_for_longer_than_the_lease_does_not_send_what_another_has(
    service: Service, twilio: TwilioServer
) -> None:
    in_doubt(service, twilio)
    with looking(service, twilio):
        service.clock.forward(seconds=LEASE.total_seconds())
        with looking(service, twilio):
            pass
    assert (len(twilio.looked_up), len(twilio.sent), len(twilio.log)) == (2, 2, 1)
    assert outbound(service)[0].status == "sent"


def test_a_stop_that_comes_while_it_is_looked_up_is_heeded(
    service: Service, twilio: TwilioServer
) -> None:
    in_doubt(service, twilio)
    with looking(service, twilio):
        assert service.sms("STOP") == 200
    assert (len(twilio.sent), outbound(service)[0].status) == (1, "failed")


def test_whoever_waits_for_the_database_until_the_lease_has_ended_does_not_send(
    service: Service, twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may have it in hand by then."""
    in_doubt(service, twilio)
    hold = outbox.hold

    def slowly(session: Session, job_id: int, owner: str, until: datetime) -> bool:
        service.clock.forward(seconds=LEASE.total_seconds())
        return hold(session, job_id, owner, until)

    monkeypatch.setattr(outbox, "hold", slowly)
    service.sender.run_once()
    assert len(twilio.sent) == 1
    monkeypatch.undo()
    later(service)
    assert (len(twilio.sent), outbound(service)[0].status) == (2, "sent")


def died(service: Service) -> None:
    """Whoever had the first message in hand is gone, and so is what the provider has told."""
    with service.database.writing() as session:
        job = session.scalars(select(Job).where(Job.message_id.is_not(None))).one()
        message = session.get_one(MessageRow, job.message_id)
        job.done_at, job.owner, job.run_at = None, "dead", service.clock() + LEASE
        message.status, message.provider_id, message.error = "sending", None, None


def reminded(service: Service, twilio: TwilioServer) -> None:
    """A reminder to somebody in Atlanta, a moment before nine in the evening; what came before it is forgotten."""
    service.talk("RIGHTS")
    with service.database.writing() as session:
        session.execute(update(Job).values(kind=outbox.REMIND, rank=ranks.REMINDS, done_at=None))
        message = session.scalars(select(MessageRow).where(MessageRow.direction == OUT)).one()
        message.status, message.provider_id, message.at = "queued", None, EVENING
        session.execute(update(Job).values(run_at=EVENING, created_at=EVENING))
    twilio.calls.clear()
    twilio.log.clear()
    service.clock.time, twilio.clock = EVENING, service.clock


@ON_SQLITE
@pytest.mark.parametrize("dies", [False, True], ids=["cut", "died"])
def test_what_may_have_gone_in_the_evening_is_looked_up_in_the_morning(
    service: Service, twilio: TwilioServer, dies: bool
) -> None:
    """That the contact sleeps since then does not tell what became of it."""
    reminded(service, twilio)
    taken_but(twilio, CUT)
    service.drain()
    assert len(twilio.sent) == 1
    if dies:
        died(service)
    later(service, 300)
    assert (outbound(service)[0].status, len(twilio.looked_up)) == ("queued", 0)
    later(service, 14 * 3600)
    assert (outbound(service)[0].status, len(twilio.sent)) == ("sent", 1)


@ON_SQLITE
@pytest.mark.parametrize("dies", [False, True], ids=["cut", "died"])
def test_what_may_have_gone_is_looked_up_once_its_channel_is_set_up_again(
    service: Service, serving: Serving, twilio: TwilioServer, dies: bool
) -> None:
    taken_but(twilio, CUT)
    service.talk("RIGHTS")
    if dies:
        died(service)
    without = serving(TWILIO_ACCOUNT_SID="", TWILIO_AUTH_TOKEN="", TWILIO_FROM="")
    later(without)
    later(without)
    assert (outbound(service)[0].status, len(twilio.sent)) == ("queued", 1)
    later(service)
    assert (outbound(service)[0].status, len(twilio.sent)) == ("sent", 1)


@ON_SQLITE
@pytest.mark.parametrize("dies", [False, True], ids=["cut", "died"])
def test_what_may_have_gone_is_looked_up_once_its_key_is_there_again(
    service: Service, twilio: TwilioServer, dies: bool
) -> None:
    taken_but(twilio, CUT)
    service.talk("RIGHTS")
    if dies:
        died(service)
    body = outbound(service)[0].body
    put(service, b"\x01sealed with a key that is gone")
    later(service)
    put(service, body)
    later(service)
    assert (outbound(service)[0].status, len(twilio.sent)) == ("sent", 1)


def put(service: Service, body: bytes) -> None:
    with service.database.writing() as session:
        session.execute(update(MessageRow).where(MessageRow.direction == OUT).values(body=body))


@ON_SQLITE
def test_a_bug_of_ours_in_the_middle_of_it_tells_nothing_either(
    service: Service, twilio: TwilioServer
) -> None:
    taken_but(twilio, CUT)
    service.talk("RIGHTS")
    with service.database.writing() as session:
        session.execute(update(MessageRow).values(error=f"{BUG}KeyError in send, line 1"))
    later(service)
    assert (outbound(service)[0].status, len(twilio.sent)) == ("sent", 1)


def test_telegram_keeps_no_log_so_it_goes_out_at_least_once(
    service: Service, telegram: TelegramServer
) -> None:
    telegram.answers.append(CUT)
    service.telegram("/start")
    service.drain()
    later(service)
    assert (len(telegram.sent), outbound(service)[0].status) == (2, "sent")

"""No means no, for the person, not for the number on one channel: one confirmation, then silence, until START."""

from datetime import timedelta

import pytest

from bot.channels import Inbound
from bot.receive import receive
from flows import Reply
from storage import contacts, erasure, suppressions
from storage.models import AnswerRow, Contact, InterviewRow, MessageRow
from storage.receipts import new_receipt
from storage.replies import queue_reply
from storage.suppressions import BY_CARRIER, BY_WORD, UNREACHABLE
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service
from tests.bot.test_receive_edits import STORY
from tests.bot.test_receive_flows import TENANTS, statuses
from tests.bot.test_sender_status import report
from tests.storage.material import together
from tests.support.providers import TelegramServer, TwilioServer

WHATSAPP = f"whatsapp:{RESIDENT}"
OUT_OF_REACH = [21614, 30004, 30005, 30006]
DOUBTFUL = [30003, 30007, 30008]
CONFIRMED = "no more messages"
LANDLINE = TwilioServer.refusal(400, 21614)
UNSUBSCRIBED = TwilioServer.refusal(400, 21610)


def confirmations(twilio: TwilioServer) -> int:
    return sum(CONFIRMED in message["Body"] for message in twilio.sent)


def outbound(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.direction == "out"]


def fail(service: Service, code: int, place: int = -1, status: str = "undelivered") -> None:
    """Twilio reports that one of our messages did not arrive."""
    row = outbound(service)[place]
    number = str(row.id)
    report(service, status, sid=str(row.provider_id), message=number, ErrorCode=str(code))


def say(service: Service, text: str, sender: str = RESIDENT) -> None:
    """We say something of our own accord: nobody has just written."""
    service.clock.forward(minutes=1)
    with service.database.writing() as session:
        contact = contacts.lock_contact(session, "sms", sender, service.clock())
        queue_reply(session, contact, Reply(text), service.clock())
    service.drain()


# One person, whatever the channel.


@pytest.mark.parametrize(("told", "asked"), [(RESIDENT, WHATSAPP), (WHATSAPP, RESIDENT)])
def test_a_stop_on_one_channel_of_a_number_holds_for_the_other(
    service: Service, twilio: TwilioServer, told: str, asked: str
) -> None:
    service.talk("RIGHTS", "yes", sender=asked)
    service.talk("RIGHTS", "STOP", sender=told)
    assert (confirmations(twilio), twilio.sent[-1]["To"]) == (1, told)
    sent = len(twilio.sent)
    service.talk("Atlanta", "RIGHTS", "hello?", sender=asked)
    assert len(twilio.sent) == sent
    assert [row.status for row in service.rows(InterviewRow)] == ["withdrawn", "withdrawn"]
    assert [row.question for row in service.rows(AnswerRow)] == ["consent"]


@pytest.mark.parametrize("freed", [RESIDENT, WHATSAPP])
def test_a_start_on_one_channel_frees_both(
    service: Service, twilio: TwilioServer, freed: str
) -> None:
    service.talk("STOP")
    service.talk("START", sender=freed)
    assert service.stopped == []
    sent = len(twilio.sent)
    service.talk("RIGHTS")
    service.talk("RIGHTS", sender=WHATSAPP)
    assert [message["To"] for message in twilio.sent[sent:]] == [RESIDENT, WHATSAPP]


def test_what_was_queued_for_the_other_channel_stays_unsent(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS", WHATSAPP)
    service.talk("STOP", "START")
    assert [message["To"] for message in twilio.sent] == [RESIDENT, RESIDENT]
    assert outbound(service)[0].status == "failed"


def test_a_stop_from_both_channels_is_confirmed_once(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("STOP")
    service.sms("STOP", WHATSAPP)
    service.drain()
    assert len(twilio.sent) == confirmations(twilio) == 1


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_stop_from_both_channels_in_the_same_moment_is_confirmed_once(
    service: Service, twilio: TwilioServer, known: bool
) -> None:
    """Neither has seen the other's STOP when it begins."""
    if known:
        service.talk("RIGHTS")
        service.talk("RIGHTS", sender=WHATSAPP)

    def stop(place: int) -> None:
        address = (RESIDENT, WHATSAPP)[place % 2]
        with service.database.writing() as session:
            inbound = Inbound("sms", f"SM-at-once-{place}", address, "STOP")
            receive(
                session,
                service.services.library,
                inbound,
                service.clock() + timedelta(milliseconds=place),
                service.clock().date(),
            )

    together(4, stop)
    service.clock.forward(seconds=1)
    service.drain()
    assert confirmations(twilio) == 1
    assert service.stopped == ["stop"]
    assert {row.status for row in service.rows(InterviewRow)} <= {"withdrawn"}


def test_blocking_the_bot_in_telegram_says_nothing_about_text_messages(
    service: Service, twilio: TwilioServer, telegram: TelegramServer
) -> None:
    telegram.answers.append(telegram.refusal(403, "Forbidden: bot was blocked by the user"))
    service.telegram("/start")
    service.talk("RIGHTS")
    assert service.stopped == ["blocked"]
    assert len(twilio.sent) == 1


# One confirmation, then silence.


@pytest.mark.parametrize("waits", [True, False])
def test_stop_again_is_not_confirmed_again(
    service: Service, twilio: TwilioServer, waits: bool
) -> None:
    """Nor does it take the confirmation back that still waits to be sent."""
    service.talk("RIGHTS")
    for word in ("STOP", "STOP", "Stop.", "UNSUBSCRIBE"):
        service.sms(word)
        if not waits:
            service.drain()
    service.drain()
    assert (len(twilio.sent), confirmations(twilio)) == (2, 1)


def test_a_confirmation_that_the_carrier_refuses_is_not_repeated(
    service: Service, twilio: TwilioServer
) -> None:
    """The carrier has heard the STOP too, so it refuses our confirmation: no storm comes of that."""
    service.talk("RIGHTS")
    twilio.answers.extend([UNSUBSCRIBED] * 9)
    service.talk("STOP", "STOP", "hello?")
    for _ in range(30):
        service.clock.forward(hours=1)
        service.drain()
    assert len(twilio.sent) == 2
    assert service.stopped == ["stop"]
    assert (outbound(service)[-1].status, outbound(service)[-1].error) == ("failed", "Twilio 21610")
    fail(service, 21610)
    assert (len(outbound(service)), service.stopped) == (2, ["stop"])


def test_when_twilio_has_confirmed_it_we_are_silent_on_every_channel(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("STOP", OptOutType="STOP")
    service.sms("STOP", WHATSAPP)
    service.sms("RIGHTS", WHATSAPP)
    service.drain()
    assert twilio.sent == []


def test_a_stop_is_confirmed_though_the_number_was_given_up_before(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.append(LANDLINE)
    service.talk("RIGHTS")
    assert service.stopped == [UNREACHABLE]
    service.talk("STOP")
    assert (confirmations(twilio), service.stopped) == (1, [BY_WORD])


def test_nothing_but_the_confirmation_goes_out_whenever_it_was_written(
    service: Service, twilio: TwilioServer
) -> None:
    """The list is asked at the last moment: whoever wrote something, and did not ask, is stopped here."""
    service.talk("RIGHTS", "STOP")
    say(service, "Do you remember us?")
    say(service, "Do you remember us?", WHATSAPP)
    assert len(twilio.sent) == 2
    assert [row.status for row in outbound(service)] == ["sent", "sent", "failed", "failed"]


@ON_SQLITE
@pytest.mark.parametrize("reason", [BY_WORD, BY_CARRIER])
def test_an_opt_out_that_comes_from_elsewhere_stops_what_is_queued(
    service: Service, twilio: TwilioServer, reason: str
) -> None:
    service.sms("RIGHTS")
    service.clock.forward(seconds=1)
    with service.database.writing() as session:
        suppressions.add(session, WHATSAPP, reason, service.clock())
    service.drain()
    assert twilio.sent == []


def test_an_erased_person_who_opted_out_comes_back_stopped(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes", "STOP")
    with service.database.writing() as session:
        who = contacts.lock_contact(session, "sms", RESIDENT, service.clock())
        erasure.erase(session, who, new_receipt(), service.clock())
        erasure.forget(session, who.id, service.clock())
    service.talk("RIGHTS", "hello?")
    assert len(twilio.sent) == 3
    assert [row.address is None for row in service.rows(Contact)] == [True, False]
    service.talk("START", "RIGHTS")
    assert "May we ask you" in twilio.sent[-1]["Body"]


# STOP is a word to us, never an answer; other words are answers, never a STOP.


@ON_SQLITE
@pytest.mark.parametrize("word", ["STOP", "stop", "Stop.", "PARAR", "UNSUBSCRIBE"])
def test_stop_is_never_kept_as_an_answer(service: Service, word: str) -> None:
    service.talk("RIGHTS", "yes", word)
    assert [row.question for row in service.rows(AnswerRow)] == ["consent"]
    assert service.stopped == ["stop"]


def test_stop_in_the_midst_of_a_story_ends_it_and_keeps_what_was_told(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(STORY)
    service.talk("STORY", "yes", "They came at nine.", "STOP", "They took the door.")
    assert confirmations(twilio) == 1
    assert CONFIRMED in twilio.sent[-1]["Body"]
    assert [row.question for row in service.rows(AnswerRow)] == ["consent", "story"]
    assert statuses(service) == {"story": "withdrawn"}


def test_what_was_put_aside_is_withdrawn_on_both_channels(service: Service) -> None:
    service.publish(TENANTS)
    for sender in (RESIDENT, WHATSAPP):
        service.talk("RIGHTS", "yes", "TENANTS", "yes", sender=sender)
    service.talk("STOP")
    assert [row.status for row in service.rows(InterviewRow)] == ["withdrawn"] * 4
    service.talk("START")
    assert [row.status for row in service.rows(InterviewRow)] == ["withdrawn"] * 4


@ON_SQLITE
@pytest.mark.parametrize("word", ["no", "No", "NO.", "nope", "none", "never", "No, stop asking"])
def test_a_no_is_never_a_stop(service: Service, word: str) -> None:
    service.talk("RIGHTS", "yes", word)
    assert service.stopped == []
    service.talk("RIGHTS", word)
    assert service.stopped == []


# What the carrier says.


def test_who_stopped_at_the_carrier_is_freed_by_start_alone(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.append(UNSUBSCRIBED)
    service.talk("RIGHTS", "hello?", "yes")
    assert (service.stopped, len(twilio.sent)) == ([BY_CARRIER], 1)
    service.talk("START")
    assert service.stopped == []


def test_a_start_that_twilio_answered_frees_without_a_word(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.append(UNSUBSCRIBED)
    service.talk("RIGHTS")
    service.sms("YES", WHATSAPP, OptOutType="START")
    service.drain()
    assert (service.stopped, len(twilio.sent)) == ([], 1)


@ON_SQLITE
@pytest.mark.parametrize("code", OUT_OF_REACH)
@pytest.mark.parametrize("way", ["sending", "report"])
def test_a_number_that_takes_no_text_messages_is_out_of_reach_at_once(
    service: Service, twilio: TwilioServer, code: int, way: str
) -> None:
    if way == "sending":
        twilio.answers.append(TwilioServer.refusal(400, code))
    service.talk("RIGHTS")
    if way == "report":
        fail(service, code)
    assert service.stopped == [UNREACHABLE]
    assert service.rows(InterviewRow)[0].status == "waiting"
    assert outbound(service)[0].error == f"Twilio {code}"
    assert len(twilio.sent) == 1


@ON_SQLITE
@pytest.mark.parametrize("code", DOUBTFUL)
@pytest.mark.parametrize("way", ["sending", "report"])
def test_a_phone_that_is_off_is_out_of_reach_after_three_messages(
    service: Service, twilio: TwilioServer, code: int, way: str
) -> None:
    service.talk("RIGHTS")
    for told in ([], [], [UNREACHABLE]):
        if way == "sending":
            twilio.answers.append(TwilioServer.refusal(400, code))
        say(service, "Do you remember us?")
        if way == "report":
            fail(service, code)
            fail(service, code)  # a report that comes twice counts once
        assert service.stopped == told


@ON_SQLITE
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_reports_may_come_in_any_order(service: Service, order: tuple[int, ...]) -> None:
    service.talk("RIGHTS")
    for _ in range(3):
        say(service, "Do you remember us?")
    for place in order:
        assert service.stopped == []
        fail(service, DOUBTFUL[place - 1], place)
    assert service.stopped == [UNREACHABLE]


@ON_SQLITE
def test_one_that_arrives_begins_the_count_anew(service: Service) -> None:
    service.talk("RIGHTS")
    for code in (30003, 30003, None, 30003, 30008):
        say(service, "Do you remember us?")
        if code:
            fail(service, code)
        else:
            report(service, "delivered", sid=str(outbound(service)[-1].provider_id))
    assert service.stopped == []
    say(service, "Do you remember us?")
    fail(service, 30007)
    assert service.stopped == [UNREACHABLE]


@ON_SQLITE
@pytest.mark.parametrize("code", [30001, 30009, 30034, 21211])
def test_what_is_our_own_trouble_says_nothing_of_the_person(service: Service, code: int) -> None:
    service.talk("RIGHTS")
    for _ in range(4):
        say(service, "Do you remember us?")
        fail(service, code)
    assert service.stopped == []


@ON_SQLITE
def test_what_has_arrived_cannot_have_failed(service: Service) -> None:
    service.talk("RIGHTS")
    report(service, "delivered", sid=str(outbound(service)[-1].provider_id))
    fail(service, 30006)
    assert service.stopped == []


@ON_SQLITE
def test_a_failure_that_is_told_after_the_person_has_written_again_says_nothing(
    service: Service,
) -> None:
    service.talk("RIGHTS", "yes")
    fail(service, 30005, place=0)
    assert service.stopped == []


# Out of reach is our finding, not the person's will.


def test_whoever_writes_is_in_reach_and_is_answered(service: Service, twilio: TwilioServer) -> None:
    twilio.answers.append(LANDLINE)
    service.talk("RIGHTS")
    service.talk("yes")
    assert service.stopped == []
    assert "Which city or county" in twilio.sent[-1]["Body"]
    assert service.rows(InterviewRow)[0].status == "waiting"


def test_a_reply_to_somebody_who_just_wrote_is_never_held_back(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    service.sms("yes")
    with service.database.writing() as session:
        suppressions.add(session, RESIDENT, UNREACHABLE, service.clock() + timedelta(seconds=1))
    service.drain()
    assert "Which city or county" in twilio.sent[-1]["Body"]


def test_out_of_reach_on_one_channel_is_in_reach_when_the_other_writes(service: Service) -> None:
    with service.database.writing() as session:
        suppressions.add(session, WHATSAPP, UNREACHABLE, service.clock())
    service.talk("hello")
    assert service.stopped == []


def test_an_edit_shows_that_a_person_is_in_reach(service: Service) -> None:
    service.telegram("/start")
    with service.database.writing() as session:
        suppressions.add(session, "55501", UNREACHABLE, service.clock())
    edited = {"message_id": 1, "date": 1_780_000_000, "edit_date": 1_780_000_100, "text": "hello"}
    person = {"id": 55501, "is_bot": False, "first_name": "R"}
    edited |= {"chat": {"id": 55501, "type": "private"}, "from": person}
    service.update({"update_id": 9999, "edited_message": edited})
    assert service.stopped == []

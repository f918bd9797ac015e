"""What the provider reports moves a message forward, never back, in whatever order the reports come."""

import threading
from itertools import permutations

from storage.models import InterviewRow, MessageRow
from tests.bot.conftest import Service
from tests.support.providers import TwilioServer

STAGES = ["sent", "delivered", "failed", "undelivered"]


def report(
    service: Service, status: str, *, sid: str, message: str | None = None, **more: str
) -> int:
    """Twilio calls back; the answer's status."""
    query = f"?message={message}" if message is not None else ""
    form = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, **more}
    return service.signed(f"/webhooks/twilio/status{query}", form)


def last(service: Service) -> MessageRow:
    row: MessageRow = service.rows(MessageRow)[-1]
    return row


def test_a_message_never_moves_back(service: Service) -> None:
    for order in permutations(STAGES, 2):
        service.clock.forward(hours=1)
        service.talk("RIGHTS")
        sid, number = str(last(service).provider_id), str(last(service).id)
        seen = []
        for status in order:
            assert report(service, status, sid=sid, message=number) == 204
            seen.append(last(service).status)
        final = next(status for status in order if status != "sent")
        assert seen[-1] == final
        assert all(status in ("sent", final) for status in seen)


def test_each_status_of_twilio_means_one_of_ours(service: Service) -> None:
    meant = {
        **dict.fromkeys(["accepted", "queued", "sending", "sent", "", "of-tomorrow"], "sent"),
        **dict.fromkeys(["delivered", "read"], "delivered"),
        **dict.fromkeys(["failed", "canceled"], "failed"),
        "undelivered": "undelivered",
    }
    for reported, kept in meant.items():
        service.clock.forward(hours=1)
        service.talk("RIGHTS")
        assert report(service, reported, sid=str(last(service).provider_id)) == 204
        assert last(service).status == kept


def test_a_report_may_name_the_message_by_sid_alone(service: Service) -> None:
    service.talk("RIGHTS")
    report(service, "undelivered", sid=str(last(service).provider_id), ErrorCode="30007")
    assert (last(service).status, last(service).error) == ("undelivered", "Twilio 30007")


def test_a_report_of_an_unknown_message_changes_nothing(service: Service) -> None:
    service.talk("RIGHTS")
    before = [(row.status, row.provider_id, row.error) for row in service.rows(MessageRow)]
    for message in (None, "", "2", "999", "-1", "1", "two", "9" * 30, "%D9%A3"):
        assert report(service, "failed", sid="SM" + "e" * 32, message=message) == 204
    assert [(row.status, row.provider_id, row.error) for row in service.rows(MessageRow)] == before


def test_a_report_that_comes_before_our_own_record_is_kept(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS")
    twilio.open.clear()
    sender = threading.Thread(target=service.sender.run_once)
    sender.start()
    twilio.wait_for(lambda: len(twilio.calls) == 1)
    sid = f"SM{0:032x}"  # what the server is about to answer
    assert report(service, "delivered", sid=sid, message=str(last(service).id)) == 204
    twilio.open.set()
    sender.join()

    assert (last(service).status, last(service).provider_id) == ("delivered", sid)
    service.clock.forward(minutes=5)
    service.drain()
    assert len(twilio.sent) == 1


def test_a_report_of_an_unsubscribed_contact_ends_messages(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes")
    report(service, "failed", sid=str(last(service).provider_id), ErrorCode="21610")
    assert service.stopped == ["carrier"]
    assert service.rows(InterviewRow)[0].status == "withdrawn"
    service.talk("Atlanta")
    assert len(twilio.sent) == 2


def test_a_report_never_touches_what_a_contact_sent(service: Service) -> None:
    service.talk("RIGHTS")
    inbound = service.rows(MessageRow)[0]
    report(service, "failed", sid=str(inbound.provider_id), message=str(inbound.id))
    report(service, "failed", sid=str(inbound.provider_id))
    assert service.rows(MessageRow)[0].status == "received"


def test_a_message_known_to_have_gone_out_is_not_sent_again(
    service: Service, twilio: TwilioServer
) -> None:
    """Whoever sent it died before writing that down, but the provider has told us meanwhile."""
    service.talk("RIGHTS")
    twilio.answers.append(TwilioServer.refusal(503, 20503))
    service.talk("yes")
    report(service, "delivered", sid="SM" + "a" * 32, message=str(last(service).id))
    service.clock.forward(minutes=5)
    service.drain()
    assert len(twilio.sent) == 2
    assert last(service).status == "delivered"

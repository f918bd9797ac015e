"""The outbox is thinned out beside the rest, and nothing that is counted, looked up or said changes by it."""

import threading

from sqlalchemy import insert

from bot.thinning import thin, thinner
from storage import outbox, thinning
from storage.broadcasts import telling
from storage.models import Contact, Job, MessageRow
from tests.bot.conftest import Service
from tests.bot.test_broadcasting import begin, got, street, tell, wait
from tests.bot.test_metrics import Told, scraped
from tests.bot.test_sender_status import report
from tests.support.providers import TelegramServer, TwilioServer

__all__ = ["street"]  # a fixture
OF_ITSELF = (
    "testimony_database_bytes",
    "testimony_database_s",
    "testimony_disk",
    "testimony_request",
)


def counted(service: Service) -> Told:
    """What the database knows, as Prometheus is told it."""
    told = scraped(service)
    ours = {key: value for key, value in told.items() if key[0].startswith("testimony_")}
    return {key: value for key, value in ours.items() if not key[0].startswith(OF_ITSELF)}


def later(service: Service) -> None:
    service.clock.forward(seconds=thinning.KEPT.total_seconds() + 1)


def queue(service: Service, number: int) -> None:
    now = service.clock()
    row = {"kind": outbox.SEND, "run_at": now, "created_at": now, "done_at": now}
    with service.database.writing() as session:
        session.execute(insert(Job), [row] * number)


def test_all_of_it_goes_piece_by_piece(service: Service) -> None:
    queue(service, 2 * thinning.PIECE + 1)
    later(service)
    assert thin(service.database, service.clock()) == 2 * thinning.PIECE + 1
    assert service.rows(Job) == []


def test_what_ends_takes_no_more_away(service: Service) -> None:
    queue(service, 2 * thinning.PIECE)
    later(service)
    once = iter([True])
    gone = thin(service.database, service.clock(), lambda: next(once, False))
    assert gone == thinning.PIECE


def test_no_count_and_no_answer_to_who_got_what_changes(
    street: Service, twilio: TwilioServer
) -> None:
    people = [f"+1404555000{number}" for number in range(3)]
    for who in people:
        tell(street, who)
    number = begin(street)
    wait(street, hours=1)
    assert sorted(got(twilio)) == people
    twilio.answers.append(TwilioServer.refusal(400, 21211))
    street.talk("PARK", sender=people[0])
    later(street)
    street.sms("yes", people[0])  # its answer waits

    def seen() -> object:
        with street.database.reading() as session:
            listed = telling.page(session, number, "sent", None, 10)
            return counted(street), telling.counts(session, number), listed

    before = seen()
    assert thin(street.database, street.clock()) > 0
    assert seen() == before
    assert [job.done_at for job in street.rows(Job)] == [None]


def test_a_conversation_goes_on_and_nothing_is_said_twice(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes")
    later(service)
    thin(service.database, service.clock())
    before = len(twilio.sent)
    service.drain()
    service.talk("Atlanta")
    assert len(twilio.sent) == before + 1
    assert [row.status for row in service.rows(MessageRow) if row.direction == "out"] == [
        "sent"
    ] * 3


def test_a_late_report_still_finds_its_message(service: Service) -> None:
    service.talk("RIGHTS")
    later(service)
    thin(service.database, service.clock())
    last: MessageRow = service.rows(MessageRow)[-1]
    assert report(service, "delivered", sid=str(last.provider_id), message=str(last.id)) == 204
    assert service.rows(MessageRow)[-1].status == "delivered"


def test_an_erasure_comes_to_its_end(service: Service, telegram: TelegramServer) -> None:
    service.talk("RIGHTS", "yes")
    later(service)
    thin(service.database, service.clock())
    service.talk("DELETE", "DELETE")
    assert [row.address for row in service.rows(Contact)] == [None]


def test_the_thread_begins_at_once_and_ends_when_it_is_told_to(service: Service) -> None:
    queue(service, 3)
    later(service)
    thread = thinner(service.services)
    thread.start()
    for _ in range(3000):
        if service.rows(Job) == []:
            break
        threading.Event().wait(0.01)
    service.services.ending.set()
    thread.stop()
    assert service.rows(Job) == []

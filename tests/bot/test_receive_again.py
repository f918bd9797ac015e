"""Who has finished and looks again has finished all the same, wherever staff look at it."""

from storage.glance import glance
from storage.models import InterviewRow
from storage.testimonies import Filter
from tests.bot.conftest import Service
from tests.bot.test_receive_codes import PRIVATE
from tests.bot.test_receive_edits import member, tell


def finish(service: Service) -> InterviewRow:
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "Ana", "SKIP", "SKIP")
    return only(service)


def only(service: Service) -> InterviewRow:
    (row,) = service.rows(InterviewRow)
    assert isinstance(row, InterviewRow)
    return row


def test_an_answer_changed_months_later_makes_nothing_last_months(service: Service) -> None:
    finished = finish(service).completed_at
    service.clock.forward(days=60)
    service.talk("ANSWERS", "1", "Rosa")
    assert (only(service).status, only(service).completed_at) == ("complete", finished)
    with service.database.reading() as session:
        median = glance(session, Filter()).median
    assert median is not None
    assert median.total_seconds() < 60


def test_stop_while_looking_again_withdraws_nothing(service: Service) -> None:
    finish(service)
    service.talk("ANSWERS", "1", "STOP")
    assert (only(service).status, only(service).asked) == ("complete", None)
    assert service.stopped == ["stop"]


def test_nor_does_a_blocking(service: Service) -> None:
    service.publish(PRIVATE)
    tell(service, "PRIVATE", "yes", "Ana", "SKIP", "SKIP", "ANSWERS", "1")
    member(service, "kicked")
    assert (only(service).status, only(service).asked) == ("complete", None)


def test_pause_leaves_it_finished(service: Service) -> None:
    finish(service)
    service.talk("ANSWERS", "1", "PAUSE")
    assert (only(service).status, only(service).asked) == ("complete", None)


def test_nobody_is_reminded_who_only_looked_again(service: Service) -> None:
    finish(service)
    service.talk("ANSWERS", "1")
    assert only(service).due_at is None


def test_who_takes_the_consent_back_has_declined(service: Service) -> None:
    finish(service)
    service.talk("ANSWERS", "4", "no")
    assert only(service).status == "declined"

"""What must never happen: a message that nobody can see, a STOP that is not heard, an answer that no longer holds."""

import pytest
from sqlalchemy import text

from storage.models import AnswerRow, InterviewRow, Job, MessageRow
from tests.bot.conftest import ON_SQLITE, Service
from tests.bot.test_receive_flows import TENANTS
from tests.support.providers import TwilioServer


def unfiled(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.interview_id is None]


def break_deciding(service: Service) -> None:
    """An answer is given as none can be: our own bug, from here on."""
    with service.database.writing() as session:
        session.execute(text("UPDATE answers SET given = 'asleep'"))


def test_what_was_said_before_there_was_an_interview_is_filed_with_it(service: Service) -> None:
    """Staff find messages by their interview: none may stand outside."""
    service.publish(TENANTS)
    service.talk("My landlord threatened me", "2")
    assert unfiled(service) == []
    assert {row.flow for row in service.rows(InterviewRow)} == {"tenants"}


def test_a_message_that_met_a_bug_is_filed_where_staff_look(service: Service) -> None:
    service.talk("RIGHTS", "yes")
    break_deciding(service)
    service.talk("Atlanta")
    assert unfiled(service) == []


@ON_SQLITE
def test_a_stop_that_the_carrier_settled_stops_through_a_bug_in_silence(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes")
    break_deciding(service)
    sent = len(twilio.sent)
    service.sms("BASTA", OptOutType="STOP")
    service.drain()
    assert service.stopped == ["stop"]
    assert len(twilio.sent) == sent


@ON_SQLITE
@pytest.mark.parametrize("word", ["PARAR", "baja", "STOP"])
def test_stop_is_heard_in_every_language_though_no_flow_speaks_it(
    service: Service, word: str
) -> None:
    english = TENANTS.replace("[en, es]", "[en]")
    for line in (", es: Inquilinos}", ", es: [INQUILINOS]}", ', es: "Inquilinos, 404-555-0111"}'):
        english = english.replace(line, "}")
    for line in (", es: ¿Le hacemos dos preguntas?}", ", es: Muy bien.}", ", es: ¿Qué calle?}"):
        english = english.replace(line, "}")
    for line in (", es: ¿Cuántos cuartos?}", ", es: Gracias de los inquilinos.}"):
        english = english.replace(line, "}")
    service.publish(english)
    service.talk("TENANTS", "yes", word)
    assert service.stopped == ["stop"]
    assert [row.question for row in service.rows(AnswerRow)] == ["consent"]


def test_what_a_sender_had_in_hand_at_stop_is_not_tried_again_after_start(
    service: Service, twilio: TwilioServer
) -> None:
    """The provider failed for now, STOP and START came: the old question stays unsent."""
    service.talk("RIGHTS")
    twilio.answers.append(twilio.refusal(500, 20500))
    service.sms("yes")
    job = service.rows(Job)[-1]
    with service.database.writing() as session:
        session.execute(text("UPDATE outbox SET owner = 'somebody' WHERE id = :id"), {"id": job.id})
    service.talk("STOP", "START")
    service.clock.forward(hours=1)
    service.drain()
    said = [message["Body"] for message in twilio.sent]
    assert not any("Which city or county" in body for body in said)


def test_an_answer_that_no_longer_holds_is_asked_again(service: Service) -> None:
    """After BACK, what weighs most must still be among what was named."""
    service.talk("RIGHTS", "yes", "Atlanta", "1 3", "3", "BACK", "BACK", "1 4")
    assert service.rows(InterviewRow)[0].asked == "main"
    service.talk("4")
    assert service.rows(InterviewRow)[0].asked == "health_parts"


@ON_SQLITE
def test_a_sender_that_is_set_up_wrongly_gives_no_message_up(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.append(twilio.refusal(400, 21606))
    service.talk("RIGHTS")
    assert service.rows(MessageRow)[-1].status == "queued"
    service.clock.forward(minutes=1)
    service.drain()
    assert service.rows(MessageRow)[-1].status == "sent"

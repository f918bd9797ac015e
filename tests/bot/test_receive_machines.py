"""Machines that write to us: they are kept, marked, and not answered, so that no two of them talk all night."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lately import MACHINE, SAME_IN_A_ROW
from storage.models import InterviewRow, MessageRow
from tests.bot.conftest import Service, Serving
from tests.support.providers import TwilioServer

MANY = """
flow: many
title: Many
languages: [en]
keywords: [TELL]
contact: The testers
consent: {label: May we?, declined: Good bye.}
closing: Thanks.
questions:
"""


def attention(service: Service) -> list[str | None]:
    return [row.attention for row in service.rows(MessageRow) if row.direction == "in"]


@pytest.mark.parametrize("sender", ["72975", "22395", "VERIZON", "whatsapp:Company"])
def test_a_short_code_starts_nothing(service: Service, twilio: TwilioServer, sender: str) -> None:
    service.talk("RIGHTS", sender=sender)
    assert (twilio.sent, service.rows(InterviewRow)) == ([], [])
    assert attention(service) == ["from a short code or a company"]


@pytest.mark.parametrize(
    "sender", ["+14045550199", "whatsapp:+14045550199", "whatsapp:US.13491208655302741918"]
)
def test_a_number_of_a_person_is_answered(
    service: Service, twilio: TwilioServer, sender: str
) -> None:
    service.talk("RIGHTS", sender=sender)
    assert len(twilio.sent) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Auto-Reply: I'm driving",
        "AUTOMATIC REPLY: out until Monday",
        "This is an automated message. Do not answer.",
        "Out of office until June",
        "Respuesta automática: estoy de vacaciones",
    ],
)
def test_an_automatic_reply_is_no_answer(service: Service, twilio: TwilioServer, text: str) -> None:
    service.talk("RIGHTS", "yes", text)
    assert len(twilio.sent) == 2
    assert attention(service)[-1] == "an automatic reply"
    service.talk("Atlanta")  # and the interview goes on where it was
    assert len(twilio.sent) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Do not reply to this: he reads my phone",
        "Automatic response is what the landlord gave me all year",
        "This number is not monitored, they said, and nobody came",
    ],
)
def test_a_testimony_of_such_things_is_one(service: Service, text: str) -> None:
    service.talk("RIGHTS", "yes", text)
    assert attention(service)[-1] is None
    assert service.told["place"] == text


def test_a_quick_person_can_answer_forty_questions(serving: Serving) -> None:
    service = serving()
    questions = "\n".join(f"  q{n}: {{type: range, label: Scale {n}?}}" for n in range(40))
    service.publish(MANY + questions + "\n")
    service.talk("TELL", "yes", *["5"] * 40)
    assert [row.status for row in service.rows(InterviewRow)] == ["complete"]


def test_a_quick_person_can_leave_out_forty_questions(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = serving()
    questions = "\n".join(f"  q{n}: {{type: range, label: Scale {n}?}}" for n in range(40))
    service.publish(MANY + questions + "\n")
    service.talk("TELL", "yes", *["SKIP"] * 40)
    assert [row.status for row in service.rows(InterviewRow)] == ["complete"]
    assert len(twilio.sent) == 42


def test_to_and_fro_moves_nothing_forward(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "yes", *["SKIP", "BACK"] * 20)
    assert len(twilio.sent) < 30
    assert "too many messages in a minute" in attention(service)


def test_a_machine_that_answers_each_of_our_messages_is_cut_off(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk(*["Thank you for contacting Acme, we will be with you shortly."] * 30)
    assert len(twilio.sent) == SAME_IN_A_ROW
    assert len(service.heard) == 30  # all kept


def test_an_echo_of_our_own_words_is_not_answered(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS")
    service.talk(twilio.sent[-1]["Body"])
    assert len(twilio.sent) == 1


def test_no_one_gets_more_than_a_person_can_read(service: Service, twilio: TwilioServer) -> None:
    service.talk(*["HELP", "RIGHTS"] * 20)  # one a second
    assert len(twilio.sent) == 20
    service.clock.forward(seconds=120)
    service.talk("RIGHTS")
    assert len(twilio.sent) == 21


def test_stop_is_heeded_all_the_same(service: Service, twilio: TwilioServer) -> None:
    service.talk(*["hello?"] * 6, "STOP")
    assert "no more messages" in twilio.sent[-1]["Body"]


def test_the_same_short_answer_to_many_questions_is_no_loop(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes", "1", "1", "1", "1", "1")
    assert all(mark is None for mark in attention(service))


def test_who_skips_question_after_question_is_no_machine(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes", *["SKIP"] * 6)
    assert len(twilio.sent) == 8


@given(text=st.text("abcdefghijklmnop ?!", max_size=60))
def test_plain_words_are_no_machine(text: str) -> None:
    assert MACHINE.match(text) is None

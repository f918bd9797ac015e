"""Several flows, one contact: keywords change between them, a menu offers them, nothing told is lost."""

import pytest

from storage.models import AnswerRow, Contact, InterviewRow, MessageRow
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service, Serving
from tests.support.providers import TwilioServer

TENANTS = """
flow: tenants
title: {en: Tenants of this town, es: Inquilinos}
languages: [en, es]
keywords: {en: [TENANTS], es: [INQUILINOS]}
contact: {en: "Tenants, 404-555-0111", es: "Inquilinos, 404-555-0111"}
consent:
  label: {en: May we ask two things?, es: ¿Le hacemos dos preguntas?}
  declined: {en: Very well., es: Muy bien.}
questions:
  street: {type: text, label: {en: Which street?, es: ¿Qué calle?}}
  rooms: {type: integer, label: {en: How many rooms?, es: ¿Cuántos cuartos?}}
closing: {en: Thank you from the tenants., es: Gracias de los inquilinos.}
"""


def last(twilio: TwilioServer) -> str:
    return twilio.sent[-1]["Body"]


def statuses(service: Service) -> dict[str, str]:
    return {row.flow: row.status for row in service.rows(InterviewRow)}


def test_another_keyword_puts_a_flow_aside_and_its_own_comes_back_to_it(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(TENANTS)
    service.talk("RIGHTS", "yes", "Atlanta", "TENANTS", "yes", "Elm Street")
    assert statuses(service) == {"city-testimony": "paused", "tenants": "waiting"}

    service.talk("rights")
    assert statuses(service) == {"city-testimony": "waiting", "tenants": "paused"}
    assert last(twilio).startswith("Welcome back.")
    assert "problem for you" in last(twilio)
    service.talk("2", "food", "tenants", "3")

    assert last(twilio) == "Thank you from the tenants."
    assert statuses(service) == {"city-testimony": "paused", "tenants": "complete"}
    given = {(row.interview_id, row.question) for row in service.rows(AnswerRow)}
    assert {(1, "place"), (1, "issues"), (1, "needs_parts"), (2, "street"), (2, "rooms")} < given
    service.talk("RIGHTS")
    assert len(service.rows(InterviewRow)) == 2


def test_a_keyword_speaks_its_own_language(service: Service, twilio: TwilioServer) -> None:
    service.publish(TENANTS)
    service.talk("INQUILINOS")
    assert last(twilio).startswith("¿Le hacemos dos preguntas?")


def test_an_unknown_word_starts_the_only_flow(service: Service, twilio: TwilioServer) -> None:
    service.talk("???")
    assert service.rows(InterviewRow)[0].flow == "city-testimony"
    assert "English: reply 1" in last(twilio)


def test_the_first_words_tell_the_language(service: Service, twilio: TwilioServer) -> None:
    service.talk("Buenos días, quiero contarles algo")
    assert last(twilio).startswith("Our Rights Our City pregunta")


@ON_SQLITE
@pytest.mark.parametrize(
    ("pick", "flow"),
    [("2", "tenants"), ("1", "city-testimony"), ("Inquilinos", "tenants"), ("two", None)],
)
def test_an_unknown_word_shows_the_menu_of_two_flows_and_a_number_or_title_picks_one(
    service: Service, twilio: TwilioServer, pick: str, flow: str | None
) -> None:
    service.publish(TENANTS)
    service.talk("👋")
    menu = last(twilio)
    assert "1. Human rights in our city / Derechos humanos en nuestra ciudad" in menu
    assert "2. Tenants of this town / Inquilinos" in menu
    assert service.rows(InterviewRow) == []

    service.talk(pick)
    assert [row.flow for row in service.rows(InterviewRow)] == ([flow] if flow else [])
    assert ("2. Tenants of this town" in last(twilio)) is (flow is None)  # the menu, once more


def test_stop_at_the_menu_ends_messages_and_a_number_then_picks_nothing(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(TENANTS)
    service.talk("hello", "STOP", "2", "TENANTS")

    assert len(twilio.sent) == 2
    assert "no more messages" in last(twilio)
    assert service.rows(InterviewRow) == []
    contact = service.rows(Contact)[0]
    assert service.stopped == ["stop"]
    assert not contact.menu


def test_help_at_the_menu_leaves_the_menu_open(service: Service, twilio: TwilioServer) -> None:
    service.publish(TENANTS)
    service.talk("hello", "HELP", "2")
    assert "404-555-01" in twilio.sent[1]["Body"]
    assert service.rows(InterviewRow)[0].flow == "tenants"


def test_stop_withdraws_what_waits_and_what_was_put_aside(service: Service) -> None:
    service.publish(TENANTS)
    service.talk("RIGHTS", "yes", "TENANTS", "STOP")
    assert statuses(service) == {"city-testimony": "withdrawn", "tenants": "withdrawn"}


def test_without_any_flow_a_text_is_kept_and_told_so(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = serving()
    service.talk("hello")
    assert "no survey open" in last(twilio)
    assert service.heard == ["hello"]


@ON_SQLITE
@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
def test_what_twilio_answered_itself_is_kept_and_not_answered_again(
    service: Service, twilio: TwilioServer, word: str
) -> None:
    service.talk("RIGHTS", "yes")
    service.sms(word, OptOutType=word)
    service.drain()

    assert len(twilio.sent) == 2
    assert service.heard[-1] == word
    assert service.stopped == (["stop"] if word == "STOP" else [])
    assert service.rows(InterviewRow)[0].status == ("withdrawn" if word == "STOP" else "waiting")


def test_a_yes_that_twilio_takes_for_a_start_still_answers_the_question(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    service.sms("YES", OptOutType="START")
    service.drain()

    assert service.rows(InterviewRow)[0].asked == "place"
    assert "Which city or county" in last(twilio)


def test_only_start_lifts_a_stop(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "STOP", "yes", "RIGHTS", "hello", "HELP")
    assert len(twilio.sent) == 2
    service.talk("UNSTOP")
    assert "again" in last(twilio)
    service.talk("RIGHTS")
    assert "May we ask you" in last(twilio)
    assert {row.direction for row in service.rows(MessageRow)} == {"in", "out"}
    assert twilio.sent[-1]["To"] == RESIDENT

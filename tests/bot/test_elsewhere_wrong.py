"""What other systems of this kind get wrong, by their own code or their users' reports: each must be right here."""

import pytest

from storage.models import Contact, InterviewRow, MessageRow
from tests.bot.conftest import RESIDENT, Service
from tests.support.providers import TelegramServer, TwilioServer

FLOW = """
flow: small
title: Small
languages: [en]
keywords: [TELL]
contact: The testers
consent: {label: May we?, declined: Good bye.}
closing: Thanks.
questions:
  name: {type: text, label: Your name?}
  age: {type: integer, label: "{name}, how old are you?"}
  born: {type: text, label: "You are {age|of some age}. Where were you born?"}
  home: {type: select_one, label: Your home?, choices: {house: House, hotel: Hotel, street: The street}}
  safe: {type: consent, scope: quote, label: May we print it?}
  photo: {type: media, label: A photo?}
"""


@pytest.fixture
def service(service: Service) -> Service:
    service.publish(FLOW)
    return service


def test_all_answers_of_one_person_are_one_interview(service: Service) -> None:
    """Elsewhere each text message opened a session of its own, named by its MessageSid."""
    service.talk("TELL", "yes", "Ana", "40")
    assert len(service.rows(InterviewRow)) == len(service.rows(Contact)) == 1
    assert service.told == {"consent": "yes", "name": "Ana", "age": 40}


def test_an_answer_is_never_filed_under_the_question_before(service: Service) -> None:
    service.talk("TELL", "yes", "Ana", "forty-ish", "40", "Macon")
    assert (service.told["age"], service.told["born"]) == (40, "Macon")


def test_a_question_left_after_three_tries_leaves_nobody_stuck(
    service: Service, twilio: TwilioServer
) -> None:
    """Elsewhere the next text that used its answer failed, and failed again at every message."""
    service.talk("TELL", "yes", "Ana", "old", "very old", "ancient")
    assert "You are of some age. Where were you born?" in twilio.sent[-1]["Body"]
    service.talk("Macon")
    assert service.told["born"] == "Macon"


def test_a_choice_is_never_guessed_from_its_first_letters(service: Service) -> None:
    """Elsewhere "h" meant House, and so did every word that begins with it."""
    service.talk("TELL", "yes", "Ana", "40", "Macon", "h", "ho", "homeless")
    assert service.told["home"] == "homeless"  # kept as written


def test_words_are_sent_as_they_are(service: Service, twilio: TwilioServer) -> None:
    """Elsewhere texts were escaped for HTML: O&#39;Brien."""
    service.talk("TELL", "yes", "O'Brien & <Sons>")
    assert twilio.sent[-1]["Body"].startswith("O'Brien & <Sons>, how old")


def test_nothing_is_cut_off(service: Service) -> None:
    """Elsewhere an answer ended, without a word, at 640 letters."""
    long = "word " * 300
    service.talk("TELL", "yes", long)
    assert service.told["name"] == long


def test_a_photo_without_a_word_is_a_message(service: Service) -> None:
    """Elsewhere Body was a required field, and only the first of several files was taken."""
    service.talk("TELL", "yes", "SKIP", "SKIP", "SKIP", "SKIP", "no")
    pictures = {f"MediaUrl{n}": f"https://api.twilio.com/m/{n}" for n in range(3)}
    types = {f"MediaContentType{n}": "image/jpeg" for n in range(3)}
    assert service.sms("", NumMedia="3", **pictures, **types) == 200
    assert service.told["photo"] == ("photo", "photo", "photo")


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "please stop texting me", "ALTO"])
def test_stop_is_no_answer(service: Service, word: str) -> None:
    service.talk("TELL", "yes", word)
    assert "name" not in service.told
    assert [row.status for row in service.rows(InterviewRow)] == ["withdrawn"]


def test_no_is_an_answer_and_stops_nothing(service: Service) -> None:
    """Elsewhere an organization had made "No" a word of opting out."""
    service.talk("TELL", "yes", "Ana", "40", "Macon", "1", "no")
    assert service.told["safe"] == "no"
    assert [row.status for row in service.rows(InterviewRow)] == ["waiting"]


def test_yes_reaches_the_question_that_waits(service: Service) -> None:
    """To carriers YES is START; the question must hear it all the same."""
    service.talk("TELL", "yes", "Ana", "40", "Macon", "1")
    service.sms("YES", OptOutType="START")
    assert service.told["safe"] == "yes"


def test_two_surveys_begun_leave_both_alive(service: Service, twilio: TwilioServer) -> None:
    """Elsewhere both were closed, with an error for the person."""
    service.talk("TELL", "yes", "Ana", "RIGHTS", "yes", "Macon", "TELL")
    assert twilio.sent[-1]["Body"].endswith("Ana, how old are you?")
    service.talk("40", "RIGHTS")
    assert service.told["age"] == 40
    assert sorted(row.status for row in service.rows(InterviewRow)) == ["paused", "waiting"]


def test_an_answer_to_the_last_question_ends_the_survey_well(
    service: Service, twilio: TwilioServer
) -> None:
    """Elsewhere the last answer was refused with an error, and words after the end as well."""
    service.talk("TELL", "yes", "Ana", "40", "Macon", "1", "yes", "SKIP")
    assert twilio.sent[-1]["Body"].startswith("Thanks.")
    assert service.sms("And one thing more") == 200
    assert service.rows(MessageRow)[-1].interview_id == 1


def test_a_deep_link_of_telegram_starts_its_survey(
    service: Service, telegram: TelegramServer
) -> None:
    """Elsewhere only a bare /start was known; with a payload it was ordinary text."""
    service.telegram("/start small")
    service.drain()
    assert telegram.sent[-1]["text"].startswith("May we?")


def test_a_survey_that_changes_does_not_change_under_people(service: Service) -> None:
    """Elsewhere an interview ended when the question it waited at was taken out."""
    service.talk("TELL", "yes", "Ana")
    service.publish(FLOW.replace("  age: {", "  years: {").replace("{age|", "{years|"))
    service.talk("40")
    assert service.told["age"] == 40


def test_the_number_of_a_person_is_one_contact(service: Service) -> None:
    service.talk("TELL")
    service.talk("yes", sender=RESIDENT)
    assert len(service.rows(Contact)) == 1

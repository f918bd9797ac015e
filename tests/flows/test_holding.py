"""What a contact is told when a person takes the conversation over, and when the bot goes on."""

import pytest
from phone import Phone
from small_flows import TODAY, flow_of

from flows import Heard, Interview
from flows.talking import holding

TWO = """
  home: {type: select_one, label: Which home?, choices: {house: House, flat: Flat}}
  last: {type: text, label: Last?}
"""


def after(*texts: str, **changed: str) -> Interview:
    """The interview in which a contact has said all that."""
    flow = flow_of(TWO, keywords="{en: [TELL], es: [CONTAR]}", languages="[en, es]", **changed)
    bot = Phone({flow.name: flow})
    bot.hears(*texts)
    return bot.current


def test_the_person_is_announced_by_the_contact_that_the_flow_names():
    reply = holding.announce(after("TELL", "yes"))
    assert reply.text == "A person from The testers writes to you here now."


def test_it_is_said_in_the_language_of_the_interview():
    assert "The testers" in holding.announce(after("CONTAR")).text
    assert holding.announce(after("CONTAR")) != holding.announce(after("TELL"))


def test_the_waiting_question_is_asked_again_with_its_choices():
    turn = holding.hand_back(after("TELL", "yes"), TODAY)
    assert turn.reply.text.startswith(
        "Thank you. We go on where we were.\n\nWhich home?\n\n1. House"
    )
    assert turn.reply.choices == ("House", "Flat")
    assert (turn.changed, turn.heard) == ((), Heard.STEER)
    assert turn.interview.state.asked == "home"


def test_before_the_consent_it_is_the_consent_that_is_asked_again():
    assert "\n1. Yes\n2. No" in holding.hand_back(after("TELL"), TODAY).reply.text


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("TELL", "yes", "PAUSE"), "To go on, even in months, send TELL."),
        (("TELL", "yes", "house", "x"), "We have kept this with what you told us."),
    ],
    ids=["put aside", "complete"],
)
def test_where_nothing_waits_nothing_is_asked(texts, said):
    interview = after(*texts)
    turn = holding.hand_back(interview, TODAY)
    assert said in turn.reply.text
    assert "?" not in turn.reply.text
    assert turn.interview == interview


@pytest.mark.parametrize("texts", [("TELL", "no"), ("TELL", "yes", "STOP")])
def test_who_has_left_is_told_nothing(texts):
    assert holding.hand_back(after(*texts), TODAY).reply is None

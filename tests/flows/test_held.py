"""A conversation that a person has taken over: the bot takes nothing as an answer, and still heeds what it must."""

from dataclasses import replace

import pytest
from phone import Phone
from small_flows import flow_of

from flows import Heard, Menu, Status

TWO = """
  city: {type: text, label: Which city?}
  last: {type: text, label: Last?}
"""


def held() -> Phone:
    flow = flow_of(TWO, keywords="[TELL]")
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("TELL", "yes")
    bot.interviews[1] = replace(bot.current, held=True)
    return bot


@pytest.mark.parametrize(
    "text", ["Atlanta", "TELL", "ANSWERS", "BACK", "SKIP", "PAUSE", "LANGUAGE"]
)
def test_words_are_kept_for_the_person(text):
    bot = held()
    outcome = bot.send(text)
    assert (outcome.reply, outcome.heard) == (None, Heard.UNASKED)
    assert outcome.attention == "wrote to a person"
    assert bot.current.state.asked == "city"
    assert set(bot.current.answers) == {"consent"}


def test_stop_ends_it():
    bot = held()
    assert "no more messages" in bot.hears("STOP")
    assert bot.current.state.status is Status.WITHDRAWN


def test_help_names_the_contact():
    assert "The testers" in held().hears("HELP")


def test_delete_asks_and_erases():
    bot = held()
    bot.hears("DELETE")
    assert bot.menu is Menu.ERASURE
    assert bot.send("DELETE").erase


def test_copy_is_given():
    bot = held()
    assert bot.hears("COPY")

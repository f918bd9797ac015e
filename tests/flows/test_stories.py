"""A story in several messages: joined until DONE, and never cut off."""

import pytest
from phone import Phone
from small_flows import flow_of

from flows import Given

STORY = """
  story: {type: text, multiline: true, label: What happened?, hint: Take your time., constraint: length(story) > 5}
  last: {type: text, label: Last?}
"""
UNTIL = "Write as many messages as you like, then send DONE."


def phone(constraint: str = ", constraint: length(story) > 5") -> Phone:
    flow = flow_of(STORY.replace(", constraint: length(story) > 5", constraint))
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes")
    return bot


def story(bot: Phone) -> tuple[str, Given]:
    answer = bot.current.answers["story"]
    return answer.words, answer.given


def test_it_says_how_to_end():
    assert phone().hears("REPEAT") == f"What happened?\n\nTake your time.\n\n{UNTIL}"


def test_pieces_are_joined_until_done():
    bot = phone()
    assert "send DONE when you have told all" in bot.hears("They came at night.")
    assert story(bot) == ("They came at night.", Given.OPEN)
    assert bot.hears("They took the door.") == ""
    assert bot.hears("done") == "Last?"
    assert story(bot) == ("They came at night.\nThey took the door.", Given.ANSWERED)


def test_done_may_be_the_last_line_of_a_message():
    bot = phone()
    assert bot.hears("They came at night.\nDone.") == "Last?"
    assert story(bot) == ("They came at night.", Given.ANSWERED)


def test_done_within_the_words_is_part_of_them():
    bot = phone()
    bot.hears("It was done at night.")
    assert story(bot)[1] is Given.OPEN


def test_done_without_a_word_asks_for_one():
    bot = phone()
    said = bot.hears("DONE")
    assert said.startswith("You have not told us anything here yet.")
    assert said.endswith(UNTIL)
    assert "story" not in bot.current.answers


def test_skip_takes_back_what_was_begun():
    bot = phone()
    assert bot.hears("They came", "SKIP") == "Last?"
    assert story(bot) == ("", Given.REFUSED)


def test_back_to_a_story_goes_on_with_it():
    bot = phone()
    bot.hears("They came at night.", "DONE", "BACK", "They came again.", "DONE")
    assert story(bot) == ("They came at night.\nThey came again.", Given.ANSWERED)


def test_after_skip_it_begins_anew():
    bot = phone()
    bot.hears("They came at night.", "DONE", "BACK", "SKIP", "BACK", "Another story.", "DONE")
    assert story(bot) == ("Another story.", Given.ANSWERED)


def test_what_was_begun_is_still_open_after_another_question_was_changed():
    flow = flow_of("  first: {type: text, label: First?}" + STORY)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", "a", "They came at night.", "BACK", "b")
    assert bot.current.state.asked == "story"
    assert bot.hears("DONE") == "Last?"


def test_the_whole_is_held_against_the_constraint():
    bot = phone()
    assert bot.hears("abc", "DONE").startswith("Sorry, that answer is not possible here.")
    assert bot.hears("defg") == ""
    assert bot.hears("DONE") == "Last?"
    assert story(bot)[0] == "abc\ndefg"


def test_after_three_tries_it_is_kept_as_it_is():
    bot = phone()
    bot.hears("abc", "DONE", "DONE", "DONE")
    assert story(bot) == ("abc", Given.KEPT)


@pytest.mark.parametrize("media", [("photo",), ("voice", "photo")])
def test_a_photo_or_recording_is_a_piece_of_it(media):
    bot = phone()
    assert bot.send("", media=media).reply.text.startswith("Thank you.")
    assert bot.send("Look at this.", media=media).reply is None
    assert story(bot) == ("Look at this.", Given.OPEN)


def test_a_story_told_by_recordings_alone_is_ended_by_done():
    bot = phone("")
    bot.send("", media=("voice",))
    bot.send("", media=("photo", "photo"))
    assert bot.hears("DONE") == "Last?"
    assert story(bot) == ("", Given.ANSWERED)
    assert bot.hears("ANSWERS").startswith("1. What happened? We have received it.")
    assert bot.hears("1", "DONE") == "Last?"
    assert story(bot) == ("", Given.ANSWERED)


def test_done_is_an_ordinary_word_where_nothing_is_told_in_pieces():
    bot = phone()
    bot.hears("They came at night.", "DONE", "Done")
    assert bot.current.answers["last"].words == "Done"

"""What is sent in place of words: each kind has its answer, none of it becomes one, and a story is not interrupted."""

import pytest
from phone import Phone
from small_flows import flow_of

from flows import Given, Heard
from flows.talking.unspoken import files, is_emoji, unspoken

QUESTIONS = """\
  a: {{type: {kind}, label: A?}}
  b: {{type: note, label: B}}
"""
STORY = "  a: {type: text, multiline: true, label: A?}\n  b: {type: note, label: B}"
CHOICE = (
    "  a: {type: select_one, label: A?, choices: {good: 😀, bad: 😢}}\n  b: {type: note, label: B}"
)
PLACE = "33.749000, -84.388000"
SAID = {
    "sticker": "We cannot take a sticker as an answer.",
    "contact": "We do not keep other people's contact cards.",
    "poll": "We cannot read polls or forwarded games.",
    "place": "We did not ask where you are,",
}


def asked(questions: str) -> Phone:
    flow = flow_of(questions)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes")
    return bot


def of_kind(kind: str) -> Phone:
    return asked(QUESTIONS.format(kind=kind))


@pytest.mark.parametrize("at", ["text", "integer", "media", "date"])
@pytest.mark.parametrize("kind", SAID)
def test_what_is_no_answer_is_answered_and_the_question_asked_again(kind: str, at: str) -> None:
    bot = of_kind(at)
    outcome = bot.send(PLACE if kind == "place" else "", media=(kind,))
    assert outcome.reply.text.startswith(SAID[kind])
    assert "A?" in outcome.reply.text
    assert (outcome.heard, bot.current.state.asked) == (Heard.TRY, "a")
    assert "a" not in bot.current.answers


@pytest.mark.parametrize("kind", SAID)
def test_at_the_consent_it_is_no_yes(kind: str) -> None:
    flow = flow_of(STORY)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi")
    assert bot.send("", media=(kind,)).reply.text.startswith(SAID[kind])
    assert bot.current.answers == {}


def test_it_is_no_failed_try() -> None:
    bot = of_kind("integer")
    for _ in range(5):
        bot.send("", media=("sticker",))
    assert bot.current.state.attempts == 0
    assert "a" not in bot.current.answers


def test_a_place_answers_where_one_is_asked_for() -> None:
    bot = of_kind("geopoint")
    bot.send(PLACE, media=("place",))
    assert bot.current.answers["a"].known == "33.749000 -84.388000"


def test_a_place_is_no_part_of_a_story() -> None:
    bot = asked(STORY)
    bot.hears("They came.")
    assert bot.send(PLACE, media=("place",)).reply is None
    assert bot.current.answers["a"].words == "They came."


@pytest.mark.parametrize("kind", SAID)
def test_who_is_telling_a_story_is_not_interrupted(kind: str) -> None:
    bot = asked(STORY)
    assert bot.send("", media=(kind,)).reply.text.startswith(SAID[kind])
    bot.hears("They came.")
    assert bot.send("", media=(kind,)).reply is None
    bot.hears("They left.", "DONE")
    assert bot.current.answers["a"].words == "They came.\nThey left."


def test_a_photo_with_words_is_both() -> None:
    bot = of_kind("text")
    bot.send("The stairs", media=("photo",))
    assert bot.current.answers["a"].words == "The stairs"
    bot = of_kind("media")
    bot.send("The stairs", media=("photo",))
    answer = bot.current.answers["a"]
    assert (answer.value, answer.words) == (("photo",), "The stairs")


def test_a_photo_beside_a_sticker_is_the_answer() -> None:
    bot = of_kind("media")
    bot.send("", media=("sticker", "photo"))
    assert bot.current.answers["a"].value == ("photo",)


@pytest.mark.parametrize("at", ["text", "integer", "geopoint", "date"])
def test_bare_emoji_are_seen_and_words_asked_for(at: str) -> None:
    bot = of_kind(at)
    assert bot.hears("😢🙏🏽").startswith("We see what you sent. Please answer in words too")
    assert bot.current.state.asked == "a"


def test_emoji_for_the_third_time_are_kept_as_they_are() -> None:
    bot = of_kind("text")
    bot.hears("😢", "😢", "😢")
    answer = bot.current.answers["a"]
    assert (answer.given, answer.words) == (Given.KEPT, "😢")


def test_an_emoji_that_is_an_answer_is_one() -> None:
    bot = asked(CHOICE)
    bot.hears("😢")
    assert bot.current.answers["a"].value == "bad"
    bot = of_kind("consent, scope: quote")
    bot.hears("👍")
    assert bot.current.answers["a"].value == "yes"
    bot = of_kind("integer")
    bot.hears("2️⃣")
    assert bot.current.answers["a"].value == 2


def test_emoji_belong_to_a_story() -> None:
    bot = asked(STORY)
    bot.hears("They came.", "😢")
    assert bot.current.answers["a"].words == "They came.\n😢"


@pytest.mark.parametrize("text", ["😢", "❤️", "👨‍👩‍👧", "👍🏽 🙏", "☎️", "🇺🇸"])
def test_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", " ", "no 😢", "2️⃣", "...", "?", "👍!", "አዎ", "नहीं", "ok"])
def test_no_bare_emoji(text: str) -> None:
    assert not is_emoji(text)


def test_kinds_that_nobody_named_are_files() -> None:
    assert unspoken(("kind of tomorrow",), "", wants_place=False) is None
    assert files(("photo", "sticker", "file")) == ("photo", "file")

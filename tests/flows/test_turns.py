"""One turn of an interview: what is asked next, what is said, and what is kept."""

from datetime import date

import pytest
from phone import Phone
from small_flows import flow_of

from flows import CONSENT, Answer, Given, Heard, Interview, Menu, State, Status
from flows.talking.engine import begin, hear, resume

TODAY = date(2026, 5, 31)
THREE = """
  one: {type: integer, label: One?, hint: Between 1 and 5., constraint: one < 6}
  two:
    type: select_one
    label: Two?
    required: true
    choices: {good: Good, poor: Poor}
  three: {type: text, label: "Three, {two}?", relevant: two == good}
"""


def phone(questions: str = THREE, **changed: str) -> Phone:
    flow = flow_of(questions, **changed)
    return Phone({flow.name: flow}, language="en")


def answers(bot: Phone) -> dict[str, object]:
    return {name: answer.known for name, answer in bot.current.answers.items()}


def test_a_first_turn_asks_for_consent_and_keeps_nothing():
    turn = begin(flow_of(), "es", TODAY)
    assert turn.interview.state == State("es", Status.WAITING, CONSENT)
    assert turn.interview.answers == {}
    assert (turn.changed, turn.aside) == ((), frozenset())
    assert turn.reply.choices == ("Si", "No")


def test_without_a_language_the_languages_are_offered_first():
    turn = begin(flow_of(), None, TODAY)
    assert turn.interview.state == State(None, Status.WAITING, CONSENT, menu=Menu.LANGUAGES)
    assert turn.reply.text == "Small\nEnglish: reply 1\n\nBreve\nEspañol: responda 2"
    assert turn.reply.choices == ("English", "Español")


def test_a_flow_of_one_language_needs_no_menu():
    turn = begin(flow_of(languages="[es]", title="Breve"), None, TODAY)
    assert turn.interview.state == State("es", Status.WAITING, CONSENT)
    assert "IDIOMA" not in turn.reply.text
    assert "LANGUAGE" not in turn.reply.text


@pytest.mark.parametrize(
    "text", ["2", "es", "ES", "Español", "espanol", "Spanish", "Breve", "²", "(2)"]
)
def test_a_language_is_chosen_by_number_code_name_or_title(text):
    turn = hear(begin(flow_of(), None, TODAY).interview, text, TODAY)
    assert turn.interview.state == State("es", Status.WAITING, CONSENT)


@pytest.mark.parametrize("text", ["", "0", "3", "french", "spa", "Spanisch", "🇪🇸"])
def test_an_unclear_language_is_asked_for_again(text):
    first = begin(flow_of(), None, TODAY)
    turn = hear(first.interview, text, TODAY)
    assert turn.interview.state.menu is Menu.LANGUAGES
    assert turn.reply == first.reply


def test_choosing_another_language_ends_with_a_command_or_three_unclear_words():
    """The conversation then goes on in the language it had."""
    bot = phone()
    bot.hears("hi", "yes", "2")
    assert bot.hears("LANGUAGE", "SKIP").startswith("Two?")
    assert bot.hears("LANGUAGE", "a", "b").startswith("Small")
    assert bot.hears("c").startswith("Two?")
    assert bot.current.state == State("en", Status.WAITING, "two")


def test_language_asks_again_where_there_is_but_one():
    bot = phone(languages="[en]", title="Small")
    bot.hears("hi", "yes")
    assert bot.hears("LANGUAGE") == "One?"


def test_the_words_that_steer_are_told_once_after_the_yes():
    bot = phone()
    told = bot.hears("hi", "yes")
    assert all(word in told for word in ("BACK", "SKIP", "REPEAT", "LANGUAGE", "HELP", "STOP"))
    assert "BACK" not in bot.hears("3")


def test_a_hint_is_given_after_an_unusable_answer_and_on_repeat():
    bot = phone()
    assert "Between" not in bot.hears("hi", "yes")
    assert bot.hears("x") == "Please send a whole number, such as 3.\n\nOne?\n\nBetween 1 and 5."
    assert bot.hears("9") == "Sorry, that answer is not possible here.\n\nOne?\n\nBetween 1 and 5."
    assert bot.hears("REPEAT") == "One?\n\nBetween 1 and 5."


def test_tries_count_at_one_question_only():
    """An answer, a step back or another question begins the count anew; commands do not count."""
    bot = phone()
    bot.hears("hi", "yes", "x", "y", "REPEAT", "HELP", "LANGUAGE", "1")
    assert bot.current.state.asked == "one"
    bot.hears("x", "y", "3", "x", "y", "BACK", "x", "y")
    assert bot.current.state.asked == "one"
    bot.hears("z")
    assert bot.current.answers["one"] == Answer(Given.KEPT, words="z", language="en")
    assert bot.current.state.asked == "two"


def test_nothing_but_signs_is_no_try():
    """Nothing of it is worth keeping, so the question is asked again however often it comes."""
    bot = phone()
    bot.hears("hi", "yes", "x", "y")
    assert bot.hears("???", "", "...").startswith("Please send a whole number")
    assert bot.hears("z").startswith("We have kept your words")


def test_coming_back_begins_the_count_anew():
    bot = phone(keywords="[SMALL]")
    bot.hears("SMALL", "yes", "x", "y", "SMALL")
    assert bot.current.state.attempts == 0


def test_a_constraint_may_look_at_earlier_answers():
    """What is unknown among them refuses nobody."""
    text = "  a: {type: integer, label: A?}\n  b: {type: integer, label: B?, constraint: b > a}\n"
    bot = phone(text)
    assert bot.hears("hi", "yes", "5", "3").startswith("Sorry, that answer is not possible here.")
    assert bot.hears("6") == "Thanks."
    assert phone(text).hears("hi", "yes", "SKIP", "3") == "Thanks."


def test_what_is_kept_as_written_is_unknown_to_conditions_and_pipes():
    bot = phone()
    assert bot.hears("hi", "yes", "3", "hm", "hm", "quite good") == (
        "We have kept your words just as you wrote them.\n\nThanks."
    )
    assert answers(bot) == {"consent": "yes", "one": 3, "two": None}


def test_a_required_question_takes_no_skip():
    bot = phone()
    assert bot.hears("hi", "yes", "SKIP", "SKIP").startswith("We need an answer to this one")
    assert bot.current.answers["one"].given is Given.REFUSED
    assert "two" not in bot.current.answers


def test_an_answer_knows_the_language_it_was_given_in():
    bot = phone()
    bot.hears("hi", "yes", "3", "LANGUAGE", "2", "good")
    assert [answer.language for answer in bot.current.answers.values()] == ["en", "en", "es"]


def test_back_changes_nothing_before_the_question_is_answered_anew():
    bot = phone()
    bot.hears("hi", "yes", "3", "good", "BACK", "BACK")
    assert answers(bot) == {"consent": "yes", "one": 3, "two": "good"}
    assert bot.hears("4") == "Three, Good?"
    assert answers(bot) == {"consent": "yes", "one": 4, "two": "good"}


def test_a_change_sets_aside_what_is_not_relevant_any_more_and_keeps_it():
    bot = phone(THREE + "  four: {type: text, label: Four?}")
    bot.hears("hi", "yes", "3", "good", "words", "BACK", "BACK")
    outcome = bot.send("poor")
    assert outcome.reply.text == "Four?"
    assert (outcome.turn.changed, outcome.turn.aside) == (("two",), {"three"})
    assert bot.current.answers["three"].words == "words"
    outcome = [bot.send(text) for text in ("BACK", "good")][-1]
    assert (outcome.reply.text, outcome.turn.aside) == ("Four?", frozenset())


def test_notes_are_told_on_the_way_and_each_once():
    bot = phone(
        "  hello: {type: note, label: Hello.}\n"
        "  one: {type: integer, label: One?}\n"
        "  many: {type: note, relevant: one > 3, label: Many.}\n"
        "  few: {type: note, relevant: one < 3, label: Few.}\n"
        "  two: {type: integer, label: Two?}\n"
        "  bye: {type: note, label: Bye.}\n"
    )
    assert bot.hears("hi", "yes").endswith("Hello.\n\nOne?")
    assert bot.hears("5") == "Many.\n\nTwo?"
    assert bot.hears("BACK") == "One?"
    assert bot.hears("1") == "Few.\n\nTwo?"
    assert bot.hears("2") == "Bye.\n\nThanks."


def test_a_photo_without_words_asks_for_words_and_counts_as_no_try():
    bot = phone()
    bot.hears("hi", "yes")
    for text in ("", " ", "\0"):
        outcome = bot.send(text, media=("photo",))
        assert outcome.reply.text.startswith("We have received what you sent.")
    assert bot.current.state == State("en", Status.WAITING, "one")
    assert bot.send("3", media=("photo",)).turn.changed == ("one",)


def test_the_choices_of_a_reply_are_the_labels_of_what_takes_one():
    """They may be shown as buttons; of several choices no single button can tell."""
    bot = phone(
        "  one: {type: select_one, label: A?, choices: {b: B1, c: C1}}\n"
        "  many: {type: select_multiple, label: A?, choices: {b: B1, c: C1}}\n"
        "  quote: {type: consent, scope: quote, label: A?}\n"
    )
    assert bot.send("hi").reply.choices == ("Yes", "No")
    assert bot.send("yes").reply.choices == ("B1", "C1")
    assert bot.send("1").reply.choices == ()
    assert bot.send("1 2").reply.choices == ("Yes", "No")
    assert bot.send("no").reply.choices == ()


def test_resuming_asks_what_is_relevant_that_day():
    """The place is derived from the answers and the day, not from what was asked once."""
    flow = flow_of(
        "  soon: {type: text, label: Before June?, relevant: today() < '2026-06-01'}\n"
        "  late: {type: text, label: In June?, relevant: today() >= '2026-06-01'}\n"
    )
    asked = hear(begin(flow, "en", TODAY).interview, "yes", TODAY).interview
    turn = resume(asked, None, date(2026, 6, 1))
    assert turn.reply.text.endswith("In June?")
    assert turn.interview.state.asked == "late"


def test_an_interview_moved_to_a_newer_version_goes_on():
    """Its asked question may not be there any more: the next one that has no answer is asked."""
    old = flow_of("  a: {type: text, label: A?}\n  b: {type: text, label: B?}\n")
    new = flow_of("  a: {type: text, label: A?}\n  c: {type: text, label: C?}\n")
    interview = hear(begin(old, "en", TODAY).interview, "yes", TODAY).interview
    interview = hear(interview, "words", TODAY).interview
    moved = Interview(new, interview.state, interview.answers)
    assert resume(moved, None, TODAY).reply.text.endswith("C?")


def test_words_for_a_question_that_is_gone_answer_nothing():
    """Nor do they stop the interview: the next question without an answer is asked."""
    old = flow_of("  a: {type: text, label: A?}\n  b: {type: text, label: B?}\n")
    new = flow_of("  b: {type: text, label: B?}\n")
    interview = hear(begin(old, "en", TODAY).interview, "yes", TODAY).interview
    for text in ("words", "BACK", "SKIP", "REPEAT"):
        turn = hear(Interview(new, interview.state, interview.answers), text, TODAY)
        assert turn.reply.text.endswith("B?")
        assert turn.interview.answers.keys() == {CONSENT}
        assert turn.heard is (Heard.UNASKED if text == "words" else Heard.STEER)

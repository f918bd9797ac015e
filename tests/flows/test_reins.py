"""The reins: what a person has told can be seen, changed, sent back, left for later and erased, by plain words."""

from dataclasses import replace

import pytest
from phone import Phone
from small_flows import TODAY, flow_of

from flows import Given, Heard, Menu, Status, Uttered
from flows.talking.engine import copy_of

FLOW = """
  name: {type: text, label: Your name?}
  home: {type: select_one, label: Which home?, choices: {house: House, flat: Flat}}
  floor: {type: integer, label: Which floor?, relevant: home == flat}
  papers: {type: text, label: Which papers?, sensitive: true}
  story: {type: text, multiline: true, label: What happened?}
"""
RECEIPT = "7F3K-9QRT"


def phone(*texts: str) -> Phone:
    flow = flow_of(FLOW, keywords="{en: [SMALL], es: [BREVE]}")
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", *texts)
    return bot


def test_answers_are_listed_with_their_numbers():
    said = phone("Ana", "2", "3", "SKIP").hears("ANSWERS")
    assert said == (
        "1. Your name? Ana\n2. Which home? Flat\n3. Which floor? 3\n4. Which papers? (left out)\n"
        "5. Your agreement to take part\n\n"
        "To change one, send its number. To go on, send REPEAT."
    )


def test_a_number_leads_to_its_answer_and_back_to_where_one_was():
    bot = phone("Ana", "2", "3", "SKIP", "They came.")
    bot.hears("ANSWERS")
    assert bot.hears("1") == "Your name?\n\nTo leave it as it is, send DONE."
    assert bot.hears("Rosa").startswith("What happened?")
    assert bot.current.answers["name"].words == "Rosa"
    assert bot.current.answers["story"].given is Given.OPEN


@pytest.mark.parametrize("number", ["1", "2", "3", "4", "5"])
def test_who_picked_a_number_by_mistake_leaves_the_answer_as_it_was(number):
    bot = phone("Ana", "2", "3", "SKIP")
    before = bot.current.answers
    assert bot.hears("ANSWERS", number).endswith("To leave it as it is, send DONE.")
    assert bot.hears("DONE").startswith("What happened?")
    assert bot.current.answers == before


def test_who_went_back_leaves_the_answer_as_it_was_by_done():
    bot = phone("Ana", "2")
    assert bot.hears("BACK", "DONE").startswith("Which floor?")
    assert bot.current.answers["home"].value == "flat"


@pytest.mark.parametrize("word", ["HELP", "COPY", "CODE"])
def test_the_buttons_of_the_question_stay_after_what_is_said_beside_it(word):
    bot = phone("Ana")
    assert bot.send(word).reply.choices == ("House", "Flat")


def test_while_erasing_is_asked_for_no_button_of_the_question_can_be_pressed():
    assert phone("Ana").send("DELETE").reply.choices == ()


def test_what_becomes_irrelevant_is_set_aside_and_comes_back():
    bot = phone("Ana", "2", "3", "SKIP")
    outcome = [bot.send(text) for text in ("ANSWERS", "2", "House")][-1]
    assert outcome.turn.aside == {"floor"}
    assert bot.current.answers["floor"].value == 3
    outcome = [bot.send(text) for text in ("ANSWERS", "2", "Flat")][-1]
    assert outcome.turn.aside == frozenset()
    assert bot.current.state.asked == "story"


@pytest.mark.parametrize("text", ["9", "0", "nothing", "REPEAT"])
def test_anything_but_a_number_of_the_list_goes_back_to_the_question(text):
    bot = phone("Ana", "2")
    bot.hears("ANSWERS")
    assert bot.hears(text).startswith("Which floor?")
    assert "floor" not in bot.current.answers
    assert bot.current.state.menu is Menu.NONE


def test_words_said_to_the_list_are_kept_as_words_that_nobody_asked_for():
    bot = phone("Ana", "House", "SKIP", "They came.")
    bot.hears("ANSWERS")
    outcome = bot.send("And they came again.")
    assert (outcome.heard, outcome.slot) == (Heard.UNASKED, None)
    assert bot.hears("DONE", "COPY").endswith("What happened?\nThey came.\n\nAnd they came again.")


@pytest.mark.parametrize("text", ["9", "REPEAT", "2"])
def test_numbers_and_commands_said_to_the_list_steer(text):
    bot = phone("Ana", "2")
    bot.hears("ANSWERS")
    assert bot.send(text).heard is Heard.STEER


def test_words_said_to_the_menu_of_languages_are_kept_too():
    flow = flow_of(FLOW, languages="[en, es]", title="{en: Small, es: Breve}")
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", "LANGUAGE")
    assert bot.send("The roof leaks").heard is Heard.UNASKED
    bot.hears("LANGUAGE")
    for text in ("7", "LANGUAGE", "Espanol"):
        assert bot.send(text).heard is Heard.STEER


def test_a_sensitive_answer_is_not_sent_to_the_phone_again():
    bot = phone("Ana", "1", "none at all")
    for word in ("ANSWERS", "COPY"):
        said = bot.hears(word)
        assert "(kept, not shown here)" in said
        assert "none at all" not in said


def test_before_the_first_answer_there_is_nothing_to_list():
    assert phone().hears("ANSWERS") == "You have not told us anything yet.\n\nYour name?"


@pytest.mark.parametrize("word", ["ANSWERS", "BACK"])
def test_after_an_end_without_any_answer_there_is_nothing_to_list(word):
    flow = flow_of("  hello: {type: note, label: Hello.}")
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes")
    assert bot.hears(word) == "You have not told us anything yet."


def test_after_the_end_an_answer_can_still_be_changed():
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    assert bot.current.state.status is Status.COMPLETE
    assert bot.hears("ANSWERS").startswith("1. Your name? Ana")
    assert bot.hears("1").startswith("Your name?")
    assert bot.hears("Rosa") == "Thanks."
    assert bot.current.state.status is Status.COMPLETE
    assert bot.current.answers["name"].words == "Rosa"


@pytest.mark.parametrize("number", ["0", "6", "99"])
def test_after_the_end_a_number_that_is_not_on_the_list_shows_it_again(number):
    """Whoever wanted to take the consent back must not take "we have kept this" for a yes to that."""
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    listed = bot.hears("ANSWERS")
    outcome = bot.send(number)
    assert (outcome.reply.text, outcome.heard) == (listed, Heard.STEER)
    assert bot.hears("5").startswith("May we?")


@pytest.mark.parametrize("before", [(), ("And more.",)])
def test_back_after_the_end_shows_what_can_be_changed(before):
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE", *before)
    assert bot.hears("BACK").startswith("1. Your name? Ana")
    assert bot.hears("1", "Rosa") == "Thanks."
    assert bot.current.answers["name"].words == "Rosa"


def test_after_the_end_a_word_that_steers_is_nothing_that_was_told():
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    for word in ("SKIP", "REPEAT", "PAUSE", "DONE"):
        assert bot.send(word).heard is Heard.STEER


def test_the_consent_can_be_taken_back_at_any_time():
    bot = phone("Ana", "2")
    bot.hears("ANSWERS")
    assert bot.hears("3").startswith("May we?")
    assert bot.hears("no") == (
        "We will not use what you told us. To erase it for good, send DELETE."
    )
    assert bot.current.state.status is Status.DECLINED
    assert bot.current.answers["consent"].value == "no"
    assert bot.current.answers["name"].words == "Ana"  # kept, for it may be wanted back


def test_also_after_the_end():
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    bot.hears("ANSWERS", "5")
    assert bot.hears("no").startswith("We will not use")
    assert bot.current.state.status is Status.DECLINED


def test_whoever_looks_again_has_finished_all_the_same():
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    bot.hears("ANSWERS")
    assert bot.current.state.status is Status.COMPLETE
    assert bot.send("and one thing more").heard is Heard.UNASKED
    assert bot.hears("1") == ""  # the list is gone, a number chooses nothing
    assert bot.current.answers["name"].words == "Ana"


def test_a_story_that_is_taken_up_again_goes_on():
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    bot.hears("ANSWERS", "4", "They came again.", "DONE")
    assert bot.current.answers["story"].words == "They came.\nThey came again."


def test_a_story_that_is_looked_at_again_stays():
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    bot.hears("ANSWERS", "4", "DONE")
    assert bot.current.answers["story"].words == "They came."


def test_done_at_another_question_is_no_slip_of_a_choice():
    flow = flow_of("  any: {type: select_one, label: Any?, choices: {none: None, some: Some}}")
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes")
    assert bot.hears("DONE").startswith("Any?")
    assert "any" not in bot.current.answers


def test_who_took_the_consent_back_hears_that_it_is_so():
    bot = phone("Ana", "2")
    bot.hears("ANSWERS", "3", "no")
    assert bot.hears("ANSWERS").startswith("We will not use what you told us.")


@pytest.mark.parametrize("said", [["yes"], ["SKIP"], ["hm", "hm", "hm"]])
def test_only_a_no_takes_the_consent_back(said):
    bot = phone("Ana", "2")
    bot.hears("ANSWERS", "3")
    assert bot.hears(*said) == "Which floor?"
    assert bot.current.answers["consent"].value == "yes"


def test_a_copy_is_whole():
    story = "word " * 60
    bot = phone("Ana", "1", "SKIP", story, "DONE")
    assert bot.hears("COPY") == (
        "What you told us:\n\nhi\n\nYour name?\nAna\n\nWhich home?\nHouse\n\nWhich papers?\n"
        f"(left out)\n\nWhat happened?\n{story}"
    )


def test_a_copy_holds_what_nobody_asked_for_where_it_was_told():
    bot = phone("Ana", "House")
    bot.send("", joins="", media=("photo",))
    bot.hears("SKIP", "They came.", "DONE", "And one thing more.", "They were two.")
    bot.hears("ANSWERS", "1", "Rosa", "My name was wrong.")
    assert bot.hears("COPY") == (
        "What you told us:\n\nhi\n\nYour name?\nRosa\n\nWhich home?\nHouse\n\nphoto\n\n"
        "Which papers?\n(left out)\n\nWhat happened?\nThey came.\n\n"
        "And one thing more.\n\nThey were two.\n\nMy name was wrong."
    )


def test_a_copy_holds_words_before_the_consent():
    flow = flow_of(FLOW)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("They locked me out.")
    assert bot.hears("COPY") == "What you told us:\n\nThey locked me out."


def test_a_copy_says_again_nothing_of_what_was_added_about_a_danger():
    care = "{violence: {words: {en: [he hits me]}, label: Call us.}}"
    flow = flow_of(FLOW, care=care)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", "Ana", "House", "SKIP", "SKIP", "It is true, he hits me", "Thank you")
    said = bot.hears("COPY")
    assert said.endswith("What happened?\n(left out)\n\n(kept, not shown here)\n\nThank you")


def test_words_that_only_steer_are_not_in_a_copy():
    bot = phone("Ana", "House", "SKIP", "SKIP")
    bot.hears("And more.")
    for word in ("HELP", "SMALL", "STOP"):
        bot.send(word, hushed="too many messages in a minute")
    assert bot.hears("START", "COPY").endswith("(left out)\n\nAnd more.")


def test_words_from_before_a_code_are_not_in_a_copy():
    told = phone("Ana", "House", "SKIP", "SKIP").current
    unasked = (Uttered(veiled=True), Uttered(words="And more."))
    assert copy_of(replace(told, answers={}), TODAY, unasked) == (
        "What you told us:\n\n(told before, not shown here)\n\nAnd more."
    )


def test_a_pause_keeps_the_place_for_months():
    bot = phone("Ana")
    assert bot.hears("PAUSE").endswith("To go on, even in months, send SMALL.")
    assert bot.current.state.status is Status.PAUSED
    assert bot.hears("hello").endswith("To go on, even in months, send SMALL.")
    assert bot.hears("SMALL") == (
        "Welcome back. You were here.\n\nWhich home?\n\n1. House\n2. Flat\nReply with a number."
    )


def test_delete_asks_once_more_and_then_erases():
    bot = phone("Ana")
    assert bot.hears("DELETE").startswith("This erases all that you told us")
    outcome = bot.send("DELETE", receipt=RECEIPT)
    assert outcome.erase
    assert outcome.interviews == ()
    assert RECEIPT in outcome.reply.text


@pytest.mark.parametrize("text", ["yes", "no", "1", "hello", "BACK", "COPY", "BORRADO"])
def test_anything_but_a_second_delete_erases_nothing_and_answers_nothing(text):
    bot = phone("Ana")
    bot.hears("DELETE")
    outcome = bot.send(text, receipt=RECEIPT)
    assert not outcome.erase
    assert outcome.reply.text.startswith("Nothing was erased.\n\nWhich home?")
    assert set(bot.current.answers) == {"consent", "name"}
    assert not bot.menu


@pytest.mark.parametrize("status", ["before anything", "after the end"])
def test_delete_is_heard_whatever_interview_there_is(status):
    bot = phone("Ana", "1", "SKIP", "SKIP")
    if status == "before anything":
        bot.interviews.clear()
    bot.hears("BORRAR")
    assert bot.send("ERASE").erase


def test_stop_is_heard_before_the_second_delete():
    bot = phone("Ana")
    bot.hears("DELETE")
    outcome = bot.send("STOP")
    assert (outcome.stopped, outcome.erase) == (True, False)


def finished() -> Phone:
    bot = phone("Ana", "1", "SKIP", "They came.", "DONE")
    assert bot.current.state.status is Status.COMPLETE
    return bot


@pytest.mark.parametrize("words", [("LANGUAGE", "2"), ("IDIOMA", "español"), ("LANGUAGE SPANISH",)])
def test_what_is_finished_can_be_read_in_another_language(words):
    bot = finished()
    answers = bot.current.answers
    listed = bot.hears(*words)
    assert listed.startswith("1. Your name? Ana")
    assert "Para cambiar una" in listed
    assert bot.current.state.status is Status.COMPLETE
    assert bot.current.language == "es"
    assert bot.current.answers == answers
    assert bot.hears("1").startswith("Your name?")  # the list is open, as after ANSWERS


def test_after_the_end_the_menu_of_languages_takes_no_testimony_for_a_choice():
    bot = finished()
    assert bot.hears("LANGUAGE").startswith("Small\nEnglish: reply 1")
    assert bot.hears("And the heating is off.").startswith("Thank you. We have kept this")
    assert bot.current.state.status is Status.COMPLETE
    assert bot.current.state.menu is Menu.NONE
    assert bot.current.language == "en"

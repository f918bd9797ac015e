"""People in danger: help is named at once and once, and a quiet word ends it without a trace."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phone import Phone
from small_flows import TODAY, examples, flow_of

from flows import SHIPPED, Flow, Given, Said, Standing, Status, converse, phrasebook
from flows.folding import fold
from flows.language.alarms import Alarms
from flows.talking.care import look_after_edit
from flows.talking.holding import hand_back
from flows.talking.standing import Outcome

QUESTIONS = """
  name: {type: text, label: Your name?}
  kind: {type: select_one, label: Which home?, choices: {house: House, flat: Flat}}
  story: {type: text, multiline: true, label: What happened?}
"""
CARE = """{
  danger: {words: {en: [going to kill me, has a gun], es: [me va a matar], zh: [他要杀我]},
    label: {en: Call 911., es: Llame al 911., zh: 请打911。}},
  self_harm: {words: {en: [want to die], es: [quiero morir]},
    label: {en: Call 988., es: Llame al 988.}}}"""
HELP, LIFELINE, AYUDA = "Call 911.", "Call 988.", "Llame al 911."
WORDS = ["going to kill me", "has a gun", "me va a matar", "want to die", "quiero morir"]


def careful(questions: str = QUESTIONS, **changed: str | None) -> Flow:
    head = {"languages": "[en, es, zh]", "keywords": "{en: [SMALL], es: [BREVE]}", "care": CARE}
    return flow_of(questions, **{**head, **changed})


FLOW = careful()


def phone(*texts: str, flow=FLOW) -> Phone:
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("SMALL", *texts)
    return bot


# help


def test_help_stands_before_whatever_else_is_said():
    assert phone("yes").hears("He is GOING to kill me!") == f"{HELP}\n\nWhich home?\n\n" + (
        "1. House\n2. Flat\nReply with a number."
    )


def test_the_answer_is_taken_as_it_is_and_the_interview_goes_on():
    bot = phone("yes", "he has a gun")
    assert bot.current.answers["name"].words == "he has a gun"
    assert bot.current.state.asked == "kind"


def test_who_is_in_danger_is_helped_and_not_corrected():
    """The help alone, and no try is counted: the question can wait."""
    bot = phone("yes", "Ana")
    assert bot.hears("he has a gun") == HELP
    assert bot.current.state.attempts == 0
    assert bot.hears("1").startswith("What happened?")


def test_a_piece_of_a_story_is_helped_where_nothing_else_would_be_said():
    bot = phone("yes", "Ana", "1", "It began in May.")
    assert bot.hears("And then.") == ""
    assert bot.hears("Now he has a gun") == HELP
    assert bot.current.answers["story"].given is Given.OPEN
    assert bot.current.answers["story"].words.endswith("\nNow he has a gun")


def test_before_the_consent_and_after_the_end_too():
    assert phone().hears("he has a gun") == HELP
    ended = phone("yes", "Ana", "1", "They came.", "DONE")
    assert ended.current.state.status is Status.COMPLETE
    assert ended.hears("he has a gun").startswith(f"{HELP}\n\nThank you.")


def test_the_first_words_of_all_are_helped_in_their_own_language():
    """The menu of languages is shown, for nobody knows yet which one is theirs."""
    bot = Phone({"small": FLOW})
    said = bot.hears("me va a matar")
    assert said.startswith(AYUDA)
    assert bot.current.cared == {"danger"}


def test_who_has_not_begun_is_helped_beside_the_menu_of_flows():
    other = flow_of(flow="other", keywords="{en: [OTHER]}")
    outcome = Phone({"small": FLOW, "other": other}).send("he has a gun")
    assert outcome.reply.text.startswith(HELP)
    assert outcome.attention == "care: danger"
    assert outcome.interviews == ()


def test_words_of_any_language_of_the_flow_are_helped_in_the_interviews_own():
    assert phone("yes").hears("Me va a matar, ayúdenme").startswith(HELP)
    spanish = Phone({"small": FLOW}, language="es")
    spanish.hears("BREVE", "si")
    assert spanish.hears("HE HAS A GUN").startswith(AYUDA)


@pytest.mark.parametrize(
    "text",
    [
        "HE HAS A GUN",
        "he  has\na gun",
        "he, has a... gun!",
        "“has a gun”",
        "ME VÁ A MATAR",
        "他要杀我了",
    ],
)
def test_spelling_does_not_matter(text):
    assert phone("yes").send(text).attention == "care: danger"


@pytest.mark.parametrize(
    "text",
    ["", "no", "gun", "he has a gunman", "he has no gun", "has", "overhas a gun", "a gun he has"],
)
def test_only_all_the_words_in_their_order_count(text):
    outcome = phone("yes").send(text)
    assert outcome.attention == ""
    assert HELP not in outcome.reply.text


def test_help_is_named_once_and_every_message_is_marked():
    bot = phone("yes", "he has a gun")
    again = bot.send("he still has a gun")
    assert HELP not in again.reply.text
    assert again.attention == "care: danger"
    assert bot.current.cared == {"danger"}


def test_each_danger_has_its_own_help():
    bot = phone("yes", "he has a gun")
    outcome = bot.send("he has a gun and I want to die")
    assert outcome.reply.text == LIFELINE
    assert outcome.attention == "care: danger, self_harm"


def test_a_new_interview_is_helped_anew():
    bot = phone("yes", "he has a gun", "1", "They came.", "DONE", "SMALL")
    assert bot.hears("he has a gun").startswith(HELP)


def test_what_else_needs_attention_is_told_too():
    flow = careful("  age: {type: integer, label: Age?, attempts: 1, then: pause}")
    outcome = phone("yes", flow=flow).send("has a gun")
    assert outcome.attention == "care: danger; no usable answer to age"


def test_the_turn_says_what_the_outcome_says():
    outcome = phone("yes").send("he has a gun")
    assert outcome.turn.reply == outcome.reply
    assert outcome.turn.interview == outcome.interviews[0]


def test_who_stopped_messages_gets_none_but_is_seen():
    bot = phone("yes", "STOP")
    outcome = bot.send("he has a gun")
    assert (outcome.reply, outcome.attention) == (None, "care: danger")


def test_a_machine_gets_no_help():
    outcome = phone("yes").send("he has a gun", hushed="an automatic reply")
    assert (outcome.reply, outcome.attention) == (None, "care: danger; an automatic reply")


def test_our_own_words_are_no_call_for_help():
    """A flow may name one of them, and the checker warns of it; STOP stays STOP."""
    flow = careful(care="{danger: {words: {en: [stop, help, skip, info]}, label: Call 911.}}")
    for word in ("HELP", "SKIP", "STOP"):
        outcome = phone("yes", flow=flow).send(word)
        assert outcome.attention == ""
        assert HELP not in outcome.reply.text


def test_a_person_who_has_taken_over_does_not_keep_help_away():
    bot = phone("yes")
    (number,) = bot.interviews
    bot.interviews[number] = replace(bot.current, held=True)
    outcome = bot.send("he has a gun")
    assert outcome.reply.text == HELP
    assert outcome.attention.startswith("care: danger; ")


def test_an_edit_that_tells_of_danger_is_helped_too():
    interview = phone("yes", "Ana").current
    outcome = look_after_edit(interview, "he has a gun", TODAY, Outcome(interviews=(interview,)))
    assert outcome.reply.text == HELP
    assert outcome.interviews[0].cared == {"danger"}


MIXED = [*"他要杀死", *{word: None for phrase in WORDS for word in phrase.split()}, "no", "he"]
SIGNS = st.text(st.sampled_from("abcdeghkmnorstuvxyz ,.!-\n'é杀"), max_size=40)


@examples(150)
@given(SIGNS, st.sampled_from(WORDS), SIGNS, st.sampled_from([" ", "\n", ". ", ", ", "!\n", " - "]))
def test_a_text_with_the_words_is_always_heard(before, words, after, between):
    for said in (words, words.upper(), words.replace(" ", between)):
        assert FLOW.alarms.told(f"{before}{between}{said}{between}{after}")


@examples(300)
@given(st.lists(st.sampled_from(MIXED)))
def test_a_text_without_the_words_is_never_heard(words):
    text = " ".join(words)
    held = [phrase for phrase in WORDS if f" {phrase} " in f" {text} "]
    assert bool(FLOW.alarms.told(text)) == bool(held)


@examples(100)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_are_found_in_any_text_that_holds_them(phrase, text):
    alarms = Alarms.of([("danger", {"en": [phrase]})])
    assert bool(alarms.told(phrase)) == bool(fold(phrase))
    assert alarms.told(f"{text} {phrase} {text}") == alarms.told(phrase)


# the quiet word


@pytest.mark.parametrize("word", ["wrong number", "Wrong number.", "NUMERO EQUIVOCADO", "号码错了"])
def test_the_quiet_word_says_nothing_of_what_this_was(word):
    bot = phone("yes", "Ana")
    assert bot.hears(word) == "Wrong number, sorry."
    assert bot.current.state.status is Status.PAUSED
    assert set(bot.current.answers) == {"consent", "name"}


@pytest.mark.parametrize("language", SHIPPED)
def test_it_is_heard_in_every_language_of_the_program(language):
    bot = phone("yes")
    assert bot.hears(phrasebook(language).shown["leave"]) == "Wrong number, sorry."


def test_whoever_asks_then_learns_nothing():
    bot = phone("yes", "Ana", "WRONG NUMBER")
    assert bot.hears("Who is this?") == "Wrong number, sorry."
    for text in ("ANSWERS", "COPY", "BACK", "REPEAT", "what do you want", "1"):
        assert bot.hears(text) == ""
    assert bot.current.state.status is Status.PAUSED


def test_the_keyword_goes_on_where_it_was():
    bot = phone("yes", "Ana", "WRONG NUMBER", "who is this", "SMALL")
    assert bot.current.state.status is Status.WAITING
    assert bot.hears("1").startswith("What happened?")
    assert bot.current.cared == frozenset()


def test_a_pause_after_it_is_a_pause_again():
    bot = phone("yes", "Ana", "WRONG NUMBER", "SMALL", "PAUSE")
    assert bot.hears("hello").endswith("To go on, even in months, send SMALL.")


@pytest.mark.parametrize("word", ["STOP", "HELP", "START", "DELETE"])
def test_the_words_of_the_law_are_heard_as_ever(word):
    assert phone("yes", "WRONG NUMBER").hears(word) != "Wrong number, sorry."


def test_it_is_heard_before_the_consent_after_the_end_and_in_menus():
    for texts in ((), ("yes", "LANGUAGE"), ("yes", "Ana", "ANSWERS"), ("yes", "DELETE"), ("no",)):
        assert phone(*texts).hears("WRONG NUMBER") == "Wrong number, sorry."
    ended = phone("yes", "Ana", "1", "They came.", "DONE", "WRONG NUMBER")
    assert ended.current.state.status is Status.COMPLETE
    assert ended.hears("hello") == "Wrong number, sorry."


def test_who_never_began_can_send_it_too():
    outcome = converse({"small": FLOW}, Standing(), Said("NUMERO EQUIVOCADO", language="es"), TODAY)
    assert outcome.reply.text == phrasebook("es").say("leave")
    assert outcome.interviews == ()


def test_a_person_who_gives_the_conversation_back_says_nothing_either():
    left = phone("yes", "WRONG NUMBER").current
    assert hand_back(left, TODAY).reply is None
    assert hand_back(phone("yes", "PAUSE").current, TODAY).reply is not None


def test_a_flow_may_have_a_word_of_its_own():
    flow = careful(leave="{en: [pizza], es: [pizza fría]}")
    for word in ("Pizza!", "PIZZA FRIA"):
        assert phone("yes", flow=flow).hears(word) == "Wrong number, sorry."
    assert phone("yes").hears("pizza").startswith("Which home?")
    assert Phone({"small": flow}, language="en").hears("pizza") == "Wrong number, sorry."


def test_within_a_sentence_it_is_an_answer():
    assert phone("yes").hears("They called a wrong number").startswith("Which home?")


def test_danger_is_answered_after_it_too_and_by_help_alone():
    bot = phone("yes", "WRONG NUMBER")
    outcome = bot.send("he has a gun")
    assert (outcome.reply.text, outcome.attention) == (HELP, "care: danger")


def test_who_stopped_messages_does_not_get_even_that():
    assert phone("yes", "STOP").send("WRONG NUMBER").reply is None

"""What a review found: each told as the rule that was broken."""

import pytest
from phone import Phone
from small_flows import TODAY, flow_of, mistakes, source

from flows import Given, Interview, Said, Standing, Status, converse
from flows.folding import LONGEST_KEPT, fold
from flows.talking.engine import ask_again, hear
from flows.talking.moving import move


def phone(questions: str, *texts: str, **changed: str) -> Phone:
    flow = flow_of(questions, **changed)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", *texts)
    return bot


TWO = "  a: {type: text, label: A?}\n  b: {type: text, label: B?}"


def moved(bot: Phone, questions: str) -> Interview:
    return move(bot.current, flow_of(questions), TODAY).interview


@pytest.mark.parametrize("said", ["1", "zzz"])
def test_who_was_moved_with_the_menu_of_languages_open_is_asked_what_comes(said: str) -> None:
    bot = phone(TWO, "x", "LANGUAGE")
    turn = hear(moved(bot, TWO.replace("B?", "And B?")), said, TODAY)
    assert turn.reply is not None


def test_an_old_page_after_a_move_asks_what_comes() -> None:
    bot = phone(TWO, "x")
    turn = ask_again(moved(bot, TWO.replace("B?", "And B?")), TODAY)
    assert turn.reply.text == "And B?"


def test_a_calculation_that_comes_to_another_kind_holds_its_interview_back() -> None:
    born = "  born: {type: date, label: B?}\n  sum: {type: calculate, calculation: %s}\n  c: {type: text, label: C?}"
    bot = phone(born % "years(born)", "2000-01-01")
    assert move(bot.current, flow_of(born % "born + 3"), TODAY).stays
    assert not move(
        bot.current, flow_of(born.replace("  sum: {type: calculate, calculation: %s}\n", "")), TODAY
    ).stays


SECRET = (
    "  papers: {type: select_one, sensitive: true, label: P?, choices: {has: I have, none: I have none}}\n"
    "  und: {type: calculate, calculation: papers == none}\n  c: {type: text, label: C?}"
)


def test_what_is_worked_out_of_a_sensitive_answer_is_sensitive() -> None:
    assert flow_of(SECRET).by_id["und"].sensitive
    text = source(SECRET.replace("label: C?", 'label: "C {und}?"'))
    assert any("“und” is sensitive" in one for one in mistakes(text))


def test_a_mistyped_sensitive_answer_is_not_said_back() -> None:
    choices = "{a: Undocumented, b: Citizen}"
    home = f"  p: {{type: select_one, sensitive: true, label: P?, choices: {choices}}}"
    assert "ndocumented" not in phone(home).hears("undocumentd")


PAUSING = "  a: {type: integer, label: A?, attempts: 1, then: pause}"


def test_stop_withdraws_an_interview_that_was_left_for_a_person() -> None:
    bot = phone(PAUSING, "many", keywords="{en: [SMALL]}")
    assert bot.current.state.status is Status.PAUSED
    bot.send("STOP")
    assert bot.current.state.status is Status.WITHDRAWN


def test_start_goes_on_with_what_was_left() -> None:
    bot = phone(PAUSING, "many")
    assert bot.hears("START").startswith("Welcome back.")


def test_a_calculation_does_not_silence_the_notes_before_it() -> None:
    bot = phone(
        """
  born: {type: date, label: Born?}
  rent: {type: integer, label: Rent?}
  hot: {type: note, label: Call 911.}
  age: {type: calculate, calculation: years(born)}
  end: {type: text, label: End?}
    """,
        "2000-01-01",
    )
    assert bot.hears("5") == "Call 911.\n\nEnd?"


def test_what_was_worked_out_of_a_withdrawn_answer_counts_no_more() -> None:
    bot = phone(
        "  born: {type: date, label: B?}\n  age: {type: calculate, calculation: years(born)}\n"
        "  c: {type: text, label: C?}"
    )
    bot.hears("2000-01-01")
    outcome = [bot.send(text) for text in ("BACK", "SKIP")][-1]
    assert "age" in outcome.turn.aside


def test_a_number_too_large_to_mean_anything_is_unknown() -> None:
    bot = phone(
        "  a: {type: integer, label: A?}\n  s: {type: calculate, calculation: a * a}\n"
        '  n: {type: note, label: "{s|much}"}'
    )
    assert bot.hears("999999999999999").startswith("much")


def test_back_to_a_finished_story_and_done_leaves_it_as_it_is() -> None:
    bot = phone(
        "  s: {type: text, multiline: true, label: S?}\n  c: {type: text, label: C?}",
        "They came.",
        "DONE",
        "BACK",
    )
    assert bot.hears("DONE") == "C?"
    assert (bot.current.answers["s"].words, bot.current.answers["s"].given) == (
        "They came.",
        Given.ANSWERED,
    )


def test_a_story_under_way_is_not_moved_to_where_it_would_end() -> None:
    story = "  s: {type: text, multiline: true, label: S?}"
    bot = phone(story, "They came.")
    assert move(bot.current, flow_of(story.replace(" multiline: true,", "")), TODAY).stays


def test_a_constraint_on_a_photo_is_a_mistake() -> None:
    text = source("  a: {type: media, label: A?, constraint: answered(a)}")
    assert mistakes(text) == ["8:31: “constraint” means nothing at this media question"]


def test_long_texts_are_not_kept_in_memory() -> None:
    assert fold("Á" * (LONGEST_KEPT + 1)) == "a" * (LONGEST_KEPT + 1)


def test_a_menu_of_several_flows_is_still_shown_after_an_unlisted_one() -> None:
    hidden = flow_of(flow="hidden", unlisted="true")
    one, two = flow_of(flow="one"), flow_of(flow="two")
    catalog = {"hidden": hidden, "one": one, "two": two}
    outcome = converse(catalog, Standing(), Said("hello"), TODAY)
    assert outcome.reply.text.startswith("1. ")
    assert "3. " not in outcome.reply.text

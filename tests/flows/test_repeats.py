"""Repeats and groups: told as often as there is something to tell, each time kept by itself."""

from phone import Phone
from small_flows import cures, flow_of, mistakes, source

from flows import Given
from flows.talking.way import way

TIMES = """
  harmed: {type: select_one, label: Harmed?, choices: {yes: "Yes, often", no: Never}}
  incidents:
    repeat: Another time?
    label: "Time {incidents}."
    max: 3
    relevant: harmed == yes
    questions:
      when: {type: integer, label: Which year?}
      where: {type: text, label: "Where in {when}?", relevant: when > 2000}
      about:
        label: About you
        relevant: incidents == 1
        questions:
          hurt: {type: consent, scope: quote, label: Hurt?}
  after: {type: integer, label: "How many of the {incidents}?", constraint: after <= count(incidents)}
"""


def phone(questions: str = TIMES, **changed: str) -> Phone:
    flow = flow_of(questions, **changed)
    return Phone({flow.name: flow}, language="en")


def kept(bot: Phone) -> dict[str, object]:
    return {slot: answer.known for slot, answer in bot.current.answers.items() if slot != "consent"}


def told(bot: Phone) -> Phone:
    """Three times, the last of them before the year 2000."""
    bot.hears("hi", "yes", "1", "2020", "Home", "no", "yes", "2021", "Work", "yes", "1999")
    return bot


def test_each_time_is_asked_and_kept_by_itself():
    assert kept(told(phone())) == {
        "harmed": "yes",
        "when/1": 2020,
        "where/1": "Home",
        "hurt/1": "no",
        "incidents/1": "yes",
        "when/2": 2021,
        "where/2": "Work",
        "incidents/2": "yes",
        "when/3": 1999,
    }


def test_what_is_piped_in_is_of_the_same_time():
    bot = phone()
    assert bot.hears("hi", "yes", "1").endswith("Time 1.\n\nWhich year?")
    assert bot.hears("2020") == "Where in 2020?"
    assert bot.hears("Home").startswith("About you\n\nHurt?")
    assert bot.hears("no") == "Another time?\n\n1. Yes\n2. No"
    assert bot.hears("yes") == "Time 2.\n\nWhich year?"
    assert bot.hears("2021") == "Where in 2021?"


def test_behind_a_repeat_its_name_is_the_number_of_times():
    bot = told(phone())
    assert bot.hears("REPEAT") == "How many of the 3?"
    assert bot.hears("4").startswith("Sorry, that answer is not possible here.")
    assert bot.hears("3") == "Thanks."


def test_at_the_most_times_nobody_is_asked_for_another():
    assert told(phone()).current.state.asked == "after"


def test_no_and_skip_both_end_a_repeat():
    for reply in ("no", "SKIP"):
        bot = phone()
        assert bot.hears("hi", "yes", "1", "1990", "no", reply) == "How many of the 1?"


def test_a_repeat_that_is_not_relevant_is_left_out_with_all_that_is_in_it():
    bot = phone()
    assert bot.hears("hi", "yes", "2") == "How many of the ...?"


def test_back_leads_through_the_times():
    bot = told(phone())
    assert bot.hears("BACK") == "Which year?"
    assert bot.current.state.asked == "when/3"
    assert bot.hears("BACK").startswith("Another time?")
    assert bot.current.state.asked == "incidents/2"


def test_a_time_that_is_taken_back_is_set_aside_and_comes_again():
    bot = told(phone())
    outcome = [bot.send(text) for text in ("BACK", "BACK", "no")][-1]
    assert outcome.turn.aside == {"when/3"}
    assert way(bot.current.flow, bot.current.answers, bot.today).facts.values["incidents"] == 2
    assert bot.current.state.asked == "after"
    outcome = [bot.send(text) for text in ("BACK", "yes")][-1]
    assert outcome.turn.aside == frozenset()
    assert bot.current.state.asked == "after"


def test_a_refused_answer_of_one_time_says_nothing_of_another():
    bot = phone()
    bot.hears("hi", "yes", "1", "SKIP", "no", "yes", "2020")
    assert bot.current.answers["when/1"].given is Given.REFUSED
    assert bot.current.state.asked == "where/2"


def test_a_condition_behind_a_repeat_may_count_but_not_look_into_it():
    text = source(TIMES + "  z: {type: text, label: Z?, relevant: when > 2000}\n")
    assert mistakes(text) == ["23:40: “when” is asked inside the repeat incidents"]
    assert cures(text) == ["It has an answer for each time: use count(incidents)."]


def test_a_text_behind_a_repeat_cannot_hold_what_was_told_in_it():
    text = source(TIMES + '  z: {type: text, label: "Z {where}?"}\n')
    assert mistakes(text) == ["23:29: “where” is asked inside the repeat incidents"]


def test_a_repeat_does_not_stand_in_another():
    inner = "{repeat: More?, questions: {b: {type: text, label: B?}}}"
    text = source(f"  a: {{repeat: Again?, questions: {{inner: {inner}}}}}")
    assert mistakes(text) == ["8:35: a repeat cannot stand inside another"]


def test_groups_only_hold_together():
    bot = phone("""
  home: {type: integer, label: Home?}
  outer:
    relevant: home > 1
    questions:
      inner:
        relevant: home > 2
        questions:
          deep: {type: text, label: Deep?, relevant: home > 3}
      flat: {type: text, label: Flat?}
    """)
    assert bot.hears("hi", "yes", "3") == "Flat?"
    assert bot.hears("BACK", "4") == "Deep?"
    assert bot.hears("BACK", "1") == "Thanks."

"""Scales, phone numbers, e-mail addresses, places, photos, other words, sums: what is asked and what is kept."""

from datetime import date, timedelta

import pytest
from phone import Phone
from small_flows import cures, flow_of, mistakes, source

from flows import Given, Interview, Said, Standing, Status, converse


def phone(questions: str, **changed: str) -> Phone:
    flow = flow_of(questions, **changed)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes")
    return bot


def kept(bot: Phone, slot: str = "a") -> object:
    return bot.current.answers[slot].known


def asked(kind: str, **changed: str) -> Phone:
    return phone(f"  a: {{type: {kind}, label: A?}}\n  b: {{type: note, label: B}}", **changed)


@pytest.mark.parametrize(
    ("scale", "typed", "value"),
    [
        ("", "1", 1),
        ("", "5", 5),
        ("", "three", 3),
        ("start: 0, end: 10, step: 5", "10", 10),
        ("start: -2, end: 2", "-2", -2),
        ("start: 0, end: 1, step: 0.5", "0.5", 0.5),
    ],
)
def test_a_number_of_the_scale_is_taken(scale, typed, value):
    bot = phone(f"  a: {{type: range, label: A?, {scale}}}")
    bot.hears(typed)
    assert kept(bot) == value


@pytest.mark.parametrize("typed", ["0", "6", "2.5", "many", "-1"])
def test_a_number_beside_the_scale_is_asked_for_again(typed):
    bot = asked("range")
    assert bot.hears(typed).startswith("Sorry, that was not a number from 1 to 5.")


def test_a_short_scale_has_buttons_and_a_long_one_has_none():
    assert phone("  a: {type: range, label: A?}").send("REPEAT").reply.choices == tuple("12345")
    long = phone("  a: {type: range, label: A?, end: 100}").send("REPEAT").reply
    assert long.choices == ()
    assert long.text == "A?\n\nReply with a number from 1 to 100."


@pytest.mark.parametrize(
    "scale", ["start: 5, end: 1", "step: 0", "step: 3", "start: 1, end: 1", "end: 1000"]
)
def test_a_scale_that_nobody_can_answer_is_a_mistake(scale):
    text = source(f"  a: {{type: range, label: A?, {scale}}}")
    assert mistakes(text) == ["8:3: this range cannot be answered"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("404-555-0100", "+14045550100"),
        ("(404) 555 0100", "+14045550100"),
        ("+52 55 1234 5678", "+525512345678"),
        ("My number is 404 555 0100", "+14045550100"),
        ("٤٠٤٥٥٥٠١٠٠", "+14045550100"),
    ],
)
def test_a_phone_number_is_kept_as_one_can_dial_it(typed, number):
    bot = asked("phone")
    bot.hears(typed)
    answer = bot.current.answers["a"]
    assert (answer.value, answer.words) == (None, number)  # words are sealed


def test_a_phone_number_is_read_as_in_the_country_of_the_flow():
    bot = asked("phone", country="MX")
    bot.hears("55 1234 5678")
    assert kept(bot) == "+525512345678"


@pytest.mark.parametrize("typed", ["call me", "555", "12"])
def test_what_cannot_be_dialled_is_asked_for_again(typed):
    assert asked("phone").hears(typed).startswith("Please send a phone number")


def test_a_time_zone_is_named_by_its_region_and_city():
    for name in ("America/New_York", "Asia/Kolkata", "US/Eastern", "UTC"):
        assert flow_of(timezone=name).timezone == name
    assert flow_of().timezone == ""


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("America/New_Yrok", "Did you mean America/New_York?"),
        ("New York", "Did you mean America/New_York?"),
        ("chicago", "Did you mean America/Chicago?"),
        ("EST", "Use the name of a region and its largest city, such as America/New_York."),
        ("Etc/GMT+5", "Use the name of a region and its largest city, such as America/New_York."),
        ("Atlanta", "Use the name of a region and its largest city, such as America/New_York."),
    ],
)
def test_a_time_zone_that_is_none_is_a_mistake(name, cure):
    """EST is the same all year; the clocks of New York are not."""
    text = source(timezone=name)
    assert mistakes(text) == [f"9:11: “{name}” is not the name of a time zone"]
    assert cures(text) == [cure]


def test_a_country_that_is_none_is_a_mistake():
    assert mistakes(source(country="USA")) == ["9:10: “USA” is not the code of a country"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ana@example.org", "ana@example.org"),
        ("it is ana.luz+1@mail.example.org.", "ana.luz+1@mail.example.org"),
        ("<ANA@EXAMPLE.ORG>", "ANA@EXAMPLE.ORG"),
    ],
)
def test_an_address_is_found_among_the_words(typed, address):
    bot = asked("email")
    bot.hears(typed)
    assert kept(bot) == address


@pytest.mark.parametrize(
    "typed", ["ana", "ana@", "@example.org", "ana@example", "a@b.cc or c@d.ee"]
)
def test_what_is_no_address_is_asked_for_again(typed):
    assert asked("email").hears(typed).startswith("Please send an e-mail address")


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("33.749000, -84.388000", "33.749000 -84.388000"),
        ("City Hall\n55 Trinity Ave\n33.749000, -84.388000", "33.749000 -84.388000"),
        ("30310", "30310"),
        ("Lee St and White St", "Lee St and White St"),
        ("91.5000, 200.1000", "91.5000, 200.1000"),
    ],
)
def test_a_place_is_a_point_or_words(typed, place):
    bot = asked("geopoint")
    bot.hears(typed)
    assert kept(bot) == place


def test_a_place_can_be_shared_by_a_button():
    assert asked("geopoint").send("REPEAT").reply.share_place == "Share my location"


def test_a_photo_is_noted_with_its_words():
    bot = asked("media")
    said = bot.send("Our street", media=("photo",)).reply.text
    assert said.startswith("We have received it.")
    answer = bot.current.answers["a"]
    assert (answer.value, answer.words) == (("photo",), "Our street")


def test_words_are_no_photo():
    bot = asked("media")
    assert bot.hears("I have none").startswith("Please send a photo")
    bot.hears("really", "none")
    assert bot.current.answers["a"].given is Given.KEPT


OTHER = """
  a:
    type: select_multiple
    label: A?
    choices: {home: Home, other: {label: Something else, other: {en: What is it?, es: ¿Qué es?}}}
  b: {type: text, label: "B, {a_other|nothing}?", relevant: answered(a_other)}
"""


def test_other_asks_for_words():
    bot = phone(OTHER)
    assert bot.hears("1 2") == "What is it?"
    assert bot.hears("The noise") == "B, The noise?"
    assert kept(bot, "a_other") == "The noise"


def test_without_other_no_words_are_asked_for():
    bot = phone(OTHER)
    assert bot.hears("1") == "Thanks."


def test_other_says_it_in_our_words_where_the_author_has_none():
    bot = phone(OTHER.replace("{en: What is it?, es: ¿Qué es?}", "true"))
    assert bot.hears("2") == "Please tell us in your own words."


@pytest.mark.parametrize("code", ["it's", "a b", "{", "1", "for"])
def test_any_code_can_have_other_words_and_be_told_to_be_wrong(code):
    text = source(
        f'  a: {{type: select_one, label: A?, choices: {{"{code}": {{label: B, other: true}}}}}}'
    )
    assert all("cannot be a code" in one for one in mistakes(text))


def test_the_place_of_other_words_belongs_to_nobody_else():
    text = source(OTHER + "  a_other: {type: text, label: X?}")
    assert "13:3: “a_other” is where the words of “other” are kept" in mistakes(text)


LISTS = "{agree: {yes: {en: I agree, es: De acuerdo}, no: {en: I do not, es: En contra}}}"


def test_a_list_of_choices_is_shared():
    bot = phone(
        "  a: {type: select_one, label: A?, choices: agree}\n"
        "  b: {type: select_one, label: B?, choices: agree, relevant: a == yes}",
        choice_lists=LISTS,
    )
    assert bot.hears("I agree").startswith("B?\n\n1. I agree\n2. I do not")


def test_a_list_that_is_not_there_is_a_mistake():
    text = source("  a: {type: select_one, label: A?, choices: agre}", choice_lists=LISTS)
    assert mistakes(text) == ["8:45: there is no list “agre”"]
    assert cures(text) == ["The choice_lists are: agree."]


SUMS = """
  born: {type: date, label: Born?}
  age: {type: calculate, calculation: years(born)}
  adult: {type: calculate, calculation: age >= 18}
  fee: {type: calculate, calculation: 10 / 4 if adult else 0}
  last: {type: text, label: "You are {age}, {adult}, {fee}.", relevant: adult}
"""


def test_what_is_calculated_is_known_and_kept():
    bot = phone(SUMS)
    assert bot.hears("2000-06-01") == "You are 25, Yes, 2.5."
    assert (kept(bot, "age"), kept(bot, "adult")) == (25, True)


def test_a_calculation_follows_the_answer_it_rests_on():
    bot = phone(SUMS)
    assert bot.hears("2000-06-01", "BACK", "2020-01-01") == "Thanks."
    assert (kept(bot, "age"), kept(bot, "adult"), kept(bot, "fee")) == (6, False, 0)


def test_a_calculation_of_what_was_refused_is_unknown():
    bot = phone(SUMS)
    assert bot.hears("SKIP") == "Thanks."
    assert set(bot.current.answers) == {"consent", "born"}


def test_a_purpose_is_said_with_the_question_and_a_hint_on_the_second_try():
    bot = phone("  a: {type: phone, label: A?, purpose: To call you., hint: With area code.}")
    assert bot.hears("REPEAT") == "A?\n\nTo call you.\n\nWith area code."
    assert bot.hears("x").endswith("A?\n\nTo call you.\n\nWith area code.")


def test_the_tries_are_counted_as_the_author_wants():
    bot = phone("  a: {type: integer, label: A?, attempts: 1}")
    assert bot.hears("some").startswith("We have kept your words")


def test_an_interview_that_is_left_for_a_person_waits_for_its_keyword():
    bot = phone(
        "  a: {type: integer, label: A?, attempts: 2, then: pause}", keywords="{en: [SMALL]}"
    )
    outcome = [bot.send("some"), bot.send("few")][-1]
    assert outcome.reply.text.startswith("We leave it at this for now; The testers")
    assert outcome.turn.attention == "no usable answer to a"
    assert bot.current.state.status is Status.PAUSED
    assert bot.hears("hello").endswith("To go on, even in months, send SMALL.")
    assert bot.hears("SMALL") == "Welcome back. You were here.\n\nA?"
    assert bot.hears("3") == "Thanks."


def test_a_sensitive_answer_is_never_said_again():
    text = source(
        '  a: {type: text, label: A?, sensitive: true}\n  b: {type: note, label: "B {a}"}'
    )
    assert mistakes(text) == ["9:29: “a” is sensitive and must not be shown again"]


def silent(bot: Phone, days: int) -> Standing:
    current: Interview = bot.current
    return Standing("en", current=current, silent=timedelta(days=days))


@pytest.mark.parametrize(("days", "status"), [(30, Status.COMPLETE), (31, Status.EXPIRED)])
def test_an_interview_is_closed_after_the_silence_that_its_flow_allows(days, status):
    bot = phone("  a: {type: text, label: A?}", expires="30 days", keywords="{en: [SMALL]}")
    outcome = converse(bot.catalog, silent(bot, days), Said("hello"), date(2026, 7, 1))
    assert outcome.interviews[0].state.status is status
    assert (outcome.reply.text == "To begin, send SMALL.") is (status is Status.EXPIRED)


def test_after_it_was_closed_the_keyword_begins_anew():
    bot = phone("  a: {type: text, label: A?}", expires="2 weeks", keywords="{en: [SMALL]}")
    outcome = converse(bot.catalog, silent(bot, 15), Said("SMALL"), date(2026, 7, 1))
    begun, closed = outcome.interviews
    assert (begun.id, begun.answers) == (None, {})
    assert closed.state.status is Status.EXPIRED

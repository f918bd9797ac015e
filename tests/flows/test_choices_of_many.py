"""Several choices at once: with any sign or word between them, and never a part of what is unclear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_answers import questions, read, value
from small_flows import TODAY, examples, flow_of

from flows.talking.answers import Asked, read_answer

CODES = [choice.code for choice in questions().by_id["home"].choices]

MANY = [
    ("en", "1,2", "housing police"), ("en", "1 2", "housing police"), ("en", "2 1", "housing police"),
    ("en", "1, 2 and 4", "housing police water"), ("en", "1/2", "housing police"), ("en", "1+2", "housing police"),
    ("en", "1 & 2", "housing police"), ("en", "1;2", "housing police"), ("en", "1\n2", "housing police"),
    ("en", "1\r\n2\r\n", "housing police"), ("en", "1,1,1", "housing"), ("en", "1) 2)", "housing police"),
    ("en", "#1 #10", "housing none"), ("en", "1️⃣ 2️⃣", "housing police"), ("en", "① ②", "housing police"),
    ("en", "١، ٢", "housing police"), ("en", "1、2", "housing police"), ("en", "１，２", "housing police"),
    ("en", "one and two", "housing police"), ("en", "one two ten", "housing police none"),
    ("es", "uno y dos", "housing police"), ("es", "1 y 2", "housing police"), ("es", "1 e 2", "housing police"),
    ("es", "1, 2 y también 4", "housing police water"),
    ("en", "1, 2, ", "housing police"), ("en", "1 2.", "housing police"),
    ("en", "water, rent", "housing water"),
    ("en", "rent and water", "housing water"), ("en", "rent water", "housing water"),
    ("en", "Rent & also Water!", "housing water"), ("en", "police and courts and water", "police water"),
    ("en", "Police and courts, water", "police water"), ("en", "health doctors water", "health water"),
    ("en", "none of these, 1", "housing none"), ("en", "housing or eviction 2", "housing police"),
    ("es", "renta y agua", "housing water"), ("es", "Policía y tribunales y agua", "police water"),
    ("es", "agua, salud médicos", "health water"), ("en", "no one and bus", "bus no_one"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "codes"), MANY)
def test_several_choices_are_told_in_many_ways(language, text, codes):
    """The codes come in the order of the list, each once, and nothing is repeated."""
    reading = read("homes", text, language)
    assert (reading.value, reading.repeat) == (tuple(codes.split()), False)


def test_what_is_said_exactly_comes_before_what_is_nearly_said():
    """Two choices named without a mistake are these two, not a third one that is spelt alike."""
    flow = flow_of(
        "  a: {type: select_multiple, label: A?, choices: {both: Rent and work, r: Rent, p: Pork}}"
    )
    reading = read_answer(Asked(flow, flow.questions[0], "en", TODAY), "rent and pork")
    assert (reading.value, reading.repeat) == (("r", "p"), False)


@pytest.mark.parametrize(
    "text", ["Health, doctors, water", "4, Health, doctors", "health, doctors and water"]
)
def test_a_label_may_hold_a_comma_itself(text):
    """Labels typed off the list are found with their commas and beside others."""
    assert value("homes", text) == ("health", "water")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("watr, 1", "housing water"),
        ("landlrod and bus", "housing bus"),
        ("rent, polcie and courts", "housing police"),
    ],
)
def test_a_mistake_in_one_of_several_is_forgiven_and_said_back(text, codes):
    reading = read("homes", text)
    assert (reading.value, reading.repeat) == (tuple(codes.split()), True)


@pytest.mark.parametrize(
    "text",
    [
        "1, 11",
        "1 and everything",
        "rent, carz",
        "1, 0",
        "1-3",
        "1.3",
        "1 to 3",
        "13",
        "1 2 x",
        ",",
        "and",
        ", and ,",
    ],
)
def test_one_unclear_part_makes_all_of_it_unclear(text):
    """What a person adds to a number may turn its meaning, so the whole is asked again."""
    assert read("homes", text) is None


@examples(300)
@given(st.text() | st.text(alphabet="12, and/\n&housewatrl"), st.sampled_from(["en", "es", "vi"]))
def test_any_text_means_choices_of_the_list_or_nothing(text, language):
    one, many = value("home", text, language), value("homes", text, language)
    assert one is None or one in CODES
    assert many is None or [code for code in CODES if code in many] == list(many) != []
    assert one is None or many == (one,)


@examples(300)
@given(
    st.sets(st.sampled_from(range(10)), min_size=1),
    st.sampled_from([", ", " ", ",", " and ", "\n", " & ", ";"]),
)
def test_any_set_of_numbers_is_that_set_of_choices(places, between):
    """In whatever order and with whatever sign between them."""
    text = between.join(str(place + 1) for place in places)
    assert value("homes", text) == tuple(CODES[place] for place in sorted(places))
